"""What is kept of the overview is what would be counted anew, and what is counted is what stands in each case."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command

from cases.closing import services as closing_services
from cases.corrections import services as corrections_services
from cases.rules.period import Period
from meetings.overview import by_case, queries
from meetings.overview.figures import Choice, Figure
from tests import factories, world
from tests.meetings.overview.steps import URL, at, begun, hold
from tests.meetings.steps import cancel, move


@pytest.fixture
def counted(monkeypatch):
    """The choices that were counted anew."""
    asked, real = [], queries.figures_of
    monkeypatch.setattr(queries, "figures_of", lambda choice: asked.append(choice) or real(choice))
    return asked


def shown(client):
    response = client.get(URL)
    assert response.context["kept"].html in response.content.decode()
    return response.context["kept"].html


def test_nothing_is_counted_twice_while_nothing_happens(leader, office, month, counted):
    first = shown(leader)

    assert shown(leader) == first
    assert len(counted) == 1


def test_after_a_minute_it_is_counted_anew(leader, office, month, now, counted):
    shown(leader)
    with time_machine.travel(now + timedelta(seconds=61), tick=False):
        shown(leader)

    assert len(counted) == 2


def test_what_happens_elsewhere_leaves_it_standing(leader, office, month, now, counted):
    shown(leader)
    neighbours = factories.Parties(
        fund=office.other_fund, municipality=office.other_municipality, adviser=office.other_adviser
    )
    begun(neighbours, date(2026, 4, 7))
    shown(leader)

    assert len(counted) == 1


def test_what_is_shown_after_each_change_is_what_would_be_counted_anew(leader, office, month, now, subtests):
    case = begun(office, date(2026, 4, 14))
    booked = []

    def hand_over():
        world.hand_over(case, office, at=now, is_received=False)

    def close():
        case.refresh_from_db()
        closing_services.close_case(
            case_id=case.pk, version=case.version, reason="work", closed_on=now.date(), by=office.adviser, at=now
        )

    def assign():
        corrections_services.assign(case_id=case.pk, worker_id=office.colleague.pk, by=office.adviser, at=now)

    steps = {
        "book": lambda: booked.append(factories.book(case, office.adviser, at(date(2026, 5, 6)), at=now)),
        "move": lambda: booked.append(move(booked[-1], office.adviser, now, starts_at=at(date(2026, 5, 13)))),
        "cancel": lambda: cancel(booked[-1], office.adviser, now),
        "hold": lambda: hold(case, office.adviser, at(date(2026, 4, 30))),
        "assign": assign,
        "hand over": hand_over,
        "close": close,
    }
    for name, step in steps.items():
        before = shown(leader)
        step()
        with subtests.test(step=name):
            kept = shown(leader)
            cache.clear()
            assert kept == shown(leader)
            assert kept != before


def test_the_counts_are_those_of_each_case(office, month, now):
    begun(office, date(2025, 12, 15))
    for user in (office.leader, office.caseworker):
        choice = Choice(user=user, span=Period(date(2026, 1, 1), date(2026, 5, 5)), now=now)
        figures = queries.figures_of(choice)
        by_hand = by_case.totals_of(choice)

        told = {**figures.totals, Figure.COMING: sum(week.due for week in figures.weeks)}
        assert {one: told.get(one, 0) for one in by_case.CHECKED} == {one: by_hand[one] for one in by_case.CHECKED}
        assert by_hand[Figure.COMING]


def test_the_check_names_what_is_not_right(office, month, now, monkeypatch, capsys):
    call_command("check_overview")
    assert capsys.readouterr().out == "Overblikket er rigtigt.\n"

    monkeypatch.setattr(by_case, "_is_own", lambda meeting, choice: False)
    with pytest.raises(SystemExit):
        call_command("check_overview")
    assert capsys.readouterr().out.startswith("Fagkassen: Holdte samtaler: 4, sag for sag 0\n")
