"""Each sentence of the agreement about the second bill, by its number. The table is docs/agreement.md."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cases.access import Permission, has
from cases.rules.aim import Aim, AimNotAllowed, aims_on, check_aim, missing_grounds
from cases.rules.facts import Party
from cases.rules.responsibility import responsible_on
from cases.services import aims
from meetings import services as meeting_services
from meetings.models import Meeting, Outcome, RequiredMeeting, WorklistEntry
from meetings.rules.kinds import MeetingKind
from referrals.models import Referral
from referrals.rules.admissibility import admissible
from referrals.rules.admissibility import missing_parts as missing_in_referral
from referrals.rules.decision import closing
from referrals.rules.lifecycle import (
    MoveNotAllowed,
    OfferMove,
    OfferStatus,
    Recipient,
    ReferralStatus,
    offer_status_after,
)
from referrals.services import offers as offer_services
from referrals.services import referrals as referral_services
from referrals.services.referrals import Proposal, Reasons
from tests import factories
from tests.factories import book
from tests.law import BOOK, course, day, planned
from tests.situations.agreement.conftest import BEFORE_C, CONTACT, FROM_C, NEW, OLD, act, grant

PROPOSAL = Proposal(
    offer_type="internship",
    starts_on=date(2026, 6, 1),
    weeks=4,
    proposal="Praktik i butikken.",
    joint_assessment="Borgeren har brug for at prøve branchen af.",
    citizen_agrees=True,
)
REASONS = Reasons(
    considerations="Butikken søger ingen medarbejdere.",
    legal_basis="LAB kapitel 11",
    party_consultation="Ingen bemærkninger.",
)


def drafted(case, by, *, at, proposal=PROPOSAL):
    return referral_services.write_draft(case_id=case.pk, proposal=proposal, version=0, by=by, at=at)


def sent(case, by, *, at, proposal=PROPOSAL):
    draft = drafted(case, by, at=at, proposal=proposal)
    return referral_services.send(referral_id=draft.pk, version=draft.version, by=by, at=at)


def seen(case, office, *, at):
    return referral_services.mark_seen(referral_id=sent(case, office.adviser, at=at).pk, by=office.caseworker, at=at)


# The second bill: the young


def test_s25_job_can_be_the_aim_from_1_january_2024():
    assert aims_on(target_group=4, decided_on=day(BEFORE_C), book=BOOK).allowed == (Aim.EDUCATION,)
    assert aims_on(target_group=4, decided_on=day(FROM_C), book=BOOK).allowed == (Aim.EDUCATION, Aim.JOB)


def test_s26_the_municipality_decides(log_in, office):
    case = factories.case(office, target_group=4)

    assert check_aim(aim=Aim.JOB, party=Party.MUNICIPALITY, target_group=4, decided_on=day(FROM_C), book=BOOK)
    with pytest.raises(AimNotAllowed, match="Kun kommunen"):
        check_aim(aim=Aim.JOB, party=Party.FUND, target_group=4, decided_on=day(FROM_C), book=BOOK)
    assert log_in(office.caseworker).get(reverse("cases:aim", args=[case.public_id])).status_code == 200
    assert not has(office.adviser, Permission.DECIDE_AIM)


GROUNDS = aims.Grounds(
    aim=Aim.JOB,
    decided_on=date(2026, 5, 4),
    assessment="En virksomhed motiverer mere end en skole.",
    assessed_on=date(2026, 5, 1),
    reasons="Borgeren har prøvet to uddannelser.",
    wish=Aim.JOB,
)


def decide(case, office, now, **changes):
    grounds = aims.Grounds(**{**GROUNDS.__dict__, **changes})
    return aims.decide(case_id=case.pk, grounds=grounds, number=0, by=office.caseworker, at=now)


def test_s27_the_decision_holds_the_citizens_own_wish(office, now):
    case = factories.case(office, target_group=4)

    with pytest.raises(aims.Incomplete, match="borgerens eget ønske"):
        decide(case, office, now, wish=None)
    assert decide(case, office, now).wish == "job"


def test_s28_the_decision_holds_the_assessment_its_day_and_its_reasons(office, now):
    case = factories.case(office, target_group=4)

    missing = missing_grounds(
        aim=Aim.JOB, decided_on=now.date(), assessment="", assessed_on=None, reasons="", wish=Aim.JOB, book=BOOK
    )
    decision = decide(case, office, now)

    assert [one.field for one in missing] == ["assessment", "assessed_on", "reasons"]
    assert (decision.assessment, decision.assessed_on, decision.reasons) == (
        GROUNDS.assessment,
        GROUNDS.assessed_on,
        GROUNDS.reasons,
    )


# The second bill: the contact course


def test_s29_act_c_has_a_simpler_table_of_its_own_for_benefit_recipients():
    assert len(planned(BEFORE_C).meetings) == 9
    assert len(planned(FROM_C).meetings) == 6
    assert {meeting.responsible for meeting in planned(FROM_C, target_group=2).meetings} == {Party.MUNICIPALITY}


def test_s30_the_a_kasse_is_responsible_in_the_first_three_months():
    holders = [responsible_on(course(NEW), day(text), BOOK).party for text in (NEW, "2024-04-14", "2024-04-15")]

    assert holders == [Party.FUND, Party.FUND, Party.MUNICIPALITY]
    assert responsible_on(course("2023-12-31"), day("2023-12-31"), BOOK).party == Party.MUNICIPALITY


def test_s31_the_a_kasse_holds_the_first_three_jobsamtaler_in_three_months():
    first = [meeting for meeting in planned(NEW).meetings if meeting.responsible == Party.FUND]

    assert [(one.kind, one.number, str(one.window_to)) for one in first] == [
        (CONTACT, number, "2024-04-14") for number in (1, 2, 3)
    ]


def test_s32_it_covers_every_a_kasse_and_the_old_trial_is_only_a_flag(office):
    office.fund, office.adviser = office.other_fund, office.other_adviser
    case = factories.case(office, registered_on=date(2026, 4, 13))
    trial = factories.case(office, registered_on=day(OLD), is_trial=True)

    assert case.required_meetings.filter(responsible="fund").count() == 3
    assert trial.required_meetings.count() == 0


def test_s33_every_required_meeting_is_a_jobsamtale():
    assert {meeting.kind for meeting in planned(NEW).meetings} == {CONTACT}
    assert len({meeting.kind for meeting in planned(OLD).meetings}) == 4


def test_s34_no_alarm_is_raised_for_another_kind(office, case, now):
    def due():
        return list(WorklistEntry.objects.order_by("pk").values_list("due_on", "unbooked_due_on", "requirement"))

    before = due()
    meeting = book(
        case,
        office.adviser,
        now - timedelta(days=3),
        at=now - timedelta(days=5),
        kind=MeetingKind.AVAILABILITY_INTERVIEW,
    )
    meeting_services.register(
        meeting_id=meeting.pk,
        outcome=Outcome.ABSENT,
        note="",
        is_six_weeks_guided=None,
        next_booking=None,
        by=office.adviser,
        at=now,
    )

    assert due() == before
    assert set(RequiredMeeting.objects.filter(case=case).values_list("kind", flat=True)) == {"contact_interview"}


def test_s35_from_nine_to_six():
    assert [sum(row["number"] for row in act(letter).rows) for letter in ("a", "c")] == [9, 6]


def test_s36_the_jobcenter_holds_the_last_three_in_months_4_to_6():
    last = [meeting for meeting in planned(NEW).meetings if meeting.responsible == Party.MUNICIPALITY]

    assert [(one.kind, str(one.window_from), str(one.due_on)) for one in last] == [
        (CONTACT, "2024-04-15", "2024-07-14")
    ] * 3


def test_s37_the_a_kasse_comes_to_the_first_meeting_in_the_jobcenter_if_it_is_wished(office, now):
    case = factories.case(office, registered_on=date(2026, 2, 2))
    first = book(case, office.caseworker, now + timedelta(days=1), at=now)
    second = book(case, office.caseworker, now + timedelta(days=2), at=now)

    assert first.fund_attends is None
    wished = meeting_services.wish_fund_present(meeting_id=first.pk, wish=True, by=office.caseworker, at=now)

    assert wished.fund_attends is True
    with pytest.raises(meeting_services.NotBookable, match="kun deltage i den første"):
        meeting_services.wish_fund_present(meeting_id=second.pk, wish=True, by=office.caseworker, at=now)


# The second bill: offers and referrals


def test_s38_only_the_jobcenter_grants_also_in_the_a_kasses_months(office, case, now):
    assert responsible_on(case.as_course(), now.date(), BOOK).party == Party.FUND

    with pytest.raises(offer_services.NotYours):
        grant(case, office.adviser, at=now)
    for status, move in ((OfferStatus.GRANTED, OfferMove.START), (OfferStatus.STARTED, OfferMove.END)):
        with pytest.raises(MoveNotAllowed):
            offer_status_after(status, move, by=Party.FUND)
    assert grant(case, office.caseworker, at=now).granted_by == office.caseworker


def test_s39_the_a_kasse_and_the_citizen_have_assessed_together(office, case, now):
    lacking = missing_in_referral(sent_on=now.date(), joint_assessment=" ", citizen_agrees=False, book=BOOK)
    draft = drafted(case, office.adviser, at=now, proposal=Proposal(**{**PROPOSAL.__dict__, "citizen_agrees": False}))

    assert [one.field for one in lacking] == ["joint_assessment", "citizen_agrees"]
    with pytest.raises(referral_services.Incomplete, match="borgeren er enig"):
        referral_services.send(referral_id=draft.pk, version=draft.version, by=office.adviser, at=now)


@pytest.mark.parametrize(
    ("starts_on", "is_admissible"),
    [
        pytest.param("2024-04-14", True, id="the last day of month 3"),
        pytest.param("2024-05-12", True, id="28 days after: in continuation"),
        pytest.param("2024-05-13", False, id="29 days after"),
    ],
)
def test_s40_the_offer_begins_in_three_months_or_in_continuation(starts_on, is_admissible):
    answer = admissible(course=course(NEW), sent_on=day("2024-02-10"), offer_starts_on=day(starts_on), book=BOOK)

    assert answer.is_admissible is is_admissible


def test_s41_a_referral_is_the_responsible_a_kasses_and_nobody_must_send_one(office, case, now):
    for other in (office.caseworker, office.other_adviser):
        with pytest.raises(referral_services.NotYours):
            drafted(case, other, at=now)
    assert grant(case, office.caseworker, at=now).referral is None
    assert sent(case, office.adviser, at=now).status == ReferralStatus.SENT
    assert not admissible(
        course=course(NEW), sent_on=day("2024-04-15"), offer_starts_on=day("2024-04-20"), book=BOOK
    ).is_admissible


def test_s42_an_undecided_referral_stands_on_the_jobcenters_list_until_it_is_decided(log_in, office, case, now):
    referral, client = seen(case, office, at=now), log_in(office.caseworker)

    assert case.citizen.name in client.get(reverse("referrals:list")).content.decode()
    assert not closing(status=ReferralStatus.SEEN, decided_on=None, told=(), book=BOOK).is_closed
    granted = referral_services.grant(
        referral_id=referral.pk,
        reasons=Reasons(legal_basis="LAB kapitel 11"),
        version=referral.version,
        by=office.caseworker,
        at=now,
    )

    assert granted.status == ReferralStatus.GRANTED
    assert not Referral.objects.pending().exists()


def test_s43_a_contact_with_the_citizen_is_logged_with_its_purpose_and_is_no_jobsamtale(office, case, now):
    referral = seen(case, office, at=now)

    contact = referral_services.contact(
        referral_id=referral.pk,
        contacted_on=now.date(),
        purpose="Afklare arbejdstid",
        note="",
        by=office.caseworker,
        at=now,
    )

    assert list(referral.contacts.all()) == [contact]
    assert contact.purpose == "Afklare arbejdstid"
    assert not Meeting.objects.filter(case=case).exists()
    assert not case.required_meetings.filter(state="fulfilled").exists()


def test_s44_a_rejection_is_reasoned_and_open_until_member_and_a_kasse_have_it(office, case, now):
    referral = seen(case, office, at=now)

    def reject(reasons):
        return referral_services.reject(
            referral_id=referral.pk, reasons=reasons, version=referral.version, by=office.caseworker, at=now
        )

    with pytest.raises(referral_services.Incomplete):
        reject(Reasons(considerations="  "))
    rejected = reject(REASONS)

    def closed(*told):
        return closing(status=ReferralStatus(rejected.status), decided_on=now.date(), told=told, book=BOOK).is_closed

    assert not closed()
    assert not closed(Recipient.CITIZEN)
    assert not closed(Recipient.FUND)
    assert closed(Recipient.CITIZEN, Recipient.FUND)
