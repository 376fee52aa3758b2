"""What time it is. Only views, tasks and commands ask; everything beneath is told."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """This moment, aware. A demo or a test may have moved it by the seconds written in the clock file."""
    return timezone.now() + _moved_by()


def today() -> date:
    """Today's date in Copenhagen."""
    return timezone.localtime(now()).date()


def _moved_by() -> timedelta:
    if settings.CLOCK_FILE is None:
        return timedelta()
    try:
        return timedelta(seconds=float(settings.CLOCK_FILE.read_text()))
    except FileNotFoundError:
        return timedelta()
