"""Work in the background: imports that were started, and messages that are due."""

import logging
import time
from collections.abc import Sequence
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from celery import shared_task
from django.conf import settings
from django.core.management import call_command
from kombu.exceptions import OperationalError

from cases import clock, seam
from cases.accounts import limits
from cases.erasure import services as erasure_services
from cases.imports import batches
from cases.imports import services as imports_services
from cases.models import LogCheck, Organisation
from cases.operation import log_ends, sealing
from cases.reminders import delivery, portions, post_book
from cases.reminders.delivery import Receiver
from cases.unsaved import services as unsaved_services

logger = logging.getLogger(__name__)

#: So many receivers are served by one task.
BATCH = 50

#: A task ends well below its hard limit; the next tick goes on.
_SECONDS_A_TASK = 120

#: Who logged in from where is kept so long, for whoever asks about a misuse.
DAYS_OF_LOG_INS = 180


@shared_task
def run_imports(**_: Any) -> int:
    """Take batch after batch of the imports that somebody has started. Safe to repeat and to kill."""
    taken, stop_at = 0, time.monotonic() + _SECONDS_A_TASK
    while time.monotonic() < stop_at:
        rows = batches.take_next_batch(at=clock.now(), today=clock.today())
        if rows == 0:
            break
        taken += rows
    return taken


@shared_task
def forget_old_imports(**_: Any) -> None:
    """Forget what was typed in the rows of old imports."""
    imports_services.forget_old(at=clock.now())


@shared_task
def erase_approved(**_: Any) -> int:
    """Erase, in portions, what two people decided on; gives the cases looked at. Safe to repeat and to kill."""
    taken, stop_at = 0, time.monotonic() + _SECONDS_A_TASK
    for run in erasure_services.approved():
        rows = 1
        try:
            while rows and time.monotonic() < stop_at:
                rows = erasure_services.erase_next_portion(run, at=clock.now(), today=clock.today())
                taken += rows
        except Exception:
            # The next runs are not to wait for it; check_operation tells of what stays undone.
            logger.exception("erasure %s failed", run)
    return taken


@shared_task
def remind_of_erasure(**_: Any) -> int:
    """Put the cases whose time is over before the leaders of their offices; gives how many offices. Safe to repeat."""
    offices = Organisation.objects.order_by("pk").values_list("pk", flat=True)
    return sum(erasure_services.remind(pk, at=clock.now(), today=clock.today()) for pk in list(offices))


@shared_task
def clear_old(**_: Any) -> None:
    """Take away ended sessions, what was never saved, old log-ins, failed ones that lock nobody, what an app clears.

    Safe to repeat. What an earlier release called sent, and lies in the folder, is told apart at night: by then no web
    of it asks.
    """
    call_command("clearsessions")
    AxesProxyHandler.reset_logs(age_days=DAYS_OF_LOG_INS)
    unsaved_services.forget_old(at=clock.now())
    limits.forget_old(clock.now())
    post_book.tell_handed_over_apart()
    AccessAttempt.objects.filter(attempt_time__lt=clock.now() - settings.AXES_COOLOFF_TIME).delete()
    failed = []
    for app in seam.INSTALLED:
        for clear in app.clearing:
            try:
                clear(clock.now())
            except Exception as error:
                failed.append(error)
    if failed:
        raise ExceptionGroup("Not all that is old was cleared.", failed)


@shared_task
def seal_logs(**_: Any) -> int:
    """Seal what was added to the logs; gives the number of seals. Safe to repeat and to kill."""
    made, stop_at = 0, time.monotonic() + _SECONDS_A_TASK
    for log in sealing.logs():
        for _seal in sealing.seal(log, at=clock.now()):
            made += 1
            if time.monotonic() > stop_at:
                return made
    return made


@shared_task
def end_logs(**_: Any) -> int:
    """Take what is over the years of the law from the logs that end; gives the number of rows. Safe to repeat and kill.

    What is left for want of time goes the next night. A log that fails keeps no other: `check_operation` tells of it.
    """
    gone, stop_at = 0, time.monotonic() + _SECONDS_A_TASK
    for log, before in log_ends.limits(clock.today()).items():
        try:
            for number in log_ends.due(log, before=before):
                if time.monotonic() > stop_at:
                    return gone
                gone += log_ends.end_portion(log, number, before=before, at=clock.now())
        except Exception:
            logger.exception("what is over its years could not be taken from %s", log)
    return gone


@shared_task
def check_logs(**_: Any) -> None:
    """Write the heads to the log, read all sealed rows once more, and keep what is wrong for `check_operation`."""
    logger.info("Heads of the logs: %s", " ".join(sealing.heads()))
    faults = list(sealing.faults())
    LogCheck.objects.create(checked_at=clock.now(), rows=sealing.sealed_rows(), faults=faults)
    for fault in faults:
        logger.error("A log is not as it was sealed: %s", fault)


# The two bear the names of the file they once stood in: a worker of the release before knows them by these alone.
@shared_task(name="meetings.tasks.sweep")
def sweep(**_: Any) -> int:
    """Record what is due and not yet recorded, and hand out the receivers who wait; gives their number.

    Safe to repeat, to kill and to run twice at once. What is handed out may be lost: the rows stay, and the next
    sweep hands them out again.
    """
    receivers = delivery.sweep(at=clock.now())
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


@shared_task(name="meetings.tasks.deliver")
def deliver(*, receivers: Sequence[Sequence[int | None]] = (), **_: Any) -> int:
    """Send each of these receivers what is due; gives the number of messages. Safe to repeat and to kill.

    A mail cannot be rolled back: a crash between its sending and the commit sends that one message again, under the
    same Message-ID, and never loses one.
    """
    stop_at = time.monotonic() + _SECONDS_A_TASK
    return portions.deliver_all([Receiver(*one) for one in receivers], now=clock.now, stop_at=stop_at)
