from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.period import BadPeriod, Period, add_months
from tests.law import day, span

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 12, 31))
LENGTHS = st.integers(min_value=1, max_value=400)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        pytest.param("2024-01-15", 3, "2024-04-15", id="an ordinary day"),
        pytest.param("2025-01-31", 1, "2025-02-28", id="31 January and one month is the last of February"),
        pytest.param("2025-01-31", 2, "2025-03-31", id="counted from the start, not from the clamped day"),
        pytest.param("2025-01-31", 3, "2025-04-30", id="a month of 30 days"),
        pytest.param("2024-01-31", 1, "2024-02-29", id="a leap year"),
        pytest.param("2024-02-29", 12, "2025-02-28", id="29 February a year on"),
        pytest.param("2024-11-30", 3, "2025-02-28", id="across the new year"),
        pytest.param("2024-12-31", 2, "2025-02-28", id="December and two months"),
        pytest.param("2024-05-31", 0, "2024-05-31", id="no months"),
        pytest.param("2024-03-31", -1, "2024-02-29", id="backwards"),
    ],
)
def test_add_months(start, months, expected):
    assert add_months(day(start), months) == day(expected)


def test_a_period_is_half_open_and_shown_with_its_last_day():
    period = Period(day("2024-01-15"), day("2024-04-15"))

    assert period.last_day == day("2024-04-14")
    assert period.days == 91
    assert period.contains(day("2024-01-15"))
    assert period.contains(day("2024-04-14"))
    assert not period.contains(day("2024-01-14"))
    assert not period.contains(day("2024-04-15"))


def test_a_period_without_an_end_runs_on():
    period = span("2024-01-15", None)

    assert (period.end, period.last_day, period.days) == (None, None, None)
    assert period.contains(day("2060-01-01"))


@pytest.mark.parametrize("last", ["2024-01-14", "2023-01-01"])
def test_a_period_that_ends_before_it_begins_is_refused_in_one_sentence(last):
    with pytest.raises(BadPeriod, match="før den begynder den 15. januar 2024"):
        span("2024-01-15", last)


def test_of_months_and_of_days_inclusive():
    assert Period.of_months(day("2025-01-31"), 1) == span("2025-01-31", "2025-02-27")
    assert span("2024-10-07", "2024-10-20").days == 14


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        pytest.param(span("2024-01-01", "2024-01-09"), False, id="touching before"),
        pytest.param(span("2024-01-01", "2024-01-10"), True, id="one day in common at the start"),
        pytest.param(span("2024-01-20", "2024-02-01"), True, id="one day in common at the end"),
        pytest.param(span("2024-01-21", "2024-02-01"), False, id="touching after"),
        pytest.param(span("2024-01-01", None), True, id="open, begun before"),
        pytest.param(span("2024-01-21", None), False, id="open, begun after"),
    ],
)
def test_overlaps(other, overlaps):
    period = span("2024-01-10", "2024-01-20")

    assert period.overlaps(other) is overlaps
    assert other.overlaps(period) is overlaps


def test_periods_sort_by_start_and_an_open_one_comes_last():
    short, long, open_, later = (
        span("2024-01-01", "2024-01-02"),
        span("2024-01-01", "2024-01-09"),
        span("2024-01-01", None),
        span("2024-01-02", "2024-01-03"),
    )

    assert sorted([later, open_, long, short]) == [short, long, open_, later]
    assert later > open_


@given(DAYS, st.integers(min_value=1, max_value=60))
def test_months_follow_each_other_without_gap_or_overlap(start, n):
    months = [Period(add_months(start, k - 1), add_months(start, k)) for k in range(1, n + 1)]

    assert all(before.end == after.start for before, after in zip(months, months[1:], strict=False))
    assert all(28 <= (month.days or 0) <= 31 for month in months)
    assert sum(month.days or 0 for month in months) == (add_months(start, n) - start).days


@given(DAYS, LENGTHS, DAYS, LENGTHS)
def test_two_periods_overlap_exactly_when_they_share_a_day(start, length, other_start, other_length):
    one = Period(start, start + timedelta(days=length))
    other = Period(other_start, other_start + timedelta(days=other_length))
    shared = set(range(one.start.toordinal(), one.end.toordinal())) & set(
        range(other.start.toordinal(), other.end.toordinal())
    )

    assert one.overlaps(other) is bool(shared)


def test_each_day_of_a_period_and_none_of_one_that_runs_on():
    assert Period(date(2026, 2, 27), date(2026, 3, 2)).each_day() == [
        date(2026, 2, 27),
        date(2026, 2, 28),
        date(2026, 3, 1),
    ]
    with pytest.raises(ValueError, match="has no last day"):
        Period(date(2026, 2, 27), None).each_day()
