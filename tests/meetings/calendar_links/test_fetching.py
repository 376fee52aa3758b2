"""An address is asked at the number that was looked at, for a short time in all, and so is whatever it points on to."""

import socket
import ssl
import threading
import time

import pytest

from meetings.calendar_links import caldav, fetching
from tests.meetings.calendar_links.test_reading import FIRST, LAST

ADDRESS = "https://kalender.example.dk/hemmelig.ics"


@pytest.fixture
def host(certificate, monkeypatch):
    """Let the host answer what the test says, piece by piece; gives the numbers that were asked."""
    asked, running, context = [], [], ssl.create_default_context(cafile=str(certificate))
    pieces = []

    def answer(end):
        inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        inside.load_cert_chain(certificate)
        try:
            with inside.wrap_socket(end, server_side=True) as talk:
                question = talk.recv(65536)
                while question.startswith(b"REPORT") and b"</C:calendar-query>" not in question:
                    question += talk.recv(65536)
                for piece in pieces:
                    talk.sendall(piece)
                    time.sleep(0.02 * (len(pieces) > 1))
        except OSError:
            end.close()

    def connect(address, timeout):
        asked.append(address)
        ours, theirs = socket.socketpair()
        running.append(threading.Thread(target=answer, args=[theirs]))
        running[-1].start()
        return ours

    numbers = [[(2, 1, 6, "", ("8.8.8.8", 443))]]
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *args, **more: numbers.pop(0))
    monkeypatch.setattr(fetching.socket, "create_connection", connect)
    monkeypatch.setattr(fetching.ssl, "create_default_context", lambda: context)
    yield pieces, numbers, asked
    for one in running:
        one.join()


def test_the_number_that_was_looked_at_is_the_one_that_is_asked(host):
    pieces, _, asked = host
    pieces.append(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert fetching.fetch(ADDRESS) == b"ok"
    assert asked == [("8.8.8.8", 443)]


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("https://indenfor.example.dk/", "Adressen peger på et lukket net"),
        ("http://kalender.example.dk/", "Adressen skal begynde med https://"),
        ("https://[::1", "Kalenderens adresse kan ikke nås"),
    ],
)
def test_what_it_points_on_to_is_looked_at_as_well(host, target, text):
    pieces, numbers, asked = host
    numbers.append([(2, 1, 6, "", ("10.0.0.1", 443))])
    pieces.append(moved(target))
    with pytest.raises(fetching.NotFetched, match=text.replace("[", r"\[")):
        fetching.fetch(ADDRESS)
    assert len(asked) == 1


def moved(target):
    return f"HTTP/1.1 301 Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()


def test_a_password_follows_to_no_other_host(host):
    pieces, numbers, asked = host
    numbers.append([(2, 1, 6, "", ("8.8.4.4", 443))])
    pieces.append(moved("https://andre.example.dk/"))
    with pytest.raises(fetching.NotFetched, match="Kalenderen er flyttet til et andet domæne"):
        fetching.fetch(ADDRESS, fetching.Question(login="anne:kode"))
    assert len(asked) == 1


NO_CALENDARS = {
    "a page": b"<html>Log ind",
    "another answer": b"<a/>",
    "a text that grows": b'<!DOCTYPE a [<!ENTITY x "xx">]><multistatus xmlns="DAV:">&x;</multistatus>',
    "nothing": b"",
}


@pytest.mark.parametrize("body", NO_CALENDARS.values(), ids=NO_CALENDARS)
def test_an_answer_that_is_no_calendar_is_said_in_one_sentence(host, body):
    host[0].append(b"HTTP/1.1 207 Multi-Status\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    with pytest.raises(fetching.NotFetched, match="Adressen svarer, men ikke som en CalDAV-kalender"):
        caldav.calendars(ADDRESS, login="anne:kode", first=FIRST, last=LAST)


@pytest.mark.parametrize(
    ("status", "text"), [(503, "Kalenderen svarer med fejl 503. Vi prøver igen om lidt."), (404, "Adressen er ikke")]
)
def test_what_the_host_refuses_is_said_in_one_sentence(host, status, text):
    host[0].append(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())
    with pytest.raises(fetching.NotFetched, match=text):
        caldav.calendars(ADDRESS, login="anne:kode", first=FIRST, last=LAST)


@pytest.mark.parametrize(
    "pieces",
    [
        [b"HTTP/1.1 200 OK\r\n", *[b"X"] * 200],
        [b"HTTP/1.1 100 Continue\r\n\r\n"] * 200,
        [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 200],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1"] * 200],
    ],
    ids=["a header", "never the answer itself", "the answer", "the length of a piece"],
)
def test_what_comes_a_little_at_a_time_is_not_waited_for(host, pieces, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.3)
    host[0].extend(pieces)
    began = time.monotonic()
    with pytest.raises(fetching.NotFetched, match="Kalenderen svarer ikke"):
        fetching.fetch(ADDRESS)
    assert time.monotonic() - began < 2
