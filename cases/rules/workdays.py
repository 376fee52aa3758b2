"""Danish holidays: deadlines are never moved by them, but a warning says when one falls on such a day."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

from cases.rules.danish import WEEKDAYS, day_text

SATURDAY = 5


class HolidaysUnknown(ValueError):
    """The year lies outside those whose holidays are known."""


def is_holiday(day: date) -> str | None:
    """The holiday's Danish name, or None."""
    return _holidays_of(day.year).get(day)


def deadline_warning(day: date) -> str | None:
    """The sentence for a deadline on a weekend or a holiday, or None on an ordinary day."""
    name = is_holiday(day)
    if name is not None:
        return f"Fristen falder på en helligdag ({name}, den {day_text(day)}) og flyttes ikke."
    if day.weekday() >= SATURDAY:
        return f"Fristen falder på en {WEEKDAYS[day.weekday()]} (den {day_text(day)}) og flyttes ikke."
    return None


@lru_cache(maxsize=200)
def _holidays_of(year: int) -> dict[date, str]:
    if not holidays.Denmark.start_year <= year <= holidays.Denmark.end_year:
        raise HolidaysUnknown(
            f"Helligdagene i {year} er ikke kendt: kalenderen går fra {holidays.Denmark.start_year} til "
            f"{holidays.Denmark.end_year}."
        )
    return dict(holidays.Denmark(years=year, language="da"))
