"""The tests work as the application does; what only the owner of the tables may do is done as the owner."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

from cases.operation import roles


def spread(patch: pytest.MonkeyPatch) -> None:
    """Let the owner empty the tables after a test that commits: the application may empty none."""
    flush = DatabaseOperations.execute_sql_flush

    def as_the_owner(self: Any, statements: Sequence[str]) -> None:
        _set_role("NONE")
        flush(self, statements)
        _set_role(settings.APPLICATION_ROLE)

    patch.setattr(DatabaseOperations, "execute_sql_flush", as_the_owner)


@contextmanager
def as_application() -> Iterator[None]:
    """Every connection that is opened from now on works as the application, also those of other threads."""
    before = connection.settings_dict["OPTIONS"]
    connection.close()
    connection.settings_dict["OPTIONS"] = {
        **before,
        "options": f"{before['options']} -c role={settings.APPLICATION_ROLE}",
    }
    yield
    connection.close()
    connection.settings_dict["OPTIONS"] = before


@contextmanager
def as_owner() -> Iterator[None]:
    """Go on as the owner of the tables, within the same connection; new tables are granted to the application."""
    _set_role("NONE")
    try:
        yield
        roles.grant(connection)
    finally:
        # What is rolled back takes the change of role back with it.
        if not connection.needs_rollback:
            _set_role(settings.APPLICATION_ROLE)


def _set_role(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
