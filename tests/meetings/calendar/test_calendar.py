"""The calendar: what a week and a day show, to whom, and how a talk is moved from it."""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import AccessLog, Role, Team, User
from meetings.models import AbsenceKind, Meeting
from meetings.rules.kinds import MeetingKind
from meetings.rules.spans import Span, local
from meetings.working_time import services
from tests import factories
from tests.meetings.booking.steps import said, url

PAGE = reverse("meetings:calendar")
TUESDAY = date(2026, 5, 5)


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


@pytest.fixture
def team(office):
    """Anne and her colleague; the leader is of no team."""
    team = Team.objects.create(organisation=office.fund, name="Team Nord")
    User.objects.filter(pk__in=[office.adviser.pk, office.colleague.pk]).update(team=team)
    return team


def test_a_week_with_its_number_its_talks_holidays_absences_and_deadlines(adviser, office, case, now):
    booked = factories.book(case, office.adviser, local(date(2026, 5, 12), time(10)), at=now)
    due = factories.case(office, registered_on=date(2026, 5, 1))
    services.add_absence(
        user_id=office.adviser.pk,
        kind=AbsenceKind.COURSE,
        span=Span.on(date(2026, 5, 11), time(9), time(12)),
        by=office.adviser,
        at=now,
    )

    answer = adviser.get(PAGE, {"dag": "13-05-2026"})

    told = said(answer)
    assert answer.context["heading"] == "Uge 20: 11. maj 2026 – 17. maj 2026"
    assert f"10.00-10.30 {case.citizen.name}" in told
    assert "Jobsamtale, personligt fremmøde" in told
    assert "Kristi himmelfartsdag" in told
    assert "fravær mandag den 11. maj 2026 kl. 09.00-12.00" in told
    assert answer.context["deadlines_text"] == "1 af dine borgere har frist i ugen."
    assert due.citizen.name in told
    assert f'data-move="{url("move", booked)}?tilbage=' in told
    assert sorted(AccessLog.objects.latest("pk").cases) == sorted([case.pk, due.pk])


def test_an_empty_week_says_so_and_names_those_with_a_deadline(adviser, office, now):
    factories.case(office, registered_on=date(2026, 5, 1))
    answer = adviser.get(PAGE, {"dag": "11-05-2026"})
    assert "Ingen samtaler i uge 20. 1 af dine borgere har frist i ugen." in said(answer)
    day = adviser.get(PAGE, {"dag": "06-05-2026", "visning": "dag"})
    assert "Ingen samtaler den 6. maj 2026." in said(day)
    assert day.context["heading"] == "Onsdag den 6. maj 2026, uge 19"


@pytest.mark.parametrize("asked", ["", "31-02-2026", "01-01-1890", "31-12-2199", "x"])
def test_a_day_that_there_is_not_is_today(adviser, now, asked):
    assert adviser.get(PAGE, {"dag": asked}).context["heading"].startswith("Uge 19")


def test_the_team_sees_the_talks_of_its_own_office_only(client, office, team, now):
    cases = {}
    for worker in (office.adviser, office.colleague, office.leader):
        cases[worker.pk] = factories.case(office)
        factories.book(cases[worker.pk], worker, local(TUESDAY, time(10)), at=now)
    factories.book(
        cases[office.adviser.pk],
        office.caseworker,
        local(TUESDAY, time(12)),
        at=now,
        kind=MeetingKind.CONTACT_INTERVIEW,
    )
    client.force_login(User.objects.get(pk=office.adviser.pk))

    shown = client.get(PAGE, {"dag": "05-05-2026", "kun": "team"}).context["page"].talks

    assert {one.adviser for one in shown} == {office.adviser, office.colleague}
    own = client.get(PAGE, {"dag": "05-05-2026"}).context["page"].talks
    assert [one.adviser for one in own] == [office.adviser]


def test_it_costs_the_same_however_much_there_is(adviser, office, team, now):
    asked = {"dag": "05-05-2026", "kun": "team"}
    # The first use of a session writes it.
    adviser.get(PAGE, asked)
    counts = []
    for number in range(2):
        for more in range(number * 3 + 1):
            colleague = factories.user(organisation=office.fund, role=Role.ADVISER, team=team)
            factories.book(factories.case(office), colleague, local(TUESDAY, time(9 + more)), at=now)
        with CaptureQueriesContext(connection) as queries:
            assert adviser.get(PAGE, asked).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


def test_a_talk_is_moved_to_where_it_was_dropped_and_the_receipt_leads_back(adviser, office, case, now):
    booked = factories.book(case, office.adviser, local(TUESDAY, time(10)), at=now, minutes=45)
    dropped = url("move", booked) + "?tilbage=/kalender/&tid=2026-05-06T11:00"

    form = adviser.get(dropped).context["form"]

    assert (form["slot"].value(), form["minutes"].value()) == ("2026-05-06T11:00", 45)
    typed = {bound.name: bound.value() for bound in form if bound.value() not in (None, "")}
    typed |= {"adviser": str(office.adviser.public_id), "seen": form.seen_now}
    answer = adviser.post(dropped, typed)
    assert (answer.status_code, answer.url) == (302, "/kalender/")
    moved = Meeting.objects.booked().get()
    assert (moved.starts_at, moved.ends_at - moved.starts_at) == (
        local(date(2026, 5, 6), time(11)),
        timedelta(minutes=45),
    )
    assert "Fortryd" in said(adviser.get("/kalender/"))


def test_a_time_outside_the_hours_that_was_dropped_on_is_filled_in_and_asked_about(adviser, office, case, now):
    booked = factories.book(case, office.adviser, local(TUESDAY, time(10)), at=now)
    form = adviser.get(url("move", booked) + "?tid=2026-05-06T16:00").context["form"]
    assert form["slot"].value() == "own"
    assert (form["on"].value(), form["begins"].value()) == (date(2026, 5, 6), time(16))
