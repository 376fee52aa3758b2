"""The law that plans are made by."""

from dataclasses import dataclass
from datetime import datetime

from cases.models import Act
from cases.rules.rule_book import RuleBook
from meetings.models import MeetingRule
from meetings.rules.contact_course import MeetingTable


@dataclass(frozen=True)
class Law:
    """The acts and their tables of meetings, read once for a request or a batch."""

    book: RuleBook
    table: MeetingTable


def law_in_force(*, draft: str | None = None, without: str | None = None, known_at: datetime | None = None) -> Law:
    """The law that counts; with a draft, without one act, or as it was known at a moment: see `rule_book`."""
    return of_book(Act.objects.rule_book(draft=draft, without=without, known_at=known_at))


def of_book(book: RuleBook) -> Law:
    """The law of these acts."""
    return Law(book=book, table=MeetingRule.objects.table(book))


def row_ids(law: Law) -> dict[str, int]:
    """The rows of the acts that a plan can name."""
    return dict(Act.objects.filter(slug__in=[act.slug for act in law.book.acts]).values_list("slug", "pk"))
