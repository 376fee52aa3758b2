"""The page of a case as it stood on a day: its addresses, its steps, and what it costs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.citizen import services as citizen_services
from cases.models import AccessLog
from cases.rules.period import Period
from cases.ui.case_tabs import Tab
from meetings.models import Outcome
from tests.factories import book
from tests.meetings.case_page.on_day.steps import OPENED, ask, on, pause
from tests.meetings.case_page.steps import register


class TestPage:
    @pytest.mark.parametrize(
        ("day", "told"),
        [
            ("2026-05-05", "Den 5. maj 2026 er ikke kommet endnu. Vælg i dag eller en tidligere dag."),
            ("2026-04-12", "Sagen blev oprettet den 13. april 2026. Vælg den dag eller en senere."),
            ("2026-02-30", "30-02-2026 findes ikke i kalenderen."),
            ("i går", "Skriv datoen som dag-måned-år, fx 01-12-2026."),
            ("", "Skriv datoen som dag-måned-år, fx 01-12-2026."),
            ("0001-01-01", "kan ikke passe"),
            ("9999-12-31", "kan ikke passe"),
        ],
    )
    def test_a_day_of_which_nothing_can_be_said_says_why(self, adviser, case, day, told):
        response = ask(adviser, case, day)

        assert response.status_code == 422
        assert told in response.content.decode()
        assert response.context["page"] is None

    def test_without_a_day_it_is_today(self, adviser, case, now):
        response = adviser.get(reverse("meetings:on_day", args=[case.public_id]))

        assert response.status_code == 200
        assert response.context["page"].day == now.date()

    def test_the_field_shows_the_day_as_people_write_it(self, adviser, case):
        assert 'value="20-04-2026"' in ask(adviser, case, "2026-04-20").content.decode()

    def test_the_first_day_is_the_day_on_which_the_case_was_opened(self, adviser, case):
        page = on(adviser, case, OPENED.date())

        assert len(page.requirements) == 6
        assert page.before is None

    def test_one_steps_from_change_to_change(self, adviser, case, office, now):
        pause(case, office, at=datetime(2026, 4, 16, 9, 0, tzinfo=UTC))
        book(case, office.adviser, now + timedelta(days=1), at=datetime(2026, 4, 28, 9, 0, tzinfo=UTC))

        page = on(adviser, case, "2026-04-20")

        assert (page.before, page.after) == (date(2026, 4, 16), date(2026, 4, 28))
        assert page.days == [date(2026, 4, 13), date(2026, 4, 16), date(2026, 4, 28)]
        assert 'href="?dag=2026-04-28"' in ask(adviser, case, "2026-04-20").content.decode()

    def test_the_case_page_leads_to_it(self, adviser, case, office, now):
        pause(case, office, at=datetime(2026, 4, 16, 9, 0, tzinfo=UTC))

        text = adviser.get(Tab.TALKS.url_of(case.public_id)).content.decode()

        assert reverse("meetings:on_day", args=[case.public_id]) + "?dag=2026-04-13" in text

    def test_reading_leaves_one_line_in_the_log_and_a_neighbour_finds_nothing(self, client, adviser, case, office):
        on(adviser, case, "2026-04-20")
        line = AccessLog.objects.get()
        assert (line.route, line.cases) == ("meetings:on_day", [case.pk])

        client.force_login(office.other_caseworker)
        assert ask(client, case, "2026-04-20").status_code == 404
        assert AccessLog.objects.count() == 1

    def test_older_events_are_a_page_away_and_of_the_same_day(self, adviser, case, office, now):
        for number in range(20):
            citizen_services.update_citizen(
                case_id=case.pk,
                changes={"phone": f"203040{number:02}"},
                by=office.adviser,
                at=datetime(2026, 4, 16, 9, number, tzinfo=UTC),
            )

        response = ask(adviser, case, "2026-04-20")
        older = adviser.get(
            reverse("meetings:on_day", args=[case.public_id]) + response.context["next_url"].removesuffix("#historik")
        )

        assert older.context["page"].day == date(2026, 4, 20)
        assert [event.kind for event in older.context["history"].rows][-1] == "cases.opened"

    def test_it_costs_the_same_for_a_short_and_for_a_long_history(self, adviser, case, office, now):
        def cost():
            with CaptureQueriesContext(connection) as queries:
                on(adviser, case, "2026-05-01")
            return len(queries)

        cost()
        short = cost()
        for days in range(6):
            meeting = book(case, office.adviser, now - timedelta(days=days + 4), at=now - timedelta(days=20))
            register(meeting, office.adviser, Outcome.ABSENT)
            at = datetime(2026, 4, 16 + days, 9, 0, tzinfo=UTC)
            first = date(2026, 6, 1) + timedelta(weeks=days)
            pause(case, office, at=at, span=Period(first, first + timedelta(days=2)))

        assert cost() == short
