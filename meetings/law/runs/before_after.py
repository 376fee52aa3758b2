"""Builds the law as it is without an act and with it."""

from typing import NamedTuple

from cases.models import Act
from meetings.planning.law import Law, law_in_force, of_book


class Laws(NamedTuple):
    before: Law
    after: Law


def laws_of(act: Act) -> Laws:
    """Read the law before and after an act: for a draft or a published act without it and with it; for a withdrawn act
    with it and without it.

    The law after is read last, so that an act that is published in between makes a simulation outdated.
    """
    if act.is_draft:
        return Laws(law_in_force(), law_in_force(draft=act.slug))
    if act.withdrawn is None:
        return Laws(law_in_force(without=act.slug), law_in_force())
    now = law_in_force()
    return Laws(of_book(now.book.with_act(act.as_fact())), now)
