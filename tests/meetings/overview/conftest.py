"""A leader, and a month with something to count."""

from datetime import date

import pytest
from django.core.cache import cache

from tests import factories
from tests.meetings.overview.steps import at, begun, hold


@pytest.fixture(autouse=True)
def nothing_kept():
    """A test begins without what another counted."""
    cache.clear()


@pytest.fixture
def leader(client, office):
    client.force_login(office.leader)
    return client


@pytest.fixture
def month(office, now):
    """Two courses of April, one with its first talk held in time, one without; and one that has passed on."""
    in_time = begun(office, date(2026, 4, 7))
    hold(in_time, office.adviser, at(date(2026, 4, 15)))
    begun(office, date(2026, 4, 9))
    passed = begun(office, date(2026, 1, 28))
    for day in (date(2026, 2, 5), date(2026, 3, 5), date(2026, 4, 8)):
        hold(passed, office.adviser, at(day, 9))
    # What a neighbour does is none of it.
    neighbours = factories.Parties(
        fund=office.other_fund, municipality=office.other_municipality, adviser=office.other_adviser
    )
    hold(begun(neighbours, date(2026, 4, 7)), office.other_adviser, at(date(2026, 4, 15)))
