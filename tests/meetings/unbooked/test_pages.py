"""The page that registers a meeting held without a booking: what it asks, refuses and keeps, and where it is seen."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.ui.case_tabs import Tab
from meetings.models import Meeting
from meetings.rules.kinds import Channel
from tests import factories
from tests.meetings.booking.steps import Visitor, said
from tests.meetings.steps import choose
from tests.meetings.unbooked.steps import HELD


@pytest.fixture
def adviser(client, office):
    return Visitor(client, office.adviser)


@pytest.fixture
def caseworker(client, office):
    return Visitor(client, office.caseworker)


def test_the_receipt_and_the_case_say_for_which_requirement_it_counts(adviser, case):
    assert f'href="/sager/{case.public_id}/registrer/"' in said(adviser.client.get(case.get_absolute_url()))

    answer = adviser.send("enter", case, **HELD, note="Talt om CV.")

    page = said(adviser.client.get(answer.url))
    assert "Registreret: jobsamtale torsdag den 30. april 2026 kl. 10.00-10.30, Samtalen blev holdt." in page
    assert "Den opfylder kravet om 1. jobsamtale (a-kassen), men blev holdt efter fristen." in page
    page += said(adviser.client.get(Tab.TALKS.url_of(case.public_id)))
    assert "Registreret efter samtalen" in page
    assert "Holdt for sent" in page
    assert "Overskredet" not in page


def test_both_parties_see_it_and_why_it_counts_for_none(adviser, caseworker, case):
    for hour in ("08.00", "09.00", "10.00", "11.00"):
        answer = adviser.send("enter", case, **{**HELD, "begins": hour})

    why = "De jobsamtaler hos a-kassen, som loven krævede til og med den dag, er dækket af andre samtaler."
    assert said(adviser.client.get(answer.url)).count(f"Den opfylder intet krav. {why}") == 1
    page = said(caseworker.client.get(Tab.TALKS.url_of(case.public_id)))
    assert page.count(">Registreret efter samtalen<") == 4
    assert f"Opfylder intet krav. {why}" in page


@pytest.mark.parametrize(
    ("typed", "field", "text"),
    [
        ({"on": "05-05-2026"}, "on", "Samtalen er ikke begyndt endnu."),
        ({"on": "12-04-2026"}, "on", "ligger før tilmeldingen den 13. april 2026"),
        ({"begins": "25.00"}, "begins", "Klokken 25.00 findes ikke."),
        ({"on": "29-03-2026", "begins": "02.30"}, "begins", "uret stilles frem den nat"),
        ({"guided": ""}, "guided", "Svar ja eller nej"),
        ({"channel": ""}, "channel", "Vælg en mulighed under »Hvordan blev samtalen holdt?«."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(adviser, case, typed, field, text):
    answer = adviser.send("enter", case, **{**HELD, "note": "Talt om CV.", **typed})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert text in answer.context["form"].errors[field][0]
    assert "Talt om CV." in said(answer)
    assert not Meeting.objects.exists()


def test_a_taken_time_is_said_at_the_clock_time(adviser, case, office, now):
    adviser.send("enter", factories.case(office), **HELD)

    answer = adviser.send("enter", case, **HELD)

    assert "Medarbejderen har en anden samtale" in answer.context["form"].errors["begins"][0]


def test_the_tick_accepts_the_warnings_that_were_shown(adviser, at_jobcenter):
    asked = adviser.send("enter", at_jobcenter, **HELD)
    assert asked.status_code == 422
    assert "det jobcentret, der har ansvaret for kontaktforløbet" in said(asked)
    key = asked.context["form"].fields["confirm"].widget.attrs["value"]

    assert adviser.send("enter", at_jobcenter, **HELD, confirm="noget andet").status_code == 422
    assert adviser.send("enter", at_jobcenter, **HELD, confirm=key).status_code == 302


def test_the_reason_for_another_channel_is_asked_where_the_citizen_had_chosen(adviser, case, office, now):
    choose(case, Channel.VIDEO, office.adviser, now, chosen_on=date(2026, 4, 20))
    assert "Begrundelse for samtaleformen" not in said(adviser.look("enter", case))

    asked = adviser.send("enter", case, **HELD)
    assert "borgeren havde valgt video" in asked.context["form"].errors["held_channel_reason"][0]
    adviser.send("enter", case, **HELD, held_channel_reason="Videoen virkede ikke.")

    history = said(adviser.client.get(Tab.HISTORY.url_of(case.public_id)))
    assert "Begrundelse for samtaleformen: Videoen virkede ikke." in history


def test_the_case_page_costs_the_same_however_many_were_entered(adviser, case):
    adviser.send("enter", case, **HELD)
    with CaptureQueriesContext(connection) as one:
        adviser.client.get(Tab.TALKS.url_of(case.public_id))
    for hour in ("08.00", "09.00", "11.00", "12.00"):
        adviser.send("enter", case, **{**HELD, "begins": hour})
    adviser.client.get(Tab.TALKS.url_of(case.public_id))

    with CaptureQueriesContext(connection) as five:
        adviser.client.get(Tab.TALKS.url_of(case.public_id))

    assert len(five) == len(one)
