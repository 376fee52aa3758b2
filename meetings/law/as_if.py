"""One case under two laws, side by side: what each demands, and what moves. A reading: nothing is saved."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from cases.models import Act, Case
from cases.rules.facts import Course, ExemptionReason, Party, PauseKind
from cases.rules.responsibility import MunicipalityFrom, municipality_from
from cases.rules.wording import day_text, listed
from meetings.law.runs import batches
from meetings.models import ChangeKind, LawChange, LawRun, RequiredMeeting, RequirementState
from meetings.planning.law import Law, law_in_force
from meetings.planning.stored import course_of
from meetings.rules.channel import ChannelAnswer, channel_on
from meetings.rules.contact_course import PlannedMeeting, plan
from meetings.rules.kinds import MeetingKind
from meetings.rules.lifecycle import MeetingStatus

#: How many of each kind there are, in words; in the order of a headline.
COUNTED: dict[ChangeKind, tuple[str, str]] = {
    ChangeKind.MOVES: ("frist flytter", "frister flytter"),
    ChangeKind.OVERDUE: ("frist bliver overskredet", "frister bliver overskredet"),
    ChangeKind.BOOKING_OUTSIDE: (
        "booket samtale falder uden for sit nye vindue",
        "bookede samtaler falder uden for deres nye vindue",
    ),
    ChangeKind.APPEARS: ("nyt samtalekrav", "nye samtalekrav"),
    ChangeKind.VANISHES: ("samtalekrav falder bort", "samtalekrav falder bort"),
    ChangeKind.ALTERS: ("samtalekrav ændres uden ny frist", "samtalekrav ændres uden ny frist"),
    ChangeKind.CHANNEL: (
        "booket samtale får andre regler for samtaleform",
        "bookede samtaler får andre regler for samtaleform",
    ),
    ChangeKind.HANDOVER: ("overgang til jobcentret flytter", "overgange til jobcentret flytter"),
    ChangeKind.OFFER: ("tilbud tæller anderledes", "tilbud tæller anderledes"),
    ChangeKind.OFFER_DEADLINE: ("frist for tilbud flytter", "frister for tilbud flytter"),
    ChangeKind.UNPLANNED: ("sag kan ikke planlægges", "sager kan ikke planlægges"),
}

#: What a line is marked with, the gravest first: the word, and the colour of its badge.
_MARKS = (
    (ChangeKind.OVERDUE, "Bliver overskredet", "error"),
    (ChangeKind.APPEARS, "Nyt krav", "warning"),
    (ChangeKind.VANISHES, "Falder bort", "warning"),
    (ChangeKind.MOVES, "Flytter", "warning"),
    (ChangeKind.ALTERS, "Ændres", "info"),
)

_NAMES = "|".join(re.escape(name) for name in {kind.label for kind in (*PauseKind, *ExemptionReason)})
#: The kinds as the rules tell them: » (sygdom)«, » (ferie og barsel)«.
_REASONS = re.compile(rf" \((?:(?:{_NAMES})(?:, | og )?)+\)")


@dataclass(frozen=True)
class RequirementUnderLaw:
    """One required meeting under one law, and why its deadline is what it is."""

    window_from: date
    window_to: date
    due_on: date
    is_historic: bool
    steps: Sequence[str]
    legal_basis: str


@dataclass(frozen=True)
class RequirementLine:
    """One required meeting under both laws; None where a law does not demand it."""

    title: str
    before: RequirementUnderLaw | None
    after: RequirementUnderLaw | None
    mark: str
    variant: str

    @property
    def first_due(self) -> date:
        return min(one.due_on for one in (self.before, self.after) if one is not None)


@dataclass(frozen=True)
class ChannelLine:
    """How one meeting may be held under both laws; booked, or the next there could be."""

    day: date
    title: str
    is_booked: bool
    before: ChannelAnswer
    after: ChannelAnswer

    @property
    def differs(self) -> bool:
        return (self.before.allowed, self.before.decided_by) != (self.after.allowed, self.after.decided_by)

    @property
    def before_says(self) -> str:
        return _channel_says(self.before)

    @property
    def after_says(self) -> str:
        return _channel_says(self.after)


@dataclass(frozen=True)
class AsIf:
    """The case before and after."""

    lines: Sequence[RequirementLine]
    channels: Sequence[ChannelLine]
    handover_before: MunicipalityFrom
    handover_after: MunicipalityFrom
    changes: Sequence[LawChange]

    @property
    def handover_moves(self) -> bool:
        return self.handover_before.day != self.handover_after.day

    @property
    def handover_before_says(self) -> str:
        return _handover_says(self.handover_before)

    @property
    def handover_after_says(self) -> str:
        return _handover_says(self.handover_after)

    @property
    def other_changes(self) -> Sequence[LawChange]:
        """What neither the required meetings nor the hand-over and the channel show."""
        shown = {ChangeKind.CHANNEL, ChangeKind.HANDOVER, *(kind for kind, _, _ in _MARKS)}
        return [one for one in self.changes if one.kind not in shown]

    @property
    def headline(self) -> str:
        return headline(Counter(ChangeKind(one.kind) for one in self.changes))


def ask(*, case: Case, act: Act, at: datetime, today: date) -> AsIf:
    """Compare the case under the law as it is and another: with the draft, or without the published act to come."""
    after = law_in_force(draft=act.slug) if act.is_draft else law_in_force(without=act.slug)
    changes = batches.as_if(case=case, draft=act, at=at, today=today)
    return _read(case=case, act=act, before=law_in_force(), after=after, changes=changes, at=at)


def _read(*, case: Case, act: Act, before: Law, after: Law, changes: Sequence[LawChange], at: datetime) -> AsIf:
    """The stored plan of the case beside the one that the other law would give it; `changes` are what was told."""
    course = course_of(case)
    return AsIf(
        lines=lines(case=case, law=after, changes=changes),
        channels=_channels(case, course, act=act, before=before, after=after, at=at),
        handover_before=municipality_from(course, before.book),
        handover_after=municipality_from(course, after.book),
        changes=changes,
    )


def lines(*, case: Case, law: Law, changes: Sequence[LawChange]) -> Sequence[RequirementLine]:
    """Set the stored plan of the case beside the one that this law would give it, one line for each requirement."""
    planned = plan(course=course_of(case), book=law.book, table=law.table).meetings
    return _lines(
        {_key_of(row): _stored(row) for row in case.required_meetings.current()},
        {_key(one.kind, one.responsible, one.number): _planned(one) for one in planned},
        changes,
    )


def without_reasons(lines: Sequence[RequirementLine]) -> Sequence[RequirementLine]:
    """The same for whoever must not know why a citizen rests: a pause or an exemption without its kind."""
    return [replace(line, before=_without_reasons(line.before), after=_without_reasons(line.after)) for line in lines]


def _without_reasons(requirement: RequirementUnderLaw | None) -> RequirementUnderLaw | None:
    return requirement and replace(requirement, steps=[_REASONS.sub("", step) for step in requirement.steps])


def headline(counts: Mapping[ChangeKind, int]) -> str:
    """What an act moves, in one sentence: »1.204 frister flytter og 17 frister bliver overskredet.«"""
    found = [_in_words(counts[kind], *words) for kind, words in COUNTED.items() if counts.get(kind)]
    return f"{listed(found)}." if found else "Ingen frister, bookinger eller tilbud ændrer sig."


def _in_words(count: int, one: str, many: str) -> str:
    return f"{count:,} ".replace(",", ".") + (one if count == 1 else many)


def carried_out(*, case: Case, run: LawRun, changes: Sequence[LawChange]) -> Sequence[RequirementLine]:
    """The plan that stood when the re-planning began, beside the one it left; each as it was written then."""
    rows = case.required_meetings.select_related("act", "explanation")
    before = rows.filter(Q(replaced_at=None) | Q(replaced_at__gte=run.started_at), planned_at__lt=run.started_at)
    after = rows.filter(replaced_at=None)
    if run.finished_at is not None:
        after = rows.filter(Q(replaced_at=None) | Q(replaced_at__gt=run.finished_at), planned_at__lte=run.finished_at)
    return _lines(
        {_key_of(row): _stored(row) for row in before}, {_key_of(row): _stored(row) for row in after}, changes
    )


def _lines(
    before: Mapping[str, RequirementUnderLaw], after: Mapping[str, RequirementUnderLaw], changes: Sequence[LawChange]
) -> Sequence[RequirementLine]:
    told: dict[str, set[str]] = {}
    for change in changes:
        told.setdefault(change.key, set()).add(change.kind)
    lines = []
    for key in dict.fromkeys([*before, *after]):
        mark, variant = next(
            ((word, variant) for kind, word, variant in _MARKS if kind in told.get(key, ())), ("Uændret", "")
        )
        lines.append(RequirementLine(_title(key), before.get(key), after.get(key), mark, variant))
    return sorted(lines, key=lambda line: (line.first_due, line.title))


def _key(kind: str, responsible: str, number: int) -> str:
    return f"{kind}/{responsible}/{number}"


def _key_of(row: RequiredMeeting) -> str:
    return _key(row.kind, row.responsible, row.number)


def _title(key: str) -> str:
    kind, responsible, number = key.split("/")
    return f"{number}. {MeetingKind(kind).label} ({Party(responsible).label})"


def _stored(row: RequiredMeeting) -> RequirementUnderLaw:
    return RequirementUnderLaw(
        window_from=row.window_from,
        window_to=row.window_to,
        due_on=row.due_on,
        is_historic=row.state == RequirementState.HISTORIC,
        steps=[step["text"] for step in row.steps],
        legal_basis=row.legal_basis,
    )


def _planned(one: PlannedMeeting) -> RequirementUnderLaw:
    return RequirementUnderLaw(
        window_from=one.window_from,
        window_to=one.window_to,
        due_on=one.due_on,
        is_historic=not one.is_enforced,
        steps=[step.text for step in one.why],
        legal_basis=one.legal_basis,
    )


def _channels(case: Case, course: Course, *, act: Act, before: Law, after: Law, at: datetime) -> Sequence[ChannelLine]:
    """The booked meetings to come; where there is none, a meeting on the first day that the act could rule."""
    meetings = list(case.meetings.all())
    ahead = [one for one in meetings if one.status == MeetingStatus.BOOKED and one.starts_at > at]
    counting = [one for one in meetings if one.status in (MeetingStatus.BOOKED, MeetingStatus.HELD)]

    def line(day: date, kind: str, title: str, *, is_booked: bool) -> ChannelLine:
        number = 1 + sum(1 for one in counting if one.kind == kind and one.day < day)
        answers = [
            channel_on(course=course, meeting_on=day, kind=MeetingKind(kind), number=number, book=law.book)
            for law in (before, after)
        ]
        return ChannelLine(day, title, is_booked, *answers)

    if ahead:
        return [line(one.day, one.kind, one.get_kind_display(), is_booked=True) for one in ahead]
    day = max(timezone.localtime(at).date(), course.registered_on, act.in_force_on)
    kind = MeetingKind.CONTACT_INTERVIEW
    return [line(day, str(kind), kind.label, is_booked=False)]


def _channel_says(answer: ChannelAnswer) -> str:
    ways = listed((way.label for way in answer.allowed), "eller")
    return f"{ways.capitalize()}. {answer.because}"


def _handover_says(begins: MunicipalityFrom) -> str:
    return f"Jobcentret har forløbet fra den {day_text(begins.day)}." if begins.day else begins.why[-1].text
