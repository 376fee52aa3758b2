"""Work in the background: what is due is found and sent, and the cases follow the law."""

import logging
import time
from typing import Any

from celery import shared_task

from cases import clock
from meetings.law.runs import batches

logger = logging.getLogger(__name__)

#: A task ends well below its hard limit; the next one goes on.
_SECONDS_A_TASK = 120


@shared_task
def run_law_runs(**_: Any) -> int:
    """Go through the cases of the laws that are tried or carried out. Safe to repeat, kill and run twice at once."""
    taken, stop_at = 0, time.monotonic() + _SECONDS_A_TASK
    while time.monotonic() < stop_at:
        cases = batches.take_next_batch(at=clock.now())
        if cases == 0:
            break
        taken += cases
    return taken
