"""The page of a case as it stood on a day: both sides of each border, and the law that was known."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from cases.models import Act
from cases.rules.period import Period
from cases.ui.case_tabs import Tab
from meetings.case_page.on_day import last_moment
from meetings.models import RequiredMeeting
from tests import factories
from tests.meetings.case_page.on_day.steps import ONE_MICROSECOND, OPENED, ask, on, pause, publish, replan


class TestBorders:
    def test_the_plan_of_a_day_is_the_one_that_stood_when_it_ended(self, adviser, case, office, now):
        before = on(adviser, case, "2026-04-15").requirements[0].row.due_on
        pause(case, office, at=datetime(2026, 4, 16, 9, 0, tzinfo=UTC))
        after = RequiredMeeting.objects.current().filter(case=case).order_by("due_on").first()

        assert on(adviser, case, "2026-04-15").requirements[0].row.due_on == before
        assert [one.row for one in on(adviser, case, "2026-04-16").requirements][0] == after
        assert on(adviser, case, "2026-04-15").requirements[-1].now.row.due_on > before

    @pytest.mark.parametrize(
        ("day", "midnight"),
        [
            pytest.param(date(2026, 4, 15), datetime(2026, 4, 15, 22, 0, tzinfo=UTC), id="an ordinary night"),
            pytest.param(date(2026, 3, 28), datetime(2026, 3, 28, 23, 0, tzinfo=UTC), id="before the spring night"),
            pytest.param(date(2026, 3, 29), datetime(2026, 3, 29, 22, 0, tzinfo=UTC), id="the 23 hours"),
            pytest.param(date(2025, 10, 25), datetime(2025, 10, 25, 22, 0, tzinfo=UTC), id="before the autumn night"),
            pytest.param(date(2025, 10, 26), datetime(2025, 10, 26, 23, 0, tzinfo=UTC), id="the 25 hours"),
        ],
    )
    def test_a_day_ends_at_midnight_in_copenhagen(self, adviser, office, now, day, midnight):
        case = factories.case(office, registered_on=day, at=midnight - timedelta(hours=6))
        span = Period(day + timedelta(days=7), day + timedelta(days=14))
        old = on(adviser, case, day).requirements[-1].row

        pause(case, office, at=midnight, span=span)
        assert on(adviser, case, day).requirements[-1].row == old
        assert on(adviser, case, day + timedelta(days=1)).requirements[-1].row != old

        assert last_moment(day, at=now) == midnight - ONE_MICROSECOND

    def test_the_last_moment_of_a_day_belongs_to_it(self, adviser, case, office, now):
        pause(case, office, at=datetime(2026, 4, 15, 22, 0, tzinfo=UTC) - ONE_MICROSECOND)

        assert on(adviser, case, "2026-04-15").rests == ["Pause, ferie: 20-04-2026 til og med 26-04-2026"]
        assert on(adviser, case, "2026-04-14").rests == []

    def test_today_ends_now(self, now):
        assert last_moment(now.date(), at=now) == now


class TestLaw:
    def test_the_day_before_an_act_is_published_gives_the_old_answer(self, adviser, case, now):
        published = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
        before = on(adviser, case, "2026-04-19")
        publish(at=published, in_force_on=date(2026, 5, 1), rows=[("fund", 2, 1, 3), ("municipality", 3, 4, 6)])
        replan(case, at=published)

        again, that_day = on(adviser, case, "2026-04-19"), on(adviser, case, "2026-04-20")

        assert [(one.row, one.why, one.state) for one in again.requirements] == [
            (one.row, one.why, one.state) for one in before.requirements
        ]
        assert again.holder == before.holder
        assert [act.slug for act in again.law.in_force] == [act.slug for act in before.law.in_force]
        assert "Ny lov" not in [act.title for act in again.law.to_come]
        assert [act.title for act in that_day.law.to_come] == ["Ny lov"]
        assert len(that_day.requirements) == 5
        gone = [one for one in again.requirements if one.now and one.now.row is None]
        assert [one.row.title for one in gone] == ["3. jobsamtale (a-kassen)"]
        assert "I dag: ikke et krav" in ask(adviser, case, "2026-04-19").content.decode()
        assert all(one.now.because for one in gone)

    def test_a_frozen_explanation_never_changes_and_the_present_one_stands_beside_it(self, adviser, case, now):
        def stored():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT required.id, explanation.steps::text FROM meetings_requiredmeeting AS required"
                    " JOIN meetings_explanation AS explanation ON explanation.id = explanation_id ORDER BY 1"
                )
                return cursor.fetchall()

        frozen = stored()
        assert "ville lyde i dag" not in adviser.get(Tab.TALKS.url_of(case.public_id)).content.decode()

        publish(at=now, in_force_on=OPENED.date(), rows=[("fund", 3, 1, 3), ("municipality", 2, 4, 6)])

        response = adviser.get(Tab.TALKS.url_of(case.public_id))
        requirements = response.context["page"].requirements
        assert stored() == frozen
        assert [one.present.why is None for one in requirements] == [False] * 5 + [True]
        assert "»Ny lov«" in " ".join(requirements[1].present.why["steps"])
        assert "»Ny lov«" not in " ".join(requirements[1].why["steps"])
        assert "Forklaringen, som den ville lyde i dag" in response.content.decode()
        assert "Efter reglerne i dag er samtalen ikke et krav" in response.content.decode()
        assert "I dag ville forklaringen lyde anderledes" in response.content.decode()
        replan(case, at=now)
        assert stored()[: len(frozen)] == frozen

    def test_without_a_known_law_nobody_is_guessed_to_hold_the_course(self, adviser, case, now, monkeypatch):
        monkeypatch.setattr(Act, "counts_at", lambda self, moment: moment is None)

        page = on(adviser, case, "2026-04-15")

        assert page.holder == ""
        assert "Ingen lov var kendt" in ask(adviser, case, "2026-04-15").content.decode()
