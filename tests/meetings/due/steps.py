"""How a sweep is run, and what came of it."""

import math
from datetime import UTC, datetime, timedelta

from django.core import mail

from cases.models import Citizen, Reminder, ReminderState
from cases.reminders import delivery as reminders_delivery
from cases.reminders import portions

#: 12 May 2026 at ten in Copenhagen.
TUESDAY_TEN = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
DUE_MORNING = datetime(2026, 5, 16, 5, 0, tzinfo=UTC)


def run(at):
    """One sweep and all that it hands out, as the tasks deliver it."""
    portions.deliver_all(reminders_delivery.sweep(at=at), now=lambda: at, stop_at=math.inf)
    assert not Reminder.objects.owed().filter(attempts__gt=0).exists()


def state_of(kind, **filters):
    row = Reminder.objects.get(kind=kind, **filters)
    return ReminderState(row.state), row.outcome


def to(somebody):
    """What was mailed to them; a citizen has the address that both parties of the case were told."""
    address = somebody.contacts.all()[0].email if isinstance(somebody, Citizen) else somebody.email
    return [message for message in mail.outbox if message.to == [address]]
