"""Danish holidays: deadlines are never moved by them, but a warning says when one falls on such a day."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from cases.rules.refusal import Refused
from cases.rules.wording import WEEKDAYS, day_text

SATURDAY = 5


class HolidaysUnknown(Refused, ValueError):
    """The year lies outside those whose holidays are known."""


def is_holiday(day: date) -> str | None:
    """The holiday's Danish name, or None."""
    return _holidays_of(day.year).get(day)


def closed_day(day: date) -> str | None:
    """What keeps offices closed that day, as in "en søndag" or "en helligdag (juledag)"; None on an ordinary day."""
    name = is_holiday(day)
    if name is not None:
        return f"en helligdag ({name.lower()})"
    return f"en {WEEKDAYS[day.weekday()]}" if day.weekday() >= SATURDAY else None


def workdays_after(day: date, n: int) -> date:
    """Return the n-th working day (no weekend, no holiday) after a day; n = 0 gives the day itself."""
    while n:
        day += timedelta(days=1)
        n -= closed_day(day) is None
    return day


def deadline_warning(day: date) -> str | None:
    """The sentence for a deadline on a weekend or a holiday, or None on an ordinary day."""
    closed = closed_day(day)
    return f"Fristen den {day_text(day)} falder på {closed} og flyttes ikke." if closed else None


def known_years() -> range:
    """The years whose holidays are known."""
    denmark = _denmark()
    return range(denmark.start_year, denmark.end_year + 1)


@cache
def _denmark() -> Any:
    """The package's calendar of Denmark, read from its file alone.

    An import of it brings the 250 countries of its folder: 280 modules and a tenth of a second in every process.
    """
    import holidays

    file = spec_from_file_location("denmark", Path(holidays.__file__).with_name("countries") / "denmark.py")
    assert file is not None
    assert file.loader is not None
    module = module_from_spec(file)
    file.loader.exec_module(module)
    return module.Denmark


@lru_cache(maxsize=200)
def _holidays_of(year: int) -> dict[date, str]:
    years = known_years()
    if year not in years:
        raise HolidaysUnknown(f"Helligdagene i {year} er ikke kendt: kalenderen går fra {years[0]} til {years[-1]}.")
    return dict(_denmark()(years=year, language="da"))
