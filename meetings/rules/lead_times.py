"""From which day or moment a reminder is owed, and what the worklist calls near: our own lead times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from cases.rules.declaring import CaseDates, Parameter
from cases.rules.rule_book import NotInForce, RuleBook
from meetings.rules.parameters import (
    DUE_SOON_DAYS,
    REMINDER_BOOK_BY_DAYS,
    REMINDER_DEADLINE_NEAR_DAYS,
    REMINDER_HANDOVER_DAYS,
    REMINDER_MEETING_HOURS,
    REMINDER_MEETING_MIN_HOURS,
    REMINDER_OUTCOME_DAYS,
)


@dataclass(frozen=True)
class CitizenReminder:
    """How long before a meeting the citizen is reminded, and from when it is too late to do so."""

    send_before: timedelta
    too_late_below: timedelta


def book_from(due_on: date, book: RuleBook) -> date:
    """The day from which an adviser is reminded that a meeting must be booked."""
    return due_on - _days(REMINDER_BOOK_BY_DAYS, due_on, book)


def deadline_near_from(due_on: date, book: RuleBook) -> date:
    """The day from which a deadline is near."""
    return due_on - _days(REMINDER_DEADLINE_NEAR_DAYS, due_on, book)


def citizen_reminder(meeting_on: date, book: RuleBook) -> CitizenReminder:
    """When the citizen is reminded of a meeting on that day."""
    dates = CaseDates(event=meeting_on)
    return CitizenReminder(
        send_before=timedelta(hours=book.in_force(REMINDER_MEETING_HOURS, dates).value),
        too_late_below=timedelta(hours=book.in_force(REMINDER_MEETING_MIN_HOURS, dates).value),
    )


def outcome_missing_from(meeting_on: date, book: RuleBook) -> date:
    """The day from which a meeting without an outcome is followed up."""
    return meeting_on + _days(REMINDER_OUTCOME_DAYS, meeting_on, book)


def handover_near_from(handover_on: date, book: RuleBook) -> date:
    """The day from which both parties are reminded of a hand-over."""
    return handover_on - _days(REMINDER_HANDOVER_DAYS, handover_on, book)


def due_soon_until(today: date, book: RuleBook) -> date:
    """The last day whose deadlines the worklist shows as near."""
    return today + _days(DUE_SOON_DAYS, today, book)


@dataclass(frozen=True)
class Spell:
    """Says which lead, in days, the events from `first_day` up to, not including, `end_day` have.

    A negative lead lies after the event.
    """

    first_day: date
    end_day: date
    lead: timedelta


def spells(lead_of: Callable[[date, RuleBook], timedelta], book: RuleBook) -> Iterator[Spell]:
    """A lead time for every day at once, so that one question to the database covers all cases."""
    borders = sorted({act.in_force_on for act in book.acts})
    for first_day, end_day in pairwise([*borders, date.max]):
        try:
            yield Spell(first_day, end_day, lead_of(first_day, book))
        except NotInForce:
            # Before the first act that sets it there is no course to remind of.
            continue


def _days(parameter: Parameter, day: date, book: RuleBook) -> timedelta:
    return timedelta(days=book.in_force(parameter, CaseDates(event=day)).value)
