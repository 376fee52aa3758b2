"""What an address gives: fetched from the open internet alone, and read as busy times or refused in one sentence."""

import io
import time
from datetime import UTC, datetime, timedelta

import pytest

from cases.rules.refusal import Refused
from meetings.calendar_links import fetching, reading

FIRST = datetime(2026, 5, 4, tzinfo=UTC)
LAST = FIRST + timedelta(weeks=13)


def calendar(*lines, start="DTSTART:20260505T100000Z", end="DTEND:20260505T110000Z"):
    event = ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20260501T000000Z", start, end, *lines, "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *event, "END:VCALENDAR", ""]).encode()


def busy(data):
    return [(one.starts_at, one.ends_at) for one in reading.busy_spans([data], first=FIRST, last=LAST)]


def at(day, hour):
    return datetime(2026, 5, day, hour, tzinfo=UTC)


READ = {
    "one appointment": (calendar(), [(at(5, 10), at(5, 11))]),
    "one that repeats, but once": (
        calendar("RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20260506T100000Z"),
        [(at(5, 10), at(5, 11)), (at(7, 10), at(7, 11))],
    ),
    "a whole day of Denmark's": (
        calendar(start="DTSTART;VALUE=DATE:20260506", end="DTEND;VALUE=DATE:20260507"),
        [(at(5, 22), at(6, 22))],
    ),
    "a time without a zone": (
        calendar(start="DTSTART:20260505T100000", end="DTEND:20260505T110000"),
        [(at(5, 8), at(5, 9))],
    ),
    "one in which nobody is busy": (calendar("TRANSP:TRANSPARENT"), []),
    "one that is called off": (calendar("STATUS:CANCELLED"), []),
    "one that is over": (calendar(start="DTSTART:20260401T100000Z", end="DTEND:20260401T110000Z"), []),
    "one far ahead": (calendar(start="DTSTART:20270401T100000Z", end="DTEND:20270401T110000Z"), []),
}


@pytest.mark.parametrize(("data", "spans"), READ.values(), ids=READ)
def test_what_is_busy(data, spans):
    assert busy(data) == spans


ALL = ",".join(str(number) for number in range(60))
REFUSED = {
    "no calendar": (b"<html>Log ind</html>", "Adressen giver ikke en kalender."),
    "a zone that there is not": (
        calendar(start="DTSTART;TZID=Mars/Olympus:20260505T100000", end="DTEND;TZID=Mars/Olympus:20260505T110000"),
        "Kalenderen bruger tidszonen »Mars/Olympus«, som ikke findes.",
    ),
    "each second": (
        calendar("RRULE:FREQ=SECONDLY"),
        "Kalenderen har en aftale, der gentages hvert minut",
    ),
    "too much of it": (calendar("RRULE:FREQ=HOURLY"), "Kalenderen har over 2000 aftaler på tre måneder"),
    "an end before its beginning": (calendar(end="DTEND:20260501T110000Z"), "Kalenderen har en aftale, der slutter"),
    "a rule that is none": (calendar("RRULE:FREQ=NEVER"), "Kalenderen har en aftale, der ikke kan læses."),
}


@pytest.mark.parametrize(("data", "text"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_said_in_one_sentence(data, text):
    with pytest.raises(reading.NotReadable) as refused:
        busy(data)
    assert str(refused.value).startswith(text)


ENDLESS = {
    "each hour for a century": calendar("RRULE:FREQ=HOURLY;COUNT=1000000", start="DTSTART:19200101T000000Z"),
    "all seconds of an hour": calendar(
        f"RRULE:FREQ=HOURLY;BYSECOND={ALL};BYMINUTE={ALL}", end="DTEND:20260505T100001Z"
    ),
    "a day that never comes": calendar("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
    "always the same moment": calendar("RRULE:FREQ=DAILY;INTERVAL=0"),
    "thousands of days of its own": calendar(*[f"RDATE:{year}0505T100000Z" for year in range(1000, 9990)]),
}


# Where the time is up while Python clears up, it says so and goes on, and the next alarm ends the work.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("data", ENDLESS.values(), ids=ENDLESS)
def test_what_is_never_counted_out_is_given_up(data, monkeypatch):
    monkeypatch.setattr(reading, "SECONDS", 0.05)
    with pytest.raises(reading.NotReadable, match="Kalenderen tager for lang tid at læse"):
        busy(data)


@pytest.mark.parametrize(
    "number",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fd00::1", "fe80::1%2"]
    + ["::ffff:10.0.0.1", "224.0.0.1", "2002:a00:1::", "2002:808:808::", "64:ff9b::a00:1", "64:ff9b:1::a00:1"]
    + ["fec0::1", "::7f00:1", "2001::a00:1", "2001:db8::1", "::ffff:8.8.8.8", "ff0e::1"],
)
def test_our_own_network_is_not_asked(number):
    assert not fetching.is_open(number)


def test_the_open_internet_is_asked(monkeypatch):
    assert all(fetching.is_open(number) for number in ("8.8.8.8", "2001:4860:4860::8888", "2a00:1450:400f::1"))
    answers = [(2, 1, 6, "", (number, 443)) for number in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *args, **more: answers)
    # One of its numbers is of our own network: none of them is asked.
    with pytest.raises(fetching.NotFetched, match="Adressen peger på et lukket net"):
        fetching.fetch("https://kalender.example.dk/a.ics")


def test_what_is_too_much_or_too_slow_is_not_read_to_its_end():
    with pytest.raises(fetching.NotFetched, match="mere end 2 MB"):
        fetching.take(io.BytesIO(b"x" * (fetching.LARGEST + 1)), stop_at=time.monotonic() + 60)
    with pytest.raises(TimeoutError):
        fetching.take(io.BytesIO(b"x"), stop_at=time.monotonic() - 1)


def test_a_host_that_there_is_not_is_said_in_one_sentence(monkeypatch):
    def unknown(*args, **more):
        raise OSError("unknown host")

    monkeypatch.setattr(fetching.socket, "getaddrinfo", unknown)
    with pytest.raises(Refused, match="Kalenderens adresse kan ikke nås"):
        fetching.fetch("https://kalender.example.dk/a.ics")
