"""Each sentence of the agreement about the first bill, by its number. The table is docs/agreement.md."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from cases.models import MunicipalDocument, Organisation
from cases.models.people import FollowUpWay
from cases.rules.facts import Party
from cases.rules.kinds import PlanPart
from cases.rules.municipal_duties import YearlyDuty
from cases.rules.my_plan import parts_on
from cases.services import plans
from meetings import services as meeting_services
from meetings.models import ChannelChoice, Outcome
from meetings.rules.channel import DecidedBy, channel_on
from meetings.rules.guidance import has_guidance_duty
from meetings.rules.kinds import Channel
from referrals.models import Offer
from referrals.rules.offers import OfferType
from referrals.rules.right_and_duty import DutyState, counting_types, judge, standing
from referrals.services import offers as offer_services
from tests import factories
from tests.factories import book
from tests.law import BOOK, course, day, offer
from tests.situations.agreement.conftest import BEFORE_B, CONTACT, FROM_B, NEW, grant


def channel(meeting_on, *, start=NEW, kind=CONTACT, number=1, **facts):
    return channel_on(course=course(start, **facts), meeting_on=day(meeting_on), kind=kind, number=number, book=BOOK)


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
    return {task["answer"].duty for task in answer.context["tasks"]}


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
    return has_guidance_duty(party, group=1, on=day(text), book=BOOK, asked=True).has_duty


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
