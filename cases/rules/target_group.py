"""Which target groups have a contact course, by the law of its first day, and whether it may be one of the trial."""

from __future__ import annotations

from datetime import date

from cases.rules.declaring import CaseDates
from cases.rules.explanation import law_only
from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS, TARGET_GROUPS, UNBROKEN_PERIOD_GROUPS
from cases.rules.refusal import Refused
from cases.rules.rule_book import RuleBook
from cases.rules.wording import counted, day_text, listed

UNTICK = "Fjern krydset ved a-kasseforsøget."


class UnknownGroup(Refused):
    """The law of the day has no course for the target group."""

    field = "target_group"


class NoTrial(Refused):
    """The course can be none of the trial."""

    field = "is_trial"


def groups_on(placed_on: date, *, book: RuleBook) -> tuple[int, ...]:
    """The target groups with a course: those whose months the law counts, in one way or the other."""
    dates = CaseDates(course_start=placed_on, event=placed_on)
    found = (book.in_force(parameter, dates).value for parameter in (TARGET_GROUPS, UNBROKEN_PERIOD_GROUPS))
    return tuple(sorted(frozenset().union(*found)))


def may_be_trial(placed_on: date, *, book: RuleBook) -> bool:
    """Whether the trial still was one: until the law itself gave the a-kasse the first months."""
    dates = CaseDates(course_start=placed_on, event=placed_on)
    return bool(book.in_force(FUND_RESPONSIBLE_MONTHS, dates).value == 0)


def require_group(*, target_group: int, is_trial: bool, placed_on: date, book: RuleBook) -> None:
    """Raise UnknownGroup or NoTrial on what the law of that day has no rules for."""
    dates = CaseDates(course_start=placed_on, event=placed_on)
    members, groups = book.in_force(TARGET_GROUPS, dates), groups_on(placed_on, book=book)
    if target_group not in groups:
        raise UnknownGroup(
            f"Målgruppe {target_group} har intet kontaktforløb efter loven den {day_text(placed_on)} "
            f"({law_only(members.legal_basis)}). Vælg målgruppe {listed(map(str, groups), 'eller')}."
        )
    if not is_trial:
        return
    if not may_be_trial(placed_on, book=book):
        months = book.in_force(FUND_RESPONSIBLE_MONTHS, dates)
        raise NoTrial(
            f"Et forløb fra den {day_text(placed_on)} er ikke del af a-kasseforsøget: loven giver selv a-kassen "
            f"de første {counted(months.value, 'måned', 'måneder')} ({law_only(months.legal_basis)}). {UNTICK}"
        )
    if target_group not in members.value:
        raise NoTrial(
            f"Målgruppe {target_group} var ikke med i a-kasseforsøget, som kun gjaldt målgruppe "
            f"{listed(map(str, sorted(members.value)))} ({law_only(members.legal_basis)}). {UNTICK}"
        )
