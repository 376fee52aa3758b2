"""Book, move and cancel."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.changing import with_parties
from cases.history import events as history_events
from cases.models import Case, Citizen, Event, User
from cases.rules.refusal import NeedsConfirmation, Refused
from cases.ui.paper import require_paper
from meetings.booking import free_times
from meetings.booking.owed import require_owed
from meetings.changing import NotBookable, Occupied, lock_case, lock_meeting, save_if_free, set_status
from meetings.channel import choice_letter
from meetings.channel.fund_presence import set_fund_attends, wished_before
from meetings.channel.places import default_place, kept_link, missing_link, require_link
from meetings.channel.services import Wish, keep_choice, set_channel
from meetings.models import CancelReason, Meeting, WorklistEntry
from meetings.owing import meeting_news
from meetings.planning import law as planning_law
from meetings.planning import replan as planning_replan
from meetings.planning import stored as planning_stored
from meetings.planning.law import Law
from meetings.rules.availability import Availability
from meetings.rules.booking import ObjectionKind
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.lifecycle import MeetingStatus, Move, status_after
from meetings.rules.spans import Span


@dataclass(frozen=True)
class Booking:
    """A meeting as somebody wants it. Without a channel it follows the citizen's choice, or the law."""

    kind: MeetingKind
    adviser_id: int
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    channel: Channel | None = None
    channel_reason: str = ""
    #: The channel that the citizen chooses for this meeting as it is booked.
    chosen: Channel | None = None
    fund_attends: bool | None = None
    is_confirmed: bool = False
    #: The citizen has asked for the meeting.
    is_requested: bool = False
    #: It is refused where no talk of the kind is owed by this day any more: another was booked meanwhile.
    owed_by: date | None = None


@transaction.atomic(durable=True)
def book(*, case_id: int, booking: Booking, by: User, at: datetime) -> Meeting:
    """Book a meeting, and owe the citizen an invitation.

    Booking the same meeting again changes nothing.
    Raises NotBookable, Occupied, NeedsConfirmation (warnings not yet seen), NeedsReason, ChannelNotAllowed.
    """
    case = lock_case(case_id)
    same = case.meetings.booked().filter(**_identity(booking), booked_by=by).first()
    if same is not None:
        return same
    meeting = book_in_transaction(case=case, booking=booking, by=by, at=at)
    meeting_news.owe_invitation(meeting=meeting, at=at)
    return meeting


@transaction.atomic(durable=True)
def move(*, meeting_id: int, booking: Booking, by: User, at: datetime) -> Meeting:
    """Book the same meeting at another time: the old booking is kept as moved, and the citizen gets a correction.

    The citizen's wish to have the a-kasse present is asked anew: it is what the new booking says.
    Moving it to the same time again changes nothing. Raises MoveNotAllowed, and what `book` raises.
    """
    old = lock_meeting(meeting_id)
    case = lock_case(old.case_id)
    same = Meeting.objects.booked().filter(**_identity(booking), moved_from=old).first()
    return same or move_one_of_many(old=old, case=case, booking=booking, by=by, at=at)


def move_one_of_many(*, old: Meeting, case: Case, booking: Booking, by: User, at: datetime) -> Meeting:
    """Move the meeting of the locked case in the caller's transaction. Raises what `move` raises."""
    if old.status == MeetingStatus.BOOKED and old.starts_at <= at:
        raise NotBookable("Samtalen er begyndt og kan ikke flyttes. Registrér udfaldet, og book en ny tid.")
    set_status(old, Move.MOVE)
    meeting = book_in_transaction(case=case, booking=booking, by=by, at=at, moved_from=old)
    meeting_news.owe_correction(old=old, new=meeting, at=at)
    return meeting


@transaction.atomic(durable=True)
def cancel(*, meeting_id: int, reason: CancelReason, note: str, by: User, at: datetime) -> Meeting:
    """Cancel a booked meeting; the requirement is open again and the citizen is told. Raises MoveNotAllowed."""
    meeting = lock_meeting(meeting_id)
    case = lock_case(meeting.case_id)
    if meeting.status == MeetingStatus.CANCELLED and meeting.cancel_reason == reason:
        return meeting
    cancel_one_of_many(meeting=meeting, case=case, reason=reason, note=note, by=by, at=at)
    return meeting


def cancel_one_of_many(
    *, meeting: Meeting, case: Case, reason: CancelReason, note: str, by: User, at: datetime
) -> None:
    """Cancel a booked meeting of the locked case in the caller's transaction. Raises MoveNotAllowed."""
    meeting.note = note
    meeting.save(update_fields=["note"])
    cancel_booking(meeting=meeting, reason=reason, at=at)
    planning_replan.refresh(case=case)
    history_events.record(
        case=case,
        kind="meetings.cancelled",
        by=by,
        at=at,
        text=f"{meeting.title} er aflyst: {CancelReason(reason).label}.",
        meeting=meeting.pk,
    )
    meeting_news.owe_cancellation(meeting=meeting, at=at)


def unsaved_meeting(
    *,
    case: Case,
    kind: str,
    adviser_id: int,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    at: datetime,
    office_id: int | None = None,
) -> Meeting:
    """The meeting as it is to be saved, with both diaries locked. Raises NotBookable for another office's adviser."""
    [adviser] = lock_diaries(case=case, advisers=[adviser_id])
    if adviser.organisation is None or adviser.organisation_id != (office_id or by.organisation_id):
        raise NotBookable("Vælg en medarbejder i din egen organisation.")
    return Meeting(
        case=case,
        citizen=case.citizen,
        organisation=adviser.organisation,
        adviser=adviser,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        booked_at=at,
        booked_by=by,
    )


def _identity(booking: Booking) -> dict[str, Any]:
    """What makes two bookings of a case the same one."""
    return {
        "kind": str(booking.kind),
        "adviser_id": booking.adviser_id,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
    }


def book_in_transaction(
    *, case: Case, booking: Booking, by: User, at: datetime, moved_from: Meeting | None = None
) -> Meeting:
    """Book in the transaction of a caller that has locked the case. Raises what `book` raises."""
    # A talk that is moved stays in its office, also where an administrator gives away what somebody leaves.
    office = moved_from.organisation_id if moved_from else None
    meeting = unsaved_meeting(case=case, by=by, at=at, office_id=office, **_identity(booking))
    if booking.owed_by is not None:
        require_owed(case=case, kind=booking.kind, party=by.workplace.party, by=booking.owed_by)
    _require_to_come(booking, at=at)
    if moved_from is not None:
        meeting.moved_from, meeting.series, meeting.version = moved_from, moved_from.series, moved_from.version + 1
    law = planning_law.law_in_force()
    # The law is asked about these facts three times before the talk stands.
    planning_stored.read_lists([case])
    warnings = _fit(meeting, booking, case=case, at=at, law=law)
    if warnings and not booking.is_confirmed:
        raise NeedsConfirmation(warnings)
    fund_attends = booking.fund_attends
    if fund_attends is None and moved_from is None and (wish := wished_before(case=case, meeting=meeting, law=law)):
        fund_attends = wish.is_wished
    overwritten = {}
    if fund_attends is not None:
        overwritten = set_fund_attends(case=case, meeting=meeting, wish=fund_attends, law=law)
    if meeting.channel_reason:
        require_paper(choice_letter.sheet_of(meeting, book=law.book))
    save_if_free(meeting)
    planning_replan.refresh(case=case)
    _tell_booked(meeting, booking, case=case, by=by, at=at, **overwritten)
    return meeting


def _require_to_come(booking: Booking, *, at: datetime) -> None:
    if booking.ends_at <= booking.starts_at:
        raise NotBookable("Samtalen skal slutte, efter at den er begyndt.")
    if booking.starts_at <= at:
        raise NotBookable(
            "Tidspunktet er passeret. Vælg en tid, der ligger i fremtiden. Er samtalen holdt, så registrér den på "
            "sagen som holdt."
        )


def _fit(meeting: Meeting, booking: Booking, *, case: Case, at: datetime, law: Law) -> list[str]:
    """Give the unsaved meeting its channel and its place; what speaks against all of it and must have been seen."""
    availability, warnings = _check_time(case=case, meeting=meeting, law=law)
    set_channel(
        case=case,
        meeting=meeting,
        demanded=booking.channel,
        reason=booking.channel_reason,
        law=law,
        wished=meeting.moved_from,
        chosen=Wish(booking.chosen, timezone.localdate(at)) if booking.chosen else None,
    )
    if over_cap := availability.over_cap(meeting.day, Channel(meeting.channel)):
        warnings.append(over_cap)
    meeting.place = _place_of(meeting, typed=booking.place, case=case)
    if meeting.channel == Channel.VIDEO and not meeting.video_link:
        warnings.append(missing_link(meeting.adviser))
    return warnings


def _tell_booked(meeting: Meeting, booking: Booking, *, case: Case, by: User, at: datetime, **overwritten: Any) -> None:
    """Keep the citizen's choice and wish that came with the booking, and tell of each in the history."""
    tell = partial(history_events.record, case=case, by=by, at=at, meeting=meeting.pk)
    if booking.chosen is not None:
        keep_choice(case=case, channel=booking.chosen, chosen_on=timezone.localdate(at), only=meeting, by=by, at=at)
    if booking.is_requested:
        tell(kind="meetings.requested", text="Borgeren har bedt om en samtale.")
    old = meeting.moved_from
    moved = f" Flyttet fra {old.title}." if old else ""
    text = f"{meeting.title} er booket ({Channel(meeting.channel).label}).{moved}"
    tell(kind="meetings.moved" if old else "meetings.booked", text=text, **overwritten)
    if meeting.channel_reason:
        text = f"Fremmøde kræves imod borgerens valg. Begrundelse: {meeting.channel_reason}"
        tell(kind="meetings.attendance_demanded", text=text)
        meeting_news.owe_choice_set_aside(meeting=meeting, at=at)


def _place_of(meeting: Meeting, *, typed: str, case: Case) -> str:
    """Where the meeting is held, fixed from now on. A place from before is dropped with the channel it belonged to."""
    before = meeting.moved_from
    if before is not None and before.channel != meeting.channel and typed == before.place:
        typed = ""
    if meeting.channel != Channel.VIDEO:
        return typed or default_place(case=case, meeting=meeting)
    if typed:
        require_link(typed)
    return typed or kept_link(before, adviser=meeting.adviser) or default_place(case=case, meeting=meeting)


def lock_diaries(*, case: Case, advisers: Collection[int]) -> list[User]:
    """The advisers of a locked case's talks; nobody else can give them or the citizen a meeting now."""
    # One booking at a time for an adviser and for a citizen, so that the second sees the first and hears "optaget".
    # Without this the two would meet in the exclusion constraint, and might end in a deadlock there. For the same
    # reason the order is one: the case, its citizen, and the advisers by number, all that the change will need.
    Citizen.objects.select_for_update(no_key=True).get(pk=case.citizen_id)
    users = User.objects.select_for_update(of=("self",), no_key=True).select_related("organisation")
    return list(users.filter(pk__in=advisers).order_by("pk"))


def _check_time(*, case: Case, meeting: Meeting, law: Law) -> tuple[Availability, list[str]]:
    """The adviser's time, and what speaks against the time and must have been seen. Raises NotBookable, Occupied."""
    span = Span(meeting.starts_at, meeting.ends_at)
    diary = free_times.diary(case=case, adviser=meeting.adviser, first=span.day, last=span.last_day)
    found = free_times.objections(
        course=planning_stored.course_of(case), kind=MeetingKind(meeting.kind), span=span, diary=diary, law=law
    )
    refused = [objection.text for objection in found if objection.kind == ObjectionKind.REFUSE]
    if refused:
        raise NotBookable(" ".join(refused))
    occupied = diary.occupied(span)
    if occupied:
        raise Occupied(occupied)
    return diary.availability, [objection.text for objection in found]


def on_case_closed(event: Event) -> None:
    """Nobody meets any more: what is booked from now on is cancelled, and the case leaves the worklists."""
    case = with_parties(event.case_id)
    for meeting in case.meetings.booked().filter(starts_at__gt=event.at):
        cancel_booking(meeting=meeting, reason=CancelReason.CASE_CLOSED, at=event.at)
        meeting_news.owe_cancellation(meeting=meeting, at=event.at)
    planning_replan.refresh(case=case)


def on_party_changed(event: Event) -> None:
    """Cancel what the party that left has booked from now on; the case leaves its worklist.

    Raises Refused while a talk of that party has begun and has no outcome: nobody could register it afterwards.
    """
    case, left = with_parties(event.case_id), event.data["left"]
    begun = case.meetings.booked().filter(organisation__in=left, starts_at__lte=event.at)
    if waiting := begun.select_related("organisation").order_by("starts_at").first():
        raise Refused(f"{waiting.title} hos {waiting.organisation} mangler udfald. Registrér det først.")
    for meeting in case.meetings.booked().filter(organisation__in=left, starts_at__gt=event.at):
        cancel_booking(meeting=meeting, reason=CancelReason.PARTY_CHANGED, at=event.at)
        text = f"{meeting.title} er aflyst: {CancelReason.PARTY_CHANGED.label}."
        history_events.record(
            case=case, kind="meetings.cancelled", by=event.by, at=event.at, text=text, meeting=meeting.pk
        )
        meeting_news.owe_cancellation(meeting=meeting, at=event.at)
    WorklistEntry.objects.filter(case=case, organisation__in=left).delete()
    planning_replan.refresh(case=case)


def on_citizen_changed(event: Event) -> None:
    """The case has another record of its citizen: its meetings follow. Raises Refused on two at the same time."""
    case = Case.objects.get(pk=event.case_id)
    try:
        with transaction.atomic():
            case.meetings.exclude(citizen=case.citizen_id).update(citizen=case.citizen_id)
    except IntegrityError:
        raise Refused(
            "Borgeren ville have to samtaler på samme tid, en fra hver post. Aflys eller ret den ene samtale, og saml "
            "posterne bagefter."
        ) from None


def cancel_booking(*, meeting: Meeting, reason: CancelReason, at: datetime) -> None:
    """Cancel one booked meeting in the caller's transaction. Raises MoveNotAllowed."""
    meeting.status = status_after(MeetingStatus(meeting.status), Move.CANCEL)
    meeting.cancelled_at, meeting.cancel_reason = at, str(reason)
    meeting.save(update_fields=["status", "cancelled_at", "cancel_reason"])
