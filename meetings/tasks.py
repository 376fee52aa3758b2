"""Work in the background: what is due is found and sent, and the cases follow the law."""

import logging
import time
from collections.abc import Sequence
from typing import Any

from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError

from cases import clock
from cases.services import reminders
from cases.services.reminders import Receiver
from meetings import law_runs

logger = logging.getLogger(__name__)

#: So many receivers are served by one task.
BATCH = 50

#: A task ends well below its hard limit; the next one goes on.
_SECONDS_A_TASK = 120


@shared_task
def sweep(**_: Any) -> int:
    """Record what is due and not yet recorded, and hand out the receivers who wait; gives their number.

    Safe to repeat, to kill and to run twice at once. What is handed out may be lost: the rows stay, and the next
    sweep hands them out again.
    """
    receivers = reminders.sweep(at=clock.now())
    for start in range(0, len(receivers), BATCH):
        try:
            deliver.apply_async(
                # Row ids only. A task that has waited for a whole round is handed out anew, so it need not run.
                kwargs={"receivers": [list(receiver) for receiver in receivers[start : start + BATCH]]},
                expires=settings.SWEEP_SECONDS,
                retry=False,
            )
        except OperationalError:
            logger.warning("The broker does not answer: the next sweep hands out the rest.")
            break
    return len(receivers)


@shared_task
def deliver(*, receivers: Sequence[Sequence[int | None]] = (), **_: Any) -> int:
    """Send each of these receivers what is due; gives the number of messages. Safe to repeat and to kill.

    A mail cannot be rolled back: a crash between its sending and the commit sends that one message again, under the
    same Message-ID, and never loses one.
    """
    sent, stop_at = 0, time.monotonic() + _SECONDS_A_TASK
    for receiver in receivers:
        if time.monotonic() > stop_at:
            break
        sent += reminders.deliver(Receiver(*receiver), at=clock.now())
    return sent


@shared_task
def run_law_runs(**_: Any) -> int:
    """Go through the cases of the laws that are tried or carried out. Safe to repeat, kill and run twice at once."""
    taken, stop_at = 0, time.monotonic() + _SECONDS_A_TASK
    while time.monotonic() < stop_at:
        cases = law_runs.take_next_batch(at=clock.now())
        if cases == 0:
            break
        taken += cases
    return taken
