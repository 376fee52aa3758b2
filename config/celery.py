"""The Celery app, with the whole schedule in code: nobody can switch off a legal reminder by mistake."""

import gc
import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging, worker_before_create_process, worker_init
from django.conf import settings
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("samtaleflow")
app.conf.update(
    broker_url=settings.REDIS_URL,
    broker_connection_retry_on_startup=True,
    # However long Redis is away, the worker comes back by itself.
    broker_connection_max_retries=None,
    # A killed worker's task comes back; every task is safe to repeat.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    # The hard limit stays below the visibility timeout, or a long task would run twice.
    task_soft_time_limit=210,
    task_time_limit=240,
    broker_transport_options={"visibility_timeout": 300, "unacked_restore_interval": 1},
    task_ignore_result=True,
    # Each kind of work has its own queue and waits for its own kind only; by default a worker takes from all three.
    task_queues=[Queue(name) for name in ("messages", "imports", "law")],
    task_default_queue="messages",
    task_routes={
        "cases.tasks.run_imports": {"queue": "imports"},
        # Beside the imports: somebody waits for each of them, and none takes long.
        "meetings.tasks.run_list_jobs": {"queue": "imports"},
        "meetings.tasks.run_month_plans": {"queue": "imports"},
        "meetings.tasks.run_law_runs": {"queue": "law"},
    },
    timezone="Europe/Copenhagen",
    worker_hijack_root_logger=False,
    # A task that has waited for a whole interval is dropped: the next one does the same work.
    beat_schedule={
        # Every three seconds, since somebody watches the progress bar of an import.
        "imports": {"task": "cases.tasks.run_imports", "schedule": 3, "options": {"expires": 3}},
        "forget_old_imports": {"task": "cases.tasks.forget_old_imports", "schedule": 3600},
        # Every three seconds too: somebody waits for the preview of a draft, and a published act moves cases at once.
        "law_runs": {"task": "meetings.tasks.run_law_runs", "schedule": 3, "options": {"expires": 3}},
        # And somebody waits for the receipt of what they moved.
        "list_jobs": {"task": "meetings.tasks.run_list_jobs", "schedule": 3, "options": {"expires": 3}},
        "calendars": {"task": "meetings.tasks.read_calendars", "schedule": 60, "options": {"expires": 60}},
        "month_plans": {"task": "meetings.tasks.run_month_plans", "schedule": 3, "options": {"expires": 3}},
        "sweep": {
            "task": "meetings.tasks.sweep",
            "schedule": settings.SWEEP_SECONDS,
            "options": {"expires": settings.SWEEP_SECONDS},
        },
        "seal_logs": {"task": "cases.tasks.seal_logs", "schedule": 600, "options": {"expires": 600}},
        "end_logs": {"task": "cases.tasks.end_logs", "schedule": crontab(hour=3, minute=20)},
        "check_logs": {"task": "cases.tasks.check_logs", "schedule": crontab(hour=4, minute=20)},
        "erase_approved": {"task": "cases.tasks.erase_approved", "schedule": 900, "options": {"expires": 900}},
        "remind_of_erasure": {"task": "cases.tasks.remind_of_erasure", "schedule": crontab(hour=4, minute=0)},
        "clear_old": {"task": "cases.tasks.clear_old", "schedule": crontab(hour=3, minute=40)},
    },
)
app.autodiscover_tasks()


@setup_logging.connect
def log_as_django_does(**_: Any) -> None:
    """Keep Django's log handlers, which mask CPR numbers; Celery adds a handler only if nobody answers this signal."""


@worker_init.connect
def require_keys(**_: Any) -> None:
    """Stop a worker whose keys or role are not those that the database asks for, before it takes a task."""
    from cases.operation import keys, roles

    try:
        keys.require_at_start()
        roles.require_at_start()
    except (keys.KeysDiffer, roles.WrongRole) as error:
        raise SystemExit(str(error)) from None


@worker_init.connect
def yield_to_pages(**_: Any) -> None:
    """Leave the processor to whoever waits for a page: a law carried out in the whole country takes all that it gets.

    The processes that the worker starts have it from the worker.
    """
    os.nice(10)


@worker_before_create_process.connect
def keep_what_is_loaded(**_: Any) -> None:
    """Load the pages before there are processes, and let these look for garbage only in what they make themselves.

    A message names the page it leads to: whichever process wrote the first one would load them all, for seconds. And
    each search for garbage through all that is loaded takes 0.15 s.
    """
    from django.urls import get_resolver

    # Asked for, the addresses are put in order by their names.
    len(get_resolver().reverse_dict)
    gc.collect()
    gc.freeze()
