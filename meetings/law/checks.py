"""Holds a draft act against the tables of meetings that the database has, before it becomes law."""

from collections.abc import Iterator

from cases.rules.consistency import Problem
from cases.rules.rule_book import Act, RuleBook
from meetings.models import MeetingRule
from meetings.rules import consistency


def problems(act: Act, book: RuleBook) -> Iterator[Problem]:
    """The contradictions about meetings on the day of the act, which is in the book."""
    return consistency.problems(act, book, MeetingRule.objects.table(book))
