"""The hand-over board: the same courses from both sides, why they pass on, and what is missing."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.closing import services as closing_services
from cases.corrections import services as corrections_services
from cases.handover import services as handover_services
from cases.models import AccessLog
from cases.pauses import services as pauses_services
from tests import factories, world

URL = "/overgange/"


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


@pytest.fixture
def caseworker(client, office):
    client.force_login(office.caseworker)
    return client


def begun(office, start, name):
    return factories.case(office, registered_on=start, citizen=factories.citizen_details(name=name))


def pay(case, office, *months, at):
    for month in months:
        pauses_services.record_hours(
            case_id=case.pk, month=date(2026, month, 1), hours=Decimal("160.33"), by=office.adviser, at=at
        )


def names(client, part):
    return [row.case.citizen.name for row in client.get(URL, {"part": part}).context["rows"]]


class TestParts:
    def test_courses_that_pass_on_within_thirty_days_the_nearest_first(self, adviser, office, now):
        begun(office, date(2026, 2, 25), "Bo Sidst")
        begun(office, date(2026, 2, 10), "Anne Først")
        begun(office, date(2026, 4, 1), "Carl Langt Væk")

        response = adviser.get(URL, {"part": "near"})

        rows = response.context["rows"]
        assert [row.case.citizen.name for row in rows] == ["Anne Først", "Bo Sidst"]
        assert rows[0].passes_on == date(2026, 5, 10)
        assert "om 6 dage" in response.content.decode()
        assert "de første 3 måneder" in rows[0].why

    def test_the_thirtieth_day_is_within_and_the_next_is_not(self, adviser, office, now):
        begun(office, date(2026, 3, 3), "Anne Indenfor")
        begun(office, date(2026, 3, 4), "Bo Udenfor")

        assert names(adviser, "near") == ["Anne Indenfor"]

    def test_what_was_handed_over_waits_for_the_receipt(self, client, office, now):
        case = begun(office, date(2026, 4, 1), "Anne Overgivet")
        world.hand_over(case, office, at=now, is_received=False)

        client.force_login(office.adviser)
        assert names(client, "to_receive") == ["Anne Overgivet"]
        client.force_login(office.caseworker)
        row = client.get(URL, {"part": "to_receive"}).context["rows"][0]
        assert row.may_be_received
        assert not row.may_be_handed_over

        handover_services.receive(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)
        assert names(client, "to_receive") == []

    def test_a_course_that_the_calendar_passed_on_waits_for_a_caseworker(self, caseworker, office, now):
        case = begun(office, date(2026, 2, 1), "Anne Passeret")

        row = caseworker.get(URL, {"part": "to_receive"}).context["rows"][0]

        assert row.passes_on == date(2026, 5, 1)
        assert row.may_be_assigned
        corrections_services.assign(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)
        assert names(caseworker, "to_receive") == []

    def test_paid_hours_above_the_limit_suggest_the_day(self, adviser, office, now):
        over, under = begun(office, date(2026, 2, 10), "Anne Over"), begun(office, date(2026, 3, 1), "Bo Under")
        pay(over, office, 2, 3, 4, at=now)
        pay(under, office, 3, 4, at=now)

        row = adviser.get(URL, {"part": "by_hours"}).context["rows"][0]

        assert names(adviser, "by_hours") == ["Anne Over"]
        assert row.is_suggested
        assert row.passes_on == date(2026, 5, 1)
        assert "480,99 timer" in row.why
        assert names(adviser, "near") == []

    def test_the_part_time_insured_have_their_own_limit(self, adviser, office, now):
        case = factories.case(office, registered_on=date(2026, 2, 10), insurance="part_time")
        pay(case, office, 2, 3, 4, at=now)

        assert names(adviser, "by_hours") == [case.citizen.name]

    def test_months_that_are_over_while_the_hours_wait_are_not_forgotten(self, adviser, office, now):
        case = begun(office, date(2026, 1, 20), "Anne Glemt")
        pay(case, office, 3, at=now)

        row = adviser.get(URL, {"part": "by_hours"}).context["rows"][0]

        assert row.passes_on is None
        assert "ingen overgang" in row.why

    def test_a_course_that_is_the_jobcenters_from_the_start_never_passes_on(self, caseworker, office, now):
        factories.case(office, registered_on=date(2026, 2, 1), target_group=2)

        assert [tile["count"] for tile in caseworker.get(URL).context["tiles"]] == ["0", "0", "0"]

    def test_a_closed_case_is_not_on_the_board(self, adviser, office, now):
        case = begun(office, date(2026, 2, 10), "Anne Lukket")
        closing_services.close_case(
            case_id=case.pk, version=case.version, reason="work", closed_on=now.date(), by=office.adviser, at=now
        )

        assert names(adviser, "near") == []


class TestPage:
    def test_it_opens_where_something_waits(self, adviser, office, now):
        begun(office, date(2026, 2, 10), "Anne Snart")

        assert [row.case.citizen.name for row in adviser.get(URL).context["rows"]] == ["Anne Snart"]

    def test_each_row_lists_what_is_done_and_what_is_missing(self, adviser, office, now):
        begun(office, date(2026, 2, 10), "Anne Snart")

        response = adviser.get(URL)

        texts = [check.text for check in response.context["rows"][0].checks]
        assert "0 af 3 samtaler i a-kassen er holdt." in texts
        assert "Jobcentret har ikke booket en samtale endnu." in texts
        assert f"{response.context['rows'][0].missing} punkter mangler" in response.content.decode()

    def test_only_the_a_kasse_hands_over(self, client, office, now):
        case = begun(office, date(2026, 2, 10), "Anne Snart")
        link = reverse("cases:hand_over", args=[case.public_id])

        for user, is_offered in ((office.adviser, True), (office.caseworker, False)):
            client.force_login(user)
            assert (link in client.get(URL).content.decode()) is is_offered

    def test_an_empty_board_names_the_next_day(self, adviser, office, now):
        begun(office, date(2026, 4, 1), "Carl Langt Væk")

        response = adviser.get(URL)

        assert response.context["empty"]["text"] == "Næste: 01-07-2026."
        assert not AccessLog.objects.exists()

    def test_an_unknown_part_is_the_first_with_something_in_it(self, adviser, office, now):
        begun(office, date(2026, 2, 10), "Anne Snart")

        assert len(adviser.get(URL, {"part": "x"}).context["rows"]) == 1

    def test_reading_is_logged_with_its_purpose(self, adviser, office, now):
        case = begun(office, date(2026, 2, 10), "Anne Snart")

        adviser.get(URL)

        line = AccessLog.objects.get()
        assert (line.route, line.purpose, line.cases) == ("meetings:handovers", "handover", [case.pk])

    def test_a_neighbour_sees_nothing(self, client, office, now):
        begun(office, date(2026, 2, 10), "Anne Snart")
        client.force_login(office.other_caseworker)

        assert names(client, "near") == []


def test_the_board_costs_the_same_for_one_row_and_for_many(adviser, office, now):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            rows = adviser.get(URL, {"part": "near"}).context["rows"]
        return len(queries), len(rows)

    begun(office, date(2026, 2, 10), "Anne Snart")
    adviser.get(URL, {"part": "near"})
    one, rows = cost()
    assert rows == 1
    for number in range(10):
        begun(office, date(2026, 2, 10) + timedelta(days=number), f"Borger {number}")

    many, rows = cost()

    assert rows == 11
    assert many == one
