"""From which day the jobcenter is reminded of what waits for it: our own lead times."""

from __future__ import annotations

from datetime import date, timedelta

from cases.rules.declaring import CaseDates, Parameter
from cases.rules.rule_book import RuleBook
from referrals.rules.parameters import OFFER_DUE_SOON_DAYS, REMINDER_NOT_SENT_DAYS, REMINDER_WAITING_DAYS


def waiting_from(received_on: date, book: RuleBook) -> date:
    """The day from which a referral without a decision is followed up."""
    return received_on + _days(REMINDER_WAITING_DAYS, received_on, book)


def not_sent_from(decided_on: date, book: RuleBook) -> date:
    """The day from which a decision that has not been sent is followed up."""
    return decided_on + _days(REMINDER_NOT_SENT_DAYS, decided_on, book)


def offer_due_soon_until(today: date, book: RuleBook) -> date:
    """The last deadline that the worklist shows as near when a counting offer is missing."""
    return today + _days(OFFER_DUE_SOON_DAYS, today, book)


def _days(parameter: Parameter, day: date, book: RuleBook) -> timedelta:
    return timedelta(days=book.in_force(parameter, CaseDates(event=day)).value)
