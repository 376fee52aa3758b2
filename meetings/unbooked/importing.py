"""Meetings that were held before the case came here, as a file has them: read, held against the law, and entered."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError

from cases.extensions import HeldBefore
from cases.history import events as history_events
from cases.models import Case, User
from cases.rules.facts import Course, Party
from cases.rules.refusal import Refused
from cases.rules.rule_book import RuleBook
from cases.ui.fields import DateField, TimeField
from meetings.booking.draft import DEFAULT_MINUTES
from meetings.booking.free_times import Span, local
from meetings.booking.services import cancel_booking
from meetings.changing import set_status
from meetings.models import CancelReason, Outcome
from meetings.planning import law as planning_law
from meetings.planning import replan as planning_replan
from meetings.rules.booking import ObjectionKind, check_held
from meetings.rules.channel import against_held, channel_on
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.lifecycle import MeetingStatus, Move
from meetings.unbooked.services import UnbookedMeeting, enter_one_of_many

_KINDS = {kind.label: kind for kind in MeetingKind}
_CHANNELS = {**{channel.label: channel for channel in Channel}, "fremmøde": Channel.ATTENDANCE}
_WRITTEN = re.compile(
    rf"(?:(?P<kind>{'|'.join(_KINDS)})\s+)?(?:den\s+)?(?P<day>\S+)\s+(?:kl\.?\s*)?(?P<time>\d{{1,2}}[.:]\d{{2}})\s+"
    rf"(?P<channel>{'|'.join(_CHANNELS)})",
    re.IGNORECASE,
)
_EXAMPLE = "Skriv dag, klokkeslæt og samtaleform, fx 12-10-2026 10.00 telefon; 26-10-2026 13.30 fremmøde."


@dataclass(frozen=True)
class WrittenMeeting:
    """One meeting as the file has it."""

    kind: MeetingKind
    span: Span
    channel: Channel


def read_held(text: str, *, course: Course, party: Party, book: RuleBook, today: date) -> HeldBefore:
    """The meetings that the text tells of, and what of them is to be weighed. Raises Refused on what cannot have been.

    Of what other cases say nothing is known here: that somebody was in two meetings at once is seen when they are
    entered.
    """
    meetings = sorted(map(_written, filter(None, map(str.strip, re.split(r"[;,\n]", text)))), key=_moment)
    doubts: list[str] = []
    for place, meeting in enumerate(meetings):
        if meeting.span.day > today:
            raise Refused(f"Samtalen {meeting.span.text} er ikke holdt endnu. Ret dagen, eller fjern den.")
        number = 1 + sum(other.kind == meeting.kind for other in meetings[:place])
        doubts += _doubts(meeting, number, course=course, party=party, book=book)
    return HeldBefore(meetings=meetings, doubts=doubts)


def enter_held(case: Case, held: HeldBefore, *, reason: str, by: User, at: datetime) -> None:
    """Enter the meetings in the transaction that opens the case; `reason` is why what looked wrong is right."""
    assert by.organisation is not None
    case = Case.objects.with_parties().select_related("handover").get(pk=case.pk)
    adviser, law = case.worker_at(by.organisation) or by, planning_law.law_in_force()
    for unbooked in _unbooked(held.meetings, adviser=adviser, reason=reason):
        enter_one_of_many(case=case, unbooked=unbooked, accepted=None, by=by, at=at, law=law)
    planning_replan.refresh(case=case)


def take_back_held(case: Case, *, by: User, at: datetime) -> None:
    """Take back the meetings of a case that was opened by mistake: their time is free, the history keeps them."""
    for meeting in case.meetings.filter(status=MeetingStatus.HELD):
        before, meeting.outcome = meeting.outcome, ""
        set_status(meeting, Move.REOPEN)
        cancel_booking(meeting=meeting, reason=CancelReason.MISTAKE, at=at)
        history_events.record(
            case=case,
            kind="meetings.outcome_corrected",
            by=by,
            at=at,
            text=f"{meeting.title} tæller ikke længere: den er taget tilbage med sagen.",
            meeting=meeting.pk,
            before={f"outcome/{meeting.pk}": before},
        )


def _moment(meeting: WrittenMeeting) -> datetime:
    return meeting.span.starts_at


def _written(text: str) -> WrittenMeeting:
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise Refused(f"»holdte samtaler«: »{text}« kan ikke læses. {_EXAMPLE}")
    try:
        day, begins = DateField().clean(found["day"]), TimeField().clean(found["time"])
    except ValidationError as error:
        raise Refused(f"»holdte samtaler«: {error.messages[0]}") from None
    return WrittenMeeting(
        kind=_KINDS[(found["kind"] or MeetingKind.CONTACT_INTERVIEW.label).lower()],
        span=Span.lasting(local(day, begins), timedelta(minutes=DEFAULT_MINUTES)),
        channel=_CHANNELS[found["channel"].lower()],
    )


def _doubts(meeting: WrittenMeeting, number: int, *, course: Course, party: Party, book: RuleBook) -> list[str]:
    day = meeting.span.day
    found = check_held(course=course, kind=meeting.kind, party=party, day=day, book=book)
    refused = [one.text for one in found if one.kind == ObjectionKind.REFUSE]
    if refused:
        raise Refused(f"»holdte samtaler«: {' '.join(refused)}")
    answer = channel_on(course=course, meeting_on=day, kind=meeting.kind, number=number, book=book)
    against = against_held(answer, held=meeting.channel, wish=None)
    return [*(one.text for one in found), *([against] if against else [])]


def _unbooked(meetings: Iterable[WrittenMeeting], *, adviser: User, reason: str) -> Iterable[UnbookedMeeting]:
    for meeting in meetings:
        yield UnbookedMeeting(
            kind=meeting.kind,
            adviser_id=adviser.pk,
            starts_at=meeting.span.starts_at,
            ends_at=meeting.span.ends_at,
            channel=meeting.channel,
            channel_reason=reason,
            outcome=Outcome.HELD,
        )
