"""What a booking, a move or a cancellation makes us owe the citizen: rows in the transaction of the change."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from cases.models import Reminder
from cases.models.reminders import GONE, ReminderQuerySet, ReminderState
from cases.reminders import owing as reminders_owing
from cases.rules.refusal import Refused
from cases.rules.undo_time import UNDO_WITHIN
from meetings.models import Meeting, NoShowStep
from meetings.owing.kinds import TO_CITIZEN, ReminderKind


class ToldAlready(Refused):
    """What the citizen has been told is not taken back by a button."""


_NEWS = (
    ReminderKind.INVITATION,
    ReminderKind.CORRECTION,
    ReminderKind.CHOICE_SET_ASIDE,
    ReminderKind.MEETING_TOMORROW,
)
#: What the citizen is told of a meeting.
_TOLD = ("kind", "adviser", "starts_at", "ends_at", "channel", "place", "fund_attends")
#: A talk so near is told of at once.
NEAR = timedelta(days=1)


def owe_invitation(*, meeting: Meeting, at: datetime) -> None:
    """Owe the citizen an invitation to the meeting."""
    _owe(ReminderKind.INVITATION, meeting=meeting, at=at)


def owe_correction(*, old: Meeting, new: Meeting, at: datetime) -> None:
    """Owe the citizen the new time or channel; what was not yet sent about the old one falls away.

    A citizen who was never told of the old meeting gets an invitation, and one who was told just the new one last
    hears nothing. `old` and `new` are the same row when only its version has risen.
    """
    _void(meeting=old, before=new.version, outcome="Samtalen er flyttet eller ændret.", at=at)
    _owe_news(meeting=new, at=at)


def owe_what_stands(*, meeting: Meeting, at: datetime) -> None:
    """Owe the citizen what holds now that the meeting is booked again, unless that is what they were told last.

    The letter that sets the choice of channel aside is owed with it, unless it has gone for the same reason.
    """
    _owe_news(meeting=meeting, at=at)
    if meeting.channel_reason and not _has_decision(meeting):
        owe_choice_set_aside(meeting=meeting, at=at)


def owe_cancellation(*, meeting: Meeting, at: datetime) -> None:
    """Owe the citizen the news that the meeting is cancelled, unless nothing was sent about it yet."""
    _void(meeting=meeting, before=meeting.version + 1, outcome="Samtalen er aflyst.", at=at)
    if was_told(meeting):
        _owe(ReminderKind.CANCELLATION, meeting=meeting, at=at)


def owe_choice_set_aside(*, meeting: Meeting, at: datetime) -> None:
    """Owe the citizen the decision that the choice of channel is set aside."""
    _owe(ReminderKind.CHOICE_SET_ASIDE, meeting=meeting, at=at)


def take_back_news(*, meeting: Meeting, at: datetime) -> None:
    """Let what was to be told of the booked meeting fall away. Raises ToldAlready when some of it has gone."""
    _take_back(_NEWS, meeting=meeting, at=at)


def take_back_cancellation(*, meeting: Meeting, at: datetime) -> None:
    """Let the news that the meeting is cancelled fall away. Raises ToldAlready when it has gone."""
    _take_back((ReminderKind.CANCELLATION,), meeting=meeting, at=at)


def is_told_of_cancellation(meeting: Meeting) -> bool:
    return _of(meeting, (ReminderKind.CANCELLATION,)).gone().exists()


def _take_back(kinds: Sequence[ReminderKind], *, meeting: Meeting, at: datetime) -> None:
    rows = _of(meeting, kinds)
    if rows.gone().exists():
        raise ToldAlready("Beskeden til borgeren er sendt. Ret det på sagen i stedet, så borgeren får besked igen.")
    reminders_owing.void(rows.owed(), outcome="Fortrudt, før det blev sendt.", at=at)


def _of(meeting: Meeting, kinds: Sequence[ReminderKind]) -> ReminderQuerySet:
    return Reminder.objects.filter(kind__in=kinds, subject=meeting.pk)


def was_told(meeting: Meeting) -> bool:
    """Whether the citizen was told of the meeting, at this time or another."""
    return last_told(meeting) is not None


def last_told(meeting: Meeting) -> Reminder | None:
    """What the citizen was told last of the meeting, at this time or another."""
    return _told(meeting).last()


def known_to_citizen(meeting: Meeting) -> Meeting:
    """The meeting at the time that the citizen was told last, which is what a cancellation calls off."""
    told = _told(meeting).exclude(kind=ReminderKind.CANCELLATION).last()
    return Meeting.objects.get(pk=_about(told)) if told else meeting


def _told(meeting: Meeting) -> ReminderQuerySet:
    series = _of_series(meeting)
    told = Reminder.objects.filter(kind__in=TO_CITIZEN, subject__in=series) | _summonses(following__in=series)
    return told.gone().order_by("closed_at", "pk")


def summonses_to(meetings: Collection[int]) -> dict[int, Reminder]:
    """By meeting the letter that calls to it after a no-show, one that went or may go; the last one of several."""
    steps = NoShowStep.objects.filter(following__in=meetings, withdrawn_at=None)
    meeting_of = dict(steps.values_list("pk", "following_id"))
    rows = Reminder.objects.filter(kind=ReminderKind.NO_SHOW_SUMMONS, subject__in=meeting_of)
    rows = rows.filter(state__in=[*GONE, ReminderState.OWED]).order_by("pk")
    return {meeting_of[row.subject]: row for row in rows}


def _summonses(**of_step: Any) -> ReminderQuerySet:
    steps = NoShowStep.objects.filter(**of_step).values("pk")
    return Reminder.objects.filter(kind=ReminderKind.NO_SHOW_SUMMONS, subject__in=steps)


def _about(told: Reminder) -> int:
    """The number of the meeting that the message is about: a summons is a step's, and calls to one."""
    if told.kind != ReminderKind.NO_SHOW_SUMMONS:
        return told.subject
    return NoShowStep.objects.values_list("following_id", flat=True).get(pk=told.subject) or 0


def _of_series(meeting: Meeting) -> models.QuerySet[Meeting, int]:
    return Meeting.objects.filter(series=meeting.series).values_list("pk", flat=True)


def _has_decision(meeting: Meeting) -> bool:
    """Whether the letter has gone that sets the choice of channel aside for the same reason."""
    decided = _of_series(meeting).filter(channel_reason=meeting.channel_reason)
    return Reminder.objects.gone().filter(kind=ReminderKind.CHOICE_SET_ASIDE, subject__in=decided).exists()


def _says(told: Reminder, meeting: Meeting) -> bool:
    """Whether what was told is what the meeting is; of a row that has changed since nobody knows what was said."""
    same = {name: getattr(meeting, name) for name in _TOLD}
    about = Meeting.objects.filter(pk=_about(told), version=told.version, **same)
    return told.kind != ReminderKind.CANCELLATION and about.exists()


def _owe_news(*, meeting: Meeting, at: datetime) -> None:
    told = last_told(meeting)
    if told is None or not _says(told, meeting):
        _owe(ReminderKind.CORRECTION if told else ReminderKind.INVITATION, meeting=meeting, at=at)


def _owe(kind: ReminderKind, *, meeting: Meeting, at: datetime) -> None:
    due_at = at + UNDO_WITHIN if waits(meeting, at=at) else at
    reminders_owing.owe(
        kind=kind, case_id=meeting.case_id, subject=meeting.pk, version=meeting.version, at=at, due_at=due_at
    )


def waits(meeting: Meeting, *, at: datetime) -> bool:
    """Whether a message owed now waits for the time of an undo. About a meeting within a day it is sent at once."""
    return meeting.starts_at > at + NEAR


def _void(*, meeting: Meeting, before: int, outcome: str, at: datetime) -> None:
    unsent = Reminder.objects.owed().filter(kind__in=TO_CITIZEN, subject=meeting.pk, version__lt=before)
    reminders_owing.void(unsent, outcome=outcome, at=at)
