"""A meeting booked through the service, and a case that the jobcenter holds."""

from datetime import date

import pytest

from tests import factories
from tests.meetings.steps import WEDNESDAY_TEN


@pytest.fixture
def book(case, office, now):
    """Books a meeting of the case, with the one who books unless told otherwise."""

    def book(*, by=office.adviser, at=now, of=case, starts_at=WEDNESDAY_TEN, is_confirmed=False, **fields):
        return factories.book(of, by, starts_at, at=at, is_confirmed=is_confirmed, **fields)

    return book


@pytest.fixture
def at_jobcenter(office, now):
    """A case that the jobcenter has held since last week."""
    return factories.case(office, registered_on=date(2026, 1, 26))
