"""Takes a booking, a move or a cancellation back before the citizen is told of it."""

from collections.abc import Iterable
from datetime import datetime

from cases.changing import with_parties
from cases.history import events as history_events
from cases.models import Case, Event, Reminder, User
from cases.models.reminders import GONE
from cases.rules.refusal import Refused
from meetings.booking.services import cancel_booking, lock_diaries
from meetings.changing import lock_meeting, save_if_free, set_status
from meetings.channel.fund_presence import take_back_wish
from meetings.models import CancelReason, Meeting, NoShowStep
from meetings.owing import meeting_news
from meetings.owing.kinds import ReminderKind
from meetings.planning import replan as planning_replan
from meetings.rules.lifecycle import MeetingStatus, Move

#: What makes a meeting the same one when it is booked again.
_SAME = (
    "case_id",
    "citizen_id",
    "organisation_id",
    "adviser_id",
    "kind",
    "starts_at",
    "ends_at",
    "channel",
    "channel_chosen_by",
    "channel_reason",
    "place",
    "fund_attends",
    "series",
)


def take_back_booking(event: Event, case: Case, *, by: User, at: datetime) -> None:
    """Let the meeting not be booked, in the caller's transaction."""
    meeting = _locked(event, MeetingStatus.BOOKED)
    meeting_news.take_back_news(meeting=meeting, at=at)
    cancel_booking(meeting=meeting, reason=CancelReason.MISTAKE, at=at)
    take_back_wish(event)
    planning_replan.refresh(case=case)
    _tell("meetings.cancelled", f"Bookingen er fortrudt: {meeting.title}.", meeting, event, by=by, at=at)


def take_back_move(event: Event, case: Case, *, by: User, at: datetime) -> None:
    """Book the meeting again at the time that it was moved from."""
    moved = _locked(event, MeetingStatus.BOOKED)
    assert moved.moved_from is not None
    meeting_news.take_back_news(meeting=moved, at=at)
    set_status(moved, Move.MOVE)
    take_back_wish(event)
    again = _book_again(moved.moved_from, case=case, moved_from=moved, by=by, at=at)
    _tell("meetings.moved", f"Flytningen er fortrudt: {again.title} gælder igen.", again, event, by=by, at=at)


def take_back_cancellation(event: Event, case: Case, *, by: User, at: datetime) -> None:
    """Book the cancelled meeting again."""
    cancelled = _locked(event, MeetingStatus.CANCELLED)
    if cancelled.cancel_reason == CancelReason.PARTY_CHANGED:
        raise Refused("Samtalen er aflyst, fordi borgeren har skiftet kommune eller a-kasse. Book en ny tid.")
    meeting_news.take_back_cancellation(meeting=cancelled, at=at)
    again = _book_again(cancelled, case=case, moved_from=None, by=by, at=at)
    _tell("meetings.booked", f"Aflysningen er fortrudt: {again.title} gælder igen.", again, event, by=by, at=at)


def on_case_reopened(event: Event) -> None:
    """Book again what the closing cancelled, where the closing was undone and the citizen is not told yet."""
    if "undoes" not in event.data:
        return
    case = with_parties(event.case_id)
    closed = Event.objects.get(pk=event.data["undoes"])
    meetings = list(_cancelled_with(closed, case))
    lock_diaries(case=case, advisers={meeting.adviser_id for meeting in meetings})
    for meeting in meetings:
        if meeting.starts_at > event.at and not meeting_news.is_told_of_cancellation(meeting):
            meeting_news.take_back_cancellation(meeting=meeting, at=event.at)
            again = _book_again(meeting, case=case, moved_from=None, by=event.author, at=event.at)
            text = f"{again.title} gælder igen."
            _tell("meetings.booked", text, again, event, by=event.author, at=event.at)


def _cancelled_with(closed: Event, case: Case) -> Iterable[Meeting]:
    cancelled = case.meetings.filter(cancel_reason=CancelReason.CASE_CLOSED, cancelled_at=closed.at)
    return cancelled.select_related("organisation", "adviser").order_by("starts_at")


def _locked(event: Event, status: MeetingStatus) -> Meeting:
    meeting = lock_meeting(event.data["meeting"])
    if meeting.status != status:
        raise Refused(f"Samtalen er {meeting.get_status_display()} i mellemtiden. Ret det på sagen i stedet.")
    return meeting


def _book_again(old: Meeting, *, case: Case, moved_from: Meeting | None, by: User, at: datetime) -> Meeting:
    """Book the same meeting as a new row; a citizen who was told just that last hears nothing."""
    if old.starts_at <= at:
        raise Refused("Samtalens tid er begyndt. Book en ny tid, eller registrér den som holdt.")
    lock_diaries(case=case, advisers=[old.adviser_id])
    latest = Meeting.objects.filter(series=old.series).order_by("-version").values_list("version", flat=True)[0]
    again = Meeting(**{name: getattr(old, name) for name in _SAME}, version=latest + 1, moved_from=moved_from)
    again.booked_at, again.booked_by = at, by
    save_if_free(again)
    # A new summons that has not gone calls to it still.
    waiting = Reminder.objects.filter(kind=ReminderKind.NO_SHOW_SUMMONS, case=case).exclude(state__in=GONE)
    steps = NoShowStep.objects.filter(following__series=again.series, pk__in=waiting.values("subject"))
    steps.update(following=again)
    planning_replan.refresh(case=case)
    meeting_news.owe_what_stands(meeting=again, at=at)
    return again


def _tell(kind: str, text: str, meeting: Meeting, event: Event, *, by: User, at: datetime) -> None:
    data = {"meeting": meeting.pk, "undoes": event.pk}
    history_events.record(case=meeting.case, kind=kind, by=by, at=at, text=text, **data)
