"""One case as if another law counted: asked by anybody who may see the case, and nothing is changed by it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from cases.closing import services as closing_services
from cases.law import services as law_services
from cases.models import AccessLog, Act, Citizen, Event, Role
from cases.models.cases import CloseReason
from cases.ui.case_tabs import Tab
from meetings.law.runs import batches
from meetings.models import LawChange, LawRun, RequiredMeeting
from tests import factories, world

EARLIER = world.NOW - timedelta(days=3)


@pytest.fixture
def author(office):
    return factories.user(organisation=None, role=Role.ADMINISTRATOR, username="forfatter", is_staff=True)


@pytest.fixture
def draft(author):
    return factories.draft_of_four_months(by=author, in_force_on=date(2026, 6, 1))


@pytest.fixture
def case(office):
    return factories.case(office, at=EARLIER, registered_on=date(2026, 4, 13))


@pytest.fixture
def adviser(office, log_in):
    log_in(office.adviser)
    return office.adviser


def address(case):
    return reverse("meetings:as_if", args=[case.public_id])


def text_of(client, case, **query):
    response = client.get(address(case), query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_case_page_leads_there_and_no_law_is_chosen_for_one(client, adviser, case, draft):
    page = client.get(Tab.FACTS.url_of(case.public_id)).content.decode()
    assert address(case) in page

    html = text_of(client, case)
    assert "Et spørgsmål, der ikke ændrer noget" in html
    assert f"Som om kladden »{draft}« gjaldt fra 1. juni 2026" in html
    assert 'id="svar"' not in html


def test_both_plans_stand_side_by_side_with_their_explanations(client, adviser, case, draft):
    told = batches.as_if(case=case, draft=draft, at=world.NOW, today=world.NOW.date())
    assert told

    html = text_of(client, case, lov=draft.slug)

    moved = [one for one in told if one.kind == "moves"]
    assert f"{len(moved)} frister flytter" in html
    for one in moved:
        assert f"{one.day_before:%d-%m-%Y}" in html
        assert f"{one.day_after:%d-%m-%Y}" in html
    assert "Efter »Anden delaftale, andet lovforslag« skal" in html
    assert f"Efter »{draft}« skal" in html
    assert "Jobcentret har forløbet fra den 13. juli 2026." in html
    assert "Jobcentret har forløbet fra den 13. august 2026." in html


def test_asking_changes_nothing_and_is_logged(client, adviser, case, draft):
    def stored():
        return [list(model.objects.order_by("pk").values()) for model in (RequiredMeeting, LawChange, LawRun, Event)]

    before = stored()
    text_of(client, case, lov=draft.slug)

    assert stored() == before
    logged = AccessLog.objects.get()
    assert (logged.cases, logged.route) == ([case.pk], "meetings:as_if")


def test_both_parties_may_ask_and_nobody_else(client, log_in, office, case, draft):
    for user, status in (
        (office.caseworker, 200),
        (office.leader, 200),
        (office.other_adviser, 404),
        (office.administrator, 404),
    ):
        log_in(user)
        assert client.get(address(case), {"lov": draft.slug}).status_code == status


def test_a_booked_meeting_is_shown_with_its_channel(client, adviser, case, draft):
    starts_at = datetime(2026, 6, 10, 9, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))
    factories.book(case, adviser, starts_at, at=EARLIER)

    html = text_of(client, case, lov=draft.slug)

    assert "Jobsamtale den 10. juni 2026 (booket): uændret." in html


def test_the_channel_of_no_booking_is_an_example_and_shows_what_differs(client, adviser, case, draft):
    draft.values.create(key="meetings.in_person_months", text="3", legal_basis="§ 5")

    html = text_of(client, case, lov=draft.slug)

    assert "som eksempel; intet er booket" in html
    assert "kun ved personligt fremmøde" in html


def test_a_published_act_of_a_coming_day_is_left_out(client, adviser, office, case, draft):
    law_services.publish(
        act_id=draft.pk, reason="Vedtaget.", is_day_confirmed=True, by=office.administrator, at=world.NOW
    )
    while batches.take_next_batch(at=world.NOW):
        pass

    html = text_of(client, case, lov=draft.slug)

    assert f"Som om »{draft}« ikke kom den 1. juni 2026" in html
    assert "frister flytter" in html
    assert "Jobcentret har forløbet fra den 13. juli 2026." in html


def test_a_case_that_no_plan_can_be_made_of_is_said(client, adviser, case, draft):
    Citizen.objects.filter(pk=case.citizen_id).update(born_on=date(2026, 5, 1))

    response = client.get(reverse("meetings:as_if", args=[case.public_id]), {"lov": draft.slug})

    assert response.status_code == 422
    assert "Planen kan ikke beregnes efter loven." in response.content.decode()


def test_an_unknown_law_is_said(client, adviser, case, draft):
    response = client.get(address(case), {"lov": "c-anden-delaftale-2"})

    assert response.status_code == 422
    assert "Vælg en lov fra listen" in response.content.decode()


def test_without_any_law_on_its_way_the_page_says_so(client, adviser, case):
    Act.objects.drafts().delete()

    assert "Ingen lov er på vej" in text_of(client, case)


def test_a_closed_case_is_not_asked_about(client, adviser, case, draft):
    closing_services.close_case(
        case_id=case.pk,
        version=case.version,
        reason=CloseReason.WORK,
        closed_on=world.NOW.date(),
        by=adviser,
        at=world.NOW,
    )

    assert "Sagen er afsluttet" in text_of(client, case, lov=draft.slug)
