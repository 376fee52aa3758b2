"""What came of a meeting, with the next one booked in the same change."""

from datetime import datetime

from django.db import transaction

from cases.history import events as history_events
from cases.models import User
from cases.rules.facts import Party
from meetings.booking.services import Booking, book_in_transaction
from meetings.changing import OutcomeNotAllowed, lock_case, lock_meeting, save_if_free, set_status
from meetings.models import (
    OUTCOME_LABELS,
    Meeting,
    Outcome,
)
from meetings.planning import law as planning_law
from meetings.planning import replan as planning_replan
from meetings.reminders import owing as reminders_owing
from meetings.rules.guidance import has_guidance_duty
from meetings.rules.lifecycle import MeetingStatus, Move, status_after


@transaction.atomic(durable=True)
def register(
    *,
    meeting_id: int,
    outcome: Outcome,
    note: str,
    is_six_weeks_guided: bool | None,
    next_booking: Booking | None,
    by: User,
    at: datetime,
) -> tuple[Meeting, Meeting | None]:
    """Register what came of a meeting and, if asked, book the next one: both or none.

    Posting the same outcome again changes nothing. Raises OutcomeNotAllowed, MoveNotAllowed, and what `book` raises.
    """
    meeting = lock_meeting(meeting_id)
    case = lock_case(meeting.case_id)
    if meeting.outcome == outcome and meeting.status != MeetingStatus.BOOKED:
        return meeting, None
    set_outcome(meeting=meeting, outcome=outcome, note=note, is_six_weeks_guided=is_six_weeks_guided, at=at)
    planning_replan.refresh(case=case)
    history_events.record(
        case=case,
        kind="meetings.held" if outcome == Outcome.HELD else "meetings.missed",
        by=by,
        at=at,
        text=f"{meeting.title}: {OUTCOME_LABELS[outcome]}.",
        meeting=meeting.pk,
    )
    following = None
    if next_booking is not None:
        following = book_in_transaction(case=case, booking=next_booking, by=by, at=at)
        reminders_owing.owe_invitation(meeting=following, at=at)
    return meeting, following


@transaction.atomic(durable=True)
def correct_outcome(
    *,
    meeting_id: int,
    outcome: Outcome,
    note: str,
    is_six_weeks_guided: bool | None,
    reason: str,
    by: User,
    at: datetime,
) -> Meeting:
    """Correct a registered outcome, with a reason; the history keeps both.

    Correcting it to what it says changes nothing. Raises OutcomeNotAllowed, MoveNotAllowed, and Occupied when the
    time of a meeting that was missed has gone to another.
    """
    meeting = lock_meeting(meeting_id)
    case = lock_case(meeting.case_id)
    if (meeting.outcome, meeting.note, meeting.is_six_weeks_guided) == (outcome, note, is_six_weeks_guided):
        return meeting
    before = meeting.get_outcome_display()
    note_before, outcome_before = meeting.note, meeting.outcome
    set_status(meeting, Move.REOPEN)
    set_outcome(meeting=meeting, outcome=outcome, note=note, is_six_weeks_guided=is_six_weeks_guided, at=at)
    planning_replan.refresh(case=case)
    after = OUTCOME_LABELS[outcome]
    what = f"»{before}« er rettet til »{after}«." if before != after else "registreringen er rettet."
    history_events.record(
        case=case,
        kind="meetings.outcome_corrected",
        by=by,
        at=at,
        text=f"{meeting.title}: {what} Begrundelse: {reason}",
        meeting=meeting.pk,
        note_before=note_before,
        before={f"outcome/{meeting.pk}": outcome_before},
    )
    return meeting


def set_outcome(
    *, meeting: Meeting, outcome: Outcome, note: str, is_six_weeks_guided: bool | None, at: datetime
) -> None:
    """Keep what came of a booked meeting, or of one that is made as it is registered, in the caller's transaction.

    Raises OutcomeNotAllowed, MoveNotAllowed and Occupied.
    """
    if at < meeting.starts_at:
        raise OutcomeNotAllowed(
            "Samtalen er ikke begyndt endnu. Registrér udfaldet, når den har været, eller aflys eller flyt den."
        )
    is_held = outcome == Outcome.HELD
    meeting.status = status_after(MeetingStatus(meeting.status), Move.HOLD if is_held else Move.MISS)
    if is_held:
        law = planning_law.law_in_force()
        duty, why = has_guidance_duty(
            meeting.party,
            group=meeting.case.target_group,
            on=meeting.day,
            book=law.book,
            asked=bool(is_six_weeks_guided),
        )
        if not duty and is_six_weeks_guided and meeting.party is Party.MUNICIPALITY:
            raise OutcomeNotAllowed(why[-1].text)
        meeting.held_at = at
        meeting.is_six_weeks_guided = is_six_weeks_guided
    else:
        meeting.missed_at = at
        meeting.is_six_weeks_guided = None
    meeting.outcome = str(outcome)
    meeting.note = note
    save_if_free(meeting)
