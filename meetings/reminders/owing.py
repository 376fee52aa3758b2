"""What a booking, a move or a cancellation makes us owe the citizen: rows in the transaction of the change."""

from datetime import datetime

from cases.models import Reminder
from cases.reminders import delivery as reminders_delivery
from meetings.models import Meeting
from meetings.reminders.kinds import TO_CITIZEN, ReminderKind


def owe_invitation(*, meeting: Meeting, at: datetime) -> None:
    """Owe the citizen an invitation to the meeting."""
    _owe(ReminderKind.INVITATION, meeting=meeting, at=at)


def owe_correction(*, old: Meeting, new: Meeting, at: datetime) -> None:
    """Owe the citizen the new time or channel; what was not yet sent about the old one falls away.

    A citizen who was never told of the old meeting gets an invitation. `old` and `new` are the same row when only
    its version has risen.
    """
    _void(meeting=old, before=new.version, outcome="Samtalen er flyttet eller ændret.", at=at)
    kind = ReminderKind.CORRECTION if _was_told(new) else ReminderKind.INVITATION
    _owe(kind, meeting=new, at=at)


def owe_cancellation(*, meeting: Meeting, at: datetime) -> None:
    """Owe the citizen the news that the meeting is cancelled, unless nothing was sent about it yet."""
    _void(meeting=meeting, before=meeting.version + 1, outcome="Samtalen er aflyst.", at=at)
    if _was_told(meeting):
        _owe(ReminderKind.CANCELLATION, meeting=meeting, at=at)


def owe_choice_set_aside(*, meeting: Meeting, at: datetime) -> None:
    """Owe the citizen the decision that the choice of channel is set aside."""
    _owe(ReminderKind.CHOICE_SET_ASIDE, meeting=meeting, at=at)


def _owe(kind: ReminderKind, *, meeting: Meeting, at: datetime) -> None:
    reminders_delivery.owe(kind=kind, case_id=meeting.case_id, subject=meeting.pk, version=meeting.version, at=at)


def _void(*, meeting: Meeting, before: int, outcome: str, at: datetime) -> None:
    unsent = Reminder.objects.owed().filter(kind__in=TO_CITIZEN, subject=meeting.pk, version__lt=before)
    reminders_delivery.void(unsent, outcome=outcome, at=at)


def _was_told(meeting: Meeting) -> bool:
    of_series = Meeting.objects.filter(series=meeting.series).values("pk")
    return Reminder.objects.gone().filter(kind__in=TO_CITIZEN, subject__in=of_series).exists()
