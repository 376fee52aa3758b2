"""What a plan of talks is made of: plain values, in and out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from meetings.rules.spans import Span


@dataclass(frozen=True)
class Talk:
    """One talk that is due, and the days on which it can be."""

    key: int
    citizen: int
    #: Whose citizen it is; nobody's goes to whoever has room in the first group.
    owner: int | None
    first: date
    due: date
    channel: str = ""
    #: The last day on which it can be at all; after it the other party holds the course.
    last: date = date.max
    #: The days on which the citizen rests or has another talk.
    not_on: frozenset[date] = frozenset()
    #: The time that the citizen was told: kept where somebody is free then.
    told: Span | None = None

    @property
    def order(self) -> tuple[date, date, int]:
        """The nearest deadline first."""
        return (self.due, self.first, self.key)

    def can_be_on(self, day: date) -> bool:
        return self.first <= day <= self.last and day not in self.not_on


@dataclass(frozen=True)
class Capacity:
    """When the advisers are free, in groups that help each other, and how many talks of a channel a day may have."""

    groups: Sequence[Sequence[int]]
    free: Mapping[tuple[int, date], Sequence[Span]]
    caps: Mapping[tuple[int, date, str], int] = field(default_factory=dict)
    #: How many talks of any channel an adviser's day may have yet, where that is said.
    most: Mapping[tuple[int, date], int] = field(default_factory=dict)
    #: So many times of each adviser's day are filled only where a talk would be late otherwise.
    kept_open: int = 0


@dataclass(frozen=True)
class Placement:
    """A talk with its adviser and time."""

    talk: Talk
    adviser: int
    span: Span

    @cached_property
    def day(self) -> date:
        return self.span.day

    @property
    def is_late(self) -> bool:
        return self.day > self.talk.due


class Plan(NamedTuple):
    """What has a time, and what has none; both in the order of the deadlines."""

    placed: list[Placement]
    left: list[Talk]
