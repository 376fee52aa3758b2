"""A process of the worker begins with what is loaded, and searches it for garbage no more."""

import gc

from celery.signals import worker_before_create_process

import config.celery


def test_a_new_process_searches_only_what_it_makes():
    try:
        worker_before_create_process.send(sender=config.celery.app)
        assert all(config.celery.app.conf is not one for one in gc.get_objects())
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
