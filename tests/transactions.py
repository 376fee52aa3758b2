"""Transactions in tests: one around a test that does not run inside Django's, and two that wait for each other."""

from django.db import connection, transaction


def around_services() -> transaction.Atomic:
    """Return a transaction inside which the durable transactions of the services may be opened.

    It is marked as Django's own TestCase marks its transactions.
    """
    atomic = transaction.atomic()
    atomic._from_testcase = True
    return atomic


def somebody_waits() -> bool:
    """Whether a connection waits for a lock that another holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])
