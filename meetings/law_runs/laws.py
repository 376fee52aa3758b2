"""The law before and after an act."""

from typing import NamedTuple

from cases.models import Act
from cases.rules.rule_book import RuleBook
from meetings.planning import Law, law_in_force, of_book
from meetings.rules.contact_course import MeetingTable


class Laws(NamedTuple):
    before: Law
    after: Law


#: Those of the run at hand: what was remembered of a law is remembered for its next batch too.
_LATEST: list[Laws] = []


def laws_of(act: Act) -> Laws:
    """A draft's: without it, and as if it were published. A published act's: without it, and as it is now.

    A withdrawn act's: with it, and without.
    """
    law = law_in_force(draft=act.slug if act.is_draft else None)
    if act.withdrawn is None:
        laws = Laws(_without(act, law), law)
    else:
        laws = Laws(of_book(RuleBook([*reversed(law.book.acts), act.as_fact()], law.book.drafts)), law)
    if laws not in _LATEST:
        _LATEST[:] = [laws]
    return _LATEST[0]


def _without(act: Act, law: Law) -> Law:
    acts = [one for one in reversed(law.book.acts) if one.slug != act.slug]
    tables = {slug: rows for slug, rows in law.table.rows_by_act.items() if slug != act.slug}
    return Law(book=RuleBook(acts, reversed(law.book.drafts)), table=MeetingTable(tables))
