"""Writes many rows in one plain statement, where Django's own would hold a branch or a parameter list for each row."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def update_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Give each row its own values of these fields; each begins with the number of its row."""
    if not rows:
        return
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    changes = ", ".join(f"{field.column} = new.{field.column}" for field in fields)
    _execute(
        f"UPDATE {model._meta.db_table} AS stored SET {changes} FROM {{new}} WHERE stored.id = new.id",
        [model._meta.pk, *fields],
        rows,
    )


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write new rows. PostgreSQL takes no COPY into a table behind the second wall."""
    if not rows:
        return
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    columns = ", ".join(field.column for field in fields)
    _execute(f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {columns} FROM {{new}}", fields, rows)


def upsert_rows(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]], *, unique: Sequence[str]
) -> None:
    """Write the rows; where one with the same unique fields stands, it gets the values of the new one."""
    if not rows:
        return
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    columns = ", ".join(field.column for field in fields)
    conflict = ", ".join(field.column for field in fields if field.name in unique)
    changes = ", ".join(f"{field.column} = EXCLUDED.{field.column}" for field in fields if field.name not in unique)
    _execute(
        f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {columns} FROM {{new}}"
        f" ON CONFLICT ({conflict}) DO UPDATE SET {changes}",
        fields,
        rows,
    )


def _execute(statement: str, fields: Sequence[Any], rows: Sequence[Sequence[Any]]) -> None:
    """The statement with the rows as its table `new`: one array for each column."""
    arrays = ", ".join(
        f"%s::{field.rel_db_type(connection) if field.is_relation else field.db_type(connection)}[]" for field in fields
    )
    columns = ", ".join(field.column for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(new=f"unnest({arrays}) AS new({columns})"),
            [list(column) for column in zip(*rows, strict=True)],
        )
