"""The talks of a week or a day with all that surrounds them, one's own or the team's. A reading: nothing is saved."""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from cases.models import User, scopes
from cases.models.scopes import Scope
from cases.rules.period import Period
from cases.rules.wording import WEEKDAYS, day_text
from cases.rules.workdays import is_holiday
from meetings.models import Meeting, WorklistEntry
from meetings.rules.availability import Availability, absence_text
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.spans import ONE_DAY, Span, local
from meetings.working_time import queries as working_time

STEP = timedelta(minutes=30)
#: What a calendar shows: a talk that was moved stands where it was moved to, and one that is cancelled nowhere.
SHOWN = (MeetingStatus.BOOKED, MeetingStatus.HELD, MeetingStatus.MISSED)
SATURDAY = 5


@dataclass(frozen=True)
class Cell:
    """Half an hour of one day: what begins in it, who is busy elsewhere, and whether anybody works then."""

    starts_at: datetime
    talks: Sequence[Meeting]
    busy: Sequence[str]
    is_open: bool


@dataclass(frozen=True)
class Day:
    """One day: what closes it, who is away, and the deadlines for which nothing is booked."""

    day: date
    is_today: bool
    closed: str
    absences: Sequence[str]
    deadlines: Sequence[WorklistEntry]

    @property
    def weekday(self) -> str:
        return WEEKDAYS[self.day.weekday()]


@dataclass(frozen=True)
class CalendarPage:
    """The days side by side, and under them each half hour with its cell of every day."""

    days: Sequence[Day]
    rows: Sequence[tuple[time, Sequence[Cell]]]
    talks: Sequence[Meeting]
    deadlines: Sequence[WorklistEntry]


def week_of(day: date) -> Period:
    """The week of the day, from its Monday up to, not including, the next."""
    monday = day - day.weekday() * ONE_DAY
    return Period(monday, monday + 7 * ONE_DAY)


def heading(days: Period) -> str:
    """The heading of a week with its first and last day, or of one day with its weekday, date and week."""
    week = f"Uge {days.start.isocalendar().week}"
    if days.days == 1:
        return f"{WEEKDAYS[days.start.weekday()].capitalize()} den {day_text(days.start)}, {week.lower()}"
    last = days.start + 6 * ONE_DAY
    return f"{week}: {day_text(days.start)} – {day_text(last)}"


def calendar_page(user: User, *, days: Period, scope: Scope, at: datetime) -> CalendarPage:
    """The calendar of these days, one's own or the team's, in a number of queries that does not grow.

    `days` is one day, or a week from its Monday.
    """
    people = [one for one in working_time.colleagues(user) if _is_within(one, user, scope)]
    first, last = days.first_and_last
    known = working_time.availabilities(people, first=first, last=last)
    today = timezone.localtime(at).date()
    talks, deadlines = _talks(user, days, scope), _deadlines(user, days, scope, today=today)
    shown = _shown(days, {*(one.day for one in talks), *(one.unbooked_due_on for one in deadlines)})
    columns = [_day(day, known=known.values(), deadlines=deadlines, today=today) for day in shown]
    return CalendarPage(days=columns, rows=_rows(shown, talks, known.values()), talks=talks, deadlines=deadlines)


def _shown(days: Period, full: Container[date | None]) -> list[date]:
    """The day that was asked for, or the working days of the week with those of the weekend that have something."""
    every_day = [days.start + number * ONE_DAY for number in range(days.days or 0)]
    if len(every_day) == 1:
        return every_day
    return [day for day in every_day if day.weekday() < SATURDAY or day in full]


def _is_within(one: User, user: User, scope: Scope) -> bool:
    is_of_team = scope is Scope.TEAM and user.team_id is not None and one.team_id == user.team_id
    return one == user or is_of_team


def _talks(user: User, days: Period, scope: Scope) -> list[Meeting]:
    """The office's own talks, of the cases that the user may see."""
    span = Span.of_days(*days.first_and_last)
    found = Meeting.objects.visible_to(user).filter(
        scopes.within_scope(user, scope, worker="adviser"),
        organisation=user.organisation_id,
        status__in=SHOWN,
        starts_at__gte=span.starts_at,
        starts_at__lt=span.ends_at,
    )
    return list(found.select_related("case__citizen", "adviser").order_by("starts_at", "adviser__first_name", "pk"))


def _deadlines(user: User, days: Period, scope: Scope, *, today: date) -> list[WorklistEntry]:
    """The deadlines of the days for which nothing is booked."""
    found = WorklistEntry.objects.visible_to(user).active(today)
    found = found.filter(
        scopes.within_scope(user, scope, worker="worker"), unbooked_due_on__gte=days.start, unbooked_due_on__lt=days.end
    )
    return list(found.select_related("case__citizen").order_by("unbooked_due_on", "pk"))


def _day(day: date, *, known: Collection[Availability], deadlines: Iterable[WorklistEntry], today: date) -> Day:
    closed = is_holiday(day) or next((name for one in known if (name := one.closed(day))), "")
    whole_day = Span.of_days(day, day)
    return Day(
        day=day,
        is_today=day == today,
        closed=closed,
        absences=[
            f"{one.name}: {_away(span, whole_day)}"
            for one in known
            for span in one.absences
            if span.overlaps(whole_day)
        ],
        deadlines=[one for one in deadlines if one.unbooked_due_on == day],
    )


def _away(span: Span, whole_day: Span) -> str:
    """The word for an absence, with its hours where it is only a part of the day."""
    return "fravær" if span.holds(whole_day) else f"fravær {absence_text(span)}"


def _rows(
    days: Sequence[date], talks: Sequence[Meeting], known: Collection[Availability]
) -> list[tuple[time, list[Cell]]]:
    """The half hours of all days, from the first in which anybody works or talks to the last."""
    begun: dict[tuple[date, time], list[Meeting]] = defaultdict(list)
    for one in talks:
        begun[one.day, _half_hour(timezone.localtime(one.starts_at).time())].append(one)
    hours = [hours for one in known for day in days for hours in one.hours_on(day)]
    first = min([one.begins for one in hours] + [begins for _, begins in begun], default=time(9))
    last = max([one.ends for one in hours] + [begins for _, begins in begun], default=time(15))
    open_on = {day: [span for one in known for span in one.open_spans(day)] for day in days}

    def cell(day: date, begins: time) -> Cell:
        span = Span.lasting(local(day, begins), STEP)
        return Cell(
            starts_at=local(day, begins),
            talks=begun[day, begins],
            busy=[one.name for one in known if any(busy.overlaps(span) for busy in one.elsewhere)],
            is_open=any(open_span.overlaps(span) for open_span in open_on[day]),
        )

    return [(begins, [cell(day, begins) for day in days]) for begins in _half_hours(first, last)]


def _half_hour(moment: time) -> time:
    """The half hour in which it lies, by its beginning."""
    return time(moment.hour, moment.minute // 30 * 30)


def _half_hours(first: time, last: time) -> list[time]:
    every = [time(number // 2, number % 2 * 30) for number in range(48)]
    begins = _half_hour(first)
    return [one for one in every if one == begins or begins < one < last]


def empty_text(days: Period) -> str:
    """The sentence for days without a talk: »Ingen samtaler i uge 49.«"""
    where = f"i uge {days.start.isocalendar().week}" if days.days != 1 else f"den {day_text(days.start)}"
    return f"Ingen samtaler {where}."


def deadlines_text(count: int, days: Period, *, is_own: bool) -> str:
    """How many deadlines lie in the days: »3 af dine borgere har frist i ugen.«; empty where none does."""
    whose = "af dine borgere" if is_own else "af teamets borgere"
    return f"{count} {whose} har frist {'i ugen' if days.days != 1 else 'den dag'}." if count else ""
