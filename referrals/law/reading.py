"""What the pages of the law say of the table of meetings beside the values: its days, and its ground."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cases.rules.rule_book import Act
from meetings.law.table_wording import table_on
from meetings.planning.law import Law
from meetings.rules.contact_course import TableRow


def carries_out_the_agreement(act: Act, rows: Iterable[TableRow] = ()) -> bool:
    """Whether anything in the act has its ground in the agreement."""
    grounds = [*(value.legal_basis for value in act.values.values()), *(row.legal_basis for row in rows)]
    return any("nden delaftale" in ground for ground in grounds)


@dataclass(frozen=True)
class Change:
    """A day on which an act came into force, and the day before."""

    before: date
    after: date
    title: str
    is_table_1: bool


def changes(law: Law) -> list[Change]:
    """Each day on which published law changed, oldest first; the first day of all has nothing before it."""
    days = sorted({act.in_force_on for act in law.book.acts})[1:]
    return [
        Change(
            before := day - timedelta(days=1),
            day,
            next(act.title for act in law.book.acts if act.in_force_on == day),
            is_table_1(before, day, law),
        )
        for day in days
    ]


def is_table_1(before: date, after: date, law: Law) -> bool:
    """Whether the two days are the two columns of the agreement's table 1."""
    old, new = table_on(before, law), table_on(after, law)
    return bool(old and new and old.rows != new.rows and old.cites_the_table and new.cites_the_table)
