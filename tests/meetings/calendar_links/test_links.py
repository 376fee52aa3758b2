"""A calendar of one's own: an address out that tells next to nothing, and busy times in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from cases.models import User
from meetings import tasks
from meetings.calendar_links import fetching, services
from meetings.models import BusyCalendar, BusyTime, CalendarFeed
from meetings.rules.spans import Span, local
from meetings.working_time import queries
from tests import factories
from tests.meetings.booking.steps import said

PAGE = reverse("meetings:calendar_links")
CALENDAR = reverse("meetings:calendar")
MAKE = reverse("meetings:calendar_feed_make")
TUESDAY = date(2026, 5, 5)


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


def availability(user):
    found = User.objects.select_related("organisation").get(pk=user.pk)
    return queries.availability_of(found, first=TUESDAY, last=TUESDAY)


def feed(token):
    return Client().get(reverse("meetings:calendar_feed", args=[token]))


def test_an_address_is_made_shown_once_and_revoked(adviser, office, now):
    made = adviser.post(MAKE).context["new_address"]
    token = made.rpartition("/")[2].removesuffix(".ics")

    assert len(token) >= 43
    assert token not in said(adviser.get(PAGE))
    assert token not in CalendarFeed.objects.get().token_hash
    assert Client().get(made).status_code == 200

    newer = adviser.post(MAKE).context["new_address"]
    assert (Client().get(made).status_code, Client().get(newer).status_code) == (404, 200)
    adviser.post(reverse("meetings:calendar_feed_revoke"))
    assert Client().get(newer).status_code == 404


def test_the_feed_has_the_time_and_the_number_of_the_case_and_nothing_else(office, case, now):
    booked = factories.book(case, office.adviser, local(TUESDAY, time(10)), at=now)
    factories.book(factories.case(office), office.colleague, local(TUESDAY, time(10)), at=now)

    answer = feed(services.make_feed(user=office.adviser, at=now))

    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert sorted(event) == ["DTEND", "DTSTAMP", "DTSTART", "SEQUENCE", "SUMMARY", "UID"]
    assert (event["SUMMARY"], event.start) == (f"Møde {case.label}", booked.starts_at)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/calendar; charset=utf-8", "no-store")


def test_the_feed_of_somebody_who_left_leads_nowhere(office, now):
    token = services.make_feed(user=office.adviser, at=now)
    office.adviser.is_active = False
    office.adviser.save()
    assert feed(token).status_code == 404


def test_the_feed_costs_the_same_for_many_talks(office, case, now):
    counts = []
    for hours in (range(9, 10), range(10, 14)):
        for hour in hours:
            factories.book(case, office.adviser, local(TUESDAY, time(hour)), at=now)
        token = services.make_feed(user=office.adviser, at=now)
        with CaptureQueriesContext(connection) as asked:
            assert feed(token).content.count(b"BEGIN:VEVENT") == (1 if hours.start == 9 else 5)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "address", ["http://example.dk/a.ics", "https://a:b@example.dk/", "ftp://x", "x", "https://[::1"]
)
def test_an_address_that_is_no_open_one_is_refused(adviser, address):
    answer = adviser.post(PAGE, {"address": address})
    assert answer.status_code == 422
    assert "Adressen skal begynde med https:// og et domæne, uden brugernavn og port." in said(answer)
    assert not BusyCalendar.objects.exists()


ICS = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//DA
BEGIN:VEVENT
UID:1
DTSTAMP:20260501T000000Z
DTSTART;TZID=Europe/Copenhagen:20260505T120000
DTEND;TZID=Europe/Copenhagen:20260505T130000
SUMMARY:Frokost med en ven
END:VEVENT
END:VCALENDAR
"""


def test_busy_times_are_read_respected_and_forgotten(adviser, office, now, monkeypatch):
    adviser.post(PAGE, {"address": "webcal://kalender.example.dk/anne.ics"})
    kept = BusyCalendar.objects.get()
    assert kept.address == "https://kalender.example.dk/anne.ics"
    assert b"kalender" not in bytes(kept.address_encrypted)
    monkeypatch.setattr(fetching, "fetch", lambda address: ICS)
    assert (tasks.read_calendars(), tasks.read_calendars()) == (1, 0)

    known = availability(office.adviser)
    assert known.free_spans(TUESDAY) == [Span.on(TUESDAY, time(9), time(12)), Span.on(TUESDAY, time(13), time(15))]
    shown = said(adviser.get(CALENDAR, {"dag": "05-05-2026"}))
    assert "Optaget" in shown
    assert "Frokost" not in shown

    def fails(address):
        raise fetching.NotFetched("Kalenderen svarer ikke. Vi prøver igen om lidt.")

    monkeypatch.setattr(fetching, "fetch", fails)
    assert services.read_next(at=now + timedelta(minutes=16)) == 1
    told = said(adviser.get(PAGE))
    assert "Kalenderen svarer ikke. Vi prøver igen om lidt." in told
    assert "De optagne tider er fra den 4. maj 2026 kl. 10.00 og kan være gamle." in " ".join(told.split())
    assert "Dine optagne tider er fra den 4. maj 2026 kl. 10.00 og kan være gamle" in said(adviser.get(CALENDAR))
    assert BusyTime.objects.count() == 1

    def breaks(address):
        raise RuntimeError(address)

    monkeypatch.setattr(fetching, "fetch", breaks)
    assert services.read_next(at=now + timedelta(minutes=32)) == 1
    assert "Kalenderen kan ikke læses. Kopiér adressen igen, eller del en mindre kalender." in said(adviser.get(PAGE))
    assert BusyTime.objects.count() == 1

    adviser.post(reverse("meetings:busy_calendar_forget"))
    assert not BusyTime.objects.exists()


def test_a_calendar_that_was_just_given_is_read_before_those_that_are_read_again(office, now, monkeypatch):
    addresses = {office.adviser: "https://kalender.example.dk/old", office.colleague: "https://kalender.example.dk/new"}
    for user, address in addresses.items():
        services.keep_address(user=user, address=address)
    BusyCalendar.objects.filter(user=office.adviser).update(asked_at=now - timedelta(days=1))
    asked = []
    monkeypatch.setattr(fetching, "fetch", lambda address: asked.append(address[-3:]) or ICS)
    assert (services.read_next(at=now), services.read_next(at=now), asked) == (1, 1, ["new", "old"])


@pytest.mark.django_db(transaction=True)
def test_an_address_that_is_sent_twice_at_once_is_kept_once(office):
    def send(_):
        services.keep_address(user=office.adviser, address="https://kalender.example.dk/anne.ics")
        connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))
    assert BusyCalendar.objects.get().user == office.adviser


def test_a_booking_into_a_busy_time_is_asked_about(office, case, now):
    calendar = BusyCalendar.objects.create(user=office.adviser, address_encrypted=b"")
    span = Span.on(TUESDAY, time(12), time(13))
    BusyTime.objects.create(calendar=calendar, starts_at=span.starts_at, ends_at=span.ends_at)
    known = availability(office.adviser)
    assert known.against(span) == [f"{office.adviser} er optaget i sin egen kalender i det tidsrum."]
