"""How a citizen complains of the municipality's decision, and by when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Explanation, by
from cases.rules.parameters import COMPLAINT_REASSESS_WORKDAYS, COMPLAINT_WEEKS
from cases.rules.rule_book import RuleBook
from cases.rules.wording import counted, day_text

APPEALS_BOARD = "Ankestyrelsens Beskæftigelsesudvalg"


class ComplaintGuidance(NamedTuple):
    """The guidance of a decision on an offer, in the words of the letter.

    `due_on` is the last good day; it is not known before the decision has been given to the citizen.
    """

    due_on: date | None
    sentences: tuple[str, ...]
    why: Explanation


def complaint_guidance(*, decided_on: date, given_on: date | None, book: RuleBook) -> ComplaintGuidance:
    """Return what the letter tells the citizen about complaining, by the law of the day of the decision."""
    dates = CaseDates(decision=decided_on)
    weeks = book.in_force(COMPLAINT_WEEKS, dates)
    workdays = book.in_force(COMPLAINT_REASSESS_WORKDAYS, dates)
    within = counted(weeks.value, "uge", "uger")
    due_on = None if given_on is None else given_on + timedelta(weeks=weeks.value)
    sentences = (
        f"Du kan klage over afgørelsen. Klagen skal være hos kommunen inden {within} fra den dag, du fik afgørelsen.",
        f"Kommunen vurderer sagen igen inden {counted(workdays.value, 'arbejdsdag', 'arbejdsdage')}. Får du ikke helt "
        f"medhold, sender kommunen klagen videre til {APPEALS_BOARD}, som afgør den.",
    )
    until = f"{within} fra den dag, afgørelsen er givet" if due_on is None else f"den {day_text(due_on)}"
    why = (by(weeks, f"Fristen for at klage er {until}.", due_on), by(workdays, sentences[1]))
    return ComplaintGuidance(due_on, sentences, why)
