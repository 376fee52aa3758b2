import pytest

from cases.rules.facts import ExemptionReason
from referrals.rules.offers import OfferType
from referrals.rules.parameters import (
    COUNTING_OFFER_TYPES,
    MIN_OFFER_WEEKS,
    OFFER_AFTER_EXEMPTION_MONTHS,
    OFFER_DEADLINE_MONTHS,
    WAGE_SUBSIDY_GRACE_DAYS,
)
from referrals.rules.right_and_duty import DutyState, counting_types, offer_answer, offer_due, standing
from tests.law import BOOK, WITH_E, act, course, day, exemption, offer, pause, shipped_and

PRACTICE = offer("internship", "2024-03-01", "2024-03-31", key="practice")


def due(start="2024-01-15", *, book=BOOK, **facts):
    return offer_due(course=course(start, **facts), book=book)


def judged(type_, first, last, *, granted_on=None, start="2024-01-15", book=BOOK, **facts):
    return offer_answer(course=course(start, **facts), offer=offer(type_, first, last, granted_on), book=book)


def stand(on, *offers, start="2024-01-15", book=BOOK, **facts):
    return standing(course=course(start, **facts), offers=offers, on=day(on), book=book)


# The deadline


@pytest.mark.parametrize(
    ("start", "due_on"),
    [
        pytest.param("2024-01-15", "2024-07-14", id="six months"),
        pytest.param("2024-08-31", "2025-02-27", id="clamped to the month's end"),
        pytest.param("2022-06-01", "2022-11-30", id="the same before anden delaftale"),
    ],
)
def test_the_first_offer_begins_within_six_months(start, due_on):
    assert str(due(start).due_on) == due_on


@pytest.mark.parametrize(("group", "has_duty"), [(1, True), (2, True), (3, True), (4, False), (9, False)])
def test_groups_1_to_3_have_the_duty(group, has_duty):
    answer = due(target_group=group)

    assert (answer.has_duty, answer.due_on is not None) == (has_duty, has_duty)


def test_a_pause_moves_the_deadline_of_somebody_on_benefit_only():
    work = {"pauses": (pause("2024-03-04", "2024-03-17"),)}

    assert str(due(**work).due_on) == "2024-07-28"
    assert str(due(target_group=2, **work).due_on) == "2024-07-14"


@pytest.mark.parametrize(
    ("first", "last", "due_on"),
    [
        pytest.param("2024-07-15", "2024-08-31", "2024-07-14", id="begins the day after the deadline: it stands"),
        pytest.param("2024-07-14", "2024-08-31", "2024-09-30", id="begins on it: a month after the exemption"),
        pytest.param("2024-06-01", "2024-07-14", "2024-08-14", id="ends on it"),
        pytest.param("2024-06-01", "2024-07-13", "2024-07-14", id="ended the day before: it stands"),
    ],
)
def test_an_exemption_that_covers_the_deadline_postpones_it(first, last, due_on):
    answer = due(exemptions=(exemption(first, last),))

    assert str(answer.due_on) == due_on
    assert answer.is_postponed is (due_on != "2024-07-14")


def test_a_postponed_deadline_moves_on_when_the_next_exemption_covers_it():
    answer = due(exemptions=(exemption("2024-08-10", "2024-08-31"), exemption("2024-07-01", "2024-07-31")))

    assert str(answer.due_on) == "2024-09-30"


def test_an_exemption_without_an_end_leaves_no_day():
    answer = due(exemptions=(exemption("2024-07-01", None),))

    assert (answer.has_duty, answer.due_on, answer.is_postponed) == (True, None, True)
    assert "uden slutdato" in answer.why[-1].text


@pytest.mark.parametrize(
    "spared",
    [
        exemption("2024-07-01", "2024-07-31", duty_kept=True),
        exemption("2024-07-01", "2024-07-31", "concrete_assessment"),
    ],
)
def test_kept_duty_and_a_place_in_the_quota_of_meetings_leave_the_offer_due(spared):
    assert str(due(exemptions=(spared,)).due_on) == "2024-07-14"


def test_the_course_start_decides_the_months_and_the_exemptions_end_the_time_after_it():
    book = shipped_and(
        act("2025-01-01", {OFFER_DEADLINE_MONTHS: "4"}, slug="x"),
        act("2025-05-31", {OFFER_AFTER_EXEMPTION_MONTHS: "2"}, slug="y"),
    )

    assert str(due("2024-12-31", book=book).due_on) == "2025-06-29"
    assert str(due("2025-01-01", book=book).due_on) == "2025-04-30"
    until_30 = {"exemptions": (exemption("2025-04-01", "2025-05-30"),)}
    until_31 = {"exemptions": (exemption("2025-04-01", "2025-05-31"),)}
    assert str(due("2025-01-01", book=book, **until_30).due_on) == "2025-06-29"
    assert str(due("2025-01-01", book=book, **until_31).due_on) == "2025-07-31"


def test_a_deadline_on_a_sunday_is_warned_of():
    assert due().why[-1].text == "Fristen den 14. juli 2024 falder på en søndag og flyttes ikke."
    assert "flyttes ikke" not in due("2024-01-16").why[-1].text


# Which offers count


COUNT_IN_A = {
    OfferType.INTERNSHIP,
    OfferType.WAGE_SUBSIDY,
    OfferType.COMMUNITY_WORK,
    OfferType.ORDINARY_WAGE_HOURS,
    OfferType.ORDINARY_EDUCATION,
    OfferType.OTHER_GUIDANCE,
}


@pytest.mark.parametrize("type_", OfferType)
def test_s11_to_s16_which_types_count_before_and_from_22_march_2023(type_):
    before = judged(type_, "2023-03-21", "2023-04-18", start="2023-01-02")
    after = judged(type_, "2023-03-22", "2023-04-18", start="2023-01-02")

    assert before.counts is (type_ in COUNT_IN_A)
    assert after.counts is (type_ in COUNT_IN_A - {OfferType.OTHER_GUIDANCE})
    assert bool(after.alternatives) is not after.counts


@pytest.mark.parametrize(
    ("on", "book", "counts"),
    [("2026-06-30", WITH_E, False), ("2026-07-01", WITH_E, True), ("2026-07-01", BOOK, False)],
)
def test_guidance_may_count_again_under_act_e(on, book, counts):
    answer = judged("other_guidance", on, "2026-07-31", start="2026-05-04", book=book)

    assert answer.counts is counts
    assert ("Reglen er ikke bekræftet" in answer.why[-1].text) is (on == "2026-07-01" and book is BOOK)


@pytest.mark.parametrize(
    ("last", "counts"),
    [("2024-03-13", False), ("2024-03-14", True), (None, True)],
    ids=["13 days", "14 days, both ends counted", "no end yet"],
)
def test_an_offer_lasts_two_weeks_without_a_break(last, counts):
    assert judged("internship", "2024-03-01", last).counts is counts


@pytest.mark.parametrize(
    ("first", "counts", "is_late"),
    [
        pytest.param("2024-01-14", False, False, id="the day before the registration: not of this course"),
        pytest.param("2024-01-15", True, False, id="the first day"),
        pytest.param("2024-07-14", True, False, id="the deadline"),
        pytest.param("2024-07-15", False, True, id="the day after it"),
    ],
)
def test_an_offer_begins_within_the_course_and_by_the_deadline(first, counts, is_late):
    answer = judged("internship", first, "2024-12-31")

    assert (answer.counts, answer.is_late) == (counts, is_late)


def test_an_offer_begun_between_registration_and_placement_belongs_to_the_course():
    assert judged("internship", "2024-01-10", "2024-02-29", registered_on=day("2024-01-10")).counts


@pytest.mark.parametrize(
    ("granted_on", "first", "counts"),
    [
        pytest.param("2024-07-14", "2024-08-04", True, id="granted on the deadline, begins 21 days after"),
        pytest.param("2024-07-14", "2024-08-05", False, id="begins 22 days after"),
        pytest.param("2024-07-15", "2024-08-04", False, id="granted the day after the deadline"),
        pytest.param(None, "2024-07-15", False, id="the day of granting is not known"),
        pytest.param(None, "2024-07-14", True, id="within the deadline nobody asks"),
    ],
)
def test_a_wage_subsidy_granted_in_time_may_begin_three_weeks_after_the_deadline(granted_on, first, counts):
    answer = judged("wage_subsidy", first, "2024-10-31", granted_on=granted_on)

    assert (answer.counts, answer.is_late) == (counts, not counts)
    assert str(answer.deadline.due_on) == "2024-07-14"


def test_only_a_wage_subsidy_has_the_grace():
    assert not judged("internship", "2024-07-20", "2024-10-31", granted_on="2024-07-01").counts


def test_without_a_duty_nothing_counts_and_nothing_is_late():
    answer = judged("internship", "2024-03-01", "2024-03-31", target_group=5)

    assert (answer.counts, answer.is_late, answer.deadline.due_on) == (False, False, None)
    assert "I målgruppe 5 er der ikke ret og pligt til tilbud." in answer.why[0].text


def test_while_the_deadline_is_postponed_without_a_day_an_offer_is_in_time():
    answer = judged("internship", "2024-09-01", "2024-09-30", exemptions=(exemption("2024-07-01", None),))

    assert answer.counts


def test_type_length_and_grace_are_read_on_the_offers_first_day():
    book = shipped_and(
        act("2024-03-01", {COUNTING_OFFER_TYPES: "", MIN_OFFER_WEEKS: "4"}, slug="x"),
        act("2024-08-01", {COUNTING_OFFER_TYPES: "wage_subsidy", WAGE_SUBSIDY_GRACE_DAYS: "7"}, slug="y"),
    )

    assert judged("internship", "2024-02-29", "2024-03-13", book=book).counts
    nothing = judged("internship", "2024-03-01", "2024-03-31", book=book)
    assert (nothing.counts, nothing.alternatives) == (False, ())
    assert "Det kan ingen." in nothing.why[0].text
    subsidy = {"granted_on": "2024-07-01", "start": "2024-01-20", "book": book}
    assert not judged("wage_subsidy", "2024-08-01", "2024-08-31", **subsidy).counts


# How a course stands


@pytest.mark.parametrize(
    ("on", "offers", "state"),
    [
        pytest.param("2024-02-28", [], DutyState.MISSING, id="nothing yet"),
        pytest.param("2024-02-29", [PRACTICE], DutyState.ARRANGED, id="begins tomorrow"),
        pytest.param("2024-03-01", [PRACTICE], DutyState.MET, id="begins today"),
        pytest.param("2025-03-01", [PRACTICE], DutyState.MET, id="long ago"),
        pytest.param("2024-07-14", [], DutyState.MISSING, id="the deadline itself"),
        pytest.param("2024-07-15", [], DutyState.OVERDUE, id="the day after it"),
    ],
)
def test_how_a_course_stands_on_a_day(on, offers, state):
    answer = stand(on, *offers)

    assert answer.state == state
    assert (answer.offer in offers) is (state in (DutyState.MET, DutyState.ARRANGED))


def test_a_late_offer_meets_the_duty_late_and_only_when_it_has_begun():
    late = offer("internship", "2024-07-20", "2024-08-20")

    assert stand("2024-07-19", late).state == DutyState.OVERDUE
    assert stand("2024-07-20", late).state == DutyState.MET_LATE
    assert stand("2024-07-20", late, PRACTICE).state == DutyState.MET


def test_an_arranged_wage_subsidy_within_the_grace_is_no_breach():
    subsidy = offer("wage_subsidy", "2024-08-01", "2024-12-31", granted_on="2024-07-10")

    assert stand("2024-07-20", subsidy).state == DutyState.ARRANGED


def test_what_does_not_count_leaves_the_offer_missing_and_names_what_would():
    answer = stand("2024-04-01", offer("other_guidance", "2024-03-01", "2024-04-30"))

    assert (answer.state, answer.offer) == (DutyState.MISSING, None)
    assert answer.counting_types == counting_types(starts_on=day("2024-04-01"), book=BOOK)
    assert answer.why[-1].text == (
        "Der mangler et tilbud, der tæller: virksomhedspraktik, løntilskud, nytteindsats, ordinære løntimer og "
        "ordinær uddannelse."
    )


def test_no_alarm_is_raised_in_a_pause_or_an_exemption():
    assert stand("2024-08-01", pauses=(pause("2024-07-20", None),)).state == DutyState.RESTING
    assert stand("2024-08-01", exemptions=(exemption("2024-07-20", "2024-08-31"),)).state == DutyState.RESTING
    spared_meetings = exemption("2024-07-20", "2024-08-31", ExemptionReason.CONCRETE_ASSESSMENT)
    assert stand("2024-08-01", exemptions=(spared_meetings,)).state == DutyState.OVERDUE


def test_before_an_exemption_without_an_end_the_offer_is_missing_without_a_day():
    answer = stand("2024-03-01", exemptions=(exemption("2024-07-01", None),))

    assert (answer.state, answer.deadline.due_on) == (DutyState.MISSING, None)


def test_without_a_duty_nothing_is_missing():
    assert stand("2024-08-01", target_group=5).state == DutyState.NO_DUTY
