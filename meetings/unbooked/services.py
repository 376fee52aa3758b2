"""A meeting that was held without a booking is registered afterwards."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from cases.history import events as history_events
from cases.models import Case, User
from cases.rules.refusal import require_accepted
from cases.rules.wording import day_text
from meetings.booking import free_times
from meetings.booking.services import unsaved_meeting
from meetings.changing import NotBookable, Occupied, OutcomeNotAllowed, lock_case, lock_meeting
from meetings.channel.held import set_held_channel
from meetings.models import CancelReason, Meeting, MeetingQuerySet, Outcome
from meetings.outcomes.services import reason_in_words, set_outcome
from meetings.planning import law as planning_law
from meetings.planning import replan as planning_replan
from meetings.planning import stored as planning_stored
from meetings.planning.law import Law
from meetings.rules.booking import ObjectionKind, check_held
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.lifecycle import MeetingStatus, Move, status_after
from meetings.rules.spans import Span
from meetings.working_time.queries import availability_of

#: Within this time the same post is a second click, and later somebody who enters the meeting once more.
SECOND_CLICK = timedelta(minutes=1)


class NotHeldYet(OutcomeNotAllowed):
    """The meeting lies ahead: it is booked, not registered."""


@dataclass(frozen=True)
class UnbookedMeeting:
    """A meeting as it was held, and what came of it."""

    kind: MeetingKind
    adviser_id: int
    starts_at: datetime
    ends_at: datetime
    channel: Channel
    outcome: Outcome
    note: str = ""
    is_six_weeks_guided: bool | None = None
    #: Why it was held in a way that the law or the citizen's choice did not give.
    channel_reason: str = ""


@transaction.atomic(durable=True)
def enter(*, case_id: int, unbooked: UnbookedMeeting, accepted: str, by: User, at: datetime) -> Meeting:
    """Register a meeting that was not booked. It counts where the law counts it, and nobody is invited or reminded.

    `accepted` stands for the warnings that were seen. A second click changes nothing. On a closed case it lies no
    later than the day on which the case was closed.
    Raises NotBookable, Occupied, OutcomeNotAllowed, HeldChannelNeedsReason and NeedsConfirmation.
    """
    case = lock_case(case_id, may_be_closed=True)
    if case.closed_on is not None and _day_of(unbooked) > case.closed_on:
        raise NotBookable(
            f"Sagen blev afsluttet den {day_text(case.closed_on)}, og samtalen ligger efter. Ret dagen, eller åbn "
            "sagen igen."
        )
    same = _alike(case, unbooked).filter(
        booked_by=by,
        booked_at__gt=at - SECOND_CLICK,
        outcome=unbooked.outcome,
        channel=unbooked.channel,
        note=unbooked.note,
    )
    if (entered := same.first()) is not None:
        return entered
    meeting = enter_one_of_many(
        case=case, unbooked=unbooked, accepted=accepted, by=by, at=at, law=planning_law.law_in_force()
    )
    planning_replan.refresh(case=case)
    return meeting


@transaction.atomic(durable=True)
def withdraw(*, meeting_id: int, reason: str, by: User, at: datetime) -> Meeting:
    """Take back a meeting that was registered afterwards by mistake, also on a closed case; the history keeps it.

    What it counted for is open again, and its time is free. Twice is once. Raises NotBookable, MoveNotAllowed.
    """
    meeting = lock_meeting(meeting_id)
    case = lock_case(meeting.case_id, may_be_closed=True)
    if not meeting.is_unbooked:
        raise NotBookable("Samtalen var booket. Ret udfaldet i stedet.")
    if meeting.status != MeetingStatus.CANCELLED:
        take_back(meeting, text=f"er trukket tilbage. Begrundelse: {reason}", by=by, at=at)
        planning_replan.refresh(case=case)
    return meeting


def take_back(meeting: Meeting, *, text: str, by: User, at: datetime) -> None:
    """Let a meeting that was registered count no more, in the transaction of a caller that plans the case anew."""
    before, meeting.outcome = meeting.outcome, ""
    meeting.status = status_after(MeetingStatus(meeting.status), Move.WITHDRAW)
    meeting.held_at = meeting.missed_at = None
    meeting.cancelled_at, meeting.cancel_reason = at, str(CancelReason.MISTAKE)
    meeting.save()
    history_events.record(
        case=meeting.case,
        kind="meetings.outcome_corrected",
        by=by,
        at=at,
        text=f"{meeting.title} {text}",
        meeting=meeting.pk,
        before={f"outcome/{meeting.pk}": before},
    )


def _day_of(unbooked: UnbookedMeeting) -> date:
    return timezone.localtime(unbooked.starts_at).date()


def enter_one_of_many(
    *, case: Case, unbooked: UnbookedMeeting, accepted: str | None, by: User, at: datetime, law: Law
) -> Meeting:
    """As `enter`, in the transaction of a caller that matches the meetings of the case with its plan afterwards.

    Without `accepted` the warnings have been weighed elsewhere.
    """
    meeting = unsaved_meeting(
        case=case,
        kind=str(unbooked.kind),
        adviser_id=unbooked.adviser_id,
        starts_at=unbooked.starts_at,
        ends_at=unbooked.ends_at,
        by=by,
        at=at,
    )
    if unbooked.starts_at > at:
        raise NotHeldYet("Samtalen er ikke begyndt endnu. Book den i stedet, og registrér udfaldet bagefter.")
    warnings = _weighed(case, meeting, law)
    _refuse_twice(case, meeting, unbooked)
    set_held_channel(case=case, meeting=meeting, held=unbooked.channel, reason=unbooked.channel_reason, law=law)
    if accepted is not None:
        require_accepted(warnings, accepted)
    set_outcome(
        meeting=meeting,
        outcome=unbooked.outcome,
        note=unbooked.note,
        is_six_weeks_guided=unbooked.is_six_weeks_guided,
        at=at,
    )
    _record(meeting, by=by, at=at)
    return meeting


def _alike(case: Case, unbooked: UnbookedMeeting) -> MeetingQuerySet:
    """The meetings of the case that were held, or missed, in just that time by the same employee."""
    return case.meetings.filter(
        kind=str(unbooked.kind),
        adviser=unbooked.adviser_id,
        starts_at=unbooked.starts_at,
        ends_at=unbooked.ends_at,
        status__in=[MeetingStatus.HELD, MeetingStatus.MISSED],
    )


def _weighed(case: Case, meeting: Meeting, law: Law) -> list[str]:
    """What the law has against the meeting, to be weighed. Raises NotBookable where it was not theirs to hold."""
    found = check_held(
        course=planning_stored.course_of(case),
        kind=MeetingKind(meeting.kind),
        party=meeting.party,
        day=meeting.day,
        book=law.book,
    )
    refused = [objection.text for objection in found if objection.kind == ObjectionKind.REFUSE]
    if refused:
        raise NotBookable(" ".join(refused))
    span = Span(meeting.starts_at, meeting.ends_at)
    known = availability_of(meeting.adviser, first=span.day, last=span.last_day)
    return [*(objection.text for objection in found), *known.away(span)]


def _refuse_twice(case: Case, meeting: Meeting, unbooked: UnbookedMeeting) -> None:
    """Nobody is in two meetings at once, and no meeting is entered twice. Raises Occupied."""
    if (same := _alike(case, unbooked).first()) is not None:
        raise Occupied(f"Samtalen er allerede registreret: {same.in_words}. Ret den på sagen, hvis noget er forkert.")
    overlapping = case.meetings.filter(
        status__in=[MeetingStatus.BOOKED, MeetingStatus.HELD],
        starts_at__lt=meeting.ends_at,
        ends_at__gt=meeting.starts_at,
    ).first()
    if overlapping is not None:
        raise Occupied(_told(overlapping, is_own=overlapping.organisation_id == meeting.organisation_id))
    span = Span(meeting.starts_at, meeting.ends_at)
    diary = free_times.diary(case=case, adviser=meeting.adviser, first=span.day, last=span.last_day)
    if any(span.overlaps(other) for other in diary.adviser_busy):
        raise Occupied(
            "Medarbejderen har en anden samtale i det tidsrum. Ret tiden, eller vælg den, der holdt samtalen."
        )
    if any(span.overlaps(other) for other in diary.citizen_busy):
        raise Occupied("Borgeren har en anden samtale i det tidsrum. Ret dagen eller klokkeslættet.")


def _told(other: Meeting, *, is_own: bool) -> str:
    if is_own and other.status == MeetingStatus.BOOKED:
        return f"Der er booket en samtale i det tidsrum: {other.in_words}. Registrér udfaldet på den i stedet."
    return f"Der står allerede en samtale i det tidsrum: {other.in_words}. Ret dagen eller klokkeslættet."


def _record(meeting: Meeting, *, by: User, at: datetime) -> None:
    how = Channel(meeting.channel).label
    history_events.record(
        case=meeting.case,
        kind="meetings.held" if meeting.status == MeetingStatus.HELD else "meetings.missed",
        by=by,
        at=at,
        text=(
            f"{meeting.title}: {Outcome(meeting.outcome).label}. Registreret efter samtalen, uden booking "
            f"({how}).{reason_in_words(meeting)}"
        ),
        meeting=meeting.pk,
    )
