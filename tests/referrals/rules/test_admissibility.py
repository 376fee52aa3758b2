import pytest

from cases.rules.facts import BadFacts
from referrals.rules.admissibility import admissible, missing_parts
from referrals.rules.parameters import CONTINUATION_DAYS, JOINT_ASSESSMENT_REQUIRED, OFFER_START_WITHIN_MONTHS
from tests.law import BOOK, act, course, day, pause, shipped_and


def refer(sent_on, starts_on, *, start="2024-01-15", book=BOOK, **facts):
    return admissible(course=course(start, **facts), sent_on=day(sent_on), offer_starts_on=day(starts_on), book=book)


@pytest.mark.parametrize(
    ("sent_on", "is_admissible"),
    [
        pytest.param("2024-01-15", True, id="the first day"),
        pytest.param("2024-04-14", True, id="the last day of the fund's months"),
        pytest.param("2024-04-15", False, id="the day after"),
    ],
)
def test_the_fund_sends_while_it_is_responsible(sent_on, is_admissible):
    assert refer(sent_on, "2024-04-20").is_admissible is is_admissible


@pytest.mark.parametrize(
    ("starts_on", "is_admissible"),
    [
        pytest.param("2024-02-09", False, id="before it is sent"),
        pytest.param("2024-02-10", True, id="the same day"),
        pytest.param("2024-04-14", True, id="the last day of month 3"),
        pytest.param("2024-04-15", True, id="in continuation"),
        pytest.param("2024-05-12", True, id="28 days after month 3"),
        pytest.param("2024-05-13", False, id="29 days after"),
    ],
)
def test_the_offer_begins_in_the_funds_months_or_in_continuation(starts_on, is_admissible):
    answer = refer("2024-02-10", starts_on)

    assert (answer.is_admissible, str(answer.latest_start)) == (is_admissible, "2024-05-12")
    assert bool(answer.refusals) is not is_admissible


@pytest.mark.parametrize(
    ("sent_on", "start", "sentence"),
    [
        ("2023-12-31", "2023-12-01", "Den 31. december 2023 kan a-kassen ikke sende indstillinger. Tal med jobcentret"),
        ("2024-01-01", "2023-12-31", "A-kassen har ikke ansvaret den 1. januar 2024"),
    ],
)
def test_nobody_sends_before_act_c_or_in_a_course_that_began_before_it(sent_on, start, sentence):
    answer = refer(sent_on, "2024-01-20", start=start)

    assert not answer.is_admissible
    assert sentence in answer.refusals[0]


def test_from_the_first_day_of_act_c_it_can_be_sent():
    assert refer("2024-01-01", "2024-01-20", start="2024-01-01").is_admissible


def test_after_an_early_handover_the_fund_sends_no_more():
    handed_over = {"handed_over_on": day("2024-03-01"), "has_hours": True}

    assert refer("2024-02-29", "2024-03-10", **handed_over).is_admissible
    assert not refer("2024-03-01", "2024-03-10", **handed_over).is_admissible


def test_two_things_in_the_way_are_both_told():
    assert len(refer("2024-04-15", "2024-05-13").refusals) == 2


def test_a_pause_moves_the_months():
    answer = refer("2024-04-28", "2024-05-26", pauses=(pause("2024-03-04", "2024-03-17"),))

    assert (answer.is_admissible, str(answer.latest_start)) == (True, "2024-05-26")


def test_other_groups_have_no_fund():
    assert not refer("2024-02-10", "2024-03-01", target_group=2).is_admissible


def test_a_referral_before_the_registration_cannot_be():
    with pytest.raises(BadFacts, match="sendes den 14. januar 2024, før tilmeldingen den 15. januar 2024"):
        refer("2024-01-14", "2024-03-01")


def test_the_day_it_is_sent_decides():
    book = shipped_and(
        act("2024-03-01", {CONTINUATION_DAYS: ""}, slug="x"),
        act("2024-04-01", {OFFER_START_WITHIN_MONTHS: ""}, slug="y"),
    )

    assert refer("2024-02-29", "2024-05-12", book=book).is_admissible
    assert not refer("2024-03-01", "2024-04-15", book=book).is_admissible
    assert refer("2024-03-01", "2024-04-14", book=book).is_admissible
    unlimited = refer("2024-04-01", "2024-12-31", book=book)
    assert (unlimited.is_admissible, unlimited.latest_start) == (True, None)


def test_the_same_months_are_counted_once_in_the_explanation():
    texts = [step.text for step in refer("2024-02-10", "2024-03-01").why]

    assert len(texts) == len(set(texts))
    assert texts[0] == "Den 10. februar 2024 kan a-kassen sende indstillinger til jobcentret."
    assert texts[-1] == "Tilbuddet begynder den 1. marts 2024 og dermed i tide."


def test_a_draft_that_may_change_the_law_of_the_day_gives_its_notice():
    assert "ikke bekræftet" in refer("2026-07-01", "2026-07-10", start="2026-06-01").why[-1].text


@pytest.mark.parametrize(
    ("assessment", "agrees", "fields"),
    [
        ("Praktik vil gavne", True, []),
        (" ", True, ["joint_assessment"]),
        ("Praktik vil gavne", False, ["citizen_agrees"]),
        ("", False, ["joint_assessment", "citizen_agrees"]),
    ],
)
def test_s39_the_joint_assessment_and_the_citizens_agreement_are_demanded(assessment, agrees, fields):
    found = missing_parts(sent_on=day("2024-02-10"), joint_assessment=assessment, citizen_agrees=agrees, book=BOOK)

    assert [one.field for one in found] == fields


def test_the_assessment_is_demanded_on_the_day_it_is_sent():
    book = shipped_and(act("2024-03-01", {JOINT_ASSESSMENT_REQUIRED: "false"}, slug="x"))

    def missing(sent_on):
        return missing_parts(sent_on=day(sent_on), joint_assessment="", citizen_agrees=False, book=book)

    assert len(missing("2024-02-29")) == 2
    assert missing("2024-03-01") == ()
