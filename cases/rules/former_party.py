"""Whether a party was left or came by a slip, and how long one that was left may still read the case."""

from datetime import date, datetime, timedelta

from cases.rules.declaring import CaseDates
from cases.rules.parameters import FUND_ACCESS_DAYS
from cases.rules.rule_book import RuleBook
from cases.rules.undo_time import undo_until


def was_a_party(*, since: date, came_at: datetime, has_worked: bool, left_on: date, left_at: datetime) -> bool:
    """Whether it had the case for a day, and longer than a change can be taken back, or has worked in it.

    Else it was put there by a slip. Our own, and no law: who never should have had the case has nothing to read on.
    """
    return has_worked or (since < left_on and left_at > undo_until(came_at))


def left_after(day: date, book: RuleBook) -> date:
    """The day after which a party must have been left to read the case on this day."""
    return day - timedelta(days=_days(day, book))


def last_day(left_on: date, *, today: date, book: RuleBook) -> date:
    """The last day on which a party that was left on that day reads the case, as far as is known today."""
    return left_on + timedelta(days=_days(today, book) - 1)


def _days(day: date, book: RuleBook) -> int:
    days: int = book.in_force(FUND_ACCESS_DAYS, CaseDates(event=day)).value
    return days
