from datetime import date
from decimal import Decimal

import pytest

from cases.rules.facts import ExemptionFact, ExemptionReason, Insurance, Party
from cases.rules.parameters import HANDOVER_HOURS_FULL_TIME, YOUNG_AGE_LIMIT
from cases.rules.period import Period
from cases.rules.responsibility import (
    handover_missing,
    is_young,
    municipality_from,
    responsible_on,
    suggest_handover,
    without_what_decides_nothing,
)
from tests.law import BOOK, WITH_D, act, course, day, pause, shipped_and

FUND, MUNICIPALITY = Party.FUND, Party.MUNICIPALITY
YOUNG = {"born_on": date(2000, 1, 1), "has_qualifying_education": False, "has_children_at_home": False}


@pytest.mark.parametrize(
    ("on", "party"),
    [
        pytest.param("2024-01-15", FUND, id="the first day"),
        pytest.param("2024-04-14", FUND, id="the last day of month 3"),
        pytest.param("2024-04-15", MUNICIPALITY, id="the first day of month 4"),
        pytest.param("2025-04-15", MUNICIPALITY, id="a year later"),
    ],
)
def test_the_fund_has_the_first_three_months_of_a_course_begun_under_act_c(on, party):
    assert responsible_on(course("2024-01-15"), day(on), BOOK).party == party


@pytest.mark.parametrize(
    ("start", "party"),
    [
        pytest.param("2023-12-31", MUNICIPALITY, id="begun the day before act c"),
        pytest.param("2024-01-01", FUND, id="begun the day act c comes into force"),
    ],
)
def test_the_day_the_course_starts_decides(start, party):
    assert responsible_on(course(start), day("2024-02-01"), BOOK).party == party


def test_registration_before_placement_leaves_the_waiting_days_to_the_fund():
    waiting = course("2024-01-15", registered_on=date(2024, 1, 2))

    assert responsible_on(waiting, day("2024-01-02"), BOOK).party == FUND


def test_a_pause_moves_the_day():
    paused = course("2024-01-15", pauses=(pause("2024-02-01", "2024-02-10"),))

    begins = municipality_from(paused, BOOK)

    assert begins.day == day("2024-04-25")
    assert "flytter dagen 10 dage" in begins.why[1].text
    assert "jobcentret har det fra den 25. april 2024" in begins.why[-1].text


def test_other_groups_belong_to_the_municipality():
    other = course("2024-01-15", target_group=2)

    assert responsible_on(other, day("2024-01-15"), BOOK).party == MUNICIPALITY
    assert "målgruppe 2" in municipality_from(other, BOOK).why[0].text


@pytest.mark.parametrize(
    ("on", "party"), [("2024-03-09", FUND), ("2024-03-10", MUNICIPALITY), ("2024-05-01", MUNICIPALITY)]
)
def test_an_early_handover_counts_from_its_day(on, party):
    early = course("2024-01-15", handed_over_on=date(2024, 3, 10))

    assert responsible_on(early, day(on), BOOK).party == party


@pytest.mark.parametrize(("on", "party"), [("2024-04-14", FUND), ("2024-04-15", MUNICIPALITY)])
def test_without_hours_a_late_handover_does_not_lengthen_the_funds_months(on, party):
    late = course("2024-01-15", handed_over_on=date(2024, 5, 1))

    assert responsible_on(late, day(on), BOOK).party == party


def test_with_hours_the_fund_keeps_the_course_until_a_handover_is_registered():
    waiting = course("2024-01-15", has_hours=True)

    assert municipality_from(waiting, BOOK).day is None
    assert responsible_on(waiting, day("2024-08-01"), BOOK).party == FUND


@pytest.mark.parametrize(("on", "party"), [("2024-05-31", FUND), ("2024-06-01", MUNICIPALITY)])
def test_with_hours_the_handover_decides_also_after_month_three(on, party):
    handed_over = course("2024-01-15", has_hours=True, handed_over_on=date(2024, 6, 1))

    assert responsible_on(handed_over, day(on), BOOK).party == party


@pytest.mark.parametrize(
    ("facts", "young"),
    [
        pytest.param({}, True, id="young, no education, no children"),
        pytest.param({"has_qualifying_education": True}, False, id="with education"),
        pytest.param({"has_children_at_home": True}, False, id="with children"),
        pytest.param({"born_on": None}, False, id="age unknown"),
        pytest.param({"target_group": 2}, False, id="another target group"),
        pytest.param({"born_on": date(1999, 9, 2)}, False, id="25 on the day the course starts"),
        pytest.param({"born_on": date(1999, 9, 3)}, True, id="25 the day after it starts"),
    ],
)
def test_who_is_young_under_act_d(facts, young):
    assert is_young(course("2024-09-02", **{**YOUNG, **facts}), WITH_D) is young


def test_nobody_is_young_while_act_d_is_a_draft():
    assert not is_young(course("2024-09-02", **YOUNG), BOOK)


def test_the_young_rule_has_no_effect_before_the_fund_has_any_months():
    assert not is_young(course("2023-12-31", **YOUNG), WITH_D)
    assert is_young(course("2024-01-01", **YOUNG), WITH_D)


def test_the_young_rule_is_explained():
    begins = municipality_from(course("2024-09-02", **YOUNG), WITH_D)

    assert "under 25 år" in begins.why[0].text
    assert begins.why[0].act == "d-lovens-undtagelser"


HOURS = {date(2024, 1, 1): 90, date(2024, 2, 1): Decimal("160.33"), date(2024, 3, 1): Decimal("160.33")}


@pytest.mark.parametrize(
    ("march", "on"),
    [
        pytest.param(Decimal("159.67"), None, id="410 hours: not above the limit"),
        pytest.param(Decimal("159.68"), "2024-04-01", id="410,01 hours: above"),
    ],
)
def test_a_handover_is_suggested_when_the_hours_are_above_the_limit_at_a_months_end(march, on):
    found = suggest_handover({**HOURS, date(2024, 3, 1): march}, course("2024-01-15", has_hours=True), BOOK)

    assert (str(found.on) if found else None) == on


def test_the_suggestion_says_why():
    found = suggest_handover(HOURS, course("2024-01-15", has_hours=True), BOOK)

    assert found.hours == Decimal("410.66")
    assert found.why[0].text == (
        "Der er udbetalt 410,66 timer til og med den 31. marts 2024, og det er mere end 410. "
        "Forløbet kan derfor gå over til jobcentret den 1. april 2024."
    )


@pytest.mark.parametrize(("hours", "on"), [(333, None), (334, "2024-03-01")])
def test_the_part_time_insured_have_their_own_limit(hours, on):
    part_time = course("2024-01-15", has_hours=True, insurance=Insurance.PART_TIME)

    found = suggest_handover({date(2024, 2, 1): hours}, part_time, BOOK)

    assert (str(found.on) if found else None) == on


@pytest.mark.parametrize(
    ("month", "is_suggested"),
    [
        pytest.param(date(2023, 12, 1), False, id="December 2023: act a has no limit"),
        pytest.param(date(2024, 1, 1), True, id="January 2024: act c has one"),
    ],
)
def test_the_limit_is_read_on_the_last_day_of_the_payout_month(month, is_suggested):
    found = suggest_handover({month: 411}, course("2024-01-15", has_hours=True), BOOK)

    assert (found is not None) is is_suggested


def test_a_limit_that_comes_into_force_within_the_month_counts_at_its_end():
    book = shipped_and(act("2024-02-15", {HANDOVER_HOURS_FULL_TIME: "100"}))

    found = suggest_handover({date(2024, 2, 1): 101}, course("2024-01-15", has_hours=True), book)

    assert found is not None


@pytest.mark.parametrize(
    "facts", [{"handed_over_on": date(2024, 2, 1)}, {"target_group": 2}], ids=["handed over", "never the fund's"]
)
def test_nothing_is_suggested_when_there_is_nothing_to_hand_over(facts):
    assert suggest_handover(HOURS, course("2024-01-15", has_hours=True, **facts), BOOK) is None


@pytest.mark.parametrize(("on", "warns"), [("2024-04-14", False), ("2024-04-15", True)])
def test_a_missing_handover_is_warned_of_when_the_funds_months_are_over(on, warns):
    step = handover_missing(course("2024-01-15", has_hours=True), day(on), BOOK)

    assert (step is not None) is warns


@pytest.mark.parametrize(
    "facts",
    [{}, {"has_hours": True, "handed_over_on": date(2024, 6, 1)}, {"has_hours": True, "target_group": 2}],
    ids=["no hours", "handed over", "never the fund's"],
)
def test_no_warning_when_no_handover_is_awaited(facts):
    assert handover_missing(course("2024-01-15", **facts), day("2024-08-01"), BOOK) is None


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param({"insurance": Insurance.PART_TIME}, id="the insurance"),
        pytest.param({"born_on": date(1990, 1, 1)}, id="the age of somebody with education and children"),
        pytest.param({**YOUNG, "has_children_at_home": True}, id="the education of somebody with children"),
        pytest.param({**YOUNG, "has_qualifying_education": True}, id="the children of somebody with an education"),
        pytest.param({**YOUNG, "born_on": date(1990, 1, 1)}, id="education and children of somebody above every limit"),
    ],
)
def test_courses_that_differ_only_in_what_decides_nothing_are_the_same_question(fact):
    plain, other = course("2024-01-15"), course("2024-01-15", **fact)

    assert other != plain
    assert without_what_decides_nothing(other, BOOK) == without_what_decides_nothing(plain, BOOK)


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param({"registered_on": date(2024, 1, 12)}, id="the registration"),
        pytest.param({"registered_on": date(2024, 1, 15), "placed_on": date(2024, 1, 16)}, id="the placement"),
        pytest.param({"target_group": 2}, id="the target group"),
        pytest.param({"pauses": (pause("2024-02-01", "2024-02-10"),)}, id="a pause"),
        pytest.param(
            {"exemptions": (ExemptionFact(ExemptionReason.FLEX_JOB, Period(date(2024, 2, 1), None)),)},
            id="an exemption",
        ),
        pytest.param({"has_hours": True}, id="paid hours"),
        pytest.param({"handed_over_on": date(2024, 3, 1)}, id="a hand-over"),
        pytest.param({"is_trial": True}, id="the trial"),
        pytest.param(YOUNG, id="somebody young"),
    ],
)
def test_what_decides_makes_another_question(fact):
    plain, other = course("2024-01-15"), course("2024-01-15", **fact)

    assert without_what_decides_nothing(other, BOOK) != without_what_decides_nothing(plain, BOOK)


def test_a_limit_of_age_that_a_later_act_sets_makes_somebody_young_enough_to_be_asked_about():
    course_of_30 = course("2024-01-15", **{**YOUNG, "born_on": date(1994, 1, 1)})
    higher = shipped_and(act("2025-01-01", {YOUNG_AGE_LIMIT: "35"}))

    assert without_what_decides_nothing(course_of_30, BOOK).born_on is None
    assert without_what_decides_nothing(course_of_30, higher).born_on == date(1994, 1, 1)


def test_a_limit_of_age_that_cannot_be_read_is_refused_only_where_it_decides():
    unreadable = shipped_and(act("2025-01-01", {YOUNG_AGE_LIMIT: "tredive"}))

    assert without_what_decides_nothing(course("2024-01-15", **YOUNG), unreadable).born_on == date(2000, 1, 1)
