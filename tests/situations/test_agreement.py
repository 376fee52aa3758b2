"""Each sentence of the agreement, by its number: what the system does because of it. The table is docs/agreement.md."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from cases.access import Permission, has
from cases.models import MunicipalDocument, Organisation
from cases.models.people import FollowUpWay
from cases.rules.aim import Aim, AimNotAllowed, aims_on, check_aim, missing_grounds
from cases.rules.case_parameters import FUND_RESPONSIBLE_MONTHS
from cases.rules.facts import Party
from cases.rules.kinds import PlanPart
from cases.rules.municipal_duties import YearlyDuty
from cases.rules.my_plan import parts_on
from cases.rules.parameters import CaseDates
from cases.rules.period import Period
from cases.rules.responsibility import responsible_on
from cases.services import aims, plans
from meetings import services as meeting_services
from meetings.models import ChannelChoice, Meeting, Outcome, RequiredMeeting, WorklistEntry
from meetings.rules.after_six_months import right_on_request
from meetings.rules.channel import DecidedBy, channel_on
from meetings.rules.guidance import has_guidance_duty
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.parameters import CITIZEN_CHOOSES_MONTHS
from meetings.rules.participation import may_invite_fund
from referrals.granting import Terms
from referrals.models import Offer, Referral
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
from referrals.rules.offers import OfferType
from referrals.rules.right_and_duty import DutyState, counting_types, judge, standing
from referrals.services import offers as offer_services
from referrals.services import referrals as referral_services
from referrals.services.referrals import Proposal, Reasons
from tests import factories
from tests.law import BOOK, SHIPPED, course, day, offer, planned

CONTACT = MeetingKind.CONTACT_INTERVIEW
BEFORE_B, FROM_B = "2023-03-21", "2023-03-22"
BEFORE_C, FROM_C = "2023-12-31", "2024-01-01"
#: Courses under act a, act b and act c.
OLD, MIDDLE, NEW = "2022-06-01", "2023-04-03", "2024-01-15"

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


def act(letter):
    return next(one for one in SHIPPED if one.act.letter == letter)


def value_on(parameter, on):
    return BOOK.in_force(parameter, CaseDates(course_start=day(on), event=day(on), decision=day(on))).value


def channel(meeting_on, *, start=NEW, kind=CONTACT, number=1, **facts):
    return channel_on(course=course(start, **facts), meeting_on=day(meeting_on), kind=kind, number=number, book=BOOK)


def of_kind(start, kind):
    return [meeting for meeting in planned(start).meetings if meeting.kind == kind]


def book(case, worker, starts_at, *, at, kind=CONTACT, **more):
    booking = meeting_services.Booking(
        kind=kind,
        adviser_id=worker.pk,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        is_confirmed=True,
        **more,
    )
    return meeting_services.book(case_id=case.pk, booking=booking, by=worker, at=at)


def grant(case, by, *, at, offer_type="internship", is_confirmed=False):
    terms = Terms(
        offer_type, Period.of_days_inclusive(at.date(), at.date() + timedelta(days=27)), "Bageriet", "99000104"
    )
    if offer_type == "other_guidance":
        terms = Terms(offer_type, terms.span)
    return offer_services.grant(
        case_id=case.pk, terms=terms, granted_on=at.date(), is_confirmed=is_confirmed, by=by, at=at
    )


def drafted(case, by, *, at, proposal=PROPOSAL):
    return referral_services.write_draft(case_id=case.pk, proposal=proposal, version=0, by=by, at=at)


def sent(case, by, *, at, proposal=PROPOSAL):
    draft = drafted(case, by, at=at, proposal=proposal)
    return referral_services.send(referral_id=draft.pk, version=draft.version, by=by, at=at)


def seen(case, office, *, at):
    return referral_services.mark_seen(referral_id=sent(case, office.adviser, at=at).pk, by=office.caseworker, at=at)


# The agreement and its two bills


def test_s1_the_rule_pages_name_the_agreement_as_the_source(log_in, office):
    client = log_in(office.adviser)

    for letter in ("b", "c"):
        answer = client.get(reverse("referrals:act", args=[act(letter).act.slug]))
        assert "<dt>Aftale</dt><dd>Anden delaftale" in answer.content.decode()
    assert "Anden delaftale" in client.get(reverse("referrals:rules")).content.decode()


def test_s2_two_bills_are_two_acts_with_their_own_day_and_values():
    first, second = act("b").act, act("c").act

    assert (first.in_force_on, second.in_force_on) == (date(2023, 3, 22), date(2024, 1, 1))
    assert first.values
    assert second.values
    assert not set(first.values) & set(second.values)


def test_s3_the_first_bill_holds_from_22_march_2023_that_day_included():
    assert (value_on(CITIZEN_CHOOSES_MONTHS, BEFORE_B), value_on(CITIZEN_CHOOSES_MONTHS, FROM_B)) == (0, 6)


def test_s4_the_second_bill_holds_from_1_january_2024_that_day_included():
    assert (value_on(FUND_RESPONSIBLE_MONTHS, BEFORE_C), value_on(FUND_RESPONSIBLE_MONTHS, FROM_C)) == (0, 3)


def test_s5_an_old_case_is_still_judged_by_the_rules_before_both_bills(office):
    case = factories.case(office, registered_on=day(OLD))

    assert set(case.required_meetings.values_list("act__slug", flat=True)) == {act("a").act.slug}
    assert planned(NEW).act == act("c").act.slug


# The first bill: how meetings are held


def test_s6_the_choice_is_recorded_for_all_meetings_and_changed_for_one(office, case, now):
    only = book(case, office.adviser, now + timedelta(days=3), at=now)
    other = book(case, office.adviser, now + timedelta(days=4), at=now)

    for chosen, meeting in ((Channel.VIDEO, None), (Channel.TELEPHONE, only)):
        meeting_services.choose_channel(
            case_id=case.pk,
            channel=chosen,
            chosen_on=now.date(),
            meeting_id=meeting and meeting.pk,
            by=office.colleague,
            at=now,
        )

    only.refresh_from_db()
    other.refresh_from_db()
    assert (only.channel, other.channel) == ("telephone", "video")
    latest = ChannelChoice.objects.filter(case=case).latest("pk")
    assert (latest.chosen_on, latest.recorded_by, latest.meeting) == (now.date(), office.colleague, only)


@pytest.mark.parametrize("target_group", range(1, 11))
def test_s7_every_group_with_meetings_has_the_choice(target_group):
    answer = channel("2024-02-01", target_group=target_group)

    assert (answer.decided_by, len(answer.allowed)) == (DecidedBy.CITIZEN, 3)


def test_s8_the_choice_is_tied_to_the_first_six_months_on_the_day_of_the_meeting():
    assert channel("2024-07-14").decided_by == DecidedBy.CITIZEN
    assert channel("2024-07-15").decided_by == DecidedBy.AUTHORITY


def test_s9_both_authorities_record_the_choice_on_the_same_page(log_in, office, case):
    shown = []
    for user in (office.adviser, office.caseworker):
        form = log_in(user).get(reverse("meetings:channel", args=[case.public_id])).context["form"]
        shown.append(form.fields["channel"].choices)

    assert shown[0] == shown[1]
    assert len(shown[0]) == 3


def test_s10_there_are_three_channels_and_no_letter(log_in, office, case):
    answer = log_in(office.adviser).post(
        reverse("meetings:channel", args=[case.public_id]),
        {"channel": "letter", "covers": "all", "chosen_on": "04-05-2026"},
    )

    assert [str(one) for one in Channel] == ["attendance", "telephone", "video"]
    assert answer.status_code == 422
    assert "channel" in answer.context["form"].errors
    assert channel("2024-02-01").allowed == tuple(Channel)


# The first bill: right and duty


def test_s11_guidance_and_upskilling_no_longer_counts():
    assert OfferType.OTHER_GUIDANCE in counting_types(starts_on=day(BEFORE_B), book=BOOK)
    assert OfferType.OTHER_GUIDANCE not in counting_types(starts_on=day(FROM_B), book=BOOK)


def test_s12_it_is_not_forbidden_and_the_case_lacks_a_counting_offer(office, case, now):
    saved = grant(case, office.caseworker, at=now, offer_type="other_guidance", is_confirmed=True)

    stands = standing(course=case.as_course(), offers=[saved.as_fact()], on=now.date(), book=BOOK)

    assert (saved.type, saved.counts) == ("other_guidance", False)
    assert stands.state == DutyState.MISSING


def test_s13_the_counting_types_are_named_as_alternatives(office, case, now):
    with pytest.raises(offer_services.DoesNotCount) as refused:
        grant(case, office.caseworker, at=now, offer_type="other_guidance")

    assert "Det kan virksomhedspraktik, løntilskud, nytteindsats, ordinære løntimer og ordinær uddannelse." in str(
        refused.value
    )
    assert not Offer.objects.exists()


def counts(offer_type):
    answer = judge(course=course(NEW), offer=offer(offer_type, "2024-03-01", "2024-03-28"), book=BOOK)
    return answer.counts


def test_s14_company_offers_count():
    assert counts("internship")
    assert counts("wage_subsidy")


def test_s15_ordinary_wage_hours_count():
    assert counts("ordinary_wage_hours")
    assert not counts("prior_learning")


def test_s16_ordinary_education_counts():
    assert counts("ordinary_education")
    assert not counts("basic_skills")


def test_s17_an_overview_shows_the_offers_by_type_and_month(log_in, office, case, now):
    grant(case, office.caseworker, at=now)

    answer = log_in(office.caseworker).get(reverse("referrals:offer_overview"))

    rows = {name: (list(numbers), total) for name, numbers, total in answer.context["shift"].rows}
    assert rows["virksomhedspraktik"][1] == 1
    assert sum(rows["virksomhedspraktik"][0]) == 1
    assert "05-26" in answer.content.decode()


# The first bill: Min Plan and the municipality


def asked_on(text):
    return parts_on(target_group=1, saved_on=day(text), book=BOOK).asked


PARTS = {
    "job_goal": "Lagermedarbejder",
    "education_goal": "Truckcertifikat",
    "job_search": "To ansøgninger om ugen",
    "offers": "ingen",
    "other_efforts": "ingen",
}


def test_s18_the_plan_asks_for_no_status_on_begun_efforts():
    assert PlanPart.STATUS in asked_on(BEFORE_B)
    assert PlanPart.STATUS not in asked_on(FROM_B)


def test_s19_nor_for_follow_up_and_an_old_version_keeps_its_text(office):
    assert PlanPart.FOLLOW_UP in asked_on(BEFORE_B)
    assert PlanPart.FOLLOW_UP not in asked_on(FROM_B)

    case = factories.case(office, registered_on=date(2023, 3, 1), at=datetime(2023, 3, 2, 9, tzinfo=UTC))
    full = {**PARTS, PlanPart.STATUS: "Kursus i gang", PlanPart.FOLLOW_UP: "Kursus fulgt op"}
    with pytest.raises(plans.Incomplete):
        plans.publish(
            case_id=case.pk, parts=PARTS, version=0, by=office.adviser, at=datetime(2023, 3, 21, 9, tzinfo=UTC)
        )
    old = plans.publish(
        case_id=case.pk, parts=full, version=0, by=office.adviser, at=datetime(2023, 3, 21, 9, tzinfo=UTC)
    )
    new = plans.publish(
        case_id=case.pk,
        parts={**full, "job_goal": "Chauffør"},
        version=case.plan_draft.version,
        by=office.caseworker,
        at=datetime(2023, 3, 22, 9, tzinfo=UTC),
    )

    old.refresh_from_db()
    assert old.parts[PlanPart.FOLLOW_UP] == "Kursus fulgt op"
    assert PlanPart.FOLLOW_UP not in new.parts


@pytest.mark.parametrize("way", ["", *FollowUpWay])
def test_s20_the_jobcenter_documents_follow_up_in_its_own_way(office, case, now, way):
    Organisation.objects.filter(pk=office.municipality.pk).update(follow_up_way=str(way))
    granted = grant(case, office.caseworker, at=now)

    def follow_up(note):
        return offer_services.follow_up(
            offer_id=granted.pk, followed_up_on=now.date(), note=note, by=office.caseworker, at=now
        )

    if way == FollowUpWay.NOTE:
        with pytest.raises(offer_services.NotGrantable, match="jobcenter har valgt"):
            follow_up("")
    else:
        assert follow_up("").way == str(way)
    assert follow_up("Det går godt.").note == "Det går godt."


def tasks_on(client, text):
    answer = client.get(reverse("duties:list"), {"dag": text})
    return {one.duty for _, one, _ in answer.context["tasks"]}


def document(office, duty, now):
    return MunicipalDocument.objects.create(
        municipality=office.municipality,
        duty=str(duty),
        year=2022,
        title=f"Gammelt dokument om {duty}",
        adopted_on=date(2022, 1, 10),
        text="Indhold",
        added_by=office.caseworker,
        added_at=now,
    )


@pytest.mark.parametrize(
    "duty",
    [
        pytest.param(YearlyDuty.EMPLOYMENT_PLAN, id="S21: the employment plan"),
        pytest.param(YearlyDuty.RESULT_AUDIT, id="S22: the result audit"),
    ],
)
def test_s21_s22_no_task_from_22_march_2023_and_old_documents_stay(log_in, office, now, duty):
    old, client = document(office, duty, now), log_in(office.caseworker)

    assert duty in tasks_on(client, "21-03-2023")
    assert duty not in tasks_on(client, "22-03-2023")
    assert "Indhold" in client.get(old.get_absolute_url()).content.decode()


def must_guide(party, text):
    return has_guidance_duty(party, on=day(text), book=BOOK, asked=True).has_duty


def test_s23_the_jobcenter_no_longer_guides_on_six_weeks_of_education(log_in, office, case):
    assert must_guide(Party.MUNICIPALITY, BEFORE_B)
    assert not must_guide(Party.MUNICIPALITY, FROM_B)
    assert "Jobcentret har den 4. maj 2026 ikke pligt til at vejlede" in (
        log_in(office.caseworker).get(case.get_absolute_url()).content.decode()
    )


def test_s24_the_a_kasse_has_the_duty_all_along_and_records_what_it_did(log_in, office, case, now):
    assert must_guide(Party.FUND, BEFORE_B)
    assert must_guide(Party.FUND, FROM_B)

    meeting = book(case, office.adviser, now - timedelta(days=3), at=now - timedelta(days=5))
    meeting_services.register(
        meeting_id=meeting.pk,
        outcome=Outcome.HELD,
        note="",
        is_six_weeks_guided=True,
        next_booking=None,
        by=office.adviser,
        at=now,
    )

    assert f"Vejledt den 1. maj 2026 af {office.adviser}" in (
        log_in(office.caseworker).get(case.get_absolute_url()).content.decode()
    )


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


# Table 1


def test_s45_before_one_cv_samtale_in_the_a_kasse():
    assert [(one.responsible, one.number) for one in of_kind(OLD, MeetingKind.CV_INTERVIEW)] == [(Party.FUND, 1)]
    assert of_kind(NEW, MeetingKind.CV_INTERVIEW) == []


def test_s46_before_two_raadighedssamtaler_in_the_a_kasse():
    assert [(one.responsible, one.number) for one in of_kind(OLD, MeetingKind.AVAILABILITY_INTERVIEW)] == [
        (Party.FUND, 1),
        (Party.FUND, 2),
    ]
    assert of_kind(NEW, MeetingKind.AVAILABILITY_INTERVIEW) == []


def test_s47_before_four_jobsamtaler_in_the_jobcenter():
    assert [(one.responsible, one.number) for one in of_kind(OLD, CONTACT)] == [
        (Party.MUNICIPALITY, number) for number in (1, 2, 3, 4)
    ]


def test_s48_before_two_faellessamtaler_by_both():
    assert [(one.responsible, one.number) for one in of_kind(OLD, MeetingKind.JOINT_INTERVIEW)] == [
        (Party.BOTH, 1),
        (Party.BOTH, 2),
    ]


def test_s49_no_faellessamtale_is_demanded_but_the_a_kasse_may_attend():
    assert of_kind(MIDDLE, MeetingKind.JOINT_INTERVIEW)
    assert of_kind(NEW, MeetingKind.JOINT_INTERVIEW) == []

    def may_attend(text):
        return may_invite_fund(
            course=course(NEW), party=Party.MUNICIPALITY, number=1, on=day(text), book=BOOK
        ).is_allowed

    assert (may_attend(BEFORE_C), may_attend("2024-04-22")) == (False, True)


def test_s50_the_table_covers_six_months_and_after_that_no_number_is_demanded(log_in, office):
    last_day = right_on_request(course=course(NEW), on=day("2024-07-14"), book=BOOK)
    after = right_on_request(course=course(NEW), on=day("2024-07-15"), book=BOOK)
    text = "Loven kræver ikke et fast antal samtaler nu"
    client = log_in(office.caseworker)

    def says(begun):
        case = factories.case(office, registered_on=begun)
        return text in client.get(case.get_absolute_url()).content.decode()

    assert max(str(meeting.due_on) for meeting in planned(NEW).meetings) == "2024-07-14"
    assert (last_day.has_right, after.has_right) == (False, True)
    assert (says(date(2025, 11, 5)), says(date(2025, 11, 4))) == (False, True)


# The table


def numbers(text):
    return [int(number) for number in re.findall(r"_s(\d+)(?=_)", text)]


def test_the_table_and_the_tests_name_the_same_sentences_of_the_agreement():
    table = (Path(settings.BASE_DIR) / "docs" / "agreement.md").read_text()
    rows = re.findall(r"^\| S(\d+) \|.*\| `(test_\w+)` \|$", table, re.MULTILINE)
    tests = {name for name in globals() if name.startswith("test_s")}
    every = list(range(1, 51))

    assert [int(number) for number, _ in rows] == every
    assert {name for _, name in rows} == tests
    assert all(f"_s{number}_" in name for number, name in rows)
    assert sorted(number for name in tests for number in numbers(name)) == every
