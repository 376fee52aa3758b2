"""Each sentence of the agreement about the first bill, by its number. The table is docs/agreement.md."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cases.models import MunicipalDocument, Organisation
from cases.models.people import FollowUpWay
from cases.plans import services as plans_services
from cases.rules.municipal_duties import YearlyDuty
from cases.rules.plan_parts import PlanPart
from meetings.models import ChannelChoice, Outcome
from meetings.outcomes import services as outcomes_services
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.parameters import SIX_WEEKS_GUIDANCE_BY
from referrals.models import Offer
from referrals.offers import services as offers_services
from referrals.rules.offers import GRANTED_TYPES, OfferType
from tests import factories
from tests.factories import book
from tests.situations.agreement.steps import (
    BEFORE_B,
    FROM_B,
    as_of,
    granted,
    morning,
    opened,
    page_of,
    sent,
    told,
    value_on,
)

#: Of three courses, where 4 May 2026 is the last day of month 3, of month 6, and the day after month 6.
MONTH_3, MONTH_6, MONTH_7 = date(2026, 2, 5), date(2025, 11, 5), date(2025, 11, 4)


def choose(client, case, channel, *, meeting=None):
    """The citizen's choice, sent from the page by whoever is logged in."""
    covers = str(meeting.public_id) if meeting else "all"
    version = opened(client, "meetings:channel", case.public_id).context["form"]["version"].value()
    choice = {"version": version, "channel": str(channel), "covers": covers, "chosen_on": "04-05-2026"}
    return sent(client, "meetings:channel", case.public_id, **choice)


def chosen_for(case):
    return list(ChannelChoice.objects.filter(case=case).order_by("pk").values_list("channel", flat=True))


# The first bill: how meetings are held


def test_s6_the_choice_is_recorded_for_all_meetings_and_changed_for_one(log_in, office, case, now):
    only, other = (book(case, office.adviser, now + timedelta(days=days), at=now) for days in (3, 4))
    client = log_in(office.colleague)

    choose(client, case, Channel.VIDEO)
    choose(client, case, Channel.TELEPHONE, meeting=only)

    only.refresh_from_db()
    other.refresh_from_db()
    assert (only.channel, other.channel) == ("telephone", "video")
    page = told(opened(client, "meetings:channel", case.public_id))
    assert f"telefon til samtalen den 7. maj 2026. Registreret af {office.colleague}" in page
    assert f"video til alle samtaler. Registreret af {office.colleague}" in page


@pytest.mark.parametrize("target_group", [1, 2, 3, 4, 5, 7, 8, 9, 10])
def test_s7_every_group_with_meetings_has_the_choice(log_in, office, target_group):
    case = factories.case(office, by=office.caseworker, target_group=target_group)

    choose(log_in(office.caseworker), case, Channel.VIDEO)

    assert chosen_for(case) == ["video"]


def test_s8_the_choice_is_tied_to_the_first_six_months_on_the_day_of_the_meeting(log_in, office, now):
    client = log_in(office.caseworker)
    channels = []
    for begun, hour in ((MONTH_6, 1), (MONTH_7, 2)):
        case = factories.case(office, registered_on=begun, by=office.caseworker)
        meeting = book(case, office.caseworker, now + timedelta(hours=hour), at=now)
        choose(client, case, Channel.VIDEO)
        meeting.refresh_from_db()
        channels.append((meeting.channel, meeting.channel_chosen_by))
        assert ("til og med den 4. maj 2026" in told(opened(client, "meetings:channel", case.public_id))) is (
            begun == MONTH_6
        )

    assert channels == [("video", "citizen"), ("attendance", "default")]


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(MONTH_3, id="while the a-kasse has the course"),
        pytest.param(MONTH_3 - timedelta(days=1), id="while the jobcenter has it"),
    ],
)
def test_s9_both_authorities_record_the_choice_on_the_same_page(log_in, office, begun):
    case = factories.case(office, registered_on=begun)

    choose(log_in(office.adviser), case, Channel.VIDEO)
    choose(log_in(office.caseworker), case, Channel.TELEPHONE)

    assert chosen_for(case) == ["video", "telephone"]


def test_s10_there_are_three_channels_and_no_letter(log_in, office, case):
    client = log_in(office.adviser)

    letter = choose(client, case, "letter")
    form = opened(client, "meetings:channel", case.public_id).context["form"]

    assert [value for value, _ in form.fields["channel"].choices] == ["attendance", "telephone", "video"]
    assert letter.status_code == 422
    assert "channel" in letter.context["form"].errors
    for channel in Channel:
        choose(client, case, channel)
    assert chosen_for(case) == ["attendance", "telephone", "video"]


# The first bill: right and duty


def test_s11_guidance_and_upskilling_no_longer_counts(log_in, office):
    case = factories.case(office, registered_on=date(2023, 1, 2), by=office.caseworker, at=morning(date(2023, 1, 2)))
    guidance = {"offer_type": "other_guidance", "is_confirmed": True}

    before, after = (granted(case, office.caseworker, on=day, **guidance) for day in (BEFORE_B, FROM_B))

    assert (before.counts, after.counts) == (True, False)
    page = page_of(log_in(office.caseworker), case)
    assert "Øvrig vejledning og opkvalificering tæller Bevilget · 21-03-2023" in page
    assert "Øvrig vejledning og opkvalificering tæller ikke Bevilget · 22-03-2023" in page


GUIDANCE = {"version": "0", "type": "other_guidance", "starts_on": "04-05-2026", "granted_on": "04-05-2026"}


def test_s12_it_is_not_forbidden_and_the_case_lacks_a_counting_offer(log_in, office, case):
    client = log_in(office.caseworker)

    sent(client, "referrals:offer_grant", case.public_id, **GUIDANCE, is_confirmed="on")

    offer = case.offers.get()
    assert (offer.type, offer.status, offer.counts) == ("other_guidance", "granted", False)
    assert "Ret og pligt mangler" in page_of(client, case)


def test_s13_the_counting_types_are_named_as_alternatives(log_in, office, case):
    refused = sent(log_in(office.caseworker), "referrals:offer_grant", case.public_id, **GUIDANCE)

    assert refused.status_code == 422
    assert "Det kan virksomhedspraktik, løntilskud, nytteindsats, ordinære løntimer og ordinær uddannelse." in told(
        refused
    )
    assert not Offer.objects.exists()


def counts(offer_type, case, office, now):
    return granted(case, office.caseworker, on=now.date(), offer_type=offer_type, is_confirmed=True).counts


def test_s14_company_offers_count(office, case, now):
    assert counts("internship", case, office, now)
    assert counts("wage_subsidy", case, office, now)


def test_s15_ordinary_wage_hours_count(office, case, now):
    assert counts("ordinary_wage_hours", case, office, now)
    assert not counts("prior_learning", case, office, now)


def test_s16_ordinary_education_counts(office, case, now):
    assert counts("ordinary_education", case, office, now)
    assert not counts("basic_skills", case, office, now)


def test_s17_an_overview_shows_the_offers_by_type_and_month(log_in, office, case, now):
    for offer_type in ("internship", "other_guidance"):
        granted(case, office.caseworker, on=now.date(), offer_type=offer_type, is_confirmed=True)
    last_month = granted(case, office.caseworker, on=date(2026, 4, 20))

    page = opened(log_in(office.caseworker), "referrals:offer_overview")

    shift = page.context["shift"]
    rows = {name: list(numbers)[-2:] for name, numbers, _ in shift.rows}
    assert list(rows) == [one.label for one in GRANTED_TYPES]
    assert {name: numbers for name, numbers in rows.items() if any(numbers)} == {
        OfferType(last_month.type).label: [1, 1],
        OfferType.OTHER_GUIDANCE.label: [0, 1],
    }
    assert all(f"{name.capitalize()} " in told(page) for name in rows)
    assert "05-26" in told(page)


# The first bill: Min Plan and the municipality

PARTS = {
    "job_goal": "Lagermedarbejder",
    "education_goal": "Truckcertifikat",
    "job_search": "To ansøgninger om ugen",
    "offers": "ingen",
    "other_efforts": "ingen",
}


@pytest.fixture
def old_case(office):
    """Begun three weeks before the first bill."""
    return factories.case(office, registered_on=date(2023, 3, 1), at=morning(date(2023, 3, 2)))


def parts_asked(log_in, office, case, on):
    """The parts that the page of Min Plan asks for on a day."""
    with as_of(on):
        form = opened(log_in(office.adviser), "cases:plan_write", case.public_id).context["form"]
    return form.fields.keys() & set(PlanPart)


def test_s18_the_plan_asks_for_no_status_on_begun_efforts(log_in, office, old_case):
    before, after = (parts_asked(log_in, office, old_case, on) for on in (BEFORE_B, FROM_B))

    assert before - after == {PlanPart.STATUS, PlanPart.FOLLOW_UP}
    assert after == PARTS.keys()


def publish(case, by, parts, *, on, version=0):
    return plans_services.publish(case_id=case.pk, parts=parts, version=version, by=by, at=morning(on))


def test_s19_nor_for_follow_up_and_an_old_version_keeps_its_text(log_in, office, old_case):
    full = {**PARTS, PlanPart.STATUS: "Kursus i gang", PlanPart.FOLLOW_UP: "Kursus fulgt op"}
    with pytest.raises(plans_services.Incomplete):
        publish(old_case, office.adviser, PARTS, on=BEFORE_B)
    old = publish(old_case, office.adviser, full, on=BEFORE_B)
    changed = {**full, "job_goal": "Chauffør"}
    new = publish(old_case, office.caseworker, changed, on=FROM_B, version=old_case.plan_draft.version)

    client = log_in(office.caseworker)
    shown = [told(opened(client, "cases:plan_version", old_case.public_id, one.number)) for one in (old, new)]
    assert ["Kursus fulgt op" in page for page in shown] == [True, False]


@pytest.mark.parametrize("way", ["", *FollowUpWay])
def test_s20_the_jobcenter_documents_follow_up_in_its_own_way(office, case, now, way):
    Organisation.objects.filter(pk=office.municipality.pk).update(follow_up_way=str(way))
    offer = granted(case, office.caseworker, on=now.date())

    def follow_up(note):
        return offers_services.follow_up(
            offer_id=offer.pk, followed_up_on=now.date(), note=note, by=office.caseworker, at=now
        )

    if way == FollowUpWay.NOTE:
        with pytest.raises(offers_services.NotGrantable, match="jobcenter har valgt"):
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


def asks_about_guidance(log_in, office, worker, kind, on):
    """Whether the page on which a meeting's outcome is registered asks if the citizen was guided."""
    day_before = morning(on) - timedelta(days=1)
    case = factories.case(office, registered_on=day_before.date(), at=day_before)
    meeting = book(case, worker, morning(on) - timedelta(hours=1), at=day_before, kind=kind)
    with as_of(on):
        return "guided" in opened(log_in(worker), "meetings:register", meeting.public_id).context["form"].fields


def test_s23_the_jobcenter_no_longer_guides_on_six_weeks_of_education(log_in, office, case):
    jobsamtale = office.caseworker, MeetingKind.CONTACT_INTERVIEW
    asked = [asks_about_guidance(log_in, office, *jobsamtale, on) for on in (BEFORE_B, FROM_B)]
    client = log_in(office.caseworker)

    assert asked == [True, False]
    assert [value_on(client, SIX_WEEKS_GUIDANCE_BY, on) for on in (BEFORE_B, FROM_B)] == [
        "a-kassen og jobcentret",
        "a-kassen",
    ]
    assert "Jobcentret har den 4. maj 2026 ikke pligt til at vejlede" in page_of(client, case)


def test_s24_the_a_kasse_has_the_duty_all_along_and_records_what_it_did(log_in, office, case, now):
    cv_samtale = office.adviser, MeetingKind.CV_INTERVIEW
    assert all(asks_about_guidance(log_in, office, *cv_samtale, on) for on in (BEFORE_B, FROM_B))

    meeting = book(case, office.adviser, now - timedelta(days=3), at=now - timedelta(days=5))
    outcomes_services.register(
        meeting_id=meeting.pk,
        outcome=Outcome.HELD,
        note="",
        is_six_weeks_guided=True,
        next_booking=None,
        by=office.adviser,
        at=now,
    )

    assert f"Vejledt den 1. maj 2026 af {office.adviser}" in page_of(log_in(office.caseworker), case)
