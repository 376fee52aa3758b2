"""An act that moves running courses: which of its values count for them, and from which day the jobcenter has them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from cases.rules.declaring import CaseDates
from cases.rules.facts import Party
from cases.rules.my_plan import first_version, may_write
from cases.rules.parameters import (
    CLOCK_STOPPING_PAUSES,
    FUND_RESPONSIBLE_MONTHS,
    HANDOVER_HOURS_FULL_TIME,
    PLAN_FIRST_VERSION_BY,
    YOUNG_AGE_LIMIT,
    YOUNG_COURSE_BY_MUNICIPALITY,
)
from cases.rules.responsibility import handover_missing, municipality_from, responsible_on, suggest_handover
from cases.rules.rule_book import NotInForce
from cases.rules.transition import answer_across_moves
from tests.law import BOOK, act, book_of, course, day, pause, shipped_and

START = "2027-01-15"
YOUNG = {"born_on": date(2005, 1, 1), "has_qualifying_education": False, "has_children_at_home": False}
MONTHS = FUND_RESPONSIBLE_MONTHS

MOVED = book_of(
    act("2024-01-01", {MONTHS: "3", YOUNG_AGE_LIMIT: "25", CLOCK_STOPPING_PAUSES: "holiday"}, slug="first"),
    act("2025-01-01", {MONTHS: "4", CLOCK_STOPPING_PAUSES: "sickness"}, slug="moving", moves=True),
    act("2026-01-01", {MONTHS: "5"}, slug="keeping"),
    act("2027-01-01", {YOUNG_AGE_LIMIT: "30"}, slug="also-moving", moves=True),
)


def months(start, event=None, book=MOVED):
    return book.in_force(MONTHS, CaseDates(course_start=day(start), event=day(event) if event else None)).value


def moved(on, values=None, **facts):
    """From which day the jobcenter has a course from 15 January 2027 that an act moves, with fund months 4 if not
    said otherwise.
    """
    book = shipped_and(act(on, values or {MONTHS: "4"}, slug="x", moves=True))
    return municipality_from(course(START, **facts), book)


# Which values count


@pytest.mark.parametrize(
    ("start", "event", "value"),
    [
        pytest.param("2024-06-01", None, 4, id="moved by the act to come"),
        pytest.param("2024-06-01", "2024-12-31", 3, id="asked about the day before the act"),
        pytest.param("2024-06-01", "2025-01-01", 4, id="asked about the act's day"),
        pytest.param("2024-06-01", "2026-01-01", 4, id="never by one that keeps running courses"),
        pytest.param("2025-06-01", None, 4, id="begun under the moving act"),
        pytest.param("2025-06-01", "2024-12-31", 4, id="begun under it, whatever the event"),
        pytest.param("2026-01-01", None, 5, id="begun under the act that keeps"),
    ],
)
def test_a_value_of_a_course_on_its_way(start, event, value):
    assert months(start, event) == value


def test_a_course_begun_before_all_acts_has_rules_from_the_act_that_moves_it_and_none_before():
    assert months("2023-12-31") == 4
    with pytest.raises(NotInForce):
        months("2023-12-31", "2024-12-31")


def test_what_an_event_decides_is_read_on_its_day_whatever_the_act_does_to_courses():
    for on, kinds in (("2024-12-31", {"holiday"}), ("2025-01-01", {"sickness"})):
        dates = CaseDates(course_start=day("2024-06-01"), event=day(on))
        assert MOVED.in_force(CLOCK_STOPPING_PAUSES, dates).value == kinds
        without = MOVED.without_moves_after(day("2024-06-01"))
        assert without.in_force(CLOCK_STOPPING_PAUSES, dates).value == kinds
    hours = shipped_and(act("2025-01-01", {HANDOVER_HOURS_FULL_TIME: "500"}, slug="x", moves=True))
    assert hours.in_force(HANDOVER_HOURS_FULL_TIME, CaseDates(payout=day("2024-12-31"))).value == 410


@pytest.mark.parametrize(
    ("after", "slugs"),
    [
        ("2024-12-31", ["moving", "also-moving"]),
        ("2025-01-01", ["also-moving"]),
        ("2026-12-31", ["also-moving"]),
        ("2027-01-01", []),
    ],
)
def test_the_moves_after_a_day_come_in_their_order(after, slugs):
    assert [one.slug for one in MOVED.moves_after(day(after))] == slugs


def test_a_book_without_later_moves_keeps_its_acts_and_is_made_once():
    before = MOVED.without_moves_after(day("2024-06-01"))

    assert [one.slug for one in before.acts] == [one.slug for one in MOVED.acts]
    assert months("2024-06-01", book=before) == 3
    assert before is MOVED.without_moves_after(day("2024-12-31"))
    assert before != MOVED
    assert MOVED.without_moves_after(day("2027-01-01")) is MOVED
    assert BOOK.without_moves_after(date.min) is BOOK


def test_of_two_acts_on_one_day_the_one_published_last_counts_also_without_their_moves():
    first, second = datetime(2024, 11, 1, tzinfo=UTC), datetime(2024, 12, 1, tzinfo=UTC)
    book = book_of(
        act("2024-01-01", {MONTHS: "2"}, slug="old", published_at=first),
        act("2024-01-01", {MONTHS: "3"}, slug="mended", published_at=second),
        act("2025-01-01", {MONTHS: "7"}, slug="wrong", moves=True, published_at=first),
        act("2025-01-01", {MONTHS: "8"}, slug="right", moves=True, published_at=second),
        drafts=(act("2026-01-01", {}, slug="x", is_draft=True),),
    )

    assert months("2024-06-01", book=book) == 8
    assert months("2024-06-01", book=book.without_moves_after(day("2024-06-01"))) == 3
    assert months("2024-06-01", "2024-06-01", book=book.with_draft("x")) == 3


def test_an_answer_is_asked_once_where_nothing_moves_and_once_more_for_each_day_that_moves():
    def asked(start):
        return answer_across_moves(
            lambda law: [months("2024-06-01", book=law)],
            lambda old, new, move: [*old, *new, [one.slug for one in move.acts]],
            placed_on=day(start),
            book=MOVED,
        )

    assert asked("2027-01-01") == [4]
    assert asked("2024-06-01") == [3, 4, ["moving"], 4, ["also-moving"]]


# From which day the jobcenter has the course


@pytest.mark.parametrize(
    ("on", "begins"),
    [
        pytest.param("2027-01-16", "2027-05-15", id="month 1"),
        pytest.param("2027-04-15", "2027-05-15", id="the very day of the switch"),
        pytest.param("2027-04-16", "2027-04-15", id="the day after the switch: it stays where it is"),
    ],
)
def test_a_later_switch(on, begins):
    assert str(moved(on).day) == begins


@pytest.mark.parametrize(
    ("on", "begins"),
    [
        pytest.param("2027-02-14", "2027-02-15", id="the act comes the day before month 1 is over"),
        pytest.param("2027-02-15", "2027-02-15", id="the day after"),
        pytest.param("2027-03-20", "2027-03-20", id="month 1 is long over: from the act's day, not before"),
        pytest.param("2027-04-15", "2027-04-15", id="the day it would have passed anyway"),
        pytest.param("2027-04-16", "2027-04-15", id="it has passed"),
    ],
)
def test_an_earlier_switch(on, begins):
    assert str(moved(on, {MONTHS: "1"}).day) == begins


def test_a_fund_that_loses_all_its_months_has_the_course_to_the_day_before_the_act():
    assert str(moved("2027-02-01", {MONTHS: "0"}).day) == "2027-02-01"


def test_a_course_that_was_the_jobcenters_from_its_start_stays_there():
    book = shipped_and(act("2023-12-01", {MONTHS: "3"}, slug="x", moves=True))

    assert municipality_from(course("2023-11-01"), book).day == day("2023-11-01")


@pytest.mark.parametrize(
    ("facts", "begins"),
    [
        pytest.param({"has_hours": True}, None, id="the hours wait for a hand-over"),
        pytest.param({"has_hours": True, "handed_over_on": date(2027, 2, 28)}, "2027-02-28", id="handed over before"),
        pytest.param({"handed_over_on": date(2027, 2, 28)}, "2027-02-28", id="handed over before, without hours"),
        pytest.param({"handed_over_on": date(2027, 5, 1)}, "2027-05-01", id="handed over before the new months end"),
        pytest.param({"pauses": (pause("2027-02-20", "2027-03-05"),)}, "2027-05-29", id="paused across the act's day"),
    ],
)
def test_hand_overs_and_pauses_count_as_ever(facts, begins):
    found = moved("2027-03-01", **facts).day

    assert found == (day(begins) if begins else None)


@pytest.mark.parametrize(
    ("on", "begins"),
    [("2027-02-01", "2027-02-01"), ("2027-04-15", "2027-04-15"), ("2027-04-16", "2027-04-15")],
)
def test_the_young_pass_to_the_jobcenter_on_the_acts_day(on, begins):
    values = {YOUNG_COURSE_BY_MUNICIPALITY: "true"}

    assert str(moved(on, values, **YOUNG).day) == begins
    assert str(moved(on, values).day) == "2027-04-15", "others stay"


def test_the_reason_names_the_act_and_a_switch_that_stays_says_nothing_of_it():
    later, clamped = moved("2027-03-01"), moved("2027-03-20", {MONTHS: "1"})
    text = "»Loven af 2027-03-01« gælder fra den 1. marts 2027 også for forløb, der er begyndt før."

    assert (later.why[0].text, later.why[0].act) == (text, "x")
    assert "de første 4 måneder; jobcentret har det fra den 15. maj 2027" in later.why[-1].text
    assert clamped.why[-1].text == "Det sker tidligst den dag: jobcentret har ansvaret fra den 20. marts 2027."
    assert moved("2027-04-16") == municipality_from(course(START), BOOK)
    assert moved("2027-03-01", {YOUNG_AGE_LIMIT: "30"}) == municipality_from(course(START), BOOK)


def test_who_is_responsible_on_the_days_before_an_act_is_as_without_it():
    book = shipped_and(act("2027-03-20", {MONTHS: "1"}, slug="x", moves=True))

    assert responsible_on(course(START), day("2027-03-19"), book).party == Party.FUND
    assert responsible_on(course(START), day("2027-03-20"), book).party == Party.MUNICIPALITY


def test_hours_suggest_no_hand_over_once_the_act_has_given_the_course_to_the_jobcenter():
    young = course(START, **YOUNG)
    hours = {date(2027, 3, 1): Decimal(500)}

    def suggested(on):
        book = shipped_and(act(on, {YOUNG_COURSE_BY_MUNICIPALITY: "true"}, slug="x", moves=True))
        return suggest_handover(hours, young, book)

    assert suggested("2027-04-01") is None
    assert suggested("2027-04-02").on == day("2027-04-01")


def test_a_missing_hand_over_is_warned_of_by_the_months_of_the_day():
    book = shipped_and(act("2027-05-01", {MONTHS: "4"}, slug="x", moves=True))
    waiting = course(START, has_hours=True)

    warned = [handover_missing(waiting, day(on), book) for on in ("2027-04-14", "2027-04-15", "2027-05-01")]
    assert [step is not None for step in warned] == [False, True, False]
    assert handover_missing(waiting, day("2027-05-15"), book) is not None


# Min Plan


def test_who_makes_the_first_plan_goes_by_the_day_asked_about():
    book = shipped_and(act("2027-02-01", {PLAN_FIRST_VERSION_BY: "municipality"}, slug="x", moves=True))

    makers = [first_version(course=course(START), on=day(on), book=book).parties for on in ("2027-01-31", "2027-02-01")]
    assert makers == [(Party.FUND,), (Party.MUNICIPALITY,)]


def test_a_first_plan_never_made_is_the_jobcenters_from_the_day_the_act_gives_it_the_course():
    book = shipped_and(act("2027-03-20", {MONTHS: "1"}, slug="x", moves=True))

    def may(on):
        return may_write(Party.MUNICIPALITY, course=course(START), on=day(on), is_first=True, book=book).is_allowed

    assert [may("2027-03-19"), may("2027-03-20")] == [False, True]


def test_an_act_that_takes_the_funds_months_away_says_nothing_of_the_days_before_it():
    book = shipped_and(act("2027-05-01", {MONTHS: "0"}, slug="x", moves=True))
    late = may_write(Party.MUNICIPALITY, course=course(START), on=day("2027-04-30"), is_first=True, book=book)

    assert late.is_allowed
