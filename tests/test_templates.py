"""What the templates promise: each is used, can be read and escapes everything, and no script writes HTML."""

import re
from pathlib import Path

import crispy_forms
from django import contrib
from django.template.loader import get_template

from tests.test_architecture import OUR_APPS, ROOT, found_in, python_files

TEMPLATES = sorted(path.relative_to(ROOT / "templates").as_posix() for path in (ROOT / "templates").rglob("*.*"))
BY_DJANGO = [Path(contrib.__path__[0]), Path(crispy_forms.__path__[0])]
NAMED_BY_DJANGO = {"403.html", "403_csrf.html", "404.html", "500.html"}


def is_used(name, sources, theirs):
    # The administration takes a page of its own for a model before Django's.
    if name in NAMED_BY_DJANGO or re.sub(r"^admin/\w+/\w+/", "admin/", name) in theirs:
        return True
    # crispy-forms puts the pack's name before what it asks for: fds/field.html is its field.html.
    found = re.finditer(re.escape(name.removeprefix("fds/")), sources)
    return any(sources[one.start() - 1] in "\"'/," and sources[one.end()] in "\"'#," for one in found)


def test_every_template_is_used():
    paths = [path for folder in BY_DJANGO for path in folder.rglob("*.py")]
    paths += python_files(*OUR_APPS, "config") + sorted((ROOT / "templates").rglob("*.*"))
    sources = "\n".join(path.read_text() for path in paths)
    theirs = {str(path).partition("/templates/")[2] for folder in BY_DJANGO for path in folder.rglob("*.*")}

    assert [name for name in TEMPLATES if not is_used(name, sources, theirs)] == []


def test_every_template_can_be_read():
    for name in TEMPLATES:
        get_template(name)


def templates(folder=""):
    return sorted((ROOT / "templates" / folder).rglob("*.html"))


def test_a_component_begins_with_how_it_is_used():
    header = re.compile(r"(\{% load [\w ]+ %\}\s*)?\{(#|% comment %\})")

    assert [path.name for path in templates("components") if not header.match(path.read_text())] == []


def test_every_template_escapes_everything():
    assert found_in(templates(), re.compile(r"\|\s*(?:safe|safeseq)\b|autoescape off").findall) == {}


def test_no_code_vouches_for_html():
    # format_html escapes what it is given; these escape nothing.
    vouching = re.compile(r"\bmark_safe\b|\bSafeString\(|\b__html__\b|\bis_safe\s*=")

    assert found_in(python_files(*OUR_APPS, "config"), vouching.findall) == {}


def test_no_script_writes_html():
    scripts = sorted((ROOT / "static" / "js").glob("*.js"))
    writing = re.compile(r"\.(?:innerHTML|outerHTML|insertAdjacentHTML)|document\.write|\beval\(|new Function\b")

    assert found_in(scripts, writing.findall) == {}
