"""What every file of the project keeps to, whatever it is about."""

import re
import subprocess
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
MAX_LINES = 450
#: Written by a tool, and read by one.
GENERATED = ("requirements.txt", "package-lock.json")
_TEXT = (".py", ".html", ".txt", ".js", ".css", ".toml", ".json", ".md", ".yml", ".yaml", ".csv", "Makefile", "run")

_LISTED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=False,
).stdout.split("\n")
FILES = [name for name in _LISTED if name.endswith(_TEXT) and name not in GENERATED and (ROOT / name).is_file()]


def test_the_files_are_found():
    # Outside a checkout there would be nothing to look at, and everything would pass.
    assert "tests/test_sources.py" in FILES


def found(names, search):
    """What the search finds, by file; only the files where it finds anything."""
    hits = {name: search((ROOT / name).read_text()) for name in names}
    return {name: found for name, found in hits.items() if found}


def test_a_module_can_be_read_at_a_sitting():
    lines = {name: len((ROOT / name).read_text().splitlines()) for name in FILES if name.endswith(".py")}

    assert {name: n for name, n in lines.items() if n > MAX_LINES and "/migrations/" not in name} == {}


def test_an_exception_from_a_check_gives_its_reason():
    exception = re.compile(r"(?:# noq[a]|# pragm[a]:|djlint:of[f])(?!.* - \w).*")

    assert found(FILES, exception.findall) == {}


def test_nothing_is_put_off_without_an_owner():
    assert found(FILES, re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X])\b").findall) == {}


#: A folder of one machine, and hosts that packages come from: both belong to whoever installs.
_PLACES = re.compile(
    r"(?<![\w./~$}-])/(?:home|root|work|mnt|Users)/\w"
    r"|pypi\.(?:org|python)|pythonhosted|registry\.npm|npmjs|artifactory|index-url *[= ] *\w|trusted-host"
)


def test_no_machine_and_no_registry_is_named():
    elsewhere = [name for name in [*FILES, *GENERATED] if name != "tests/test_sources.py"]

    assert found(elsewhere, _PLACES.findall) == {}
