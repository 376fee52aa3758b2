"""The table of ways back is whole: each kind of event has a row, each row a test, and what has a button says so."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from cases import seam
from cases.history import undo as history_undo

ROOT = Path(settings.BASE_DIR)
TABLE = (ROOT / "docs/ways-back.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines() if line.startswith("| ")][
    1:
]


def codes(cell):
    return re.findall(r"`([^`]+)`", cell)


def test_each_kind_of_event_has_a_row_and_no_row_tells_of_another():
    told = {kind for row in ROWS for kind in codes(row[1])}
    assert told == {kind for app in seam.INSTALLED for kind in app.event_names}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_row_is_filled_and_its_test_sends_a_page(row):
    assert len(row) == 7
    assert all(row)
    (place,) = codes(row[6])
    file, name = place.split("::")
    functions = [node for node in ast.walk(ast.parse((ROOT / file).read_text())) if isinstance(node, ast.FunctionDef)]
    assert [node.name for node in functions].count(name) == 1
    told = with_helpers(name, {node.name: node for node in functions})
    assert ".post(" in told or "send(" in told
    assert not row[2].startswith("»Fortryd«") or re.search("undo|fortryd|note_reopen", told)


def with_helpers(name, functions):
    """The source of a test with the helpers and fixtures beside it that it names."""
    text = ast.unparse(functions.pop(name))
    named = set(re.findall(r"\w+", text)).intersection(functions)
    return text + "".join(with_helpers(one, functions) for one in named if one in functions)


def test_no_two_rows_have_the_same_test():
    places = [row[6] for row in ROWS]
    assert len(places) == len(set(places))


def test_what_has_the_button_is_said_to_have_it():
    with_button = {codes(row[1])[0] for row in ROWS if row[2].startswith("»Fortryd«")}
    assert with_button == set(history_undo.ways_back())
