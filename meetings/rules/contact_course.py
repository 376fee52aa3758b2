"""The meetings the law demands of a course, by which day, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from cases.rules.explanation import Explanation
from cases.rules.facts import Course, Party
from cases.rules.rule_book import Act, NotInForce, RuleBook
from meetings.rules.kinds import MeetingKind


class BadTable(ValueError):
    """A row of an act's table that no course could follow."""


@dataclass(frozen=True)
class TableRow:
    """One row of an act's table of required meetings; both months are in it."""

    order: int
    kind: MeetingKind
    responsible: Party
    number: int
    from_month: int
    to_month: int
    due_days_after_registration: int | None
    legal_basis: str
    certainty: str = ""


class MeetingTable:
    """The tables of the acts; of these, the newest act in force gives the whole table."""

    def __init__(self, rows_by_act: Mapping[str, tuple[TableRow, ...]]) -> None: ...

    def in_force(self, book: RuleBook, day: date) -> tuple[Act, tuple[TableRow, ...]]: ...


class PlannedMeeting(NamedTuple):
    """One meeting that the law demands."""

    kind: MeetingKind
    responsible: Party
    number: int
    window_from: date
    window_to: date
    due_on: date
    is_enforced: bool
    is_postponed: bool
    is_unconfirmed: bool
    act: str
    legal_basis: str
    row: int
    why: Explanation


@dataclass(frozen=True)
class Plan:
    """The required meetings of one course, in the order in which they fall due."""

    act: str | None
    course_start: date
    meetings: tuple[PlannedMeeting, ...]
    notes: Explanation = ()


def plan(*, course: Course, book: RuleBook, table: MeetingTable) -> Plan:
    """The meetings the law demands of this course, by the acts in force when it started."""
