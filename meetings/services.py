"""Everything that changes a meeting: one function, one durable transaction each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from cases.models import Case, User
from cases.rules.facts import EXEMPTION_NAMES, Party
from cases.rules.period import Period
from cases.services import events
from meetings import outbox, planning
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
from meetings.rules import booking as booking_rules
from meetings.rules import channel as channel_rules
from meetings.rules import exemption as exemption_rules
from meetings.rules import participation
from meetings.rules.booking import Objection
from meetings.rules.guidance import has_guidance_duty
from meetings.rules.kinds import CHANNEL_NAMES, Channel, MeetingKind
from meetings.rules.lifecycle import MeetingStatus, Move, status_after


class Refused(Exception):
    """The change cannot be made; the message is one Danish sentence for the user."""


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

    Raises NotBookable, Occupied, NeedsConfirmation (warnings not yet seen), NeedsReason, ChannelNotAllowed.
    """
    case = _lock(case_id)
    meeting = _book(case=case, booking=booking, by=by, at=at)
    outbox.owe_invitation(meeting=meeting, at=at)
    return meeting


@transaction.atomic(durable=True)
def move(*, meeting_id: int, booking: Booking, by: User, at: datetime) -> Meeting:
    """Book the same meeting at another time: the old booking is kept as moved, and the citizen gets a correction.

    The citizen's wish to have the a-kasse present is asked anew: it is what the new booking says.
    """
    old = _lock_meeting(meeting_id)
    case = _lock(old.case_id)
    _set_status(old, Move.MOVE)
    meeting = _book(case=case, booking=booking, by=by, at=at, moved_from=old)
    outbox.owe_correction(old=old, new=meeting, at=at)
    return meeting


@transaction.atomic(durable=True)
def cancel(*, meeting_id: int, reason: CancelReason, note: str, by: User, at: datetime) -> Meeting:
    """Cancel a booked meeting; the requirement is open again and the citizen is told."""
    meeting = _lock_meeting(meeting_id)
    case = _lock(meeting.case_id)
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
    """Correct a registered outcome, with a reason; the history keeps both."""
    meeting = _lock_meeting(meeting_id)
    case = _lock(meeting.case_id)
    before = OUTCOME_LABELS.get(Outcome(meeting.outcome), "") if meeting.outcome else "intet udfald"
    _set_status(meeting, Move.REOPEN)
    _register(meeting=meeting, outcome=outcome, note=note, is_six_weeks_guided=is_six_weeks_guided, at=at)
    planning.refresh(case=case)
    events.record(
        case=case,
        kind="meetings.outcome_corrected",
        by=by,
        at=at,
        text=f"{_name(meeting)}: »{before}« er rettet til »{OUTCOME_LABELS[outcome]}«. Begrundelse: {reason}",
        meeting=meeting.pk,
    )
    return meeting


@transaction.atomic(durable=True)
def choose_channel(
    *, case_id: int, channel: Channel, chosen_on: date, meeting_id: int | None, by: User, at: datetime
) -> ChannelChoice:
    """Record the citizen's choice, for one booked meeting or for all; booked meetings it binds follow it."""
    case = _lock(case_id)
    choice = ChannelChoice.objects.create(
        case=case, meeting_id=meeting_id, channel=str(channel), chosen_on=chosen_on, recorded_by=by, recorded_at=at
    )
    events.record(
        case=case,
        kind="meetings.channel_chosen",
        by=by,
        at=at,
        text=f"Borgeren har valgt {CHANNEL_NAMES[channel]}"
        + (" til én samtale." if meeting_id else " til alle samtaler."),
    )
    booked = case.meetings.booked().filter(starts_at__gt=at).select_related("organisation")
    for meeting in booked.filter(pk=meeting_id) if meeting_id else booked:
        _follow_choice(case=case, meeting=meeting, channel=channel, at=at)
    return choice


@transaction.atomic(durable=True)
def wish_fund_present(*, meeting_id: int, wish: bool, by: User, at: datetime) -> Meeting:
    """Record whether the citizen wishes the a-kasse at the first meeting in the jobcenter.

    Raises NotBookable when the a-kasse cannot take part in this meeting.
    """
    meeting = _lock_meeting(meeting_id)
    case = _lock(meeting.case_id)
    if wish:
        _require_fund_may_attend(case=case, meeting=meeting)
    meeting.fund_attends = wish
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

    Raises what `may_exempt` raises (ValueError with a Danish sentence) and ValidationError on an overlap.
    """
    case = _lock(case_id)
    law = planning.law_in_force()
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
        text=f"Fritaget for samtaler til og med {exemption.period.last_day:%d-%m-%Y}: {EXEMPTION_NAMES[reason]}.",
    )
    planning.replan(case=case, at=at, by=by, law=law)
    return exemption


@transaction.atomic(durable=True)
def keep_duty(*, exemption_id: int, reason: str, by: User, at: datetime) -> Exemption:
    """The municipality holds on to the duty to meet, by concrete assessment and with a reason."""
    exemption = Exemption.objects.select_for_update(of=("self",)).get(pk=exemption_id)
    case = _lock(exemption.case_id)
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
    exemption = Exemption.objects.select_for_update(of=("self",)).get(pk=exemption_id)
    case = _lock(exemption.case_id)
    text = f"Fritagelsen ({exemption}) er fjernet. Begrundelse: {reason}"
    exemption.delete()
    events.record(case=case, kind="meetings.exemption_removed", by=by, at=at, text=text)
    planning.replan(case=case, at=at, by=by)
    return case


def _lock(case_id: int) -> Case:
    case = Case.objects.select_for_update(of=("self",)).with_parties().select_related("handover").get(pk=case_id)
    if not case.is_open:
        raise Refused("Sagen er afsluttet. Der kan ikke ændres i dens samtaler.")
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


def _name(meeting: Meeting) -> str:
    starts = timezone.localtime(meeting.starts_at)
    return f"{meeting.get_kind_display().capitalize()} den {starts:%d-%m-%Y} kl. {starts:%H.%M}"


def _set_status(meeting: Meeting, move: Move) -> None:
    meeting.status = status_after(MeetingStatus(meeting.status), move)
    if move is Move.REOPEN:
        meeting.held_at = meeting.missed_at = None
    meeting.save(update_fields=["status", "held_at", "missed_at"])


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
    meeting.save()


def _book(*, case: Case, booking: Booking, by: User, at: datetime, moved_from: Meeting | None = None) -> Meeting:
    adviser = User.objects.select_related("organisation").get(pk=booking.adviser_id)
    if adviser.organisation_id != by.organisation_id or adviser.organisation is None:
        raise NotBookable("Vælg en medarbejder i din egen organisation.")
    if booking.starts_at <= at:
        raise NotBookable("Tidspunktet er passeret. Vælg en tid, der ligger i fremtiden.")
    if booking.ends_at <= booking.starts_at:
        raise NotBookable("Samtalen skal slutte, efter at den er begyndt.")
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
    _check_booking(case=case, meeting=meeting, booking=booking, law=law)
    _set_channel(case=case, meeting=meeting, booking=booking, law=law, moved_from=moved_from)
    meeting.place = booking.place or _default_place(case=case, meeting=meeting)
    if booking.fund_attends is not None:
        if booking.fund_attends:
            _require_fund_may_attend(case=case, meeting=meeting)
        meeting.fund_attends = booking.fund_attends
    _save_free_of_overlap(meeting)
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


def objections(*, case: Case, meeting: Meeting, law: planning.Law) -> list[Objection]:
    """What the rules say against the booking; nothing is saved."""
    return booking_rules.check_booking(
        course=planning.course_of(case),
        table=law.table,
        book=law.book,
        kind=MeetingKind(meeting.kind),
        party=meeting.party,
        day=meeting.day,
    )


def _check_booking(*, case: Case, meeting: Meeting, booking: Booking, law: planning.Law) -> None:
    found = objections(case=case, meeting=meeting, law=law)
    refused = [objection.text for objection in found if objection.kind == "refuse"]
    if refused:
        raise NotBookable(" ".join(refused))
    warnings = [objection.text for objection in found]
    if warnings and not booking.is_confirmed:
        raise NeedsConfirmation(warnings)


def _set_channel(
    *, case: Case, meeting: Meeting, booking: Booking, law: planning.Law, moved_from: Meeting | None
) -> None:
    answer = channel_on(case=case, meeting=meeting, law=law)
    wish = citizens_choice(case=case, meeting=moved_from)
    try:
        resolved = channel_rules.resolve(answer, wish=wish, demanded=booking.channel, reason=booking.channel_reason)
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


def citizens_choice(*, case: Case, meeting: Meeting | None) -> Channel | None:
    """The citizen's latest choice: for this very meeting, or else for all."""
    for choice in case.channel_choices.all():
        if choice.meeting_id is None or (meeting is not None and choice.meeting_id == meeting.pk):
            return Channel(choice.channel)
    return None


def _number(*, case: Case, meeting: Meeting, of_organisation: bool = False) -> int:
    """The meeting's place among those of its kind that are booked or held, by time, from 1."""
    earlier = case.meetings.filter(
        kind=meeting.kind, status__in=[MeetingStatus.BOOKED, MeetingStatus.HELD], starts_at__lt=meeting.starts_at
    ).exclude(pk=meeting.pk)
    if of_organisation:
        earlier = earlier.filter(organisation=meeting.organisation)
    return earlier.count() + 1


def _require_fund_may_attend(*, case: Case, meeting: Meeting) -> None:
    may, why = participation.may_invite_fund(
        course=planning.course_of(case),
        party=meeting.party,
        number=_number(case=case, meeting=meeting, of_organisation=True),
        on=meeting.day,
        book=planning.law_in_force().book,
    )
    if not may or case.fund is None:
        raise NotBookable(why[-1].text if why else "Sagen har ingen a-kasse.")


def _default_place(*, case: Case, meeting: Meeting) -> str:
    if meeting.channel == Channel.ATTENDANCE:
        return meeting.organisation.meeting_place
    if meeting.channel == Channel.TELEPHONE:
        return (
            f"Vi ringer til dig på {case.citizen.phone}"
            if case.citizen.phone
            else "Ring til os: " + meeting.organisation.phone
        )
    return "Link til videomødet står i din indkaldelse"


def _follow_choice(*, case: Case, meeting: Meeting, channel: Channel, at: datetime) -> None:
    answer = channel_on(case=case, meeting=meeting, law=planning.law_in_force())
    if answer.decided_by != "citizen" or channel not in answer.allowed or meeting.channel == channel:
        return
    meeting.channel, meeting.channel_chosen_by, meeting.channel_reason = str(channel), str(ChosenBy.CITIZEN), ""
    meeting.place = _default_place(case=case, meeting=meeting)
    meeting.version += 1
    meeting.save()
    outbox.owe_correction(old=meeting, new=meeting, at=at)


def _save_free_of_overlap(meeting: Meeting) -> None:
    try:
        meeting.full_clean(exclude=["place"], validate_unique=False)
        with transaction.atomic():
            meeting.save()
    except ValidationError as error:
        raise Occupied(" ".join(error.messages)) from None
    except IntegrityError as error:
        # Somebody else took the time between our look and our save; the constraint has the last word.
        if "double_booked" not in str(error):
            raise
        raise Occupied("Tiden er lige blevet optaget. Vælg en anden tid.") from None
