import ast
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules import parameters as case_parameters
from cases.rules.declaring import (
    REGISTRY,
    Anchor,
    CaseDates,
    DeclaredTwice,
    MissingDate,
    Parameter,
    UnreadableText,
    declare,
    set_of_codes,
    set_of_numbers,
    set_of_one_code,
    whole_number,
    yes_no,
)
from cases.rules.facts import Party
from meetings.rules import parameters as meeting_parameters
from referrals.rules import parameters as referral_parameters

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("reader", "text", "value"),
    [
        (whole_number, "3", 3),
        (whole_number, " 410 ", 410),
        (whole_number, "0", 0),
        (whole_number, "", None),
        (yes_no, "true", True),
        (yes_no, "false", False),
        (yes_no, "", None),
        (set_of_numbers, "1, 2,3", {1, 2, 3}),
        (set_of_numbers, "", set()),
        (set_of_codes(Party.FUND, Party.MUNICIPALITY), "municipality, fund", {"fund", "municipality"}),
        (set_of_codes(Party.FUND), "", set()),
        (set_of_one_code(Party.FUND, Party.MUNICIPALITY), "fund", {"fund"}),
    ],
)
def test_what_a_reader_reads(reader, text, value):
    assert reader(text) == value


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (whole_number, "-1"),
        (whole_number, "3,5"),
        (whole_number, "tre"),
        (whole_number, "²"),
        (yes_no, "ja"),
        (yes_no, "True"),
        (set_of_numbers, "1, x"),
        (set_of_numbers, "1,,2"),
        (set_of_codes(Party.FUND), "kommune"),
        (set_of_one_code(Party.FUND, Party.MUNICIPALITY), "fund, municipality"),
        (set_of_one_code(Party.FUND), ""),
    ],
)
def test_a_text_that_cannot_be_read_is_refused(reader, text):
    with pytest.raises(UnreadableText, match="»"):
        reader(text)


@given(st.sets(st.integers(min_value=0, max_value=999)))
def test_a_set_of_numbers_is_read_back_as_it_was_written(numbers):
    assert set_of_numbers(set_of_numbers.write(numbers)) == numbers


def test_values_are_read_back_as_they_were_written():
    assert yes_no(yes_no.write(True)) is True
    assert yes_no(yes_no.write(False)) is False
    assert set_of_codes(Party.MUNICIPALITY, Party.FUND).write({"municipality", "fund"}) == "fund, municipality"


def test_only_an_optional_parameter_may_have_no_value():
    required = Parameter("x.y", whole_number, Anchor.EVENT, "")
    optional = Parameter("x.z", whole_number, Anchor.EVENT, "", optional=True)

    with pytest.raises(UnreadableText, match="x.y"):
        required.value_of(None)
    assert optional.value_of("") is None
    assert optional.text_of(None) == ""
    assert optional.text_of(7) == "7"


def test_a_key_is_declared_once():
    with pytest.raises(DeclaredTwice, match="cases.target_groups"):
        declare("cases.target_groups", read=whole_number, anchor=Anchor.EVENT, description="")


def test_the_anchor_picks_the_date_that_decides():
    dates = CaseDates(
        course_start=date(2024, 1, 1), event=date(2024, 2, 1), decision=date(2024, 3, 1), payout=date(2024, 3, 31)
    )

    assert [dates.on(anchor).month for anchor in Anchor] == [1, 2, 3, 3]
    for anchor in Anchor:
        with pytest.raises(MissingDate):
            CaseDates().on(anchor)


def test_an_event_parameter_says_which_day_it_means():
    for parameter in REGISTRY.values():
        assert bool(parameter.event_is) is (parameter.anchor == Anchor.EVENT), parameter.key
        assert parameter.description, parameter.key


def test_every_declared_parameter_is_read_by_a_rule():
    declared = {
        name: found
        for module in (case_parameters, meeting_parameters, referral_parameters)
        for name, value in vars(module).items()
        if (found := [one for one in _several(value) if isinstance(one, Parameter)])
    }
    read = set()
    for path in [*ROOT.glob("cases/rules/*.py"), *ROOT.glob("meetings/rules/*.py"), *ROOT.glob("referrals/rules/*.py")]:
        if path.name in ("case_parameters.py", "parameters.py"):
            continue
        read |= {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}

    assert sum(map(len, declared.values())) == len(REGISTRY)
    assert not declared.keys() - read


def _several(value):
    return value.values() if isinstance(value, dict) else [value]
