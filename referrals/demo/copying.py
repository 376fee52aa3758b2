"""Puts very many unsaved rows into a table at once, as the owner of the tables."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection, models


def copy(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """COPY the rows; those that have a number keep it. Whoever stands behind the second wall is refused."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.generated
        and (not field.primary_key or first.pk is not None)
        and not isinstance(getattr(first, field.attname), models.expressions.DatabaseDefault)
    ]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    statement = f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN'
    with connection.cursor() as cursor, cursor.copy(statement) as into:
        into.write_row([_plain(getattr(first, field.attname)) for field in fields])
        for row in rows:
            into.write_row([_plain(getattr(row, field.attname)) for field in fields])
    if first.pk is not None:
        count_on(model)


def count_on(model: type[models.Model]) -> None:
    """Let the numbers of new rows go on after the highest there is."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value
