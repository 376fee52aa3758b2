"""What the law allows but a person would wonder at: asked about once, never refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cases.rules.period import add_months
from cases.rules.wording import day_text

#: Not limits of the law: beyond them a slip of the pen is more likely than a rare case.
OLD_MONTHS = 12
YOUNGEST, OLDEST = 18, 70
FAR_MONTHS = 24


def far_off(day: date, *, today: date) -> str | None:
    """The sentence on a day that lies further from today than what people plan or look back on; else None."""
    if day > add_months(today, FAR_MONTHS):
        return f"Den {day_text(day)} ligger mere end to år ude i fremtiden."
    if day < add_months(today, -FAR_MONTHS):
        return f"Den {day_text(day)} ligger mere end to år tilbage."
    return None


def doubts(*, registered_on: date, placed_on: date, born_on: date, today: date) -> list[str]:
    """One Danish sentence for each date that is probably a mistake."""
    return list(_doubts(registered_on, placed_on, born_on, today))


def _doubts(registered_on: date, placed_on: date, born_on: date, today: date) -> Iterator[str]:
    if add_months(registered_on, OLD_MONTHS) < today:
        yield f"Tilmeldingen den {day_text(registered_on)} ligger mere end et år tilbage."
    if placed_on > today:
        yield f"Indplaceringen den {day_text(placed_on)} ligger i fremtiden."
    if registered_on < add_months(born_on, 12 * YOUNGEST):
        yield f"Borgeren var under {YOUNGEST} år ved tilmeldingen."
    if registered_on >= add_months(born_on, 12 * OLDEST):
        yield f"Borgeren var {OLDEST} år eller mere ved tilmeldingen."
