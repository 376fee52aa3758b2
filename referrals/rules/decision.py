"""The jobcenter's decision of a referral: by when, with which reasons, to whom, and when the matter is closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Explanation, Step, by
from cases.rules.labelled import Labelled
from cases.rules.refusal import Missing
from cases.rules.rule_book import RuleBook
from cases.rules.wording import counted, day_text, listed
from referrals.rules.lifecycle import Recipient, ReferralStatus
from referrals.rules.parameters import (
    CITIZEN_CONTACT_ALLOWED,
    DECISION_DAYS,
    ENABLED,
    REASONS_REQUIRED_ON_REJECTION,
    REJECTION_RECIPIENTS,
)


class ReasonPart(Labelled):
    """What the reasons of a rejection hold; the facts only where they mattered."""

    LEGAL_BASIS = "legal_basis", "reglerne, afgørelsen bygger på"
    CONSIDERATIONS = "considerations", "hovedhensynene bag afgørelsen"
    FACTS = "facts", "de oplysninger, der har haft betydning"


DEMANDED_PARTS = (ReasonPart.LEGAL_BASIS, ReasonPart.CONSIDERATIONS)


class DecisionDue(NamedTuple):
    """The last day for deciding, where there is one; one that the municipality set itself only reminds."""

    due_on: date | None
    is_binding: bool
    why: Explanation


class Closing(NamedTuple):
    """Who is still to be told of a decision: a rejection is open, with a warning, until all have been."""

    untold: tuple[Recipient, ...]
    warning: str


class MayContact(NamedTuple):
    is_allowed: bool
    why: Explanation


def decision_due(*, received_on: date, own_days: int | None, book: RuleBook) -> DecisionDue:
    """Return the last day for the decision; `own_days` is the limit that the municipality has set itself, in days."""
    rule = book.in_force(DECISION_DAYS, CaseDates(event=received_on))
    own = None if own_days is None else received_on + timedelta(days=own_days)
    if rule.value is not None:
        due_on = received_on + timedelta(days=rule.value)
        text = (
            f"Indstillingen skal afgøres inden {counted(rule.value, 'dag', 'dage')} efter modtagelsen den "
            f"{day_text(received_on)}: senest den {day_text(due_on)}."
        )
        if own is None or due_on <= own:
            return DecisionDue(due_on, True, (by(rule, text, due_on),))
    if own is None or own_days is None:
        return DecisionDue(None, False, (by(rule, "Hverken loven eller kommunen sætter en frist for afgørelsen."),))
    text = (
        f"Kommunen har selv sat en frist på {counted(own_days, 'dag', 'dage')} efter modtagelsen den "
        f"{day_text(received_on)}: den {day_text(own)}. Den minder kun om indstillingen."
    )
    return DecisionDue(own, False, (by(rule, text, own),))


def waiting_days(*, received_on: date, today: date) -> int:
    """Count the days that a referral has been at the jobcenter: 0 on the day it came."""
    return (today - received_on).days


def missing_reasons(*, decided_on: date, reasons: Mapping[str, str], book: RuleBook) -> tuple[Missing, ...]:
    """What the reasons of a rejection lack, by the codes of ReasonPart; with anything missing it is not saved."""
    rule = book.in_force(REASONS_REQUIRED_ON_REJECTION, CaseDates(decision=decided_on))
    if not rule.value:
        return ()
    return tuple(
        Missing(part, f"En afvisning skal begrundes: skriv {part.label} ({rule.legal_basis}).")
        for part in DEMANDED_PARTS
        if not reasons.get(part, "").strip()
    )


def demanded_reasons(*, decided_on: date, book: RuleBook) -> tuple[Missing, ...]:
    """What a rejection of that day cannot be without, each with the sentence for whoever leaves it out.

    The parts of the reasons are demanded by the acts; the hearing of the citizen by forvaltningsloven § 19, on any day.
    """
    hearing = (
        "Skriv, hvad borgeren har sagt til det, afvisningen bygger på, eller hvorfor det ikke var nødvendigt "
        "at høre borgeren (forvaltningsloven § 19)."
    )
    by_the_acts = missing_reasons(decided_on=decided_on, reasons={}, book=book)
    return (*by_the_acts, Missing("party_consultation", hearing))


def grounds(*, sent_on: date, decided_on: date, is_rejected: bool, book: RuleBook) -> Explanation:
    """The rules on recommendations that a decision rests on, as its letters say them."""
    enabled = book.in_force(ENABLED, CaseDates(event=sent_on))
    text = "Din a-kasse kan indstille til kommunen, at du får et tilbud. Kommunen afgør, om du får det."
    if not is_rejected:
        return (by(enabled, text, sent_on),)
    reasons = book.in_force(REASONS_REQUIRED_ON_REJECTION, CaseDates(decision=decided_on))
    return (
        by(enabled, text, sent_on),
        by(reasons, "Afvises indstillingen, skal det begrundes over for dig og a-kassen.", decided_on),
    )


def rejection_recipients(*, decided_on: date, book: RuleBook) -> tuple[Recipient, ...]:
    """Who must have the reasoned rejection."""
    rule = book.in_force(REJECTION_RECIPIENTS, CaseDates(decision=decided_on))
    return tuple(recipient for recipient in Recipient if recipient in rule.value)


def closing(*, status: ReferralStatus, decided_on: date | None, told: Collection[str], book: RuleBook) -> Closing:
    """Who is still to be told; `told` are those whose message has been delivered."""
    if status != ReferralStatus.REJECTED or decided_on is None:
        return Closing((), "")
    recipients = rejection_recipients(decided_on=decided_on, book=book)
    untold = tuple(recipient for recipient in recipients if recipient not in told)
    if not untold:
        return Closing((), "")
    names = listed(recipient.label for recipient in untold)
    return Closing(untold, f"Afvisningen er endnu ikke nået frem til {names}. Indstillingen er åben, til den er.")


def may_contact_citizen(*, on: date, book: RuleBook) -> MayContact:
    """Whether the jobcenter may contact the citizen about a referral; a contact is never a jobsamtale."""
    rule = book.in_force(CITIZEN_CONTACT_ALLOWED, CaseDates(event=on))
    if not rule.value:
        text = f"Den {day_text(on)} har jobcentret ingen adgang til at kontakte borgeren om en indstilling."
        return MayContact(False, (by(rule, text, on),))
    text = "Jobcentret må kontakte borgeren om indstillingen i nødvendigt omfang. Kontakten er ikke en jobsamtale."
    return MayContact(True, (by(rule, text, on), Step("Skriv i indstillingen, hvad kontakten skal bruges til.")))
