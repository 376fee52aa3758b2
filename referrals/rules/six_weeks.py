"""Six weeks of job-oriented education: who has the right, when it may begin, and by when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Explanation, Step, by
from cases.rules.facts import Course
from cases.rules.period import Period, add_months
from cases.rules.rule_book import RuleBook, Value
from cases.rules.transition import Move, answer_across_moves
from cases.rules.unemployment_clock import clock_of
from cases.rules.wording import counted, day_text
from referrals.rules.parameters import (
    SIX_WEEKS_AGE_LIMIT,
    SIX_WEEKS_ALL_AGES_GROUPS,
    SIX_WEEKS_EARLIEST_WEEKS,
    SIX_WEEKS_FINISH_MONTHS_FROM_25,
    SIX_WEEKS_FINISH_MONTHS_UNDER_25,
    SIX_WEEKS_GROUPS,
    SIX_WEEKS_MAX_WEEKS,
)

#: What the law demands further, shown to whoever guides: these are judged by the a-kasse, never here.
CONDITIONS = (
    "Borgeren har højst en erhvervsuddannelse eller højst en kort videregående uddannelse og en erhvervsuddannelse.",
    "Kurserne ligger inden for én erhvervsgruppe på positivlisten.",
    "A-kassen har godkendt ansøgningen (blanket AR237), før kurset begynder.",
    "Uddannelsen kan ikke tages ved siden af deltidsarbejde eller bibeskæftigelse.",
    "Et kursus, der er søgt om først, går forud for et senere tilbud.",
)


@dataclass(frozen=True)
class SixWeeks:
    """The days within which the education must lie, both included, and how long it may last."""

    has_right: bool
    earliest_start: date
    latest_end: date
    max_weeks: int
    why: Explanation


class LatestEnd(NamedTuple):
    day: date
    why: Explanation


def six_weeks(*, course: Course, on: date, book: RuleBook) -> SixWeeks:
    """The right to six weeks of education, for one that begins on the day or is asked about on it."""
    dates = CaseDates(course_start=course.placed_on, event=on)
    groups = book.in_force(SIX_WEEKS_GROUPS, dates)
    weeks = book.in_force(SIX_WEEKS_EARLIEST_WEEKS, dates)
    longest = book.in_force(SIX_WEEKS_MAX_WEEKS, dates)
    end = answer_across_moves(lambda law: _latest_end(course, law), _moved, placed_on=course.placed_on, book=book)
    clock = clock_of(course, book.without_moves_after(on))
    earliest = clock.day_after_weeks(weeks.value)
    has_right = course.target_group in groups.value
    right = "har ret til" if has_right else "har ikke ret til"
    unemployed = counted(weeks.value, "uges", "ugers")
    why = (
        by(groups, f"Målgruppe {course.target_group} {right} 6 ugers jobrettet uddannelse."),
        *clock.why_weeks(weeks.value),
        by(weeks, f"Uddannelsen kan begynde efter {unemployed} ledighed: fra den {day_text(earliest)}.", earliest),
        *end.why,
        by(longest, f"Uddannelsen kan højst vare {counted(longest.value, 'uge', 'uger')}."),
    )
    return SixWeeks(has_right, earliest, end.day, longest.value, why)


def objections(*, course: Course, span: Period, book: RuleBook) -> tuple[str, ...]:
    """List what speaks against an education on these days, one Danish sentence for each; empty if nothing does."""
    right = six_weeks(course=course, on=span.start, book=book)
    found = []
    if not right.has_right:
        found.append(right.why[0].text)
    if span.start < right.earliest_start:
        found.append(
            f"Uddannelsen begynder den {day_text(span.start)}, men kan tidligst begynde den "
            f"{day_text(right.earliest_start)}."
        )
    if span.last_day is None:
        found.append("Skriv uddannelsens sidste dag.")
        return tuple(found)
    if span.last_day > right.latest_end:
        found.append(
            f"Uddannelsen slutter den {day_text(span.last_day)}, men skal være slut senest den "
            f"{day_text(right.latest_end)}."
        )
    days = (span.last_day - span.start).days + 1
    if days > 7 * right.max_weeks:
        found.append(
            f"Uddannelsen varer {counted(days, 'dag', 'dage')}, men kan højst vare "
            f"{counted(right.max_weeks, 'uge', 'uger')}."
        )
    return tuple(found)


def _latest_end(course: Course, book: RuleBook) -> LatestEnd:
    months, age_step = _finish_months(course, book)
    clock = clock_of(course, book)
    day = clock.last_day_of(months.value)
    by_when = by(months, f"Uddannelsen skal være slut senest den {day_text(day)}.", day)
    return LatestEnd(day, (*clock.why(months.value), age_step, by_when))


def _moved(old: LatestEnd, new: LatestEnd, move: Move) -> LatestEnd:
    if old.day < move.day or new.day == old.day:
        return old
    return LatestEnd(new.day, (move.step, *new.why))


def _finish_months(course: Course, book: RuleBook) -> tuple[Value, Step]:
    dates = CaseDates(course_start=course.placed_on)
    all_ages = book.in_force(SIX_WEEKS_ALL_AGES_GROUPS, dates)
    from_25 = book.in_force(SIX_WEEKS_FINISH_MONTHS_FROM_25, dates)
    if course.target_group in all_ages.value:
        return from_25, by(all_ages, f"I målgruppe {course.target_group} er fristen den samme uanset alder.")
    limit = book.in_force(SIX_WEEKS_AGE_LIMIT, dates)
    if course.born_on is not None and course.placed_on < add_months(course.born_on, 12 * limit.value):
        text = f"Borgeren var under {limit.value} år ved forløbets start og har derfor den korte frist."
        return book.in_force(SIX_WEEKS_FINISH_MONTHS_UNDER_25, dates), by(limit, text)
    text = f"Borgeren regnes som {limit.value} år eller mere ved forløbets start og har derfor den lange frist."
    return from_25, by(limit, text)
