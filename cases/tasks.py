"""Work in the background on cases."""

import time
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from celery import shared_task
from django.conf import settings
from django.core.management import call_command

from cases import clock
from cases.services import import_batches, imports

#: A task ends well below its hard limit; the next tick goes on.
_SECONDS_A_TASK = 120

#: Who logged in from where is kept so long, for whoever asks about a misuse.
DAYS_OF_LOG_INS = 180


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


@shared_task
def clear_old(**_: Any) -> None:
    """Take away sessions that have ended, old log-ins, and failed ones that lock nobody any more. Safe to repeat."""
    call_command("clearsessions")
    AxesProxyHandler.reset_logs(age_days=DAYS_OF_LOG_INS)
    AccessAttempt.objects.filter(attempt_time__lt=clock.now() - settings.AXES_COOLOFF_TIME).delete()
