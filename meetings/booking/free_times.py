"""When citizen, adviser and office are free: what the pages suggest, and what a booking is held against."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cases.models import Case, User
from cases.rules.facts import Course
from cases.rules.period import Period
from cases.rules.wording import counted, day_text
from cases.rules.workdays import closed_day
from cases.statements import Parameter, Statement
from meetings.models import Meeting, RequiredMeeting
from meetings.models.meetings import OCCUPIED
from meetings.planning import stored as planning_stored
from meetings.planning.law import Law
from meetings.rules.availability import Availability
from meetings.rules.booking import Objection, ObjectionKind, check_booking
from meetings.rules.exemption import resting_on
from meetings.rules.kinds import MeetingKind
from meetings.rules.matching import COUNTING, MeetingFact
from meetings.rules.spans import ONE_DAY, Span, local
from meetings.working_time.queries import TAKES_TIME, availability_of

STEP = timedelta(minutes=30)
#: How far ahead to look where no deadline says it.
HORIZON = timedelta(weeks=4)
AFTERNOON = time(12)


@dataclass(frozen=True)
class Diary:
    """What stands in the way of a time: who is busy, when the adviser is there, what is held; read once for a page."""

    adviser: User
    availability: Availability
    citizen_busy: tuple[Span, ...]
    #: The meetings of the course that count, on any day.
    counting: tuple[MeetingFact, ...]

    @property
    def adviser_busy(self) -> tuple[Span, ...]:
        """The adviser's talks, in all cases."""
        return tuple(talk.span for talk in self.availability.talks)

    def occupied(self, span: Span) -> str | None:
        """Who is busy then, and no more; None when both are free."""
        if any(span.overlaps(other) for other in self.adviser_busy):
            return OCCUPIED["adviser_not_double_booked"]
        if any(span.overlaps(other) for other in self.citizen_busy):
            return OCCUPIED["citizen_not_double_booked"]
        return None

    def slots(self, day: date, length: timedelta) -> Iterator[Span]:
        """Each time of that length that can be offered that day: the adviser is there and free, below every cap."""
        free = [] if self.availability.is_capped(day) else self.availability.free_spans(day)
        for hours in self.availability.hours_on(day):
            starts_at, closes = local(day, hours.begins), local(day, hours.ends)
            while starts_at + length <= closes:
                span = Span.lasting(starts_at, length)
                if any(one.holds(span) for one in free):
                    yield span
                starts_at += STEP


@dataclass(frozen=True)
class FreeTime:
    """A time that can be offered, why it is offered, and what has to be weighed first."""

    span: Span
    why: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """Whose meeting, of which kind and length, and what it must fit."""

    case: Case
    adviser: User
    kind: MeetingKind
    length: timedelta
    at: datetime
    law: Law
    # A meeting that is moved does not stand in its own way.
    instead_of: Meeting | None = None

    @property
    def today(self) -> date:
        return timezone.localtime(self.at).date()

    @property
    def present_span(self) -> Span | None:
        """The time that the meeting has already: free for it, but nothing to move it to, unless to somebody else."""
        old = self.instead_of
        return Span(old.starts_at, old.ends_at) if old is not None and old.adviser_id == self.adviser.pk else None


def _taken(_: None, *, citizen: Parameter, begins: Parameter, ends: Parameter) -> QuerySet[Meeting, Any]:
    rows = Meeting.objects.filter(citizen=citizen, status__in=TAKES_TIME, starts_at__lt=ends, ends_at__gt=begins)
    return rows.order_by("starts_at", "pk").values_list("pk", "starts_at", "ends_at")


def _counting(_: None, *, case: Parameter) -> QuerySet[Meeting]:
    return Meeting.objects.filter(case=case, status__in=COUNTING).select_related("organisation")


_TAKEN, _COUNTING = Statement(_taken), Statement(_counting)


def diary(*, case: Case, adviser: User, first: date, last: date, instead_of: Meeting | None = None) -> Diary:
    """The busy times of adviser and citizen on these days, across both organisations, and what counts in the course."""
    days, gone = Span.of_days(first, last), instead_of.pk if instead_of else None
    taken = _TAKEN.rows(None, citizen=case.citizen_id, begins=days.starts_at, ends=days.ends_at)
    return Diary(
        adviser=adviser,
        availability=availability_of(adviser, first=first, last=last, instead_of=instead_of),
        citizen_busy=tuple(Span(starts_at, ends_at) for pk, starts_at, ends_at in taken if pk != gone),
        counting=tuple(one.as_fact() for one in _COUNTING.rows(None, case=case.pk) if one.pk != gone),
    )


def objections(*, course: Course, kind: MeetingKind, span: Span, diary: Diary, law: Law) -> list[Objection]:
    """What the law, the office and the adviser's own time have against it; nothing is saved.

    That somebody is busy is `occupied`; the cap of the channel is the availability's `over_cap`.
    """
    found = _on_day(course, kind, span.day, diary, law)
    if any(one.kind == ObjectionKind.REFUSE for one in found):
        return found
    return [*found, *(Objection(ObjectionKind.WARN, text) for text in diary.availability.against(span))]


def _on_day(course: Course, kind: MeetingKind, day: date, diary: Diary, law: Law) -> list[Objection]:
    return check_booking(
        course=course,
        kind=kind,
        party=diary.adviser.workplace.party,
        day=day,
        book=law.book,
        table=law.table,
        counting=diary.counting,
    )


def free_times(question: Question, days: Period, *, despite_warnings: bool = False) -> Iterator[FreeTime]:
    """Every time on these days that `book` would take, in order; by default only those it takes without a warning.

    With `despite_warnings` also those outside the law's window, never on a closed day, in a pause or an exemption.
    """
    return _free_times(question, _open_days(question, days), despite_warnings=despite_warnings)


@dataclass(frozen=True)
class _OpenDay:
    """A day on which a talk can be booked, what must be weighed first, and the diary that it stands in."""

    day: date
    warnings: tuple[str, ...]
    diary: Diary


def _open_days(question: Question, days: Period) -> list[_OpenDay]:
    every_day = days.each_day()
    course = planning_stored.course_of(question.case)
    busy = diary(
        case=question.case,
        adviser=question.adviser,
        first=every_day[0],
        last=every_day[-1],
        instead_of=question.instead_of,
    )
    open_days = []
    for day in every_day:
        if day < course.registered_on or closed_day(day) or resting_on(course, day):
            continue
        found = _on_day(course, question.kind, day, busy, question.law)
        if not any(one.kind == ObjectionKind.REFUSE for one in found):
            open_days.append(_OpenDay(day, tuple(one.text for one in found), busy))
    return open_days


def _free_times(question: Question, days: Iterable[_OpenDay], *, despite_warnings: bool) -> Iterator[FreeTime]:
    for one in days:
        if one.warnings and not despite_warnings:
            continue
        for span in one.diary.slots(one.day, question.length):
            is_free = span.starts_at > question.at and one.diary.occupied(span) is None
            if is_free and span != question.present_span:
                yield FreeTime(span, warnings=one.warnings)


def suggest(question: Question, requirement: RequiredMeeting | None, *, missing: int = 1) -> list[FreeTime]:
    """Up to three times on different days, the best first; `missing` meetings share the requirement's months."""
    days = _days_for(requirement, question.today)
    open_days = _open_days(question, days)
    free = list(_free_times(question, open_days, despite_warnings=False))
    free = free or list(_free_times(question, open_days, despite_warnings=True))
    if not free:
        return []
    best, why = free[0], "Den første ledige tid."
    if requirement is not None and requirement.due_on >= question.today:
        # Where a deadline is passed, the sooner the better; else the meetings are spread over the time that is left.
        target = days.start + (requirement.due_on - days.start) / (missing + 1)
        target = min(target, free[-1].span.day)
        best, why = next(one for one in free if one.span.day >= target), _spread(missing)
    chosen = {best.span.day: _because(best, why, requirement)}

    def add(among: Iterable[FreeTime], why: str) -> None:
        one = next((one for one in among if one.span.day not in chosen), None)
        if one is not None:
            chosen[one.span.day] = _because(one, why, requirement)

    if free[0].span.day not in chosen:
        add(free, "Den første ledige tid.")
    add((one for one in free if _is_a_week_later(one, best)), "En uge senere, om eftermiddagen.")
    add((one for one in free if one.span.day > best.span.day), "Den næste ledige dag.")
    add(free, "En anden ledig dag.")
    return list(chosen.values())[:3]


def _is_a_week_later(one: FreeTime, best: FreeTime) -> bool:
    is_afternoon = timezone.localtime(one.span.starts_at).time() >= AFTERNOON
    return is_afternoon and 7 <= (one.span.day - best.span.day).days < 14


def _days_for(requirement: RequiredMeeting | None, today: date) -> Period:
    # From tomorrow, so that the citizen hears of it first; today only when tomorrow is too late.
    first = today + ONE_DAY
    if requirement is None:
        return Period(first, first + HORIZON)
    first = today if requirement.due_on == today else max(first, requirement.window_from)
    last = next((day for day in (requirement.due_on, requirement.window_to) if day >= first), first + HORIZON)
    return Period(first, last + ONE_DAY)


def _because(one: FreeTime, why: str, requirement: RequiredMeeting | None) -> FreeTime:
    return FreeTime(one.span, (why, *_before_deadline(one.span.day, requirement)), one.warnings)


def _spread(missing: int) -> str:
    if missing > 1:
        return f"Fordeler de {missing} samtaler, der mangler, jævnt frem til fristen."
    return "Midt i den tid, der er tilbage."


def _before_deadline(day: date, requirement: RequiredMeeting | None) -> tuple[str, ...]:
    if requirement is None:
        return ()
    left = (requirement.due_on - day).days
    if left < 0:
        return (f"Efter fristen den {day_text(requirement.due_on)}.",)
    return ("På fristens sidste dag.",) if left == 0 else (f"{counted(left, 'dag', 'dage')} før fristen.",)
