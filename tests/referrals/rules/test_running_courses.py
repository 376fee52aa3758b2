"""The deadlines for offers and for six weeks of education in a course that an act moves."""

from datetime import date

import pytest

from cases.rules.facts import Party
from cases.rules.parameters import TARGET_GROUPS
from meetings.law.table_wording import table_on
from meetings.planning.law import Law
from referrals.rules.admissibility import admissible
from referrals.rules.offers import OfferType
from referrals.rules.parameters import (
    COUNTING_OFFER_TYPES,
    OFFER_DEADLINE_MONTHS,
    OFFER_GROUPS,
    SIX_WEEKS_EARLIEST_WEEKS,
    SIX_WEEKS_FINISH_MONTHS_FROM_25,
)
from referrals.rules.right_and_duty import DutyState, offer_answer, offer_due, standing
from referrals.rules.six_weeks import objections, six_weeks
from tests.law import BOOK, act, course, day, exemption, interviews, offer, pause, shipped_and, span, table_with

# Month 6 ends on 14 July 2024, month 9 on 14 October.
START = "2024-01-15"
STEP = "»Loven af {}« gælder fra den {} også for forløb, der er begyndt før."


def moved(on, values, *, moves=True):
    return shipped_and(act(on, values, slug="x", moves=moves))


def due(book, **facts):
    return offer_due(course=course(START, **facts), book=book)


# The first counting offer


@pytest.mark.parametrize(
    ("on", "months", "due_on"),
    [
        pytest.param("2024-07-14", "9", "2024-10-14", id="longer, and not due before the act"),
        pytest.param("2024-07-15", "9", "2024-07-14", id="longer, but due the day before the act"),
        pytest.param("2024-03-01", "3", "2024-04-14", id="shorter, and still to come"),
        pytest.param("2024-05-01", "3", "2024-04-14", id="shorter, and over before the act: overdue on its day"),
    ],
)
def test_a_moved_deadline_for_the_first_offer(on, months, due_on):
    assert str(due(moved(on, {OFFER_DEADLINE_MONTHS: months})).due_on) == due_on
    assert due(moved(on, {OFFER_DEADLINE_MONTHS: months}, moves=False)) == due(BOOK)


@pytest.mark.parametrize(
    ("on", "has_duty"),
    [
        pytest.param("2024-07-14", True, id="due on the act's day"),
        pytest.param("2024-07-15", False, id="would have been due the day before"),
    ],
)
def test_a_new_duty_is_not_laid_on_days_before_the_act(on, has_duty):
    answer = due(moved(on, {OFFER_GROUPS: "1, 2, 3, 4"}), target_group=4)

    assert answer.has_duty is has_duty
    assert not due(BOOK, target_group=4).has_duty


@pytest.mark.parametrize(("on", "has_duty"), [("2024-07-14", False), ("2024-07-15", True)])
def test_a_duty_that_is_lifted_stays_where_it_fell_due_before(on, has_duty):
    assert due(moved(on, {OFFER_GROUPS: "2, 3"})).has_duty is has_duty


def test_a_deadline_postponed_without_an_end_is_not_settled_before_the_act():
    open_ended = {"exemptions": (exemption("2024-07-01", None),)}

    assert due(BOOK, **open_ended).due_on is None
    assert str(due(moved("2024-08-01", {OFFER_DEADLINE_MONTHS: "3"}), **open_ended).due_on) == "2024-04-14"


def test_the_reason_names_the_act_that_moved_the_deadline_and_no_other():
    text = STEP.format("2024-03-01", "1. marts 2024")

    assert due(moved("2024-03-01", {OFFER_DEADLINE_MONTHS: "9"})).why[0].text == text
    assert due(moved("2024-03-01", {OFFER_DEADLINE_MONTHS: "6"})) == due(BOOK)


@pytest.mark.parametrize(
    ("first", "counts"),
    [
        pytest.param("2024-04-30", True, id="begun the day before the act, in time as the law was then"),
        pytest.param("2024-05-01", False, id="begun on the act's day, when the deadline had passed"),
    ],
)
def test_an_offer_is_judged_by_the_deadline_of_its_first_day(first, counts):
    book = moved("2024-05-01", {OFFER_DEADLINE_MONTHS: "3"})
    one = offer("internship", first, "2024-06-30")

    assert offer_answer(course=course(START), offer=one, book=book).counts is counts
    state = standing(course=course(START), offers=[one], on=day("2024-06-01"), book=book).state
    assert state == (DutyState.MET if counts else DutyState.MET_LATE)


def test_which_types_count_is_read_on_the_offers_first_day_whatever_the_act_does_to_courses():
    book = moved("2024-03-01", {COUNTING_OFFER_TYPES: "wage_subsidy"})

    for first, counts in (("2024-02-29", True), ("2024-03-01", False)):
        one = offer(OfferType.INTERNSHIP, first, "2024-04-30")
        assert offer_answer(course=course(START), offer=one, book=book).counts is counts


# Six weeks of education


@pytest.mark.parametrize(
    ("on", "months", "latest_end"),
    [
        pytest.param("2024-10-14", "12", "2025-01-14", id="longer, and not over before the act"),
        pytest.param("2024-10-15", "12", "2024-10-14", id="longer, but over the day before the act"),
        pytest.param("2024-08-01", "6", "2024-07-14", id="shorter, and over before the act"),
    ],
)
def test_a_moved_latest_end(on, months, latest_end):
    book = moved(on, {SIX_WEEKS_FINISH_MONTHS_FROM_25: months})
    answer = six_weeks(course=course(START), on=date(2024, 3, 1), book=book)

    assert str(answer.latest_end) == latest_end
    named = any("også for forløb, der er begyndt før" in step.text for step in answer.why)
    assert named is (latest_end != "2024-10-14")


def test_a_latest_end_that_an_act_does_not_change_says_nothing_of_it():
    asked = {"course": course(START), "on": date(2024, 3, 1)}

    assert six_weeks(**asked, book=moved("2024-04-01", {OFFER_DEADLINE_MONTHS: "9"})) == six_weeks(**asked, book=BOOK)


def test_whether_pauses_count_goes_by_the_day_asked_about():
    book = moved("2024-03-01", {TARGET_GROUPS: "2"})
    paused = course(START, pauses=(pause("2024-01-20", "2024-02-02"),))

    starts = [six_weeks(course=paused, on=day(on), book=book).earliest_start for on in ("2024-02-29", "2024-03-01")]
    assert [str(start) for start in starts] == ["2024-03-04", "2024-02-19"]
    asked = {"course": paused, "offer_starts_on": day("2024-04-01"), "book": book}
    latest = [admissible(sent_on=day(on), **asked).latest_start for on in ("2024-02-29", "2024-03-01")]
    assert [str(start) for start in latest] == ["2024-05-26", "2024-05-12"]


def test_the_law_on_a_day_shows_no_table_of_an_act_to_come():
    tables = table_with({"x": interviews((Party.FUND, 9, 1, 3, 14))})
    law = Law(book=moved("2024-03-01", {}), table=tables)

    assert [table_on(day(on), law).total for on in ("2024-02-29", "2024-03-01")] == [6, 9]


def test_the_earliest_start_goes_by_the_law_of_the_day_the_education_begins():
    book = moved("2024-02-05", {SIX_WEEKS_EARLIEST_WEEKS: "2"})

    assert objections(course=course(START), span=span("2024-02-04", "2024-02-10"), book=book) != ()
    assert objections(course=course(START), span=span("2024-02-05", "2024-02-11"), book=book) == ()
