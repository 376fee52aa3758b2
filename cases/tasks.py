"""Work in the background on cases."""

import time
from typing import Any

from celery import shared_task

from cases import clock
from cases.services import import_batches, imports

#: A task ends well below its hard limit; the next tick goes on.
_SECONDS_A_TASK = 120


@shared_task
def run_imports(**_: Any) -> int:
    """Take batch after batch of the imports that somebody has started. Safe to repeat and to kill."""
    taken, stop_at = 0, time.monotonic() + _SECONDS_A_TASK
    while time.monotonic() < stop_at:
        rows = import_batches.take_next_batch(at=clock.now(), today=clock.today())
        if rows == 0:
            break
        taken += rows
    return taken


@shared_task
def forget_old_imports(**_: Any) -> None:
    """Forget what was typed in the rows of old imports."""
    imports.forget_old(at=clock.now())
