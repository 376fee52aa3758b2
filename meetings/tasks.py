"""Work in the background: the cases follow the law, and rows of the worklist are moved together."""

import logging
import time
from collections.abc import Callable
from typing import Any

from celery import shared_task

from cases import clock
from meetings.calendar_links import services as calendar_links_services
from meetings.law.runs import batches
from meetings.list_jobs import batches as list_jobs_batches
from meetings.month_plan import carrying_out, making

logger = logging.getLogger(__name__)

#: A task ends well below its hard limit; the next one goes on.
_SECONDS_A_TASK = 120
#: Messages wait behind it, and a calendar that does not answer takes ten seconds.
_SECONDS_OF_READING = 20


@shared_task
def run_law_runs(**_: Any) -> int:
    """Go through the cases of the laws that are tried or carried out. Safe to repeat, kill and run twice at once."""
    return _take_all(batches.take_next_batch)


@shared_task
def read_calendars(**_: Any) -> int:
    """Read the busy times of those who have a calendar of their own. Safe to repeat, kill and run twice at once."""
    return _take_all(calendar_links_services.read_next, seconds=_SECONDS_OF_READING)


@shared_task
def run_list_jobs(**_: Any) -> int:
    """Do the rows that somebody moves together. Safe to repeat, kill and run twice at once."""
    return _take_all(list_jobs_batches.take_next_portion)


@shared_task
def run_month_plans(**_: Any) -> int:
    """Make the plans that somebody waits for, then book what is accepted. Safe to repeat, kill and double."""
    return _take_all(making.make_next) + _take_all(carrying_out.carry_out_next)


def _take_all(take_next: Callable[..., int], *, seconds: int | None = None) -> int:
    taken, stop_at = 0, time.monotonic() + (_SECONDS_A_TASK if seconds is None else seconds)
    while time.monotonic() < stop_at:
        number = take_next(at=clock.now())
        if number == 0:
            break
        taken += number
    return taken
