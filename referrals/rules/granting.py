"""What the jobcenter may grant, by the law of the offer's first day, and the rule that its letter names."""

from __future__ import annotations

from datetime import date

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Step, by
from cases.rules.refusal import Refused
from cases.rules.rule_book import RuleBook, Value
from cases.rules.wording import day_text, listed
from referrals.rules.offers import OfferType
from referrals.rules.parameters import GRANTS, OFFER_GROUPS


class NotOffered(Refused):
    """The law of the offer's first day knows no such offer."""


def ground_of(offer_type: str, *, starts_on: date, book: RuleBook) -> Step:
    """The rule that an offer rests on, in the words of the letter to the citizen."""
    rule = _rule(offer_type, starts_on, book)
    able = "kan" if rule.value else "kan ikke"
    return by(rule, f"Kommunen {able} give dig {OfferType(offer_type).label}.", starts_on)


def duty_of(*, course_start: date, book: RuleBook) -> Step:
    """The rule on an offer that counts, in the words of the letter to the citizen."""
    rule = book.in_force(OFFER_GROUPS, CaseDates(course_start=course_start))
    text = "Tilbuddet er dit ret- og pligttilbud: du har ret til det og pligt til at deltage i det."
    return by(rule, text)


def require_offered(offer_type: str, *, starts_on: date, book: RuleBook) -> None:
    """Raise NotOffered, with what can be granted instead, when the law gives no offer of the type."""
    rule = _rule(offer_type, starts_on, book)
    if not rule.value:
        others = (one.label for one in GRANTS if _rule(one, starts_on, book).value)
        raise NotOffered(
            f"Jobcentret kan ikke bevilge {OfferType(offer_type).label}, der begynder den "
            f"{day_text(starts_on)} ({rule.legal_basis}). Vælg {listed(others, 'eller')}."
        )


def _rule(offer_type: str, starts_on: date, book: RuleBook) -> Value:
    return book.in_force(GRANTS[OfferType(offer_type)], CaseDates(event=starts_on))
