"""What happens at the doors is a line that nobody can take away, and holds nothing that was typed."""

import json
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cases.accounts import offices
from cases.lookup import search
from cases.models import Case, Role, SecurityEvent, SecurityKind
from cases.operation import state
from tests.factories import PASSWORD
from tests.filled_forms import opened

LOG_IN = "/log-ind/"


@pytest.fixture
def adviser(office):
    office.adviser.set_password(PASSWORD)
    office.adviser.save()
    return office.adviser


def lines():
    return [
        (event.kind, event.user and event.user.username, event.route, event.detail)
        for event in SecurityEvent.objects.select_related("user").order_by("pk")
    ]


def kinds():
    return [kind for kind, *_ in lines()]


def alarms(at):
    return [problem.code for problem in state.problems(at=at) if problem.code.startswith("many")]


def test_who_logs_in_and_out_is_a_line_with_the_address(adviser, client):
    client.post(LOG_IN, {"username": "adviser", "password": PASSWORD}, REMOTE_ADDR="10.1.2.3")
    client.post(reverse("logout"))

    assert lines() == [("logged_in", "adviser", "login", ""), ("logged_out", "adviser", "logout", "")]
    assert SecurityEvent.objects.first().address == "10.1.2.3"


def test_of_a_wrong_log_in_only_the_user_is_kept_and_of_a_name_that_nobody_has_nothing(adviser, client):
    for name in ("adviser", "min-hemmelige-kode"):
        client.post(LOG_IN, {"username": name, "password": "forkert-kode"})

    assert lines() == [("log_in_failed", "adviser", "login", ""), ("log_in_failed", None, "login", "")]


def test_whoever_is_locked_out_is_told_of_once_however_long_they_knock(adviser, client, settings):
    settings.AXES_ENABLED = True
    for _ in range(8):
        client.post(LOG_IN, {"username": "adviser", "password": "forkert"})

    # The fifth is the one that locks.
    assert kinds() == ["log_in_failed"] * 4 + ["locked_out"]


def test_a_refusal_names_the_page_and_not_what_was_asked_for(office, case, client):
    client.force_login(office.other_adviser)
    client.get(reverse("meetings:course", args=[case.public_id]))
    client.get(reverse("meetings:overview"))
    client.get("/findes-ikke/")

    assert lines()[1:] == [
        ("refused", "other_adviser", "meetings:course", ""),
        ("refused", "other_adviser", "meetings:overview", ""),
    ]


def test_a_form_without_its_token_is_a_line(office, case):
    client = Client(enforce_csrf_checks=True)
    client.force_login(office.adviser)
    client.post(reverse("cases:note_add", args=[case.public_id]), {"text": "x"})

    assert lines()[1:] == [("forged", "adviser", "cases:note_add", "")]


def test_whoever_searches_too_often_is_a_line(office, case, client, monkeypatch):
    monkeypatch.setattr(search, "CPR_LOOKUPS_AN_HOUR", 1)
    client.force_login(office.adviser)
    for _ in range(3):
        client.post(reverse("cases:search"), {"q": case.citizen.cpr_number})

    assert ("limited", "adviser", "cases:search", "") in lines()


def test_a_stranger_is_sent_to_log_in_and_fills_no_table(case, client):
    client.get(reverse("meetings:course", args=[case.public_id]))

    assert lines() == []


def test_who_administers_leaves_a_line_of_each_row_and_its_fields(office, client):
    client.force_login(office.administrator)
    page = reverse("admin:cases_user_change", args=[office.colleague.pk])
    client.post(page, opened(client, page) | {"role": Role.TEAM_LEADER})
    client.post(reverse("admin:cases_user_invite", args=[office.colleague.pk]))

    told = [(user, detail) for kind, user, _, detail in lines() if kind == "administered"]
    assert told == [
        ("administrator", f"user {office.colleague.pk}: Ændrede Rolle."),
        ("administrator", f"user {office.colleague.pk}: Link til adgangskode givet"),
    ]


REPORT = {
    "document-uri": "https://samtaleflow.example.dk/sager/ny/?cpr=0101801234",
    "effective-directive": "script-src-elem",
    "blocked-uri": "https://evil.example/x.js?who=0101801234",
}


def report(client, changes):
    body = json.dumps({"csp-report": REPORT | changes})
    return client.post(reverse("cases:csp_report"), body, content_type="application/csp-report").status_code


def test_what_a_browser_blocked_is_a_line_without_what_stands_in_the_addresses(office, client):
    client.force_login(office.adviser)

    assert report(client, {}) == 204
    assert lines()[1:] == [("blocked", "adviser", "cases:csp_report", "script-src-elem evil.example på cases:create")]


@pytest.mark.parametrize(
    "changes",
    [
        {"document-uri": "https://samtaleflow.example.dk/nowhere/"},
        {"effective-directive": "0101801234"},
        {"effective-directive": None},
        {"blocked-uri": 7},
        {"blocked-uri": "https://[::1"},
        {"blocked-uri": "010190-1234 Anders And, syg"},
        {"blocked-uri": "https://0101901234.dk/"},
        {"blocked-uri": "a\0b"},
    ],
)
def test_what_is_no_report_is_refused_and_kept_nowhere(office, client, changes):
    client.force_login(office.adviser)

    assert report(client, changes) == 400
    assert kinds() == ["logged_in"]


def test_a_report_that_nobody_can_read_is_refused(office, client):
    client.force_login(office.adviser)
    page = reverse("cases:csp_report")

    assert client.post(page, "[" * 9999, content_type="application/csp-report").status_code == 400


def test_what_is_blocked_on_every_page_is_told_once_an_hour(office, client, now):
    client.force_login(office.adviser)
    for minutes in (0, 30, 59, 61):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            report(client, {"blocked-uri": "inline"})

    assert kinds() == ["logged_in", "blocked", "blocked"]


def test_the_page_of_a_closed_case_is_no_forged_form(office, case, client):
    Case.objects.filter(pk=case.pk).update(status="closed", closed_on=date(2026, 5, 4), close_reason="work")
    client.force_login(office.adviser)
    client.get(reverse("cases:pause_add", args=[case.public_id]))

    assert kinds() == ["logged_in"]


def test_whom_a_command_makes_is_a_line(db, now):
    user = offices.add_administrator(username="astrid")

    assert lines() == [("administered", None, "", f"user {user.pk}: oprettet af add_administrators som administrator")]


def test_the_front_page_of_the_administration_leads_to_it(office, client):
    client.force_login(office.administrator)

    assert reverse("admin:cases_securityevent_changelist") in client.get(reverse("admin:index")).content.decode()


def test_the_policy_says_where_a_browser_reports(client, db):
    policy = client.get(LOG_IN).headers["Content-Security-Policy"]

    assert f"report-uri {reverse('cases:csp_report')}" in policy


def test_many_refusals_of_one_user_within_an_hour_raise_the_alarm(office, now):
    note_many(SecurityKind.REFUSED, office.adviser, now, times=29)
    assert alarms(now) == []

    note_many(SecurityKind.LIMITED, office.adviser, now, times=1)
    assert alarms(now) == ["many_refusals"]
    assert alarms(now + timedelta(hours=1)) == []


def test_many_who_are_locked_out_within_an_hour_raise_the_alarm(office, now):
    note_many(SecurityKind.LOCKED_OUT, office.adviser, now, times=9)
    assert alarms(now) == []

    note_many(SecurityKind.LOCKED_OUT, None, now, times=1)
    assert alarms(now) == ["many_locked_out"]


def note_many(kind, user, at, *, times):
    for _ in range(times):
        SecurityEvent.objects.create(kind=kind, user=user, at=at)
