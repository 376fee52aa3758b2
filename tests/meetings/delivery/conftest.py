"""Cases and meetings that owe messages, and the sweep that sends them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from cases.models import Citizen, Reminder, ReminderState
from cases.reminders import delivery as reminders_delivery
from meetings.booking import services as booking_services
from meetings.booking.services import Booking
from meetings.rules.kinds import MeetingKind
from tests import factories

#: 12 May 2026 at ten in Copenhagen.
TUESDAY_TEN = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
DUE_MORNING = datetime(2026, 5, 16, 5, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def post_folder(settings, tmp_path):
    settings.POST_FOLDER = tmp_path / "post"
    return settings.POST_FOLDER


@pytest.fixture
def open_case(office):
    def open_case(**citizen):
        return factories.case(office, registered_on=date(2026, 5, 1), citizen=factories.citizen_details(**citizen))

    return open_case


@pytest.fixture
def booking(office):
    def booking(*, starts_at=TUESDAY_TEN, adviser=office.adviser, **fields):
        return Booking(
            kind=MeetingKind.CONTACT_INTERVIEW,
            adviser_id=adviser.pk,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=30),
            is_confirmed=True,
            **fields,
        )

    return booking


@pytest.fixture
def book(booking, office, now):
    def book(case, *, at=now, by=office.adviser, **fields):
        wanted = booking(**{"adviser": by, **fields})
        return booking_services.book(case_id=case.pk, booking=wanted, by=by, at=at)

    return book


def run(at):
    """One sweep and all that it hands out."""
    for receiver in reminders_delivery.sweep(at=at):
        reminders_delivery.deliver(receiver, at=at)
    assert not Reminder.objects.owed().filter(attempts__gt=0).exists()


def state_of(kind, **filters):
    row = Reminder.objects.get(kind=kind, **filters)
    return ReminderState(row.state), row.outcome


def to(somebody):
    """What was mailed to them; a citizen has the address that both parties of the case were told."""
    address = somebody.contacts.all()[0].email if isinstance(somebody, Citizen) else somebody.email
    return [message for message in mail.outbox if message.to == [address]]
