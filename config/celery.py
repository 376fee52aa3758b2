"""The Celery app, with the whole schedule in code: nobody can switch off a legal reminder by mistake."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging, worker_init
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
    # Each kind of work waits for its own kind alone; a worker that is told no queue takes all three.
    task_queues=[Queue(name) for name in ("messages", "imports", "law")],
    task_default_queue="messages",
    task_routes={"cases.tasks.run_imports": {"queue": "imports"}, "meetings.tasks.run_law_runs": {"queue": "law"}},
    timezone="Europe/Copenhagen",
    worker_hijack_root_logger=False,
    # A run that waited for a whole round is dropped: the next one finds all that it would have found.
    beat_schedule={
        # Somebody watches the progress bar: a started import does not wait for a minute to pass.
        "imports": {"task": "cases.tasks.run_imports", "schedule": 3, "options": {"expires": 3}},
        "forget_old_imports": {"task": "cases.tasks.forget_old_imports", "schedule": 3600},
        # So with a draft that is tried; and a law that was published moves the cases at once.
        "law_runs": {"task": "meetings.tasks.run_law_runs", "schedule": 3, "options": {"expires": 3}},
        "sweep": {
            "task": "meetings.tasks.sweep",
            "schedule": settings.SWEEP_SECONDS,
            "options": {"expires": settings.SWEEP_SECONDS},
        },
        "clear_old": {"task": "cases.tasks.clear_old", "schedule": crontab(hour=3, minute=40)},
    },
)
app.autodiscover_tasks()


@setup_logging.connect
def log_as_django_does(**_: Any) -> None:
    """Celery adds no handler of its own, which would mask nothing: Django's set-up holds here too."""


@worker_init.connect
def require_keys(**_: Any) -> None:
    """A worker with other keys than its database's takes no task."""
    from cases.operation import keys

    try:
        keys.require_at_start()
    except keys.KeysDiffer as error:
        raise SystemExit(str(error)) from None
