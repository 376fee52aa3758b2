"""Why an answer is as it is: facts, and one plain Danish sentence each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from cases.rules.rule_book import RuleBook, Value
from cases.rules.wording import day_text


class Step(NamedTuple):
    """One step of an explanation: the sentence, the day it leads to, and the act and paragraph behind it."""

    text: str
    day: date | None = None
    act: str | None = None
    legal_basis: str = ""


Explanation = tuple[Step, ...]


def by(value: Value, text: str, day: date | None = None) -> Step:
    """A step that rests on a value of law."""
    return Step(text, day, value.act.slug, value.legal_basis)


_LAW = re.compile(r"§|\bkap\.|\b(lov|bekendtgørelse) nr\.|\b(LAB|LOB|LBK|BEK)\b")


def law_only(legal_basis: str) -> str:
    """The statutes of a legal basis: what a citizen is bound by, and no political agreement behind them."""
    return "; ".join(part for part in map(str.strip, legal_basis.split(";")) if _LAW.search(part))


def unconfirmed_notice(day: date, book: RuleBook) -> Explanation:
    """The notice shown on what falls on a day whose law is only known from a draft."""
    draft = book.unconfirmed(day)
    if draft is None:
        return ()
    text = (
        f"Reglen er ikke bekræftet: »{draft.title}« gælder fra den {day_text(draft.in_force_on)}, "
        "men er endnu kun et udkast her."
    )
    return (Step(text, draft.in_force_on, draft.slug, draft.reference),)


def to_data(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The steps as plain data that can be stored, in the order in which PostgreSQL writes the keys out."""
    return [
        {
            "act": step.act,
            "day": step.day.isoformat() if step.day else None,
            "text": step.text,
            "legal_basis": step.legal_basis,
        }
        for step in steps
    ]


def from_data(data: Iterable[Mapping[str, Any]]) -> Explanation:
    return tuple(
        Step(
            item["text"],
            date.fromisoformat(item["day"]) if item["day"] else None,
            item["act"],
            item["legal_basis"],
        )
        for item in data
    )
