"""A process of the worker begins with what is loaded, searches it for garbage no more, and yields to the pages."""

import gc
import os
import subprocess
import sys

from celery.signals import worker_before_create_process

import config.celery


def test_a_new_process_searches_only_what_it_makes():
    try:
        worker_before_create_process.send(sender=config.celery.app)
        assert all(config.celery.app.conf is not one for one in gc.get_objects())
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_the_worker_yields_to_the_pages():
    # In a process of its own: nobody takes back that he yields.
    is_started = "from celery.signals import worker_init; import config.celery; worker_init.send(sender=None)"
    command = [sys.executable, "-c", f"{is_started}; import os; print(os.nice(0))"]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(told.stdout) == min(os.nice(0) + 10, 19)
