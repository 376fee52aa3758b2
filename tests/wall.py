"""The tests work as the operation, which sees everybody; what they ask of a page, the page does behind the wall."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cases import wall
from cases.operation import policies
from cases.statements import Statement
from tests.roles import as_owner

_WRITE = re.compile(r'\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?')


@contextmanager
def left_as_it_was() -> Iterator[None]:
    """Whatever a request says of the connection, the test goes on as it began."""
    try:
        yield
    finally:
        if connection.connection is not None and not connection.needs_rollback:
            wall.say(wall.OPERATION)


def migrate(to: list[Any]) -> MigrationExecutor:
    """Go there, or back, as the owner: a release before knows no second wall, and the newest one stands behind it."""
    executor = MigrationExecutor(connection)
    with as_owner():
        with connection.cursor() as cursor:
            for table in policies.conditions().keys() & set(connection.introspection.table_names(cursor)):
                cursor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        executor.migrate(to)
        if to == executor.loader.graph.leaf_nodes():
            policies.build(connection)
    return executor


@cache
def _governed() -> frozenset[str]:
    return frozenset(policies.conditions())


@contextmanager
def noted_writes() -> Iterator[list[str]]:
    """The tables behind the second wall in which something is written meanwhile, once for each time."""
    written: list[str] = []
    governed = _governed()

    def note(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        if context["cursor"].rowcount > 0:
            written.extend(table for table in _WRITE.findall(sql) if table in governed)
        return result

    with connection.execute_wrapper(note):
        yield written


def switch_off_the_first_wall(patch: pytest.MonkeyPatch) -> None:
    """Let every `visible_to` give everything, as if each view had forgotten it."""
    for model in apps.get_models():
        rows = type(model._default_manager.all())
        if hasattr(rows, "visible_to"):
            patch.setattr(rows, "visible_to", lambda self, user, **_: self.all())
    patch.setattr(Statement, "rows", _apart(Statement.rows))


def _apart(rows: Callable[..., Any]) -> Callable[..., Any]:
    """No text that was made behind the first wall is asked, and none that was made without it is kept."""
    made: dict[Statement[Any], dict[Any, Any]] = {}

    def apart(self: Any, *args: Any, **more: Any) -> Any:
        kept, self._made = self._made, made.setdefault(self, {})
        try:
            return rows(self, *args, **more)
        finally:
            self._made = kept

    return apart


@contextmanager
def first_alone() -> Iterator[None]:
    """Every request sees what the operation sees, as if no policy stood."""
    before = wall.stand_before
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wall, "stand_before", lambda sees: before(wall.OPERATION))
        yield
