"""Doors that are costly, or tell of persons, are shut to who asks too often, and to nobody else."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from django.urls import get_resolver, reverse

from cases import tasks
from cases.accounts import limits
from cases.accounts.limits import Limit
from cases.models import DoorCount, SecurityEvent, SecurityKind
from meetings.calendar_links import services as calendar_services

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "security.md"


@pytest.fixture
def only_two(monkeypatch):
    """Each door opens twice an hour."""
    monkeypatch.setattr(limits, "LIMITS", {name: replace(one, an_hour=2) for name, one in limits.LIMITS.items()})


REPORT = '{"csp-report": {"document-uri": "/", "blocked-uri": "inline", "effective-directive": "script-src"}}'

DOORS = {
    "search": lambda client: client.post(reverse("cases:search"), {"q": "Søren Ærø"}),
    "suggest": lambda client: client.post(reverse("cases:suggest"), {"q": "Sør"}),
    "export": lambda client: client.get(reverse("meetings:worklist_export", args=["csv"])),
    "law": lambda client: client.get(reverse("law:calculator")),
    "import": lambda client: client.post(reverse("cases:import")),
    "csp_report": lambda client: client.post(
        reverse("cases:csp_report"), REPORT, content_type="application/csp-report"
    ),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_door_is_shut_to_who_asks_too_often_and_open_to_a_colleague(door, only_two, office, case, log_in):
    client, ask = log_in(office.adviser), DOORS[door]
    before = [ask(client).status_code for _ in range(2)]

    shut = ask(client)

    assert 429 not in before
    assert shut.status_code == 429
    assert 0 < int(shut.headers["Retry-After"]) <= 3600
    assert re.search(r"Vent \d+ minut(ter)?, og prøv igen. Intet er slettet.", shut.content.decode())
    assert SecurityEvent.objects.get(kind=SecurityKind.LIMITED).user == office.adviser
    assert ask(log_in(office.leader)).status_code != 429


def test_what_was_searched_for_is_not_lost(only_two, office, log_in):
    client = log_in(office.adviser)

    pages = [DOORS["search"](client) for _ in range(3)]

    assert "Du skrev: <strong>Søren Ærø</strong>" in pages[-1].content.decode()


def test_the_empty_form_stays_open(only_two, office, log_in):
    client = log_in(office.adviser)

    assert {client.get(reverse("cases:search")).status_code for _ in range(5)} == {200}
    assert not DoorCount.objects.exists()


def test_the_feed_of_one_calendar_is_shut_and_that_of_another_is_not(only_two, office, client, now):
    own, other = (
        reverse("meetings:calendar_feed", args=[calendar_services.make_feed(user=user, at=now)])
        for user in (office.adviser, office.leader)
    )

    assert [client.get(own).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get(other).status_code == 200


def test_an_hour_later_it_is_open_again_and_the_count_is_forgotten(db, now):
    two = Limit("search", 2)
    asked = [limits.seconds_to_wait(two, who="user 1", at=now + timedelta(minutes=10)) for _ in range(3)]

    assert asked == [0, 0, 50 * 60]
    assert limits.seconds_to_wait(two, who="user 1", at=now + timedelta(hours=1)) == 0
    limits.forget_old(now + timedelta(hours=4))
    assert not DoorCount.objects.exists()


def test_old_counts_are_cleared_at_night(db, now):
    DoorCount.objects.create(door="search", who="user 1", hour=now - timedelta(days=2))

    tasks.clear_old()

    assert not DoorCount.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_pass_no_oftener(now):
    def ask(_):
        try:
            return limits.seconds_to_wait(Limit("search", 20), who="user 1", at=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(ask, range(60)))

    assert waits.count(0) == 20


def test_every_limit_is_of_a_page_and_stands_in_the_document():
    for name in limits.LIMITS:
        app, _, page = name.partition(":")
        assert page in {one.name for one in get_resolver().namespace_dict[app][1].url_patterns}
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([\d.,]+) an hour \|", DOCUMENT.read_text(), re.MULTILINE)

    assert {door: int(times.replace(",", "")) for door, times in rows} == {
        one.door: one.an_hour for one in limits.LIMITS.values()
    }


def test_an_address_of_the_same_ipv6_line_is_locked_with_all_others(office, settings):
    settings.AXES_ENABLED = True
    statuses = []
    for number in range(31):
        client = Client(REMOTE_ADDR=f"2001:db8:1:2::{number:x}")
        answer = client.post(reverse("login"), {"username": f"nobody{number}", "password": "forkert-adgangskode"})
        statuses.append(answer.status_code)

    lines = SecurityEvent.objects.filter(kind=SecurityKind.LOG_IN_FAILED)
    assert statuses[-1] == 429
    assert set(lines.values_list("address", flat=True)) == {"2001:db8:1:2::"}
    assert lines.count() < 31
    other = Client(REMOTE_ADDR="2001:db8:1:3::1").post(
        reverse("login"), {"username": "nobody", "password": "forkert-adgangskode"}
    )
    assert other.status_code != 429
