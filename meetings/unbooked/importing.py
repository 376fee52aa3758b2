"""Meetings that were held before the case came here, as a file has them: read, held against the law, and entered."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError

from cases.changing import with_parties
from cases.models import Case, User
from cases.rules.facts import Course, Party
from cases.rules.refusal import Refused
from cases.rules.rule_book import RuleBook
from cases.seam import HeldBefore, HeldEntry
from cases.ui.cells import parts
from cases.ui.fields import DateField, TimeField
from meetings.booking.proposal import DEFAULT_MINUTES
from meetings.channel.importing import (
    CHANNELS,
    WrittenChoice,
    choice_by,
    enter_choices,
    read_choices,
    take_back_choices,
)
from meetings.models import Meeting, Outcome
from meetings.planning import law as planning_law
from meetings.planning import replan as planning_replan
from meetings.rules.booking import ObjectionKind, check_held
from meetings.rules.channel import against_held, channel_on
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.spans import Span, local
from meetings.unbooked.services import UnbookedMeeting, enter_one_of_many, take_back

_KINDS = {kind.label: kind for kind in MeetingKind}
_WRITTEN = re.compile(
    rf"(?:(?P<kind>{'|'.join(_KINDS)})\s+)?(?:den\s+)?(?P<day>\S+)\s+(?:kl\.?\s*)?(?P<time>\d{{1,2}}[.:]\d{{2}})\s+"
    rf"(?P<channel>{'|'.join(CHANNELS)})",
    re.IGNORECASE,
)
_EXAMPLE = "Skriv dag, klokkeslæt og samtaleform, fx 12-10-2026 10.00 telefon; 26-10-2026 13.30 fremmøde."


#: What the lines of a file hold, by employee and day: each time with its line.
Taken = MutableMapping[tuple[int, date], list[tuple[Span, int]]]


@dataclass(frozen=True)
class WrittenMeeting:
    """One meeting as the file has it."""

    kind: MeetingKind
    span: Span
    channel: Channel


def read_held(text: str, *, choices: str, course: Course, party: Party, book: RuleBook, today: date) -> HeldBefore:
    """The meetings that the text tells of, what of them is to be weighed, and the choices of the other text.

    Raises Refused on what cannot have been.

    Of what other cases say nothing is known here: that an employee was in two meetings at once is for `collisions`,
    and that the citizen was is seen when they are entered.
    """
    meetings = sorted(map(_written, parts(text)), key=_moment)
    chosen = read_choices(choices, course=course, book=book, today=today)
    doubts: list[str] = []
    for place, meeting in enumerate(meetings):
        if meeting.span.day > today:
            raise Refused(f"Samtalen {meeting.span.text} er ikke holdt endnu. Ret dagen, eller fjern den.")
        number = 1 + sum(other.kind == meeting.kind for other in meetings[:place])
        choice = choice_by(chosen, meeting.span.day)
        doubts += _doubts(meeting, number, choice, course=course, party=party, book=book)
    times = [(meeting.span.starts_at, meeting.span.ends_at) for meeting in meetings]
    return HeldBefore(meetings=meetings, doubts=doubts, choices=chosen, times=times)


def enter_held(case: Case, held: HeldBefore, *, reason: str, by: User, at: datetime) -> None:
    """Enter all of it in the transaction that opens the case; `reason` is why what looked wrong is right."""
    case = with_parties(case.pk)
    # How a meeting was held is weighed against what was chosen by then.
    enter_choices(case, held.choices, by=by, at=at)
    adviser, law = case.worker_at(by.workplace) or by, planning_law.law_in_force()
    for unbooked in _unbooked(held.meetings, adviser=adviser, reason=reason):
        enter_one_of_many(case=case, unbooked=unbooked, accepted=None, by=by, at=at, law=law)
    planning_replan.refresh(case=case)


def take_back_held(case: Case, *, by: User, at: datetime) -> None:
    """Take back what was entered in a case that was opened by mistake: time is free, and the history keeps it."""
    take_back_choices(case, by=by, at=at)
    for meeting in case.meetings.filter(status=MeetingStatus.HELD).select_related("case"):
        take_back(meeting, text="tæller ikke længere: den er taget tilbage med sagen.", by=by, at=at)


def collisions(entries: Sequence[HeldEntry], *, earlier: Iterable[HeldEntry]) -> dict[int, str]:
    """For each line of a file whose employee is in two meetings at once, why it cannot be: in the file, or by now.

    `earlier` is what the lines before these hold. Only one's own employees are told of.
    """
    busy = _busy(entries)
    taken: Taken = {}
    for one in earlier:
        for span in (Span(*time) for time in one.held.times):
            taken.setdefault((one.adviser_id, span.day), []).append((span, one.line))
    problems: dict[int, str] = {}
    for entry in entries:
        meetings = entry.held.meetings
        found = (_collision(one, entry, meetings[:place], busy, taken) for place, one in enumerate(meetings))
        if problem := next(filter(None, found), ""):
            problems[entry.line] = problem
            continue
        for meeting in meetings:
            taken.setdefault((entry.adviser_id, meeting.span.day), []).append((meeting.span, entry.line))
    return problems


def _busy(entries: Sequence[HeldEntry]) -> Mapping[int, Sequence[Span]]:
    """When the employees hold other meetings within the days of all the lines, in one query."""
    spans = [meeting.span for entry in entries for meeting in entry.held.meetings]
    if not spans:
        return {}
    rows = Meeting.objects.filter(
        adviser__in={entry.adviser_id for entry in entries},
        status__in=[MeetingStatus.BOOKED, MeetingStatus.HELD],
        starts_at__lt=max(span.ends_at for span in spans),
        ends_at__gt=min(span.starts_at for span in spans),
    )
    found: defaultdict[int, list[Span]] = defaultdict(list)
    for adviser, starts_at, ends_at in rows.values_list("adviser", "starts_at", "ends_at"):
        found[adviser].append(Span(starts_at, ends_at))
    return found


def _collision(
    meeting: WrittenMeeting,
    entry: HeldEntry,
    earlier: Sequence[WrittenMeeting],
    busy: Mapping[int, Sequence[Span]],
    taken: Taken,
) -> str:
    """Why the meeting cannot have been beside the others of the file and those that are there; empty when it can."""
    there = [*taken.get((entry.adviser_id, meeting.span.day), ()), *((one.span, entry.line) for one in earlier)]
    line = next((line for span, line in there if span.overlaps(meeting.span)), None)
    if line is None and not any(span.overlaps(meeting.span) for span in busy.get(entry.adviser_id, ())):
        return ""
    where = f"i linje {line}" if line is not None else "på en anden sag"
    if entry.is_named:
        who = "Medarbejderen har en anden samtale"
        how = "Ret tiden, eller skriv den, der holdt samtalen."
    else:
        who = "Uden »medarbejder« er det dig, der holdt samtalen, og du har en anden"
        how = "Skriv i »medarbejder«, hvem der holdt den, eller ret tiden."
    return f"»holdte samtaler«: {meeting.span.text}. {who} i det tidsrum, {where}. {how}"


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
        channel=CHANNELS[found["channel"].lower()],
    )


def _doubts(
    meeting: WrittenMeeting,
    number: int,
    choice: WrittenChoice | None,
    *,
    course: Course,
    party: Party,
    book: RuleBook,
) -> list[str]:
    day = meeting.span.day
    found = check_held(course=course, kind=meeting.kind, party=party, day=day, book=book)
    refused = [one.text for one in found if one.kind == ObjectionKind.REFUSE]
    if refused:
        raise Refused(f"»holdte samtaler«: {' '.join(refused)}")
    answer = channel_on(course=course, meeting_on=day, kind=meeting.kind, number=number, book=book)
    against = against_held(
        answer,
        held=meeting.channel,
        wish=choice.channel if choice else None,
        wished_on=choice.chosen_on if choice else None,
    )
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
