"""The unemployment clock: months from the course's start, standing still in the pauses that the acts name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Explanation, Step, by
from cases.rules.facts import Course, PauseFact, PauseKind
from cases.rules.parameters import (
    CLOCK_STOPPING_PAUSES,
    SICKNESS_DAYS_BEFORE_PAUSE,
    TARGET_GROUPS,
    UNBROKEN_PERIOD_GROUPS,
)
from cases.rules.period import Period, add_months
from cases.rules.rule_book import RuleBook, Value
from cases.rules.wording import counted, day_text, listed

ONE_DAY = timedelta(days=1)


class Stop(NamedTuple):
    """Days on which the clock stands still, with the value of law that stops it."""

    start: date
    end: date
    kinds: tuple[str, ...]
    rule: Value

    @property
    def days(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True)
class UnemploymentClock:
    """Counts a course's months; every boundary is computed from the day of placement itself."""

    placed_on: date
    stops: tuple[Stop, ...]

    def month(self, k: int) -> Period:
        """Return the days of month k of the course, half-open; the first month is 1."""
        return self.months(k, k)

    def months(self, first: int, last: int) -> Period:
        """Return the days from the first day of one month to the last of another, both months in it."""
        return Period(self.first_day_after(first - 1), self.first_day_after(last))

    def first_day_after(self, n: int) -> date:
        """The day after the last day of month n, as the pauses have moved it; after month 0 it is the start."""
        return self._moved(add_months(self.placed_on, n))[0]

    def last_day_of(self, n: int) -> date:
        return self.first_day_after(n) - ONE_DAY

    def month_of(self, day: date) -> int:
        """The month that holds the day; days before the start count in month 1."""
        return next(k for k in count(1) if day < self.first_day_after(k))

    def day_after_weeks(self, n: int) -> date:
        """The first day after n weeks of unemployment."""
        return self._moved(self.placed_on + timedelta(weeks=n))[0]

    def why(self, n: int) -> Explanation:
        """How the last day of month n was counted, step by step."""
        return self._why(_counted_months(self.placed_on, n), add_months(self.placed_on, n))

    def why_weeks(self, n: int) -> Explanation:
        """How the last day of n weeks of unemployment was counted, step by step."""
        end = self.placed_on + timedelta(weeks=n)
        return self._why((_counted_to(self.placed_on, end, counted(n, "uge", "uger")),), end)

    def _why(self, counted_to: Explanation, end: date) -> Explanation:
        moved_by = self._moved(end)[1]
        if not moved_by:
            return counted_to
        steps = [*counted_to]
        last_day = end - ONE_DAY
        for stop in moved_by:
            last_day += timedelta(days=stop.days)
            kinds = listed(PauseKind(kind).label for kind in stop.kinds)
            text = (
                f"Pausen fra den {day_text(stop.start)} til og med den {day_text(stop.end - ONE_DAY)} ({kinds}) "
                f"flytter dagen {counted(stop.days, 'dag', 'dage')} til den {day_text(last_day)}."
            )
            steps.append(by(stop.rule, text, last_day))
        return tuple(steps)

    def _moved(self, end: date) -> tuple[date, tuple[Stop, ...]]:
        if not self.stops:
            return end, ()
        moved_by = []
        for stop in self.stops:
            # A pause that begins on the boundary's last day still moves it.
            if stop.start < end:
                end += timedelta(days=stop.days)
                moved_by.append(stop)
        return end, tuple(moved_by)


def clock_of(course: Course, book: RuleBook) -> UnemploymentClock:
    """The clock of one course."""
    stops = _stops(course.placed_on, course.target_group, course.pauses, book) if course.pauses else ()
    return UnemploymentClock(course.placed_on, stops)


def month_of(course: Course, day: date, book: RuleBook) -> int:
    """The month of the course that holds the day; days before the start count in month 1."""
    return clock_of(course, book).month_of(day)


def open_pauses(course: Course) -> tuple[PauseFact, ...]:
    """The pauses whose end is not known yet: they move nothing until it is."""
    return tuple(pause for pause in course.pauses if pause.span.end is None)


def broken_period(group: int, kind: str, on: date, book: RuleBook) -> Step | None:
    """What a pause from that day may mean for a target group whose months are an unbroken period; None elsewhere."""
    dates = CaseDates(event=on)
    groups = book.in_force(UNBROKEN_PERIOD_GROUPS, dates)
    if group not in groups.value or kind not in book.in_force(CLOCK_STOPPING_PAUSES, dates).value:
        return None
    text = (
        f"Ingen frister er flyttet. I målgruppe {group} regnes måneder over en ubrudt periode på samme "
        "ydelse: er ydelsen afbrudt, kan en ny periode begynde. Vurdér det, og åbn i så fald en ny sag fra den dag."
    )
    return by(groups, text, on)


# The plan, the hand-over, the offers and the channels of a case each ask for its clock.
@lru_cache(maxsize=4096)
def _stops(placed_on: date, target_group: int, pauses: tuple[PauseFact, ...], book: RuleBook) -> tuple[Stop, ...]:
    start = CaseDates(course_start=placed_on)
    if target_group not in book.in_force(TARGET_GROUPS, start).value:
        # Only accumulated unemployment stands still; other groups count an
        # unbroken period on the same benefit.
        return ()
    found = (_stop(pause, placed_on, book) for pause in _whole_illnesses(pauses))
    merged: list[Stop] = []
    for stop in sorted((stop for stop in found if stop is not None), key=lambda stop: (stop.start, stop.end)):
        if merged and stop.start <= merged[-1].end:
            before = merged.pop()
            kinds = tuple(dict.fromkeys(before.kinds + stop.kinds))
            stop = Stop(before.start, max(before.end, stop.end), kinds, before.rule)
        merged.append(stop)
    return tuple(merged)


def _stop(pause: PauseFact, placed_on: date, book: RuleBook) -> Stop | None:
    start, end = pause.span.start, pause.span.end
    if end is None or end <= placed_on:
        return None
    dates = CaseDates(event=start)
    rule = book.in_force(CLOCK_STOPPING_PAUSES, dates)
    if pause.kind not in rule.value:
        return None
    if pause.kind == PauseKind.SICKNESS:
        rule = book.in_force(SICKNESS_DAYS_BEFORE_PAUSE, dates)
        start += timedelta(days=rule.value)
    start = max(start, placed_on)
    return Stop(start, end, (pause.kind,), rule) if start < end else None


def _whole_illnesses(pauses: tuple[PauseFact, ...]) -> list[PauseFact]:
    # One illness registered in two parts has one first sick day.
    others = [pause for pause in pauses if pause.kind != PauseKind.SICKNESS]
    spells: list[Period] = []
    for span in sorted(pause.span for pause in pauses if pause.kind == PauseKind.SICKNESS):
        if spells and (spells[-1].end is None or span.start <= spells[-1].end):
            before = spells.pop()
            ends = [end for end in (before.end, span.end) if end is not None]
            span = Period(before.start, max(ends) if len(ends) == 2 else None)
        spells.append(span)
    return others + [PauseFact(PauseKind.SICKNESS, span) for span in spells]


@lru_cache(maxsize=20_000)
def _counted_months(start: date, n: int) -> Explanation:
    return (_counted_to(start, add_months(start, n), counted(n, "måned", "måneder")),)


def _counted_to(start: date, end: date, length: str) -> Step:
    last_day = end - ONE_DAY
    return Step(f"{length} fra den {day_text(start)} slutter den {day_text(last_day)}, sidste dag medregnet.", last_day)
