"""Cases and meetings that owe messages, and the sweep that sends them."""

from datetime import UTC, date, datetime

import pytest
from django.core.mail.backends.locmem import EmailBackend

from cases.reminders import portions
from tests import factories
from tests.meetings.due.steps import TUESDAY_TEN


@pytest.fixture(autouse=True)
def _told_at_once(told_at_once):
    """That it waits is the subject of the tests of undoing."""


@pytest.fixture(autouse=True)
def post_folder(settings, tmp_path):
    settings.POST_FOLDER = tmp_path / "post"
    return settings.POST_FOLDER


@pytest.fixture(autouse=True)
def _in_portions(monkeypatch):
    """The mailbox of the tests stands for a folder: what goes to many is delivered in portions, as there."""
    monkeypatch.setattr(EmailBackend, "writes_over", True, raising=False)


class Fallbacks:
    """Why something of a portion was delivered alone: a test in which something fails asks for it."""

    def __init__(self, caplog):
        self._caplog, self._asked = caplog, 0

    def __call__(self):
        """What was said since this was last asked."""
        said = [one.message for one in self._caplog.get_records("call") if one.name == portions.__name__]
        new, self._asked = said[self._asked :], len(said)
        return new


@pytest.fixture(autouse=True)
def fallbacks(caplog):
    """Delivered one by one, everything arrives as well: that it was not needed would be seen by nobody."""
    fallbacks = Fallbacks(caplog)
    yield fallbacks
    assert fallbacks() == []


@pytest.fixture
def open_case(office):
    def open_case(**citizen):
        # What was due before a case came here is not spoken of until the morning after.
        opened_at, details = datetime(2026, 4, 30, 8, 0, tzinfo=UTC), factories.citizen_details(**citizen)
        return factories.case(office, registered_on=date(2026, 5, 1), at=opened_at, citizen=details)

    return open_case


@pytest.fixture
def booking(office):
    def booking(*, starts_at=TUESDAY_TEN, adviser=office.adviser, **fields):
        return factories.booking(adviser, starts_at, **fields)

    return booking


@pytest.fixture
def book(office, now):
    def book(case, *, at=now, by=office.adviser, starts_at=TUESDAY_TEN, **fields):
        return factories.book(case, by, starts_at, at=at, **fields)

    return book
