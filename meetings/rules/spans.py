"""Spans of time and the clock of Denmark: two moments, the last not in the span."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cases.rules.wording import span_text

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
ONE_DAY = timedelta(days=1)
#: The end of what has none.
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Span:
    """Two moments, the last not in it: meetings that touch do not overlap."""

    starts_at: datetime
    ends_at: datetime

    @classmethod
    def lasting(cls, starts_at: datetime, length: timedelta) -> Span:
        """That long from then on, also in the night when the clock is put back."""
        # Two times of one zone are compared by the face of the clock, which may stand still.
        moment = starts_at.astimezone(UTC)
        return cls(moment, moment + length)

    @classmethod
    def on(cls, day: date, begins: time, ends: time) -> Span:
        """Between two times of a day in Copenhagen."""
        return _on(day, begins, ends)

    @classmethod
    def of_days(cls, first: date, last: date | None) -> Span:
        """Whole days in Copenhagen, both of them in it; without a last day it has no end."""
        end = FOREVER if last is None else local(last + ONE_DAY, time.min).astimezone(UTC)
        return cls(local(first, time.min).astimezone(UTC), end)

    @property
    def day(self) -> date:
        """Its first day in Copenhagen."""
        return self.starts_at.astimezone(COPENHAGEN).date()

    @property
    def last_day(self) -> date:
        """The day in Copenhagen on which it ends."""
        return self.ends_at.astimezone(COPENHAGEN).date()

    @property
    def text(self) -> str:
        """tirsdag den 12. maj 2026 kl. 10.00-10.30"""
        return span_text(self.starts_at.astimezone(COPENHAGEN), self.ends_at.astimezone(COPENHAGEN))

    def overlaps(self, other: Span) -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def holds(self, other: Span) -> bool:
        """Whether all of the other lies in it."""
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at


@lru_cache(maxsize=20_000)
def _on(day: date, begins: time, ends: time) -> Span:
    # Hundreds of advisers work in the same hours of the same days.
    return Span(local(day, begins).astimezone(UTC), local(day, ends).astimezone(UTC))


def local(day: date, clock_time: time) -> datetime:
    """That time of day in Copenhagen."""
    return datetime.combine(day, clock_time, tzinfo=COPENHAGEN)


def is_skipped(day: date, clock_time: time) -> bool:
    """Whether the clock is put forward past that time of that day."""
    moment = local(day, clock_time)
    return moment.astimezone(UTC).astimezone(COPENHAGEN).time() != clock_time


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of the spans when what is taken is cut out of them."""
    left = list(spans)
    for cut in taken:
        left = [rest for span in left for rest in _cut(span, cut)]
    return left


def _cut(span: Span, cut: Span) -> list[Span]:
    if not span.overlaps(cut):
        return [span]
    ends = ((span.starts_at, cut.starts_at), (cut.ends_at, span.ends_at))
    return [Span(starts, ends) for starts, ends in ends if starts < ends]
