"""Builds the law as it is without an act and with it."""

from typing import NamedTuple

from cases.models import Act
from meetings.planning.law import Law, law_in_force, of_book


class Laws(NamedTuple):
    before: Law
    after: Law


def laws_of(act: Act) -> Laws:
    """A draft's: without it, and as if it were published. A published act's: without it, and as it is now.

    A withdrawn act's: with it, and without. What a simulation answers for is the law after; it is read last, so that
    an act that is published in between makes the simulation outdated.
    """
    if act.is_draft:
        return Laws(law_in_force(), law_in_force(draft=act.slug))
    if act.withdrawn is None:
        return Laws(law_in_force(without=act.slug), law_in_force())
    now = law_in_force()
    return Laws(of_book(now.book.with_act(act.as_fact())), now)
