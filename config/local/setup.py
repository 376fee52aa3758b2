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

from config.local import CHECKOUT

VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed-from"
LOG = VENV / "setup.log"

NO_NETWORK = "Temporary failure in name resolution|NewConnectionError|ConnectTimeout|Max retries|Connection refused"
NO_COMPILER = r"(unable to execute|No such file or directory:|command) '?\S*(gcc|cc|make)\b"
#: What pip says, and what that means for whoever reads it.
REASONS = {
    NO_NETWORK: "pip cannot reach its package index: look at the network and pip's settings, then start again.",
    NO_COMPILER: "A package must be compiled and there is no compiler: install one (apt-get install build-essential).",
    "No space left on device": "The disk is full: make room, then start again.",
}


def main() -> None:
    # Two starts at once in a new checkout: the second waits, and then finds everything done.
    checkout = os.open(CHECKOUT, os.O_RDONLY)
    fcntl.flock(checkout, fcntl.LOCK_EX)
    _make_venv()
    if subprocess.call([PYTHON, "-m", "config.assets"], cwd=CHECKOUT) != 0:
        sys.exit(1)
    if "--browser" in sys.argv[1:]:
        _find_browser()


def _make_venv() -> None:
    wanted = hashlib.sha256((CHECKOUT / "requirements.txt").read_bytes()).hexdigest()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
        return
    if not PYTHON.exists() or not _is_usable():
        print("Making the virtual environment .venv ...", flush=True)
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True)
        if made.returncode != 0:
            if "ensurepip" in made.stdout + made.stderr or "No module named venv" in made.stderr:
                sys.exit(
                    "Python's venv module is missing: install it (Debian and Ubuntu: apt-get install python3-venv)."
                )
            sys.exit(f"The virtual environment could not be made: {_last(made.stderr or made.stdout)}")
    print("Installing the packages of requirements.txt (the first time takes a few minutes) ...", flush=True)
    options = "--require-hashes --no-input --disable-pip-version-check --retries 2 --requirement requirements.txt"
    with LOG.open("wb") as log:
        status = subprocess.call(
            [str(PYTHON), "-m", "pip", "install", *options.split()],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    if status != 0:
        said = LOG.read_text(errors="replace")
        for pattern, reason in REASONS.items():
            if re.search(pattern, said):
                sys.exit(f"{reason} (All that pip said is in .venv/{LOG.name}.)")
        sys.exit(f"pip could not install the packages: {_last(said)} (All that it said is in .venv/{LOG.name}.)")
    STAMP.write_text(wanted)


def _is_usable() -> bool:
    question = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
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
    main()
