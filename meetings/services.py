"""Everything that changes a meeting: one function, one durable transaction each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from cases.models import Case, Citizen, User
from cases.rules.facts import ExemptionReason, Party
from cases.rules.period import Period
from cases.services import events
from cases.services.cases import AlreadyClosed, Refused
from meetings import availability, outbox, planning
from meetings.models import (
    CANCEL_REASON_LABELS,
    OUTCOME_LABELS,
    CancelReason,
    ChannelChoice,
    ChosenBy,
    Exemption,
    Meeting,
    Outcome,
)
from meetings.rules import channel as channel_rules
from meetings.rules import exemption as exemption_rules
from meetings.rules import participation
from meetings.rules.booking import ObjectionKind
from meetings.rules.guidance import has_guidance_duty
from meetings.rules.kinds import CHANNEL_NAMES, Channel, MeetingKind
from meetings.rules.lifecycle import MeetingStatus, Move, status_after


class NotBookable(Refused):
    """The law or the office does not allow this booking."""


class Occupied(Refused):
    """Somebody is busy at that time; no more is told."""


class NeedsConfirmation(Refused):
    """The law leaves room, but the user must have seen the warnings first."""

    def __init__(self, warnings: Sequence[str]) -> None:
        self.warnings = tuple(warnings)
        super().__init__(" ".join(warnings))


class NeedsReason(Refused):
    """Attendance against the citizen's choice is possible only with a written reason."""


class ChannelNotAllowed(Refused):
    """The law does not allow the channel that day."""


class OutcomeNotAllowed(Refused):
    """The outcome cannot be registered like this, or not yet."""


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
    fund_attends: bool | None = None
    is_confirmed: bool = False


@transaction.atomic(durable=True)
def book(*, case_id: int, booking: Booking, by: User, at: datetime) -> Meeting:
    """Book a meeting, and owe the citizen an invitation.

    Booking the same meeting again changes nothing.
    Raises NotBookable, Occupied, NeedsConfirmation (warnings not yet seen), NeedsReason, ChannelNotAllowed.
    """
    case = _lock(case_id)
    same = case.meetings.booked().filter(**_identity(booking), booked_by=by).first()
    if same is not None:
        return same
    meeting = _book(case=case, booking=booking, by=by, at=at)
    outbox.owe_invitation(meeting=meeting, at=at)
    return meeting


@transaction.atomic(durable=True)
def move(*, meeting_id: int, booking: Booking, by: User, at: datetime) -> Meeting:
    """Book the same meeting at another time: the old booking is kept as moved, and the citizen gets a correction.

    The citizen's wish to have the a-kasse present is asked anew: it is what the new booking says.
    Moving it to the same time again changes nothing. Raises MoveNotAllowed, and what `book` raises.
    """
    old = _lock_meeting(meeting_id)
    case = _lock(old.case_id)
    same = Meeting.objects.booked().filter(**_identity(booking), moved_from=old).first()
    if same is not None:
        return same
    if old.status == MeetingStatus.BOOKED and old.starts_at <= at:
        raise NotBookable("Samtalen er begyndt og kan ikke flyttes. Registrér udfaldet, og book en ny tid.")
    _set_status(old, Move.MOVE)
    meeting = _book(case=case, booking=booking, by=by, at=at, moved_from=old)
    outbox.owe_correction(old=old, new=meeting, at=at)
    return meeting


@transaction.atomic(durable=True)
def cancel(*, meeting_id: int, reason: CancelReason, note: str, by: User, at: datetime) -> Meeting:
    """Cancel a booked meeting; the requirement is open again and the citizen is told. Raises MoveNotAllowed."""
    meeting = _lock_meeting(meeting_id)
    case = _lock(meeting.case_id)
    if meeting.status == MeetingStatus.CANCELLED and meeting.cancel_reason == reason:
        return meeting
    meeting.note = note
    meeting.save(update_fields=["note"])
    planning.cancel_booking(meeting=meeting, reason=reason, at=at)
    planning.refresh(case=case)
    events.record(
        case=case,
        kind="meetings.cancelled",
        by=by,
        at=at,
        text=f"{_name(meeting)} er aflyst: {CANCEL_REASON_LABELS[reason]}.",
        meeting=meeting.pk,
    )
    outbox.owe_cancellation(meeting=meeting, at=at)
    return meeting


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
    meeting = _lock_meeting(meeting_id)
    case = _lock(meeting.case_id)
    if meeting.outcome == outcome and meeting.status != MeetingStatus.BOOKED:
        return meeting, None
    _register(meeting=meeting, outcome=outcome, note=note, is_six_weeks_guided=is_six_weeks_guided, at=at)
    planning.refresh(case=case)
    events.record(
        case=case,
        kind="meetings.held" if outcome == Outcome.HELD else "meetings.missed",
        by=by,
        at=at,
        text=f"{_name(meeting)}: {OUTCOME_LABELS[outcome]}.",
        meeting=meeting.pk,
    )
    following = None
    if next_booking is not None:
        following = _book(case=case, booking=next_booking, by=by, at=at)
        outbox.owe_invitation(meeting=following, at=at)
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
    meeting = _lock_meeting(meeting_id)
    case = _lock(meeting.case_id)
    if (meeting.outcome, meeting.note, meeting.is_six_weeks_guided) == (outcome, note, is_six_weeks_guided):
        return meeting
    before = meeting.get_outcome_display()
    note_before = meeting.note
    _set_status(meeting, Move.REOPEN)
    _register(meeting=meeting, outcome=outcome, note=note, is_six_weeks_guided=is_six_weeks_guided, at=at)
    planning.refresh(case=case)
    after = OUTCOME_LABELS[outcome]
    what = f"»{before}« er rettet til »{after}«." if before != after else "registreringen er rettet."
    events.record(
        case=case,
        kind="meetings.outcome_corrected",
        by=by,
        at=at,
        text=f"{_name(meeting)}: {what} Begrundelse: {reason}",
        meeting=meeting.pk,
        note_before=note_before,
    )
    return meeting


@transaction.atomic(durable=True)
def choose_channel(
    *, case_id: int, channel: Channel, chosen_on: date, meeting_id: int | None, by: User, at: datetime
) -> ChannelChoice:
    """Record the citizen's choice, for one booked meeting or for all; booked meetings it binds follow it.

    Recording the choice that already counts changes nothing. Raises ChannelNotAllowed when the law does not give it.
    """
    case = _lock(case_id)
    law = planning.law_in_force()
    ahead = case.meetings.booked().filter(starts_at__gt=at).select_related("organisation")
    only = ahead.filter(pk=meeting_id).first() if meeting_id else None
    if meeting_id and only is None:
        raise ChannelNotAllowed("Samtalen er ikke længere booket. Vælg en anden, eller lad valget gælde alle samtaler.")
    _require_possible_choice(case=case, channel=channel, chosen_on=chosen_on, only=only, at=at, law=law)
    latest = citizens_choice(case=case, meeting=only)
    if latest is not None and (latest.channel, latest.chosen_on, latest.meeting_id) == (channel, chosen_on, meeting_id):
        return latest
    choice = ChannelChoice.objects.create(
        case=case, meeting=only, channel=str(channel), chosen_on=chosen_on, recorded_by=by, recorded_at=at
    )
    events.record(
        case=case,
        kind="meetings.channel_chosen",
        by=by,
        at=at,
        text=f"Borgeren har valgt {CHANNEL_NAMES[channel]}"
        + (f" til {_name(only)}." if only else " til alle samtaler."),
    )
    for meeting in [only] if only else ahead:
        _follow_choice(case=case, meeting=meeting, at=at, law=law)
    return choice


@transaction.atomic(durable=True)
def wish_fund_present(*, meeting_id: int, wish: bool, by: User, at: datetime) -> Meeting:
    """Record whether the citizen wishes the a-kasse at a meeting in the jobcenter.

    Raises NotBookable when the a-kasse cannot take part, or cannot be declined, in this meeting.
    """
    meeting = _lock_meeting(meeting_id)
    case = _lock(meeting.case_id)
    if meeting.status != MeetingStatus.BOOKED:
        raise NotBookable(f"Samtalen er {meeting.get_status_display()}. Ønsket kan ikke ændres mere.")
    if meeting.fund_attends == wish:
        return meeting
    _set_fund_attends(case=case, meeting=meeting, wish=wish, law=planning.law_in_force())
    meeting.save(update_fields=["fund_attends"])
    answer = "ønsker" if wish else "ønsker ikke"
    events.record(
        case=case,
        kind="meetings.fund_invited" if wish else "meetings.fund_declined",
        by=by,
        at=at,
        text=f"Borgeren {answer} a-kassen med til {_name(meeting)}.",
        meeting=meeting.pk,
    )
    return meeting


@transaction.atomic(durable=True)
def exempt(
    *,
    case_id: int,
    reason: str,
    span: Period,
    documented_on: date,
    starts_on: date | None,
    document: str,
    by: User,
    at: datetime,
) -> Exemption:
    """Exempt the citizen from meetings for a span of days; deadlines in it are postponed.

    Raises NotExempt and BadFacts (ValueError with a Danish sentence) and ValidationError on an overlap.
    """
    case = _lock(case_id)
    law = planning.law_in_force()
    if reason == ExemptionReason.CONCRETE_ASSESSMENT:
        _require_share_left(by=by, on=span.start, law=law)
    else:
        exemption_rules.may_exempt(
            reason=reason,
            span=span,
            documented_on=documented_on,
            starts_on=starts_on,
            course=planning.course_of(case),
            book=law.book,
        )
    exemption = Exemption(
        case=case,
        reason=reason,
        span=DateRange(span.start, span.end),
        documented_on=documented_on,
        document=document,
        recorded_by=by,
        recorded_at=at,
    )
    exemption.validate_constraints()
    exemption.save()
    events.record(
        case=case,
        kind="meetings.exempted",
        by=by,
        at=at,
        text=f"Fritaget for samtaler: {exemption}.",
    )
    planning.replan(case=case, at=at, by=by, law=law)
    return exemption


@transaction.atomic(durable=True)
def keep_duty(*, exemption_id: int, reason: str, by: User, at: datetime) -> Exemption:
    """The municipality holds on to the duty to meet, by concrete assessment and with a reason."""
    exemption, case = _lock_exemption(exemption_id)
    if exemption.is_duty_kept and exemption.duty_kept_reason == reason:
        return exemption
    exemption.is_duty_kept, exemption.duty_kept_reason = True, reason
    exemption.save(update_fields=["is_duty_kept", "duty_kept_reason"])
    events.record(
        case=case, kind="meetings.duty_kept", by=by, at=at, text=f"Jobcentret holder fast i mødepligten: {reason}"
    )
    planning.replan(case=case, at=at, by=by)
    return exemption


@transaction.atomic(durable=True)
def end_exemption(*, exemption_id: int, reason: str, by: User, at: datetime) -> Case:
    """Take back an exemption that was registered by mistake; the history keeps it."""
    exemption, case = _lock_exemption(exemption_id)
    text = f"Fritagelsen ({exemption}) er fjernet. Begrundelse: {reason}"
    exemption.delete()
    events.record(case=case, kind="meetings.exemption_removed", by=by, at=at, text=text)
    planning.replan(case=case, at=at, by=by)
    return case


def _lock(case_id: int) -> Case:
    case = Case.objects.select_for_update(of=("self",)).with_parties().select_related("handover").get(pk=case_id)
    if not case.is_open:
        raise AlreadyClosed("Sagen er afsluttet. Der kan ikke ændres i dens samtaler.")
    return case


def _lock_meeting(meeting_id: int) -> Meeting:
    # The case is locked first everywhere else, so that two changes of one case never wait for each other.
    case_id = Meeting.objects.values_list("case_id", flat=True).get(pk=meeting_id)
    Case.objects.select_for_update().get(pk=case_id)
    return (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("case", "organisation", "adviser", "requirement")
        .get(pk=meeting_id)
    )


def _lock_exemption(exemption_id: int) -> tuple[Exemption, Case]:
    case = _lock(Exemption.objects.values_list("case_id", flat=True).get(pk=exemption_id))
    return Exemption.objects.select_for_update().get(pk=exemption_id), case


def _name(meeting: Meeting) -> str:
    starts = timezone.localtime(meeting.starts_at)
    return f"{meeting.get_kind_display().capitalize()} den {starts:%d-%m-%Y} kl. {starts:%H.%M}"


def _set_status(meeting: Meeting, move: Move) -> None:
    meeting.status = status_after(MeetingStatus(meeting.status), move)
    if move is Move.REOPEN:
        meeting.held_at = meeting.missed_at = None
    _save_if_free(meeting)


def _register(*, meeting: Meeting, outcome: Outcome, note: str, is_six_weeks_guided: bool | None, at: datetime) -> None:
    if at < meeting.starts_at:
        raise OutcomeNotAllowed(
            "Samtalen er ikke begyndt endnu. Registrér udfaldet, når den har været, eller aflys eller flyt den."
        )
    is_held = outcome == Outcome.HELD
    meeting.status = status_after(MeetingStatus(meeting.status), Move.HOLD if is_held else Move.MISS)
    if is_held:
        law = planning.law_in_force()
        duty, why = has_guidance_duty(meeting.party, on=meeting.day, book=law.book, asked=bool(is_six_weeks_guided))
        if not duty and is_six_weeks_guided and meeting.party is Party.MUNICIPALITY:
            raise OutcomeNotAllowed(why[-1].text)
        meeting.held_at = at
        meeting.is_six_weeks_guided = is_six_weeks_guided
    else:
        meeting.missed_at = at
        meeting.is_six_weeks_guided = None
    meeting.outcome = str(outcome)
    meeting.note = note
    _save_if_free(meeting)


def _identity(booking: Booking) -> dict[str, object]:
    """What makes two bookings of a case the same one."""
    return {
        "kind": str(booking.kind),
        "adviser_id": booking.adviser_id,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
    }


def _book(*, case: Case, booking: Booking, by: User, at: datetime, moved_from: Meeting | None = None) -> Meeting:
    adviser = _lock_diaries(case=case, booking=booking)
    if adviser.organisation is None or adviser.organisation_id != by.organisation_id:
        raise NotBookable("Vælg en medarbejder i din egen organisation.")
    if booking.ends_at <= booking.starts_at:
        raise NotBookable("Samtalen skal slutte, efter at den er begyndt.")
    if booking.starts_at <= at:
        raise NotBookable("Tidspunktet er passeret. Vælg en tid, der ligger i fremtiden.")
    meeting = Meeting(
        case=case,
        citizen=case.citizen,
        organisation=adviser.organisation,
        adviser=adviser,
        kind=str(booking.kind),
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        booked_at=at,
        booked_by=by,
    )
    if moved_from is not None:
        meeting.moved_from, meeting.series, meeting.version = moved_from, moved_from.series, moved_from.version + 1
    law = planning.law_in_force()
    _check_time(case=case, meeting=meeting, is_confirmed=booking.is_confirmed, law=law)
    _set_channel(
        case=case, meeting=meeting, demanded=booking.channel, reason=booking.channel_reason, law=law, wished=moved_from
    )
    meeting.place = booking.place or default_place(case=case, meeting=meeting)
    if booking.fund_attends is not None:
        _set_fund_attends(case=case, meeting=meeting, wish=booking.fund_attends, law=law)
    _save_if_free(meeting)
    planning.refresh(case=case)
    meeting.refresh_from_db(fields=["requirement", "is_late"])
    moved = f" Flyttet fra {_name(moved_from)}." if moved_from else ""
    events.record(
        case=case,
        kind="meetings.moved" if moved_from else "meetings.booked",
        by=by,
        at=at,
        text=f"{_name(meeting)} er booket ({CHANNEL_NAMES[Channel(meeting.channel)]}).{moved}",
        meeting=meeting.pk,
    )
    if meeting.channel_reason:
        events.record(
            case=case,
            kind="meetings.attendance_demanded",
            by=by,
            at=at,
            text=f"Fremmøde kræves imod borgerens valg. Begrundelse: {meeting.channel_reason}",
            meeting=meeting.pk,
        )
    return meeting


def _lock_diaries(*, case: Case, booking: Booking) -> User:
    # One booking at a time for an adviser and for a citizen, so that the second sees the first and hears "optaget".
    # Without this the two would meet in the exclusion constraint, and might end in a deadlock there.
    adviser = (
        User.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation")
        .get(pk=booking.adviser_id)
    )
    Citizen.objects.select_for_update(no_key=True).get(pk=case.citizen_id)
    return adviser


def _check_time(*, case: Case, meeting: Meeting, is_confirmed: bool, law: planning.Law) -> None:
    span = availability.Span(meeting.starts_at, meeting.ends_at)
    diary = availability.diary(
        case=case, adviser=meeting.adviser, first=span.day, last=timezone.localtime(span.ends_at).date()
    )
    found = availability.objections(
        course=planning.course_of(case), kind=MeetingKind(meeting.kind), span=span, diary=diary, law=law
    )
    refused = [objection.text for objection in found if objection.kind == ObjectionKind.REFUSE]
    if refused:
        raise NotBookable(" ".join(refused))
    occupied = diary.occupied(span)
    if occupied:
        raise Occupied(occupied)
    if found and not is_confirmed:
        raise NeedsConfirmation([objection.text for objection in found])


def _set_channel(
    *,
    case: Case,
    meeting: Meeting,
    law: planning.Law,
    wished: Meeting | None,
    demanded: Channel | None = None,
    reason: str = "",
) -> None:
    """Give the meeting its channel: from the law, the citizen's choice (for `wished` or for all) or the demand."""
    choice = citizens_choice(case=case, meeting=wished)
    try:
        resolved = channel_rules.resolve(
            channel_on(case=case, meeting=meeting, law=law),
            wish=Channel(choice.channel) if choice else None,
            wished_on=choice.chosen_on if choice else None,
            demanded=demanded,
            reason=reason,
        )
    except channel_rules.ReasonMissing as error:
        raise NeedsReason(str(error)) from None
    except channel_rules.ChannelRefused as error:
        raise ChannelNotAllowed(str(error)) from None
    meeting.channel = str(resolved.channel)
    meeting.channel_chosen_by = str(ChosenBy(resolved.chosen_by))
    meeting.channel_reason = resolved.reason


def channel_on(*, case: Case, meeting: Meeting, law: planning.Law) -> channel_rules.ChannelAnswer:
    """Which channels the law allows for the meeting, and who decides."""
    return channel_rules.channel_on(
        course=planning.course_of(case),
        meeting_on=meeting.day,
        kind=MeetingKind(meeting.kind),
        number=_number(case=case, meeting=meeting),
        book=law.book,
    )


def channel_of_all(*, case: Case, day: date, law: planning.Law) -> channel_rules.ChannelAnswer:
    """What the law says of an ordinary meeting that day; the first of a course may have a rule of its own."""
    return channel_rules.channel_on(
        course=planning.course_of(case),
        meeting_on=day,
        kind=MeetingKind.CONTACT_INTERVIEW,
        number=2,
        book=law.book,
    )


def citizens_choice(*, case: Case, meeting: Meeting | None) -> ChannelChoice | None:
    """The citizen's latest choice: for this very meeting, or else for all."""
    for choice in case.channel_choices.all():
        if choice.meeting_id is None or (meeting is not None and choice.meeting_id == meeting.pk):
            return choice
    return None


def _number(*, case: Case, meeting: Meeting, of_organisation: bool = False) -> int:
    """The meeting's place among those of its kind that are booked or held, by time, from 1."""
    earlier = case.meetings.filter(
        kind=meeting.kind, status__in=[MeetingStatus.BOOKED, MeetingStatus.HELD], starts_at__lt=meeting.starts_at
    ).exclude(pk=meeting.pk)
    if of_organisation:
        earlier = earlier.filter(organisation=meeting.organisation)
    return earlier.count() + 1


def fund_participation(*, case: Case, meeting: Meeting, law: planning.Law) -> participation.Participation:
    """Whether the citizen can be asked about the a-kasse's presence at the meeting, and why."""
    if meeting.kind == MeetingKind.JOINT_INTERVIEW:
        return participation.joint_fund_may_be_declined(on=meeting.day, book=law.book)
    return participation.may_invite_fund(
        course=planning.course_of(case),
        party=meeting.party,
        number=_number(case=case, meeting=meeting, of_organisation=True),
        on=meeting.day,
        book=law.book,
    )


def _set_fund_attends(*, case: Case, meeting: Meeting, wish: bool, law: planning.Law) -> None:
    if case.fund is None:
        raise NotBookable("Sagen har ingen a-kasse, som kan deltage.")
    may, why = fund_participation(case=case, meeting=meeting, law=law)
    is_joint = meeting.kind == MeetingKind.JOINT_INTERVIEW
    if not may and wish != is_joint:
        raise NotBookable(why[-1].text)
    meeting.fund_attends = wish


def default_place(*, case: Case, meeting: Meeting) -> str:
    """Where the meeting is held when nobody says otherwise."""
    if meeting.channel == Channel.ATTENDANCE:
        return meeting.organisation.meeting_place
    if meeting.channel == Channel.TELEPHONE:
        phone = case.citizen.phone
        return f"Vi ringer til dig på {phone}" if phone else f"Ring til os på {meeting.organisation.phone}"
    return "Du får et link til videomødet, før samtalen begynder"


def _require_possible_choice(
    *, case: Case, channel: Channel, chosen_on: date, only: Meeting | None, at: datetime, law: planning.Law
) -> None:
    today = timezone.localtime(at).date()
    if not case.registered_on <= chosen_on <= today:
        raise ChannelNotAllowed(
            f"Valget skal være truffet mellem tilmeldingen den {case.registered_on:%d-%m-%Y} og i dag. Ret datoen."
        )
    if only is not None:
        answer = channel_on(case=case, meeting=only, law=law)
    else:
        answer = channel_of_all(case=case, day=today, law=law)
    try:
        channel_rules.wish_allowed(answer, channel)
    except channel_rules.ChannelRefused as error:
        raise ChannelNotAllowed(str(error)) from None


def _follow_choice(*, case: Case, meeting: Meeting, at: datetime, law: planning.Law) -> None:
    decided_by = channel_on(case=case, meeting=meeting, law=law).decided_by
    if meeting.channel_reason or decided_by is not channel_rules.DecidedBy.CITIZEN:
        return
    before = meeting.channel
    _set_channel(case=case, meeting=meeting, law=law, wished=meeting)
    if meeting.channel == before:
        meeting.save(update_fields=["channel_chosen_by"])
        return
    meeting.place = default_place(case=case, meeting=meeting)
    meeting.version += 1
    meeting.save()
    outbox.owe_correction(old=meeting, new=meeting, at=at)


def _require_share_left(*, by: User, on: date, law: planning.Law) -> None:
    cases = Case.objects.visible_to(by).open()
    exemption_rules.may_exempt_by_share(
        on=on,
        exempted=cases.filter(
            exemptions__reason=ExemptionReason.CONCRETE_ASSESSMENT, exemptions__span__contains=on
        ).count(),
        citizens=cases.count(),
        book=law.book,
    )


def _save_if_free(meeting: Meeting) -> None:
    try:
        with transaction.atomic():
            meeting.save()
    except IntegrityError as error:
        # The constraint has the last word on who is busy.
        text = next((text for name, text in availability.OCCUPIED.items() if name in str(error)), None)
        if text is None:
            raise
        raise Occupied(text) from None
