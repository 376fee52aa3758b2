"""Courses that began under older rules, and an act that moves them: how an answer in days changes on the act's day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import groupby
from typing import NamedTuple, TypeVar

from cases.rules.explanation import Step
from cases.rules.rule_book import Act, RuleBook
from cases.rules.wording import day_text, listed

Answer = TypeVar("Answer")


class Move(NamedTuple):
    """A day on which running courses change rules, with the acts that move them."""

    day: date
    acts: tuple[Act, ...]

    @property
    def step(self) -> Step:
        """Return the step that explains the move, for every answer that it changed."""
        titles = listed(f"»{act.title}«" for act in self.acts)
        text = f"{titles} gælder fra den {day_text(self.day)} også for forløb, der er begyndt før."
        return Step(text, self.day, self.acts[-1].slug, self.acts[-1].reference)


def answer_across_moves(
    ask: Callable[[RuleBook], Answer],
    merge: Callable[[Answer, Answer, Move], Answer],
    *,
    placed_on: date,
    book: RuleBook,
) -> Answer:
    """The answer for a course that acts may have moved on their way.

    It is asked under the rules that the course began with, and anew on each day that moves it; `merge` takes the
    answer so far, the new one and the move, and keeps what was settled before that day.
    """
    moves = book.moves_after(placed_on)
    if not moves:
        return ask(book)
    answer = ask(book.without_moves_after(placed_on))
    for day, acts in groupby(moves, key=lambda act: act.in_force_on):
        answer = merge(answer, ask(book.without_moves_after(day)), Move(day, tuple(acts)))
    return answer
