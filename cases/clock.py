"""What time it is. Only views, tasks and commands ask; everything beneath is told."""

import os
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone


class Fixed(Exception):
    """This installation has no clock that can be moved."""


def now() -> datetime:
    """This moment, aware. A demo or a test may have moved it by the seconds written in the clock file."""
    return timezone.now() + moved_by()


def today() -> date:
    """Today's date in Copenhagen."""
    return timezone.localtime(now()).date()


def real() -> datetime:
    """This moment for what guards the door, which no demo moves: a telephone shows the codes of everybody's time."""
    return timezone.now()


def days_moved() -> int:
    """How many days the system is ahead of everybody else's date; negative, behind it."""
    return (today() - timezone.localdate()).days


def moved_by() -> timedelta:
    """How far a demo or a test has moved the clock."""
    if settings.CLOCK_FILE is None:
        return timedelta()
    try:
        return timedelta(seconds=float(settings.CLOCK_FILE.read_text()))
    except FileNotFoundError:
        return timedelta()


def move(*, to: datetime) -> None:
    """From now on it is that moment, for every process that reads the same clock file. Raises Fixed and OSError."""
    if settings.CLOCK_FILE is None:
        raise Fixed
    # Others read it at any time: whole at once, never half a number.
    unfinished = settings.CLOCK_FILE.with_name(f".{settings.CLOCK_FILE.name}-{os.getpid()}")
    unfinished.write_text(str((to - timezone.now()).total_seconds()))
    unfinished.replace(settings.CLOCK_FILE)
