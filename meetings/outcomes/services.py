"""What came of a meeting, with the next one booked in the same change."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from cases.changing import check_newest
from cases.history import events as history_events
from cases.models import Case, Event, User
from cases.models.events import EventQuerySet
from cases.rules.facts import Party
from cases.rules.wording import listed
from meetings.booking.services import Booking, book_in_transaction
from meetings.changing import OutcomeNotAllowed, lock_case, lock_meeting, save_if_free, set_status
from meetings.channel import fund_presence
from meetings.channel.held import set_held_channel
from meetings.models import Meeting, Outcome
from meetings.owing import meeting_news
from meetings.planning import law as planning_law
from meetings.planning import replan as planning_replan
from meetings.rules.guidance import has_guidance_duty
from meetings.rules.kinds import Channel
from meetings.rules.lifecycle import MeetingStatus, Move, status_after


@dataclass(frozen=True)
class Registration:
    """What is registered of a meeting: what came of it, and how it was held."""

    outcome: Outcome
    note: str
    is_six_weeks_guided: bool | None
    #: None: as it was booked.
    held_channel: Channel | None = None
    #: Why, where the law or the citizen's choice had it otherwise.
    held_channel_reason: str = ""


@transaction.atomic(durable=True)
def register(
    *,
    meeting_id: int,
    next_booking: Booking | None,
    by: User,
    at: datetime,
    fund_wish: bool | None = None,
    fund_wish_seen: bool | None = None,
    **registered: Any,
) -> tuple[Meeting, Meeting | None]:
    """Register what came of a meeting and, if asked, book the next one: both or none.

    `registered` are the fields of Registration; `fund_wish` is what the citizen said of the a-kasse at the first
    meeting in the jobcenter, if anything, and `fund_wish_seen` what had been said when the page was opened. A meeting
    that began before its case was closed still gets its outcome. Posting the same outcome again changes nothing.
    Raises OutcomeNotAllowed, MoveNotAllowed, HeldChannelNeedsReason, WishChanged, and what `book` raises.
    """
    registration = Registration(**registered)
    meeting = lock_meeting(meeting_id)
    case = lock_case(meeting.case_id, may_be_closed=next_booking is None)
    if meeting.outcome == registration.outcome and meeting.status != MeetingStatus.BOOKED:
        return meeting, None
    before = meeting.held_channel
    _set(case, meeting, registration, at=at)
    planning_replan.refresh(case=case)
    is_otherwise = meeting.held_channel != before
    how = f" Holdt som {meeting.channel_in_words}." if is_otherwise else ""
    history_events.record(
        case=case,
        kind="meetings.held" if registration.outcome == Outcome.HELD else "meetings.missed",
        by=by,
        at=at,
        text=f"{meeting.title}: {registration.outcome.label}.{how}{reason_in_words(meeting)}",
        meeting=meeting.pk,
        **({"before": {f"held_channel/{meeting.pk}": before}} if is_otherwise else {}),
    )
    if fund_wish is not None and fund_wish != fund_wish_seen:
        fund_presence.require_seen(case, seen=fund_wish_seen, wish=fund_wish)
        fund_presence.record_wish(case=case, wish=fund_wish, by=by, at=at)
    following = None
    if next_booking is not None:
        following = book_in_transaction(case=case, booking=next_booking, by=by, at=at)
        meeting_news.owe_invitation(meeting=following, at=at)
    return meeting, following


@transaction.atomic(durable=True)
def correct_outcome(
    *, meeting_id: int, reason: str, version: int | None = None, by: User, at: datetime, **registered: Any
) -> Meeting:
    """Correct what is registered of a meeting, with a reason, also on a closed case; the history keeps both.

    `registered` are the fields of Registration; `version` is the latest event about them that the user saw.
    Correcting it to what it says changes nothing. Raises StaleForm, OutcomeNotAllowed, MoveNotAllowed,
    HeldChannelNeedsReason, and Occupied when the time of a meeting that was missed has gone to another.
    """
    registration = Registration(**registered)
    meeting = lock_meeting(meeting_id)
    case = lock_case(meeting.case_id, may_be_closed=True)
    status_after(MeetingStatus(meeting.status), Move.REOPEN)
    before, kept = _registered(meeting), _kept(meeting)
    if before == replace(registration, held_channel=registration.held_channel or before.held_channel):
        return meeting
    check_newest(events_of(meeting), version)
    set_status(meeting, Move.REOPEN)
    _set(case, meeting, registration, at=at)
    changes = _changes(before, _registered(meeting))
    planning_replan.refresh(case=case)
    history_events.record(
        case=case,
        kind="meetings.outcome_corrected",
        by=by,
        at=at,
        text=f"{meeting.title}: {listed(changes)}.{reason_in_words(meeting)} Begrundelse: {reason}",
        meeting=meeting.pk,
        note_before=before.note,
        before=kept,
    )
    return meeting


def events_of(meeting: Meeting) -> EventQuerySet:
    """What the history tells of the meeting's outcome."""
    kinds = ("meetings.held", "meetings.missed", "meetings.outcome_corrected")
    return Event.objects.filter(case=meeting.case_id, kind__in=kinds).of("meeting", meeting.pk)


def _registered(meeting: Meeting) -> Registration:
    """What is registered of the meeting now."""
    return Registration(
        outcome=Outcome(meeting.outcome),
        note=meeting.note,
        is_six_weeks_guided=meeting.is_six_weeks_guided,
        held_channel=meeting.channel_held,
        held_channel_reason=meeting.held_channel_reason,
    )


def _kept(meeting: Meeting) -> dict[str, str]:
    """What a correction overwrites, as its event keeps it."""
    return {
        f"outcome/{meeting.pk}": meeting.outcome,
        f"channel/{meeting.pk}": meeting.channel,
        f"held_channel/{meeting.pk}": meeting.held_channel,
    }


def _changes(before: Registration, after: Registration) -> list[str]:
    """Each thing that a correction changed, in words."""
    changes = []
    if before.outcome != after.outcome:
        changes.append(f"»{before.outcome.label}« er rettet til »{after.outcome.label}«")
    if before.held_channel != after.held_channel:
        was, now = (one.held_channel.label for one in (before, after) if one.held_channel)
        changes.append(f"samtaleformen er rettet fra {was} til {now}")
    if before.note != after.note:
        changes.append("notatet er rettet")
    if before.is_six_weeks_guided != after.is_six_weeks_guided:
        changes.append("svaret om vejledning er rettet")
    return changes or ["begrundelsen for samtaleformen er rettet"]


def reason_in_words(meeting: Meeting) -> str:
    """Why the meeting was held otherwise than the law had it, to stand last in the history; empty when it was not."""
    reason = meeting.held_channel_reason
    return f" Begrundelse for samtaleformen: {reason}" if reason else ""


def _set(case: Case, meeting: Meeting, registration: Registration, *, at: datetime) -> None:
    """Keep what is registered. How a meeting was held is only told of one that was."""
    held = registration.held_channel if registration.outcome == Outcome.HELD else None
    set_held_channel(
        case=case,
        meeting=meeting,
        held=held or Channel(meeting.channel),
        reason=registration.held_channel_reason,
        law=planning_law.law_in_force(),
    )
    set_outcome(
        meeting=meeting,
        outcome=registration.outcome,
        note=registration.note,
        is_six_weeks_guided=registration.is_six_weeks_guided,
        at=at,
    )


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
