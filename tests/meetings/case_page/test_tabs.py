"""The tabs of a case: each says its own part, all of them are the whole, and a bar says whose case it is."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.citizen import services as citizen_services
from cases.ui.case_tabs import Tab
from meetings.models import Meeting
from tests.factories import book
from tests.meetings.case_page.steps import page, register

TABS = [tab for tab in Tab if tab is not Tab.WHOLE]


@pytest.fixture
def full(case, office, now):
    """A case with something on every tab."""
    book(case, office.adviser, now - timedelta(hours=2), at=now - timedelta(days=4))
    book(case, office.adviser, now + timedelta(days=2), at=now)
    return case


def text_of(client, case, tab):
    return page(client, case, tab).content.decode()


def headings(text):
    return re.findall(r'<h2 id="([\w-]+)"', text.partition("<main")[2])


def test_each_section_stands_on_one_tab_and_all_of_them_on_the_whole(adviser, full):
    on_tabs = [heading for tab in TABS for heading in headings(text_of(adviser, full, tab))]

    assert len(on_tabs) == len(set(on_tabs))
    assert on_tabs == headings(text_of(adviser, full, Tab.WHOLE))
    assert {"krav", "samtaler", "min-plan", "pauser", "historik", "post", "kontakt", "overgang"} <= set(on_tabs)


def test_a_tab_has_a_title_of_its_own_and_is_marked_in_the_row(adviser, case):
    titles = set()
    for tab in TABS:
        text = text_of(adviser, case, tab)
        titles.add(re.search("<title>(.*?)</title>", text)[1])
        assert f'href="{tab.url_of(case.public_id)}" aria-current="page">{tab.label}</a>' in text

    assert len(titles) == len(TABS)


def test_what_the_picture_leads_to_is_there(adviser, full):
    events = page(adviser, full, Tab.OVERVIEW).context["page"].timeline["events"]
    places = [event["url"].split("#") for event in events if "url" in event]
    talks = text_of(adviser, full, Tab.TALKS)

    assert len(places) > 2
    for address, place in places:
        assert address == reverse("meetings:course_talks", args=[full.public_id])
        assert f'id="{place}"' in talks


def test_the_overview_says_what_is_near_and_what_is_open(adviser, full):
    response = page(adviser, full, Tab.OVERVIEW)

    assert [one.meeting for one in response.context["page"].ahead] == [Meeting.objects.latest("starts_at")]
    assert [(one.label, one.count) for one in response.context["page"].matters] == [
        ("Samtaler mangler udfald", 1),
        ("Samtaler skal bookes", 1),
    ]
    assert "Loven kræver" not in response.content.decode()


def test_the_overview_says_what_was_agreed_last_and_not_why_a_meeting_was_cancelled(adviser, full, office, now):
    held = book(full, office.adviser, now - timedelta(days=3), at=now - timedelta(days=4))
    register(held, office.adviser)
    Meeting.objects.filter(pk=held.pk).update(note="Søger lager.")
    Meeting.objects.exclude(pk=held.pk).update(note="Borgeren ringede afbud.")

    text = text_of(adviser, full, Tab.OVERVIEW)

    assert ("Søger lager." in text, "afbud" in text) == (True, False)


def test_the_bar_calls_and_writes_as_ones_own_party_knows_the_citizen(client, case, office, now):
    citizen_services.update_citizen(
        case_id=case.pk, changes={"phone": "21 22 23 24", "email": "ny@example.dk"}, by=office.caseworker, at=now
    )
    own = case.fund_contact
    for user, phone, email in (
        (office.adviser, own.phone, own.email),
        (office.caseworker, "+4521222324", "ny@example.dk"),
    ):
        client.force_login(user)
        for tab in (Tab.OVERVIEW, Tab.HISTORY):
            bar = text_of(client, case, tab).partition('class="identity"')[2].partition("</section>")[0]
            assert (f'href="tel:{phone}"' in bar, f'href="mailto:{email}"' in bar) == (True, True)


def test_each_tab_reads_less_than_the_whole(adviser, full):
    def cost(tab):
        with CaptureQueriesContext(connection) as queries:
            page(adviser, full, tab)
        return len(queries)

    cost(Tab.WHOLE)
    whole = cost(Tab.WHOLE)

    assert max(cost(tab) for tab in TABS) < whole - 5


def test_a_page_reads_the_law_once(adviser, full):
    with CaptureQueriesContext(connection) as queries:
        page(adviser, full, Tab.OVERVIEW)
    assert sum(bool(re.search('FROM "?cases_act"? ', one["sql"])) for one in queries.captured_queries) == 1
