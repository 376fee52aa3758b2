"""Each sentence of the agreement about the second bill, by its number. The table is docs/agreement.md."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse

from cases.models import AimDecision
from cases.plans import aim_services
from cases.rules.aim import Aim
from cases.rules.undo_time import UNDO_WITHIN
from meetings.changing import NotBookable
from meetings.channel import fund_presence
from meetings.models import Meeting, Outcome, WorklistEntry
from meetings.outcomes import services as outcomes_services
from meetings.rules.kinds import MeetingKind
from referrals.changing import NotAdmissible, NotYours
from referrals.letters import owing as letters_owing
from referrals.models import Referral
from referrals.offers import services as offers_services
from referrals.referral.deciding import Reasons
from referrals.rules.lifecycle import OfferStatus, Recipient, ReferralStatus
from tests import factories
from tests.factories import book
from tests.situations.agreement.steps import (
    BEFORE_C,
    FROM_C,
    NEW,
    OLD,
    PROPOSAL,
    as_of,
    calculated,
    demanded,
    granted,
    holder_of,
    morning,
    opened,
    page_of,
    referred,
    sent,
    taken_up,
    told,
    typed,
)

REASONS = Reasons(
    considerations="Butikken søger ingen medarbejdere.",
    legal_basis="LAB kapitel 11",
    party_consultation="Ingen bemærkninger.",
)


# The second bill: the young

GROUNDS = aim_services.Grounds(
    aim=Aim.JOB,
    decided_on=FROM_C,
    assessment="En virksomhed motiverer mere end en skole.",
    assessed_on=BEFORE_C,
    reasons="Borgeren har prøvet to uddannelser.",
    wish=Aim.EDUCATION,
)
#: The same, as it is typed on 4 May 2026.
TYPED = {
    "version": "0",
    "aim": "job",
    "decided_on": "04-05-2026",
    "assessment": GROUNDS.assessment,
    "assessed_on": "01-05-2026",
    "reasons": GROUNDS.reasons,
    "wish": "education",
}


@pytest.fixture
def young(office):
    """A case with an education order: target group 4."""
    return factories.case(
        office, registered_on=date(2023, 12, 1), target_group=4, by=office.caseworker, at=morning(date(2023, 12, 1))
    )


def decide(case, by, grounds=GROUNDS):
    at = morning(grounds.decided_on)
    return aim_services.decide(case_id=case.pk, grounds=grounds, number=0, by=by, at=at)


def test_s25_job_can_be_the_aim_from_1_january_2024(office, young):
    with pytest.raises(aim_services.AimRefused, match="Den 31. december 2023 er uddannelse det eneste sigte"):
        decide(young, office.caseworker, replace(GROUNDS, decided_on=BEFORE_C))

    assert decide(young, office.caseworker).aim == "job"


def test_s26_the_municipality_decides(log_in, office, young):
    with pytest.raises(aim_services.AimRefused, match="Kun kommunen træffer afgørelse"):
        decide(young, office.adviser)
    assert sent(log_in(office.adviser), "cases:aim", young.public_id, **TYPED).status_code == 403
    assert not AimDecision.objects.exists()

    sent(log_in(office.caseworker), "cases:aim", young.public_id, **TYPED)
    assert AimDecision.objects.get().decided_by == office.caseworker


def test_s27_the_decision_holds_the_citizens_own_wish(log_in, office, young):
    client = log_in(office.caseworker)
    assert 'name="wish"' in opened(client, "cases:aim", young.public_id).content.decode()

    refused = sent(client, "cases:aim", young.public_id, **{**TYPED, "wish": ""})
    assert "Registrér borgerens eget ønske" in refused.context["form"].errors["wish"][0]

    sent(client, "cases:aim", young.public_id, **TYPED)
    assert "Borgerens eget ønske Uddannelse" in told(opened(client, "cases:aim", young.public_id))


def test_s28_the_decision_holds_the_assessment_its_day_and_its_reasons(log_in, office, young):
    client = log_in(office.caseworker)
    nothing = dict.fromkeys(("assessment", "assessed_on", "reasons"), "")

    refused = sent(client, "cases:aim", young.public_id, **{**TYPED, **nothing})
    assert refused.context["form"].errors.keys() == nothing.keys()

    sent(client, "cases:aim", young.public_id, **TYPED)
    page = told(opened(client, "cases:aim", young.public_id))
    assert f"Kommunens vurdering den 1. maj 2026 {GROUNDS.assessment}" in page
    assert f"Begrundelse {GROUNDS.reasons}" in page


# The second bill: the contact course

FUND, JOBCENTER = "a-kassen", "jobcentret"
#: What a course that began on 4 February 2026 demands: the a-kasse's three months, and the three after them.
COURSE_FROM = date(2026, 2, 4)
DEMANDS = [
    "1. jobsamtale (a-kassen): 04-02-2026..18-02-2026",
    "2. jobsamtale (a-kassen): 04-02-2026..03-05-2026",
    "3. jobsamtale (a-kassen): 04-02-2026..03-05-2026",
    *[f"{number}. jobsamtale (jobcentret): 04-05-2026..03-08-2026" for number in (1, 2, 3)],
]


def test_s29_act_c_has_a_simpler_table_of_its_own_for_benefit_recipients(log_in, office):
    client = log_in(office.adviser)

    def holders(start, **asked):
        answer = calculated(client, "plan", registered_on=typed(start), **asked)
        return [meeting.responsible for meeting in answer.meetings]

    assert len(holders(BEFORE_C)) == 9
    assert holders(FROM_C) == [FUND] * 3 + [JOBCENTER] * 3
    assert set(holders(FROM_C, target_group="2")) == {JOBCENTER}
    assert demanded(client, factories.case(office, registered_on=COURSE_FROM)) == DEMANDS


def test_s30_the_a_kasse_is_responsible_in_the_first_three_months(log_in, office):
    client = log_in(office.adviser)
    last_day, day_after, before_act_c = (
        factories.case(office, registered_on=begun, at=morning(begun), by=worker)
        for begun, worker in (
            (COURSE_FROM + timedelta(days=1), office.adviser),
            (COURSE_FROM, office.adviser),
            (BEFORE_C, office.caseworker),
        )
    )

    assert holder_of(client, last_day) == "Fagkassen"
    assert holder_of(client, day_after) == holder_of(client, before_act_c) == "Jobcenter Solby"
    for day, holder in (("2026-05-03", "Fagkassen"), ("2026-05-04", "Jobcenter Solby")):
        assert f"{holder} havde forløbet" in told(opened(client, "meetings:on_day", day_after.public_id, dag=day))
    board = told(opened(client, "meetings:handovers", part="near"))
    assert (last_day.citizen.name in board, before_act_c.citizen.name in board) == (True, False)


def test_s31_the_a_kasse_holds_the_first_three_jobsamtaler_in_three_months(log_in, office):
    client = log_in(office.adviser)
    case = factories.case(office, registered_on=COURSE_FROM, at=morning(COURSE_FROM))

    assert [one for one in demanded(client, case) if f"({FUND})" in one] == DEMANDS[:3]
    with as_of(COURSE_FROM):
        worklist = told(opened(log_in(office.adviser), "meetings:worklist"))
    assert "18-02-2026" in worklist.partition(case.citizen.name)[2]


def test_s32_it_covers_every_a_kasse_and_the_old_trial_is_only_a_flag(log_in, office):
    office.fund, office.adviser = office.other_fund, office.other_adviser
    client = log_in(office.other_adviser)
    case = factories.case(office, registered_on=date(2026, 4, 13))
    trial = factories.case(office, registered_on=OLD, is_trial=True)

    assert holder_of(client, case) == "Nabokassen"
    assert sum(f"({FUND})" in one for one in demanded(client, case)) == 3
    assert demanded(client, trial) == []


def test_s33_every_required_meeting_is_a_jobsamtale(log_in, office):
    client = log_in(office.adviser)

    def kinds(start):
        return {one.split()[1] for one in demanded(client, factories.case(office, registered_on=start))}

    assert kinds(OLD) == {"cv-samtale", "rådighedssamtale", "jobsamtale", "fællessamtale"}
    assert kinds(NEW) == {"jobsamtale"}


def test_s34_no_alarm_is_raised_for_another_kind(log_in, office, case, now):
    def due():
        return list(WorklistEntry.objects.order_by("pk").values_list("due_on", "unbooked_due_on", "requirement"))

    before = due()
    other_kind = MeetingKind.AVAILABILITY_INTERVIEW
    meeting = book(case, office.adviser, now - timedelta(days=3), at=now - timedelta(days=5), kind=other_kind)
    outcomes_services.register(
        meeting_id=meeting.pk,
        outcome=Outcome.ABSENT,
        note="",
        is_six_weeks_guided=None,
        next_booking=None,
        by=office.adviser,
        at=now,
    )

    assert due() == before
    assert {one.split()[1] for one in demanded(log_in(office.adviser), case)} == {"jobsamtale"}


def test_s35_from_nine_to_six(log_in, office):
    compared = opened(log_in(office.adviser), "law:compare")

    table = compared.context["table"].data
    assert (table["old"].total, table["new"].total) == (9, 6)
    assert "I alt 9 samtaler 6 samtaler" in told(compared)


def test_s36_the_jobcenter_holds_the_last_three_in_months_4_to_6(log_in, office):
    client = log_in(office.caseworker)
    case = factories.case(office, registered_on=COURSE_FROM, by=office.caseworker)

    assert [one for one in demanded(client, case) if f"({JOBCENTER})" in one] == DEMANDS[3:]
    worklist = told(opened(client, "meetings:worklist"))
    assert "03-08-2026" in worklist.partition(case.citizen.name)[2]


def test_s37_the_a_kasse_comes_to_the_first_meeting_in_the_jobcenter_if_it_is_wished(log_in, office, now):
    case, client = factories.case(office, registered_on=date(2026, 2, 2)), log_in(office.caseworker)
    asked = "Ønsker borgeren, at a-kassen er med?"
    assert asked in told(opened(client, "meetings:book", case.public_id))
    first, second = (book(case, office.caseworker, now + timedelta(days=days), at=now) for days in (1, 2))

    assert asked not in told(opened(client, "meetings:book", case.public_id))
    assert first.fund_attends is None
    wished = fund_presence.wish_fund_present(meeting_id=first.pk, wish=True, by=office.caseworker, at=now)

    assert wished.fund_attends is True
    with pytest.raises(NotBookable, match="kun deltage i den første"):
        fund_presence.wish_fund_present(meeting_id=second.pk, wish=True, by=office.caseworker, at=now)


# The second bill: offers and referrals


def test_s38_only_the_jobcenter_grants_also_in_the_a_kasses_months(log_in, office, case, now):
    assert holder_of(log_in(office.adviser), case) == "Fagkassen"
    today = now.date()

    def moved_by(worker, move, offer, **day):
        return move(offer_id=offer.pk, version=offer.version, by=worker, at=now, **day)

    with pytest.raises(offers_services.NotYours):
        granted(case, office.adviser, on=today)
    offer = granted(case, office.caseworker, on=today)
    assert offer.status == OfferStatus.GRANTED

    with pytest.raises(offers_services.NotYours):
        moved_by(office.adviser, offers_services.start, offer, first_day=today)
    offer = moved_by(office.caseworker, offers_services.start, offer, first_day=today)
    assert offer.status == OfferStatus.STARTED

    with pytest.raises(offers_services.NotYours):
        moved_by(office.adviser, offers_services.end, offer, last_day=today)
    assert moved_by(office.caseworker, offers_services.end, offer, last_day=today).status == OfferStatus.ENDED


WRITTEN = {
    "version": "0",
    "offer_type": "internship",
    "starts_on": "01-06-2026",
    "joint_assessment": PROPOSAL.joint_assessment,
    "citizen_agrees": "on",
    "send": "1",
}


def test_s39_the_a_kasse_and_the_citizen_have_assessed_together(log_in, office, case):
    client = log_in(office.adviser)
    alone = {**WRITTEN, "joint_assessment": " ", "citizen_agrees": ""}

    refused = sent(client, "referrals:write", case.public_id, **alone)

    assert refused.context["form"].errors.keys() == {"joint_assessment", "citizen_agrees"}
    assert not Referral.objects.pending().exists()
    version = str(Referral.objects.get().version)
    sent(client, "referrals:write", case.public_id, **{**WRITTEN, "version": version})
    assert Referral.objects.pending().exists()


@pytest.fixture
def new_case(office):
    """Opened on 15 January 2024, so that the a-kasse has it until 14 April."""
    return factories.case(office, registered_on=NEW, at=morning(NEW))


def referred_on(day, case, by, starts_on):
    return referred(case, by, at=morning(day), proposal=replace(PROPOSAL, starts_on=starts_on))


@pytest.mark.parametrize(
    ("starts_on", "is_sent"),
    [
        pytest.param(date(2024, 4, 14), True, id="the last day of month 3"),
        pytest.param(date(2024, 5, 12), True, id="28 days after: in continuation"),
        pytest.param(date(2024, 5, 13), False, id="29 days after"),
    ],
)
def test_s40_the_offer_begins_in_three_months_or_in_continuation(log_in, office, new_case, starts_on, is_sent):
    day = date(2024, 2, 12)
    if is_sent:
        assert referred_on(day, new_case, office.adviser, starts_on).status == ReferralStatus.SENT
    else:
        with pytest.raises(NotAdmissible, match="det er for sent for en indstilling"):
            referred_on(day, new_case, office.adviser, starts_on)
    answer = calculated(
        log_in(office.adviser), "referral", placed_on=typed(NEW), sent_on=typed(day), offer_starts_on=typed(starts_on)
    )
    assert answer.is_good is is_sent


def test_s41_a_referral_is_the_responsible_a_kasses_and_nobody_must_send_one(log_in, office, case, new_case, now):
    for other in (office.caseworker, office.other_adviser):
        with pytest.raises(NotYours):
            referred(case, other, at=now)
    assert sent(log_in(office.caseworker), "referrals:write", case.public_id, **WRITTEN).status_code == 403
    assert granted(case, office.caseworker, on=now.date()).referral is None

    assert referred(case, office.adviser, at=now).status == ReferralStatus.SENT
    with pytest.raises(NotAdmissible, match="A-kassen har ikke ansvaret den 15. april 2024"):
        referred_on(date(2024, 4, 15), new_case, office.adviser, date(2024, 4, 20))


def parts_of(client, case):
    """The parts of the jobcenter's list of referrals in which the case stands."""
    pages = {
        part: told(opened(client, "referrals:list", **{"del": part})) for part in ("venter", "ikke-fremme", "afsluttet")
    }
    return [part for part, page in pages.items() if case.citizen.name in page]


def page_of_referral(client, referral):
    return told(opened(client, "referrals:referral", referral.public_id))


def test_s42_an_undecided_referral_stands_on_the_jobcenters_list_until_it_is_decided(log_in, office, case, now):
    referral, client = referred(case, office.adviser, at=now), log_in(office.caseworker)
    assert (referral.status, parts_of(client, case)) == (ReferralStatus.SENT, ["venter"])

    client.post(reverse("referrals:see", args=[referral.public_id]))
    referral.refresh_from_db()
    assert (referral.status, parts_of(client, case)) == (ReferralStatus.SEEN, ["venter"])
    assert "Ligger hos Jobcenter Solby" in page_of_referral(client, referral)

    legal_basis, version = REASONS.legal_basis, str(referral.version)
    sent(client, "referrals:grant", referral.public_id, legal_basis=legal_basis, version=version)
    referral.refresh_from_db()
    assert (referral.status, parts_of(client, case)) == (ReferralStatus.GRANTED, ["afsluttet"])


def test_s43_a_contact_with_the_citizen_is_logged_with_its_purpose_and_is_no_jobsamtale(log_in, office, case, now):
    referral, client = taken_up(case, office, at=now), log_in(office.caseworker)

    sent(client, "referrals:contact", referral.public_id, contacted_on="04-05-2026", purpose="Afklare arbejdstid")

    assert f"04-05-2026: Afklare arbejdstid {office.caseworker}. Tæller ikke som jobsamtale." in page_of_referral(
        client, referral
    )
    assert not Meeting.objects.filter(case=case).exists()
    assert "opfyldt" not in page_of(client, case).partition("Samtaler, som loven kræver")[2].partition("Samtaler")[0]


def test_s44_a_rejection_is_reasoned_and_open_until_member_and_a_kasse_have_it(log_in, office, case, now):
    referral, client = taken_up(case, office, at=now), log_in(office.caseworker)
    reasons = {**REASONS.__dict__, "version": str(referral.version)}

    refused = sent(client, "referrals:reject", referral.public_id, **{**reasons, "considerations": "  "})
    assert "considerations" in refused.context["form"].errors
    sent(client, "referrals:reject", referral.public_id, **reasons)

    not_told = "Afvisningen er endnu ikke nået frem til"
    assert f"{not_told} borgeren og a-kassen." in page_of_referral(client, referral)
    for recipient, untold in ((Recipient.CITIZEN, "a-kassen"), (Recipient.FUND, "")):
        assert "ikke-fremme" in parts_of(client, case)
        given = {"referral_id": referral.pk, "how": "Brev", "by": office.caseworker, "at": now + UNDO_WITHIN}
        letters_owing.tell_by_hand(recipient=recipient, **given)
        assert (f"{not_told} {untold}." in page_of_referral(client, referral)) is bool(untold)
    assert not_told not in page_of_referral(client, referral)
    assert "ikke-fremme" not in parts_of(client, case)
