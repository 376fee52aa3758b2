"""Nobody has two courses at once: each runs from registration up to, not including, the day on which it is closed.

It follows from what a course is, and no act sets it: the clock of a citizen, and who holds it, have one answer a day.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Spell(NamedTuple):
    """From registration up to, not including, the day of closing; None while it is open."""

    registered_on: date
    closed_on: date | None


def run_at_once(one: Spell, other: Spell) -> bool:
    """Whether the two have a day in common; on the day on which one is closed the other can begin."""
    return one.registered_on < (other.closed_on or date.max) and other.registered_on < (one.closed_on or date.max)
