"""The table of security demands: whole, each with what shows it or why not, and counted as docs/security.md says."""

import re
from hashlib import sha256

from tests import asvs

DEMANDS = asvs.demands()
#: Of the standard's 253 numbers, one a line in its own order: none was left out, and none was made up.
NUMBERS = "fdfef32364aac864bf3945ba29e16ea75c93b8db3d89357357f3b26cc8b0479d"


def test_each_demand_of_the_standard_stands_once_and_no_other():
    numbers = [demand.id for demand in DEMANDS]

    assert len(numbers) == len({*numbers}) == 253
    assert sha256("\n".join(numbers).encode()).hexdigest() == NUMBERS
    assert {demand.chapter for demand in DEMANDS} == {*asvs.CHAPTERS}


def test_each_says_how_it_stands():
    assert {demand.state for demand in DEMANDS} == {*asvs.STATES}
    assert [demand.id for demand in DEMANDS if not demand.demand.strip()] == []


def is_there(reference):
    """Whether the file is there, and in it the test of that name or, elsewhere, these words."""
    path, _, name = reference.partition("::")
    sought = rf"def {name}\(" if path.startswith("tests/") else re.escape(name)
    file = asvs.ROOT / path
    return bool(name) and file.is_file() and re.search(sought, file.read_text()) is not None


def test_what_is_met_is_shown_by_a_test_or_a_setting_that_is_there():
    missing = {
        demand.id: reference
        for demand in DEMANDS
        if demand.state == "met"
        for reference in demand.by.split("; ")
        if not is_there(reference)
    }

    assert missing == {}


def test_what_is_not_met_says_why():
    silent = [demand.id for demand in DEMANDS if demand.state != "met" and len(demand.by.split()) < 2]

    assert silent == []


def test_the_document_says_what_is_counted():
    assert asvs.summary(DEMANDS) in (asvs.ROOT / "docs" / "security.md").read_text()


def test_what_the_document_promises_is_shown_by_a_test_that_is_there():
    named = re.findall(r"`(tests/[\w/]+\.py::\w+)`", (asvs.ROOT / "docs" / "security.md").read_text())

    assert named
    assert [reference for reference in named if not is_there(reference)] == []
