"""Make the virtual environment and bring what the project needs; whatever is there already is left alone.

    python3 -m config.local.setup [--browser]

Run by the machine's own Python, so by the standard library alone.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from config.local import CHECKOUT

VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
STAMP = VENV / "installed-from"
LOG = VENV / "setup.log"

#: What the product needs, and what a development machine needs besides; `make lock` writes both.
LOCKS = ("requirements.txt", "requirements-dev.txt")

NO_NETWORK = (
    "Temporary failure in name resolution|NewConnectionError|ConnectTimeout|Max retries|Connection refused"
    "|dns error|error sending request|Failed to fetch"
)
NO_COMPILER = r"(unable to execute|No such file or directory:|command) '?\S*(gcc|cc|make)\b"
#: What the installer says, and what that means for whoever reads it.
REASONS = {
    NO_NETWORK: "The package index cannot be reached: look at the network and pip's settings, then start again.",
    NO_COMPILER: "A package must be compiled and there is no compiler: install one (apt-get install build-essential).",
    "No space left on device": "The disk is full: make room, then start again.",
}
#: Lines of the installer that tell how far it has come.
PROGRESS = re.compile(r"\s*(Resolved|Downloading|Prepared|Installed)\b")


def main() -> None:
    checkout = os.open(CHECKOUT, os.O_RDONLY)
    try:
        fcntl.flock(checkout, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        # The second of two starts finds everything done.
        print("Another start is setting up this checkout; waiting for it ...", flush=True)
        fcntl.flock(checkout, fcntl.LOCK_EX)
    _make_venv()
    if subprocess.call([PYTHON, "-m", "config.assets"], cwd=CHECKOUT) != 0:
        sys.exit(1)
    if "--browser" in sys.argv[1:]:
        _find_browser()


def _make_venv() -> None:
    wanted = hashlib.sha256(b"".join((CHECKOUT / lock).read_bytes() for lock in LOCKS)).hexdigest()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
        return
    if not PYTHON.exists() or not UV.exists() or not _is_usable():
        print("Making the virtual environment .venv ...", flush=True)
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True)
        if made.returncode != 0:
            if "ensurepip" in made.stdout + made.stderr or "No module named venv" in made.stderr:
                sys.exit(
                    "Python's venv module is missing: install it (Debian and Ubuntu: apt-get install python3-venv)."
                )
            sys.exit(f"The virtual environment could not be made: {_last(made.stderr or made.stdout)}")
        _install_installer()
    print(f"Installing the packages of {' and '.join(LOCKS)} ...", flush=True)
    _install([UV, "pip", "sync", "--require-hashes", "--python", PYTHON, *LOCKS])
    STAMP.write_text(wanted)


def _install_installer() -> None:
    """Install uv, the one package that the machine's own pip installs: by its hash, and without resolving anything.

    pip before 24 resolves a locked list wrongly where a package asks for another one with an extra.
    """
    lock = (CHECKOUT / "requirements-dev.txt").read_text()
    pinned = re.search(r"^uv==.*\\\n(?:    --hash=.*\n)+", lock, re.MULTILINE)
    if pinned is None:
        sys.exit("requirements-dev.txt does not pin uv, which installs all others: bring the file back from git.")
    requirement = VENV / "installer.txt"
    requirement.write_text(pinned.group())
    options = "--no-deps --require-hashes --only-binary :all: --no-input --disable-pip-version-check --retries 2"
    _install([PYTHON, "-m", "pip", "install", *options.split(), "--requirement", requirement])


def _install(command: list[str | Path]) -> None:
    """Run an installer, pass on how far it has come, and end with one line of reason where it fails."""
    with (
        LOG.open("w") as log,
        subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=_index_settings() | os.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as installer,
    ):
        for line in installer.stdout or ():
            log.write(line)
            if PROGRESS.match(line):
                print(f"  {line.strip()}", flush=True)
    if installer.returncode == 0:
        return
    said = LOG.read_text(errors="replace")
    for pattern, reason in REASONS.items():
        if re.search(pattern, said):
            sys.exit(f"{reason} (All that the installer said is in .venv/{LOG.name}.)")
    sys.exit(f"The packages could not be installed: {_last(said)} (All that was said is in .venv/{LOG.name}.)")


def _index_settings() -> dict[str, str]:
    """Return uv's names for what the machine has told pip about its package index.

    A machine behind a mirror has it in pip's settings, which uv does not read.
    """
    asked = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True)
    told = dict(re.findall(r"^(?:global|install|:env:)\.([\w-]+)='(.*)'$", asked.stdout, re.MULTILINE))
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    settings = {uv: told[pip] for pip, uv in names.items() if pip in told}
    if not os.access(Path.home(), os.W_OK):
        settings["UV_NO_CACHE"] = "1"
    return settings


def _is_usable() -> bool:
    question = "import sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.call([str(PYTHON), "-c", question], stderr=subprocess.DEVNULL) == 0


def _find_browser() -> None:
    """Chromium for the browser tests, installed where this user may; CI must not pass without it."""
    if _has_browser():
        return
    apt_get = shutil.which("apt-get")
    if apt_get and os.geteuid() == 0:
        print("Installing chromium for the browser tests ...", flush=True)
        install = [apt_get, "install", "--yes", "--no-install-recommends", "chromium"]
        if not _quietly(install):
            _quietly([apt_get, "update"])
            _quietly(install)
        if _has_browser():
            return
    missing = "There is no Chromium for the browser tests: install it (Debian: apt-get install chromium)."
    if os.environ.get("CI"):
        sys.exit(missing)
    print(f"{missing} They are skipped until then.", flush=True)


def _has_browser() -> bool:
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


def _quietly(command: list[str]) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with LOG.open("ab") as log:
        status = subprocess.call(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
    return status == 0


def _last(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip() and "[notice]" not in line]
    return lines[-1].strip() if lines else "no reason was given."


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nThe set-up was stopped; the next start goes on from here.", file=sys.stderr)
        sys.exit(130)
