"""Who comes back within the years of the law goes on in the course; the days away are a pause, each day once."""

import pytest

from cases.rules.period import Period
from cases.rules.restart import days_away, goes_on
from tests.law import BOOK, day


@pytest.mark.parametrize(
    ("group", "returned_on", "is_on"),
    [
        pytest.param(1, "2024-03-01", True, id="the day after"),
        pytest.param(1, "2029-02-27", True, id="the last day of five years"),
        pytest.param(1, "2029-02-28", False, id="five years later"),
        pytest.param(1, "2023-06-01", True, id="registered before the course was left"),
        pytest.param(2, "2024-03-01", False, id="a group that counts an unbroken period"),
    ],
)
def test_a_course_goes_on_for_five_years_where_unemployment_is_accumulated(group, returned_on, is_on):
    step = goes_on(
        placed_on=day("2024-01-01"),
        target_group=group,
        left_on=day("2024-02-29"),
        returned_on=day(returned_on),
        book=BOOK,
    )

    assert (step is not None) == is_on
    if step:
        assert "de første 5 år begynder kun en ny indplacering et nyt forløb (LAB § 9)" in step.text
        assert step.act == "h-tilbagevenden"


@pytest.mark.parametrize(
    ("known", "away"),
    [
        pytest.param([], [("2026-04-01", "2026-04-22")], id="nothing is known"),
        pytest.param([("2026-03-20", "2026-04-05")], [("2026-04-05", "2026-04-22")], id="the beginning is known"),
        pytest.param(
            [("2026-04-10", "2026-04-12")],
            [("2026-04-01", "2026-04-10"), ("2026-04-12", "2026-04-22")],
            id="the middle is known",
        ),
        pytest.param([("2026-03-01", "2026-05-01")], [], id="all of it is known"),
        pytest.param([("2026-01-01", "2026-02-01")], [("2026-04-01", "2026-04-22")], id="an earlier pause"),
        pytest.param([("2026-06-01", "2026-07-01")], [("2026-04-01", "2026-04-22")], id="a later pause"),
    ],
)
def test_the_days_away_are_those_that_no_pause_has_already(known, away):
    spans = [Period(day(start), day(end)) for start, end in known]

    found = days_away(day("2026-04-01"), day("2026-04-22"), known=spans)

    assert found == [Period(day(start), day(end)) for start, end in away]


def test_who_came_back_before_he_was_gone_was_not_away():
    assert days_away(day("2026-04-01"), day("2026-04-01"), known=[]) == []
