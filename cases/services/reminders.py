"""The messages we owe: recorded as rows, delivered once, and what came of each."""

from datetime import datetime

from cases.models import Reminder, ReminderState
from cases.models.reminders import ReminderQuerySet


def owe(*, kind: str, case_id: int, subject: int, version: int, at: datetime) -> None:
    """Owe the citizen of the case a message now, in the caller's transaction; owed already, it is not owed twice."""
    row = Reminder(kind=str(kind), case_id=case_id, subject=subject, version=version, due_at=at, recorded_at=at)
    Reminder.objects.bulk_create([row], ignore_conflicts=True)


def void(unsent: ReminderQuerySet, *, outcome: str, at: datetime) -> None:
    """Let owed messages fall away, in the caller's transaction."""
    unsent.update(state=ReminderState.VOID, outcome=outcome, closed_at=at)
