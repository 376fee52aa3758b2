"""Who holds the contact course: a-kasse or jobcenter, since when, and what the paid hours suggest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from cases.rules.declaring import CaseDates, UnreadableText
from cases.rules.explanation import Explanation, Step, by
from cases.rules.facts import Course, Insurance, Party
from cases.rules.parameters import (
    FUND_RESPONSIBLE_MONTHS,
    HANDOVER_HOURS_FULL_TIME,
    HANDOVER_HOURS_PART_TIME,
    TARGET_GROUPS,
    YOUNG_AGE_LIMIT,
    YOUNG_COURSE_BY_MUNICIPALITY,
)
from cases.rules.period import add_months
from cases.rules.rule_book import RuleBook
from cases.rules.transition import Move, answer_across_moves
from cases.rules.unemployment_clock import ONE_DAY, clock_of
from cases.rules.wording import counted, day_text


@dataclass(frozen=True)
class Responsibility:
    """The party that holds the course on a day, and why."""

    party: Party
    why: Explanation


@dataclass(frozen=True)
class MunicipalityFrom:
    """The first day on which the municipality holds the course, as known now.

    No day means that the fund holds it until somebody registers a hand-over.
    """

    day: date | None
    why: Explanation


@dataclass(frozen=True)
class SuggestedHandover:
    """Proposes a hand-over because of the paid hours; it counts only when somebody registers it."""

    on: date
    hours: Decimal
    why: Explanation


def responsible_on(course: Course, day: date, book: RuleBook) -> Responsibility:
    """The party that calls to meetings, holds them and registers them on a day."""
    begins = municipality_from(course, book)
    if begins.day is not None and begins.day <= day:
        return Responsibility(Party.MUNICIPALITY, begins.why)
    return Responsibility(Party.FUND, begins.why)


@lru_cache(maxsize=4096)
def municipality_from(course: Course, book: RuleBook) -> MunicipalityFrom:
    """From which day the municipality holds the course, as known now.

    An act that moves running courses gives the course to the municipality from its own day at the earliest, and
    leaves a course where it is that has passed to the municipality before.
    """
    return answer_across_moves(
        lambda law: _municipality_from(course, law), _moved, placed_on=course.placed_on, book=book
    )


def _municipality_from(course: Course, book: RuleBook) -> MunicipalityFrom:
    whole = _whole_course_by_municipality(course, book)
    if whole:
        return MunicipalityFrom(course.registered_on, whole)
    months = book.in_force(FUND_RESPONSIBLE_MONTHS, CaseDates(course_start=course.placed_on))
    if course.has_hours:
        if course.handed_over_on is None:
            text = (
                "A-kassen har ansvaret, til en overgang er registreret: der er registreret dagpengetimer i "
                "forløbet, så timerne afgør overgangen."
            )
            return MunicipalityFrom(None, (by(months, text),))
        return MunicipalityFrom(course.handed_over_on, (_handed_over(course.handed_over_on),))
    clock = clock_of(course, book)
    first_day = clock.first_day_after(months.value)
    if course.handed_over_on is not None and course.handed_over_on < first_day:
        return MunicipalityFrom(course.handed_over_on, (_handed_over(course.handed_over_on),))
    text = (
        f"A-kassen har ansvaret de første {counted(months.value, 'måned', 'måneder')}; jobcentret har det fra den "
        f"{day_text(first_day)}."
    )
    return MunicipalityFrom(first_day, (*clock.why(months.value), by(months, text, first_day)))


def _moved(old: MunicipalityFrom, new: MunicipalityFrom, move: Move) -> MunicipalityFrom:
    if old.day is not None and old.day < move.day:
        return old
    day = None if new.day is None else max(new.day, move.day)
    if day == old.day:
        return old
    why = (move.step, *new.why)
    if day != new.day:
        why += (Step(f"Det sker tidligst den dag: jobcentret har ansvaret fra den {day_text(move.day)}.", day),)
    return MunicipalityFrom(day, why)


def is_young(course: Course, book: RuleBook) -> bool:
    """Whether the whole course is the municipality's, because the citizen is young and without education and children.

    It has effect only where the fund would otherwise be responsible.
    """
    if course.born_on is None or course.has_qualifying_education or course.has_children_at_home:
        return False
    dates = CaseDates(course_start=course.placed_on)
    return (
        book.in_force(YOUNG_COURSE_BY_MUNICIPALITY, dates).value
        and book.in_force(FUND_RESPONSIBLE_MONTHS, dates).value > 0
        and course.target_group in book.in_force(TARGET_GROUPS, dates).value
        and course.placed_on < add_months(course.born_on, 12 * book.in_force(YOUNG_AGE_LIMIT, dates).value)
    )


def without_what_decides_nothing(course: Course, book: RuleBook) -> Course:
    """The course without the facts that change neither its plan nor the day of `municipality_from` under this law.

    Many courses differ in nothing else, and are answered once then: the insurance decides about hours alone, and who
    is older than every limit of age is not young, whatever the education and the children.
    """
    course = replace(course, insurance=Insurance.FULL_TIME)
    if _may_be_young(course, book):
        return course
    return replace(course, born_on=None, has_qualifying_education=True, has_children_at_home=True)


def _may_be_young(course: Course, book: RuleBook) -> bool:
    """Whether some act in the book sets a limit of age that makes the course that of a young citizen."""
    if course.born_on is None or course.has_qualifying_education or course.has_children_at_home:
        return False
    try:
        highest = max((limit.value for limit in book.values_of(YOUNG_AGE_LIMIT)), default=0)
    except UnreadableText:
        # Whether that matters to this course, says who is asked about it.
        return True
    return course.placed_on < add_months(course.born_on, 12 * highest)


def suggest_handover(
    hours_by_month: Mapping[date, Decimal | int], course: Course, book: RuleBook
) -> SuggestedHandover | None:
    """The hand-over that the hours speak for: the day after the first month whose sum is above the limit.

    The months are given by their first day, and hold only hours paid in this course.
    """
    if course.handed_over_on is not None:
        return None
    limit_of = HANDOVER_HOURS_FULL_TIME if course.insurance == Insurance.FULL_TIME else HANDOVER_HOURS_PART_TIME
    total = Decimal(0)
    for month in sorted(hours_by_month):
        total += hours_by_month[month]
        next_month = add_months(month.replace(day=1), 1)
        limit = book.in_force(limit_of, CaseDates(payout=next_month - ONE_DAY))
        if limit.value is not None and total > limit.value:
            if _whole_course_by_municipality(course, book.without_moves_after(next_month)):
                return None
            text = (
                f"Der er udbetalt {_hours_text(total)} timer til og med den {day_text(next_month - ONE_DAY)}, og det "
                f"er mere end {limit.value}. Forløbet kan derfor gå over til jobcentret den {day_text(next_month)}."
            )
            return SuggestedHandover(next_month, total, (by(limit, text, next_month),))
    return None


def handover_missing(course: Course, day: date, book: RuleBook) -> Step | None:
    """The warning that the fund's months are over while the hours still wait for a registered hand-over."""
    book = book.without_moves_after(day)
    if not course.has_hours or course.handed_over_on is not None or _whole_course_by_municipality(course, book):
        return None
    months = book.in_force(FUND_RESPONSIBLE_MONTHS, CaseDates(course_start=course.placed_on))
    last_day = clock_of(course, book).last_day_of(months.value)
    if day <= last_day:
        return None
    text = (
        f"A-kassens {counted(months.value, 'måned', 'måneder')} er gået den {day_text(last_day)}, men ingen overgang "
        "til jobcentret er registreret. Se timerne efter, og registrér overgangen."
    )
    return by(months, text, last_day)


def _whole_course_by_municipality(course: Course, book: RuleBook) -> Explanation:
    # Empty when the fund has some part of the course.
    dates = CaseDates(course_start=course.placed_on)
    groups = book.in_force(TARGET_GROUPS, dates)
    if course.target_group not in groups.value:
        text = f"Jobcentret har ansvaret i hele forløbet: a-kassen har ingen del i målgruppe {course.target_group}."
        return (by(groups, text, course.registered_on),)
    months = book.in_force(FUND_RESPONSIBLE_MONTHS, dates)
    if months.value == 0:
        text = (
            f"Jobcentret har ansvaret i hele forløbet: det begyndte den {day_text(course.placed_on)}, og efter "
            "reglerne den dag har a-kassen ingen måneder."
        )
        return (by(months, text, course.registered_on),)
    if is_young(course, book):
        rule = book.in_force(YOUNG_COURSE_BY_MUNICIPALITY, dates)
        limit = book.in_force(YOUNG_AGE_LIMIT, dates)
        text = (
            f"Jobcentret har ansvaret i hele forløbet: borgeren var under {limit.value} år ved forløbets start og har "
            "hverken en uddannelse, der giver erhvervskompetence, eller hjemmeboende børn."
        )
        return (by(rule, text, course.registered_on),)
    return ()


def _handed_over(day: date) -> Step:
    return Step(f"Jobcentret har ansvaret fra den {day_text(day)}: den dag er registreret som overgang.", day)


def _hours_text(hours: Decimal) -> str:
    return f"{hours:f}".replace(".", ",")
