from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering

from cases.rules.refusal import Refused
from cases.rules.wording import day_text


class BadPeriod(Refused, ValueError):
    """A period that ends before it begins, or has no day in it."""


@total_ordering
@dataclass(frozen=True)
class Period:
    """A half-open span of days [start, end); without an end it runs on.

    Periods sort by their start, then by their end, and one without an end comes last.
    """

    start: date
    end: date | None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise BadPeriod(
                f"Perioden slutter den {day_text(self.end - timedelta(days=1))}, "
                f"før den begynder den {day_text(self.start)}."
            )

    @classmethod
    def of_months(cls, start: date, n: int) -> Period:
        """The n months from a day, counted from that day itself."""
        return cls(start, add_months(start, n))

    @classmethod
    def of_days_inclusive(cls, first: date, last: date | None) -> Period:
        """The period that people write as "from, to": both days are in it."""
        return cls(first, None if last is None else last + timedelta(days=1))

    @property
    def last_day(self) -> date | None:
        """The last day in the period, which screens show as "til og med"; None where it has no end."""
        return None if self.end is None else self.end - timedelta(days=1)

    @property
    def first_and_last(self) -> tuple[date, date]:
        """Both ends as people write them; ValueError of a period without an end."""
        if self.last_day is None:
            raise ValueError("A period without an end has no last day.")
        return self.start, self.last_day

    @property
    def days(self) -> int | None:
        return None if self.end is None else (self.end - self.start).days

    def each_day(self) -> list[date]:
        """Every day of the period in order; ValueError of one without an end."""
        first, last = self.first_and_last
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]

    def contains(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: Period) -> bool:
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)

    def __lt__(self, other: Period) -> bool:
        return (self.start, self.end or date.max) < (other.start, other.end or date.max)


def add_months(day: date, n: int) -> date:
    """Return the same day of the month, n months later: 31 January and one month is 28 or 29 February."""
    years, month = divmod(day.month - 1 + n, 12)
    year = day.year + years
    if day.day > 28:
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    return date(year, month + 1, day.day)
