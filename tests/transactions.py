"""A transaction around a test of its own, for tests that do not run inside one of Django's."""

from django.db import transaction


def around_services() -> transaction.Atomic:
    """Return a transaction inside which the durable transactions of the services may be opened.

    It is marked as Django's own TestCase marks its transactions.
    """
    atomic = transaction.atomic()
    atomic._from_testcase = True
    return atomic
