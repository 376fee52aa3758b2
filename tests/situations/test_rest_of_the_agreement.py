"""The worked cases about offers, referrals, Min Plan, the aim and long unemployment, told as a lawyer would."""

from datetime import date

import pytest

from cases.rules.aim import Aim, AimNotAllowed, aims_on, check_aim, missing_grounds
from cases.rules.facts import Party
from cases.rules.municipal_duties import duties_on
from cases.rules.my_plan import first_version, may_write, missing_parts, parts_on
from cases.rules.plan_parts import PlanMeeting, PlanPart
from cases.rules.responsibility import responsible_on
from meetings.rules.after_six_months import fulfils, long_term_meeting, right_on_request
from referrals.rules.admissibility import admissible
from referrals.rules.admissibility import missing_parts as missing_in_referral
from referrals.rules.decision import (
    ReasonPart,
    closing,
    decision_due,
    may_contact_citizen,
    missing_reasons,
    rejection_recipients,
)
from referrals.rules.lifecycle import (
    MoveNotAllowed,
    OfferMove,
    OfferStatus,
    Recipient,
    ReferralMove,
    ReferralStatus,
    offer_status_after,
    referral_status_after,
)
from referrals.rules.offers import OfferType
from referrals.rules.right_and_duty import DutyState, offer_answer, standing
from tests.law import BOOK, WITH_D, course, day, offer, planned

ALTERNATIVES = (
    OfferType.INTERNSHIP,
    OfferType.WAGE_SUBSIDY,
    OfferType.COMMUNITY_WORK,
    OfferType.ORDINARY_WAGE_HOURS,
    OfferType.ORDINARY_EDUCATION,
)


def test_case_11_guidance_begun_on_22_march_2023_does_not_count_and_the_alternatives_are_named():
    begun = course("2023-01-02")
    guidance = offer("other_guidance", "2023-03-22", "2023-04-18")

    answer = offer_answer(course=begun, offer=guidance, book=BOOK)
    stands = standing(course=begun, offers=[guidance], on=day("2023-04-01"), book=BOOK)

    assert not answer.counts
    assert answer.alternatives == ALTERNATIVES
    assert "Det kan virksomhedspraktik, løntilskud, nytteindsats, ordinære løntimer og ordinær uddannelse." in (
        answer.why[0].text
    )
    assert (stands.state, stands.offer) == (DutyState.MISSING, None)


def test_case_12_guidance_begun_before_counts_by_its_first_day_across_22_march_2023():
    answer = offer_answer(
        course=course("2023-01-02"), offer=offer("other_guidance", "2023-03-01", "2023-05-01"), book=BOOK
    )

    assert answer.counts
    assert answer.alternatives == ()


def test_case_13_an_internship_of_one_week_is_too_short_to_count():
    answer = offer_answer(course=course("2024-01-15"), offer=offer("internship", "2024-07-10", "2024-07-16"), book=BOOK)

    assert (answer.counts, answer.is_late, answer.deadline.due_on) == (False, False, date(2024, 7, 14))
    assert "Tilbuddet varer 7 dage i træk. Det er for kort" in answer.why[1].text


FULL_PLAN = {
    "job_goal": "Lagermedarbejder",
    "education_goal": "Truckcertifikat",
    "job_search": "To ansøgninger om ugen",
    "offers": "ingen",
    "other_efforts": "ingen",
}


@pytest.mark.parametrize(
    ("saved_on", "missing"),
    [
        pytest.param("2023-03-20", [PlanPart.STATUS, PlanPart.FOLLOW_UP], id="case 14: 20 March 2023 is refused"),
        pytest.param("2023-03-21", [PlanPart.STATUS, PlanPart.FOLLOW_UP], id="case 14: so is the last day before"),
        pytest.param("2023-03-22", [], id="case 14: 22 March 2023 is valid"),
    ],
)
def test_case_14_a_plan_without_status_on_efforts(saved_on, missing):
    found = missing_parts(FULL_PLAN, target_group=1, saved_on=day(saved_on), book=BOOK)

    assert [one.field for one in found] == missing
    assert all("LAB § 41, stk. 2, nr. 7" in one.text for one in found)


def test_case_14_status_on_efforts_is_not_asked_for_from_22_march_2023():
    before = parts_on(target_group=1, saved_on=day("2023-03-21"), book=BOOK)
    after = parts_on(target_group=1, saved_on=day("2023-03-22"), book=BOOK)

    assert set(before.asked) - set(after.asked) == {PlanPart.STATUS, PlanPart.FOLLOW_UP}
    assert "jobcentret følger op på sin måde" in after.why[1].text


def refer(sent_on, offer_starts_on="2024-03-01", start="2024-01-15", **facts):
    return admissible(
        course=course(start, **facts), sent_on=day(sent_on), offer_starts_on=day(offer_starts_on), book=BOOK
    )


def test_case_17_a_referral_in_the_funds_months_is_admissible_and_the_municipality_may_contact_the_citizen():
    assert refer("2024-02-10").is_admissible
    assert (
        missing_in_referral(
            sent_on=day("2024-02-10"), joint_assessment="Vil have gavn af praktik", citizen_agrees=True, book=BOOK
        )
        == ()
    )
    contact = may_contact_citizen(on=day("2024-02-12"), book=BOOK)
    assert contact.is_allowed
    assert "ikke en jobsamtale" in contact.why[0].text
    assert decision_due(received_on=day("2024-02-10"), own_days=None, book=BOOK).due_on is None


def test_case_17_granted_it_is_the_municipality_that_starts_and_ends_the_offer_in_the_funds_months_too():
    granted = referral_status_after(ReferralStatus.ASSESSED, ReferralMove.GRANT, by=Party.MUNICIPALITY)

    assert closing(status=granted, decided_on=day("2024-02-20"), told=(), book=BOOK).untold == ()
    assert responsible_on(course("2024-01-15"), day("2024-03-01"), BOOK).party == Party.FUND
    assert offer_status_after(OfferStatus.GRANTED, OfferMove.START, by=Party.MUNICIPALITY) == OfferStatus.STARTED
    with pytest.raises(MoveNotAllowed, match="også i a-kassens måneder"):
        offer_status_after(OfferStatus.GRANTED, OfferMove.START, by=Party.FUND)


def test_case_17_rejected_it_stays_open_until_member_and_fund_have_the_reasons():
    decided_on = day("2024-02-20")

    def closed(*told):
        return closing(status=ReferralStatus.REJECTED, decided_on=decided_on, told=told, book=BOOK)

    assert [one.field for one in missing_reasons(decided_on=decided_on, reasons={}, book=BOOK)] == [
        ReasonPart.LEGAL_BASIS,
        ReasonPart.CONSIDERATIONS,
    ]
    assert rejection_recipients(decided_on=decided_on, book=BOOK) == (Recipient.CITIZEN, Recipient.FUND)
    assert closed().untold == (Recipient.CITIZEN, Recipient.FUND)
    assert "endnu ikke nået frem til borgeren og a-kassen" in closed().warning
    assert closed(Recipient.CITIZEN) == (
        (Recipient.FUND,),
        "Afvisningen er endnu ikke nået frem til a-kassen. Indstillingen er åben, til den er.",
    )
    assert closed(Recipient.CITIZEN, Recipient.FUND) == ((), "")


def test_case_18_after_the_funds_months_the_referral_is_refused_and_the_municipality_suggested():
    answer = refer("2024-04-20", "2024-05-01")

    assert not answer.is_admissible
    assert answer.refusals == (
        "A-kassen har ikke ansvaret den 20. april 2024 og kan derfor ikke sende indstillingen. Tal med jobcentret: "
        "det kan bevilge tilbud uden en indstilling.",
    )


YOUNG = {"born_on": date(2002, 6, 1), "has_qualifying_education": False, "has_children_at_home": False}


def test_case_20_the_young_have_their_plan_made_by_the_fund_and_their_offers_by_referral():
    young = course("2024-09-02", **YOUNG)

    first = first_version(course=young, on=young.placed_on, book=BOOK)

    assert (first.parties, first.meeting) == ((Party.FUND,), PlanMeeting.CONTACT_INTERVIEW)
    assert refer("2024-10-01", "2024-11-01", start="2024-09-02", **YOUNG).is_admissible


def test_case_20_with_act_d_the_municipality_makes_the_plan_and_the_fund_refers_nobody():
    young = course("2024-09-02", **YOUNG)

    first = first_version(course=young, on=young.placed_on, book=WITH_D)
    referral = admissible(course=young, sent_on=day("2024-10-01"), offer_starts_on=day("2024-11-01"), book=WITH_D)

    assert (first.parties, first.meeting) == ((Party.MUNICIPALITY,), PlanMeeting.CONTACT_INTERVIEW)
    assert may_write(Party.MUNICIPALITY, course=young, on=day("2024-09-10"), is_first=True, book=WITH_D).is_allowed
    assert not may_write(Party.FUND, course=young, on=day("2024-09-10"), is_first=True, book=WITH_D).is_allowed
    assert not referral.is_admissible


def test_case_21_after_month_6_there_is_no_number_but_a_right_on_request():
    begun = course("2024-01-15")

    last_day = right_on_request(course=begun, on=day("2024-07-14"), book=BOOK)
    next_day = right_on_request(course=begun, on=day("2024-07-15"), book=BOOK)

    assert max(meeting.due_on for meeting in planned("2024-01-15").meetings) == date(2024, 7, 14)
    assert (last_day.has_right, next_day.has_right) == (False, True)
    assert next_day.from_day == date(2024, 7, 15)


def test_case_21_a_meeting_with_the_fund_is_due_in_month_16_unless_the_citizen_declines_the_fund():
    meeting = long_term_meeting(course=course("2024-01-15"), on=day("2025-05-01"), book=BOOK)

    assert (meeting.window_from, meeting.due_on) == (date(2024, 7, 15), date(2025, 5, 14))
    assert fulfils(meeting, held_on=day("2025-05-14"), fund_took_part=True, fund_declined=False)
    assert fulfils(meeting, held_on=day("2025-05-14"), fund_took_part=False, fund_declined=True)
    assert not fulfils(meeting, held_on=day("2025-05-14"), fund_took_part=False, fund_declined=False)


def test_case_22_on_31_december_2023_only_education_can_be_the_aim():
    aims = aims_on(target_group=4, decided_on=day("2023-12-31"), book=BOOK)

    assert aims.allowed == (Aim.EDUCATION,)
    with pytest.raises(AimNotAllowed, match="Den 31. december 2023 er uddannelse det eneste sigte"):
        check_aim(aim=Aim.JOB, party=Party.MUNICIPALITY, target_group=4, decided_on=day("2023-12-31"), book=BOOK)


def test_case_22_on_2_january_2024_the_municipality_may_choose_job_with_reasons():
    decided_on = day("2024-01-02")

    assert check_aim(aim=Aim.JOB, party=Party.MUNICIPALITY, target_group=4, decided_on=decided_on, book=BOOK)
    assert [
        one.field
        for one in missing_grounds(
            aim=Aim.JOB,
            decided_on=decided_on,
            assessment="",
            assessed_on=None,
            reasons=" ",
            wish=None,
            book=BOOK,
        )
    ] == ["assessment", "assessed_on", "reasons", "wish"]


@pytest.mark.parametrize(
    ("on", "is_required"),
    [
        pytest.param("2022-06-01", True, id="S21 and S22: a yearly task under act a"),
        pytest.param("2023-03-21", True, id="S21 and S22: to the last day before act b"),
        pytest.param("2023-03-22", False, id="S21 and S22: no task from act b"),
    ],
)
def test_the_municipality_has_an_employment_plan_and_a_result_audit_until_22_march_2023(on, is_required):
    assert [duty.is_required for duty in duties_on(day(on), BOOK)] == [is_required, is_required]
