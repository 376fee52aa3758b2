"""A calendar read by CalDAV from a real server, Radicale: over TLS, with a password, and through the same guard."""

import http.client
import socket
import ssl
import threading
from datetime import date, time, timedelta
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.urls import reverse
from radicale import config
from radicale.app import Application

from meetings import tasks
from meetings.calendar_links import caldav, fetching, reading, services
from meetings.models import BusyCalendar, BusyTime
from meetings.rules.spans import Span
from tests.meetings.booking.steps import said
from tests.meetings.calendar_links.test_reading import FIRST, LAST, at, calendar

PAGE = reverse("meetings:calendar_links")
WORK = "https://kalender.example.dk/anne/arbejde/"
LOGIN = "anne:Grød & kål: 7"
TYPED = {"address": WORK, "username": "anne", "password": "Grød & kål: 7"}
REFUSED = "Kalenderen afviser brugernavnet eller adgangskoden og læses ikke, før du giver dem igen."


class Handler(WSGIRequestHandler):
    """Counts what is asked, and says nothing of it."""

    asked = 0

    def log_message(self, *args):
        Handler.asked += 1


@pytest.fixture
def radicale(certificate, tmp_path, monkeypatch):
    """The server of the host, with one user and no calendar yet."""
    (tmp_path / "users").write_text(f"{LOGIN}\n")
    settings = config.load()
    settings.update(
        {
            "auth": {"type": "htpasswd", "htpasswd_filename": str(tmp_path / "users"), "htpasswd_encryption": "plain"}
            | {"delay": "0"},
            "storage": {"filesystem_folder": str(tmp_path / "calendars")},
            "logging": {"level": "critical"},
        },
        "the test",
    )
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(certificate)
    with make_server("127.0.0.1", 0, Application(settings), handler_class=Handler) as server:
        server.socket = inside.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        trusted = ssl.create_default_context(cafile=str(certificate))
        numbers = [(2, 1, 6, "", ("8.8.8.8", 443))]

        def connect(address, timeout):
            assert address == ("8.8.8.8", 443)
            end = socket.socket()
            end.connect(server.server_address)
            return end

        monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *args, **more: numbers)
        monkeypatch.setattr(fetching.socket, "create_connection", connect)
        monkeypatch.setattr(fetching.ssl, "create_default_context", lambda: trusted)
        yield
        server.shutdown()
        thread.join()


def write(method, path, data=b""):
    """Change the calendar as a program of its owner does."""
    question = fetching.Question(method, http.client.CREATED, data, {"Content-Type": "text/calendar"}, LOGIN)
    fetching.fetch(f"https://kalender.example.dk{path}", question)


def appointment(uid, *lines, **days):
    return calendar(*lines, **days).replace(b"UID:1", f"UID:{uid}".encode())


@pytest.fixture
def appointments(radicale):
    """One appointment that repeats, one long ago, one next year, and one in which nobody is busy."""
    write("MKCALENDAR", "/anne/arbejde/")
    found = {
        "repeats": appointment("repeats", "RRULE:FREQ=WEEKLY;COUNT=3", "SUMMARY:Frokost med en ven"),
        "past": appointment("past", start="DTSTART:20250401T100000Z", end="DTEND:20250401T110000Z"),
        "far": appointment("far", start="DTSTART:20270401T100000Z", end="DTEND:20270401T110000Z"),
        "free": appointment("free", "TRANSP:TRANSPARENT"),
    }
    for name, data in found.items():
        write("PUT", f"/anne/arbejde/{name}.ics", data)


def busy(address=WORK):
    found = caldav.calendars(address, login=LOGIN, first=FIRST, last=LAST)
    return sorted((one.starts_at, one.ends_at) for one in reading.busy_spans(found, first=FIRST, last=LAST))


@pytest.mark.parametrize("address", [WORK, WORK.removesuffix("/"), WORK.replace("https://", "HTTPS://")])
@pytest.mark.usefixtures("appointments")
def test_what_lies_in_the_time_is_busy(address):
    assert busy(address) == [(at(day, 10), at(day, 11)) for day in (5, 12, 19)]


@pytest.mark.usefixtures("appointments")
def test_only_what_lies_in_the_time_is_asked_for():
    assert len(caldav.calendars(WORK, login=LOGIN, first=FIRST, last=LAST)) == 2


def test_a_calendar_with_nothing_in_it_is_one(radicale):
    write("MKCALENDAR", "/anne/arbejde/")
    assert busy() == []


@pytest.mark.parametrize("path", ["/anne/", "/anne/findes-ikke/", "/", "/anne/arbejde/repeats.ics/mere"])
@pytest.mark.usefixtures("appointments")
def test_an_address_without_a_calendar_is_said_in_one_sentence(path):
    with pytest.raises(fetching.NotFetched, match=r"Adressen .* CalDAV-kalender.* Kopiér adressen på én kalender\."):
        busy(f"https://kalender.example.dk{path}")


@pytest.mark.usefixtures("appointments")
def test_a_calendar_that_is_too_much_is_not_read(monkeypatch):
    monkeypatch.setattr(fetching, "LARGEST", 500)
    with pytest.raises(fetching.NotFetched, match="mere end 2 MB"):
        busy()


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


@pytest.mark.usefixtures("appointments")
def test_busy_times_are_read_and_neither_the_password_nor_what_it_is_about_is_shown(adviser, office, now, caplog):
    assert "Adressen er gemt." in said(adviser.post(PAGE, TYPED, follow=True))
    kept = BusyCalendar.objects.get()
    assert (kept.login, kept.username) == (LOGIN, "anne")
    assert b"anne" not in bytes(kept.login_encrypted)
    assert tasks.read_calendars() == 1

    assert [one.span for one in BusyTime.objects.all()] == [
        Span.on(date(2026, 5, day), time(12), time(13)) for day in (5, 12, 19)
    ]
    shown = [said(adviser.get(page)) for page in (PAGE, reverse("meetings:calendar") + "?dag=05-05-2026")]
    assert "Den læses med CalDAV som »anne«." in shown[0]
    assert "Optaget" in shown[1]
    for text in (*shown, caplog.text):
        assert "Grød" not in text
        assert "Frokost" not in text


@pytest.mark.usefixtures("appointments")
def test_a_password_that_is_refused_is_said_and_not_tried_again_and_the_old_times_stay(adviser, now):
    adviser.post(PAGE, TYPED)
    assert services.read_next(at=now) == 1
    adviser.post(PAGE, {**TYPED, "password": "forkert"})
    assert services.read_next(at=now + timedelta(minutes=1)) == 1

    page = " ".join(said(adviser.get(PAGE)).split())
    assert REFUSED in page
    assert "De optagne tider er fra den 4. maj 2026 kl. 10.00 og kan være gamle." in page
    assert "kan være gamle" in said(adviser.get(reverse("meetings:calendar")))
    assert BusyTime.objects.count() == 3
    # It would lock the account in the end.
    asked = Handler.asked
    assert services.read_next(at=now + timedelta(days=1)) == 0
    assert Handler.asked == asked

    adviser.post(PAGE, TYPED)
    assert services.read_next(at=now + timedelta(days=1)) == 1
    assert REFUSED not in said(adviser.get(PAGE))


@pytest.mark.usefixtures("appointments")
def test_a_file_that_asks_for_a_password_says_so():
    with pytest.raises(fetching.NotFetched, match=r"Kalenderen kræver brugernavn og adgangskode\."):
        fetching.fetch(WORK)


HALVES = {
    "no password": ({"username": "anne"}, "Skriv både brugernavn og adgangskode, eller ingen af dem."),
    "no user": ({"password": "hemmelig kode"}, "Skriv både brugernavn og adgangskode, eller ingen af dem."),
    "a colon": ({"username": "an:ne", "password": "hemmelig kode"}, "Et brugernavn kan ikke indeholde kolon."),
}


@pytest.mark.parametrize(("typed", "text"), HALVES.values(), ids=HALVES)
def test_half_a_login_is_refused_and_the_password_is_not_put_back(adviser, typed, text):
    answer = adviser.post(PAGE, {"address": WORK, **typed})
    assert answer.status_code == 422
    assert text in said(answer)
    assert WORK in said(answer)
    assert "hemmelig kode" not in said(answer)
    assert "hemmelig kode" not in said(adviser.get(PAGE))
    assert not BusyCalendar.objects.exists()
