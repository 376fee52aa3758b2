from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.facts import Course, PauseFact, PauseKind
from cases.rules.parameters import CLOCK_STOPPING_PAUSES, SICKNESS_DAYS_BEFORE_PAUSE, TARGET_GROUPS
from cases.rules.period import Period, add_months
from cases.rules.unemployment_clock import clock_of, month_of, open_pauses
from tests.law import BOOK, act, book_of, course, day, pause, span


def last_day(start, k, *pauses, **facts):
    return str(clock_of(course(start, pauses=pauses, **facts), BOOK).month(k).last_day)


@pytest.mark.parametrize(
    ("k", "first", "last"),
    [
        (1, "2025-01-31", "2025-02-27"),
        (2, "2025-02-28", "2025-03-30"),
        (3, "2025-03-31", "2025-04-29"),
        (4, "2025-04-30", "2025-05-30"),
        (5, "2025-05-31", "2025-06-29"),
        (6, "2025-06-30", "2025-07-30"),
    ],
)
def test_the_months_of_a_course_begun_on_31_january(k, first, last):
    assert clock_of(course("2025-01-31"), BOOK).month(k) == span(first, last)


@pytest.mark.parametrize(
    ("start", "third_ends", "sixth_ends"),
    [
        pytest.param("2024-02-29", "2024-05-28", "2024-08-28", id="29 February"),
        pytest.param("2024-08-31", "2024-11-29", "2025-02-27", id="31 August: month 3 and month 6 are clamped"),
        pytest.param("2023-08-31", "2023-11-29", "2024-02-28", id="31 August before a leap year"),
        pytest.param("2024-11-30", "2025-02-27", "2025-05-29", id="30 November"),
        pytest.param("2024-10-27", "2025-01-26", "2025-04-26", id="the night the clock goes back"),
        pytest.param("2024-03-31", "2024-06-29", "2024-09-29", id="the night the clock goes forward"),
    ],
)
def test_month_ends(start, third_ends, sixth_ends):
    assert (last_day(start, 3), last_day(start, 6)) == (third_ends, sixth_ends)


def test_employment_of_14_days_moves_every_later_boundary_by_14_days():
    work = pause("2024-10-07", "2024-10-20")

    assert last_day("2024-09-02", 1, work) == "2024-10-01"
    assert last_day("2024-09-02", 3, work) == "2024-12-15"
    assert last_day("2024-09-02", 6, work) == "2025-03-15"


@pytest.mark.parametrize(
    ("first", "moved"),
    [
        pytest.param("2024-12-01", "2024-12-04", id="begun on the last day of month 3: moves it"),
        pytest.param("2024-12-02", "2024-12-01", id="begun the day after: does not"),
    ],
)
def test_a_pause_at_the_boundary(first, moved):
    three_days = pause(first, str(day(first) + timedelta(days=2)))

    assert last_day("2024-09-02", 3, three_days) == moved
    assert last_day("2024-09-02", 6, three_days) == "2025-03-04"


def test_a_pause_reaches_a_boundary_that_an_earlier_pause_has_moved():
    # Month 3 ends on 1 December; the first pause moves it to the 8th, so the second reaches it.
    first, second = pause("2024-11-01", "2024-11-07"), pause("2024-12-05", "2024-12-06")

    assert last_day("2024-09-02", 3, second) == "2024-12-01"
    assert last_day("2024-09-02", 3, first, second) == "2024-12-10"
    assert last_day("2024-09-02", 3, second, first) == "2024-12-10"


@pytest.mark.parametrize(
    "pauses",
    [
        pytest.param(
            (pause("2024-10-07", "2024-10-20"), pause("2024-10-10", "2024-10-15", "holiday")), id="one inside"
        ),
        pytest.param(
            (pause("2024-10-07", "2024-10-15"), pause("2024-10-10", "2024-10-20", "holiday")), id="overlapping"
        ),
        pytest.param((pause("2024-10-07", "2024-10-15"), pause("2024-10-16", "2024-10-20", "holiday")), id="touching"),
        pytest.param((pause("2024-10-07", "2024-10-20"), pause("2024-10-07", "2024-10-20")), id="the same twice"),
    ],
)
def test_pauses_that_overlap_or_touch_count_each_day_once(pauses):
    assert last_day("2024-09-02", 3, *pauses) == "2024-12-15"


@pytest.mark.parametrize(
    ("last", "month_3_ends"),
    [
        pytest.param("2024-10-20", "2024-12-01", id="14 days of sickness: the clock runs"),
        pytest.param("2024-10-21", "2024-12-02", id="15 days: it stops for one"),
        pytest.param("2024-11-03", "2024-12-15", id="28 days: it stops for 14"),
    ],
)
def test_sickness_stops_the_clock_after_14_days(last, month_3_ends):
    assert last_day("2024-09-02", 3, pause("2024-10-07", last, "sickness")) == month_3_ends


def test_one_illness_registered_in_two_parts_has_one_first_sick_day():
    parts = (pause("2024-10-07", "2024-10-16", "sickness"), pause("2024-10-17", "2024-10-26", "sickness"))

    assert last_day("2024-09-02", 3, *parts) == "2024-12-07"


def test_two_illnesses_with_a_day_between_them_are_counted_apart():
    parts = (pause("2024-10-07", "2024-10-16", "sickness"), pause("2024-10-18", "2024-10-27", "sickness"))

    assert last_day("2024-09-02", 3, *parts) == "2024-12-01"


def test_the_days_of_sickness_that_still_count_do_not_hide_another_pause():
    sick, holiday = pause("2024-10-07", "2024-10-25", "sickness"), pause("2024-10-07", "2024-10-08", "holiday")

    assert last_day("2024-09-02", 3, sick, holiday) == "2024-12-08"


def test_an_open_pause_moves_nothing_yet():
    running, sick = pause("2024-10-07", None), pause("2024-10-01", None, "sickness")
    again = pause("2024-11-01", "2024-11-30", "sickness")

    assert last_day("2024-09-02", 3, running, sick, again) == "2024-12-01"
    assert open_pauses(course("2024-09-02", pauses=(running,))) == (running,)


def test_an_illness_inside_a_longer_one_ends_when_the_longer_does():
    parts = (pause("2024-10-07", "2024-11-03", "sickness"), pause("2024-10-10", "2024-10-12", "sickness"))

    assert last_day("2024-09-02", 3, *parts) == "2024-12-15"


def test_only_the_days_of_a_pause_from_the_start_on_count():
    assert last_day("2024-09-02", 3, pause("2024-08-01", "2024-09-05")) == "2024-12-05"
    assert last_day("2024-09-02", 3, pause("2024-08-01", "2024-09-01")) == "2024-12-01"


def test_job_oriented_education_does_not_stop_the_clock():
    assert last_day("2024-09-02", 3, pause("2024-10-07", "2024-11-15", "six_weeks_course")) == "2024-12-01"


def test_other_target_groups_count_calendar_months():
    assert last_day("2024-09-02", 3, pause("2024-10-07", "2024-10-20"), target_group=2) == "2024-12-01"


def test_each_pause_is_judged_by_the_acts_of_its_own_first_day():
    book = book_of(
        act(
            "2020-01-01",
            {TARGET_GROUPS: "1", CLOCK_STOPPING_PAUSES: "holiday, sickness", SICKNESS_DAYS_BEFORE_PAUSE: "14"},
        ),
        act("2024-10-07", {CLOCK_STOPPING_PAUSES: "sickness", SICKNESS_DAYS_BEFORE_PAUSE: "0"}),
    )

    def month_3(*pauses):
        return str(clock_of(course("2024-09-02", pauses=pauses), book).month(3).last_day)

    assert month_3(pause("2024-10-06", "2024-10-12", "holiday")) == "2024-12-08"
    assert month_3(pause("2024-10-07", "2024-10-13", "holiday")) == "2024-12-01"
    assert month_3(pause("2024-10-06", "2024-10-12", "sickness")) == "2024-12-01"
    assert month_3(pause("2024-10-07", "2024-10-13", "sickness")) == "2024-12-08"


@pytest.mark.parametrize(
    ("on", "k"),
    [
        pytest.param("2024-08-20", 1, id="between registration and start: month 1"),
        pytest.param("2024-09-02", 1, id="the first day"),
        pytest.param("2024-10-01", 1, id="the last day of month 1"),
        pytest.param("2024-10-02", 2, id="the first day of month 2"),
        pytest.param("2025-09-02", 13, id="a year on"),
    ],
)
def test_month_of(on, k):
    assert month_of(course("2024-09-02"), day(on), BOOK) == k


def test_month_of_stands_still_in_a_pause():
    paused = course("2024-09-02", pauses=(pause("2024-10-07", "2024-10-20"),))

    assert month_of(paused, day("2024-11-15"), BOOK) == 2
    assert month_of(paused, day("2024-11-16"), BOOK) == 3


def test_the_explanation_counts_each_pause():
    pauses = (pause("2024-10-07", "2024-10-12"), pause("2024-10-10", "2024-10-20", "holiday"))
    later = pause("2024-12-10", "2024-12-10", "parental_leave")

    steps = clock_of(course("2024-09-02", pauses=(*pauses, later)), BOOK).why(3)

    assert [step.text for step in steps] == [
        "3 måneder fra den 2. september 2024 slutter den 1. december 2024, sidste dag medregnet.",
        "Pausen fra den 7. oktober 2024 til og med den 20. oktober 2024 (arbejde og ferie) flytter dagen 14 dage til "
        "den 15. december 2024.",
        "Pausen fra den 10. december 2024 til og med den 10. december 2024 (barsel) flytter dagen 1 dag til "
        "den 16. december 2024.",
    ]
    assert steps[-1].act == "a-foer-anden-delaftale"
    assert steps[-1].day == day("2024-12-16")


STARTS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))


@st.composite
def paused_courses(draw):
    start = draw(STARTS)
    spans = st.tuples(st.integers(-60, 400), st.integers(1, 90), st.sampled_from(list(PauseKind)))
    pauses = tuple(
        PauseFact(kind, Period(first, first + timedelta(days=days)))
        for offset, days, kind in draw(st.lists(spans, max_size=5))
        if (first := start + timedelta(days=offset)) >= date(2020, 1, 1)
    )
    return Course(registered_on=start, placed_on=start, pauses=pauses)


@given(paused_courses())
def test_pauses_move_boundaries_later_by_no_more_days_than_they_have(paused):
    clock = clock_of(paused, BOOK)
    stopped = sum(pause.span.days or 0 for pause in paused.pauses)

    for n in range(8):
        moved = (clock.first_day_after(n) - add_months(paused.placed_on, n)).days
        assert 0 <= moved <= stopped


@given(paused_courses())
def test_months_stay_in_order_without_gap_whatever_the_pauses(paused):
    clock = clock_of(paused, BOOK)
    months = [clock.month(k) for k in range(1, 9)]

    assert months[0].start == paused.placed_on
    assert all(before.end == after.start for before, after in zip(months, months[1:], strict=False))
    assert clock.months(1, 8) == Period(months[0].start, months[-1].end)
    assert all(clock.month_of(month.start) == k for k, month in enumerate(months, start=1))


@given(paused_courses())
def test_the_explanation_ends_on_the_boundary(paused):
    clock = clock_of(paused, BOOK)

    assert all(clock.why(n)[-1].day == clock.last_day_of(n) for n in range(1, 7))


@given(paused_courses())
def test_the_order_in_which_pauses_are_registered_changes_nothing(paused):
    turned = Course(registered_on=paused.registered_on, placed_on=paused.placed_on, pauses=paused.pauses[::-1])

    assert [clock_of(turned, BOOK).month(k) for k in (1, 3, 6)] == [clock_of(paused, BOOK).month(k) for k in (1, 3, 6)]
