"""What every change of a meeting needs: the refusals, the locks, and the save that the constraints judge."""

from django.db import IntegrityError, transaction

from cases.changing import AlreadyClosed, locked
from cases.models import Case
from cases.rules.refusal import Refused
from meetings.models import Meeting
from meetings.models.meetings import OCCUPIED
from meetings.rules.lifecycle import MeetingStatus, Move, status_after


class NotBookable(Refused):
    """The law or the office does not allow this booking."""


class Occupied(Refused):
    """Somebody is busy at that time; no more is told."""


class NeedsReason(Refused):
    """Attendance against the citizen's choice is possible only with a written reason."""

    field = "channel_reason"


class ChannelNotAllowed(Refused):
    """The law does not allow the channel that day."""

    field = "channel"


class NotALink(Refused):
    """A talk by video is held at an address that can be opened, and this is none."""

    field = "place"


class HeldChannelNeedsReason(Refused):
    """The meeting was held in another way than the law had it, and nobody says why."""

    field = "held_channel_reason"


class OutcomeNotAllowed(Refused):
    """The outcome cannot be registered like this, or not yet."""


def lock_case(case_id: int, *, may_be_closed: bool = False) -> Case:
    """The case, locked. On a closed one only what happened before its end can still be put right."""
    case = locked(case_id)
    if not case.is_open and not may_be_closed:
        raise AlreadyClosed("Sagen er afsluttet. Der kan ikke ændres i dens samtaler.")
    return case


def lock_meeting(meeting_id: int) -> Meeting:
    # The case is locked first everywhere else, so that two changes of one case never wait for each other.
    case_id = Meeting.objects.values_list("case_id", flat=True).get(pk=meeting_id)
    Case.objects.select_for_update().get(pk=case_id)
    return (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("case", "organisation", "adviser", "fulfils")
        .get(pk=meeting_id)
    )


def set_status(meeting: Meeting, move: Move) -> None:
    meeting.status = status_after(MeetingStatus(meeting.status), move)
    if move is Move.REOPEN:
        meeting.held_at = meeting.missed_at = None
    save_if_free(meeting)


def save_if_free(meeting: Meeting) -> None:
    try:
        with transaction.atomic():
            meeting.save()
    except IntegrityError as error:
        # The constraint has the last word on who is busy.
        text = next((text for name, text in OCCUPIED.items() if name in str(error)), None)
        if text is None:
            raise
        raise Occupied(text) from None
