"""Whether somebody who comes back goes on in the course that he left, or begins a new one."""

from __future__ import annotations

from datetime import date

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Step, by, law_only
from cases.rules.parameters import RESTART_AFTER_YEARS, TARGET_GROUPS
from cases.rules.period import Period, add_months
from cases.rules.rule_book import RuleBook
from cases.rules.wording import counted


def goes_on(*, placed_on: date, target_group: int, left_on: date, returned_on: date, book: RuleBook) -> Step | None:
    """Return the reason why the old course goes on, or None when a new course begins.

    Only accumulated unemployment goes on; other groups count an unbroken period on the same benefit.
    """
    members = book.in_force(TARGET_GROUPS, CaseDates(course_start=placed_on))
    years = book.in_force(RESTART_AFTER_YEARS, CaseDates(event=returned_on))
    if target_group not in members.value or returned_on >= add_months(left_on, 12 * years.value):
        return None
    text = (
        f"Det går videre, hvor det slap: de første {counted(years.value, 'år', 'år')} begynder kun en ny indplacering "
        f"et nyt forløb ({law_only(years.legal_basis)})."
    )
    return by(years, text, left_on)


def days_away(left_on: date, returned_on: date, *, known: list[Period]) -> list[Period]:
    """Return the days from the one day up to, not including, the other, without those of the known pauses."""
    found, start = [], left_on
    for pause in sorted(known):
        if pause.end is None or pause.end <= start or pause.start >= returned_on:
            continue
        if pause.start > start:
            found.append(Period(start, pause.start))
        start = pause.end
    return [*found, Period(start, returned_on)] if start < returned_on else found
