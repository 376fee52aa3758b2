"""What every file of the project keeps to, whatever it is about."""

import re
import subprocess
from pathlib import Path

import pytest
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


#: What Django asks for, and the acts: no room of their own.
_NO_ROOMS = {"acts", "management", "migrations", "models", "templatetags"}


@pytest.mark.parametrize("app", ["cases", "meetings", "referrals"])
def test_tests_and_templates_mirror_the_rooms(app):
    rooms = {path.parent.name for path in (ROOT / app).glob("*/__init__.py")} - _NO_ROOMS

    assert {path.parent.name for path in (ROOT / "tests" / app).glob("*/test_*.py")} == rooms
    assert {path.name for path in (ROOT / "templates" / app).iterdir() if path.is_dir()} <= rooms


def test_an_exception_from_a_check_gives_its_reason():
    exception = re.compile(r"(?:# noq[a]|# pragm[a]:|djlint:of[f])(?!.* - \w).*")

    assert found(FILES, exception.findall) == {}


def test_what_the_checker_shall_ignore_in_the_product_gives_its_reason():
    product = [name for name in FILES if name.startswith(("cases/", "meetings/", "referrals/", "config/"))]

    assert product
    assert found(product, re.compile(r"# type: ignor[e](?!\[[\w-]+\]  # \w).*").findall) == {}


def test_nothing_is_put_off_without_an_owner():
    assert found(FILES, re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X])\b").findall) == {}


def test_in_a_browser_only_the_visitor_clicks():
    # He waits for the page that a click leads to; a click of its own would race with whatever comes next.
    journeys = [name for name in FILES if name.startswith("tests/browser/test_")]

    assert journeys
    assert found(journeys, re.compile(r"\.(?:dbl)?click\(\)|\.tap\(\)").findall) == {}


#: A folder of one machine, and hosts that packages come from: both belong to whoever installs.
_PLACES = re.compile(
    r"(?<![\w./~$}-])/(?:home|root|work|mnt|Users)/\w"
    r"|pypi\.(?:org|python)|pythonhosted|registry\.npm|npmjs|artifactory|index-url *[= ] *\w|trusted-host"
)


def test_no_machine_and_no_registry_is_named():
    elsewhere = [name for name in [*FILES, *GENERATED] if name != "tests/test_sources.py"]

    assert found(elsewhere, _PLACES.findall) == {}


#: A file or folder of the project, as docs and comments name it; a template is also named as Django names it.
_NAMED = re.compile(
    r"(?<![\w./{}<-])(?:cases|meetings|referrals|config|tests|docs|templates)/[\w./-]*\w\.(?:py|md|html|toml|csv|png|css|typ)\b"
)
_QUOTED = re.compile(
    r"`((?:cases|meetings|referrals|config|tests|docs|templates|static|vendor)/[\w./-]*)`|\]\(([\w./-]+)\)"
)


def names_nothing(name):
    """What the file names and is not there."""
    text = (ROOT / name).read_text()
    named = {*_NAMED.findall(text)}
    if name.endswith(".md"):
        named |= {quoted or linked for quoted, linked in _QUOTED.findall(text)}
    places = (ROOT, ROOT / "templates", ROOT / "static", (ROOT / name).parent)
    return sorted(path for path in named if not any((place / path).exists() for place in places))


def test_every_path_that_is_named_is_there():
    missing = {name: names_nothing(name) for name in FILES}

    assert {name: paths for name, paths in missing.items() if paths} == {}


def test_every_decision_stands_in_the_index():
    decisions = {path.name for path in (ROOT / "docs/decisions").glob("0*.md")}

    assert set(re.findall(r"\]\((0[\w-]+\.md)\)", (ROOT / "docs/decisions/README.md").read_text())) == decisions


#: What each room or app has one of.
_OF_EACH = {"rules/", "models/", "rules/parameters.py", "services.py", "queries.py", "presenters.py", "forms.py"}
_OF_EACH |= {"apps.py", "changing.py", "views.py", "urls.py", "extension.py"}


def _missing(names):
    return {name for name in names if not (ROOT / name).exists()}


def test_every_file_and_folder_that_the_readme_names_is_there():
    text = (ROOT / "README.md").read_text()
    named = {*re.findall(r"`([\w.-]*/[\w./-]*|\w+\.\w+)`", text), *re.findall(r"\]\(([^):#]+)\)", text)} - _OF_EACH

    assert len(named) > 150
    assert _missing(named) == set()


def test_every_function_that_the_readme_names_stands_in_its_file():
    named = re.findall(r"`(\w+)` (?:in|of) `([\w/]+\.py)`", (ROOT / "README.md").read_text())
    defined = r"^\s*(?:def |class )?{}\b(?:[(:]| =)"
    lost = [
        (name, path)
        for name, path in named
        if not re.search(defined.format(name), (ROOT / path).read_text(), re.MULTILINE)
    ]

    assert len(named) > 20
    assert lost == []


def test_every_file_of_ours_that_a_document_names_is_there():
    documents = [name for name in FILES if name.endswith(".md") and name not in ("README.md", "CHANGELOG.md")]
    path = re.compile(r"`((?:cases|config|docs|meetings|referrals|static|templates|tests)/[\w./-]*)(?:::\w+)?`")

    assert found(documents, path.findall) != {}
    assert found(documents, lambda text: _missing(path.findall(text))) == {}
