"""Writes many rows in one plain statement, where Django's own would hold a branch or a parameter list for each row.

PostgreSQL takes no COPY into a table behind the second wall. So many rows are copied into a temporary table like it,
and go on from there in one statement, which the policies look at.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection, models, transaction

#: From so many on, what COPY saves is more than what its table costs.
MANY = 50


def next_numbers(model: type[models.Model], count: int) -> list[int]:
    """So many numbers for new rows: who names the rows by them, or writes them into others, knows them before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [number for (number,) in cursor.fetchall()]


def insert_instances(model: type[models.Model], rows: Sequence[Any], *, without: Collection[str] = ()) -> None:
    """Save these new instances, which get their numbers. The fields in `without` are left to the database to fill."""
    if not rows:
        return
    for row, number in zip(rows, next_numbers(model, len(rows)), strict=True):
        row.pk, row._state.adding, row._state.db = number, False, connection.alias
    fields = [field for field in model._meta.concrete_fields if field.name not in without]
    values = [[getattr(row, field.attname) for field in fields] for row in rows]
    for place in [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]:
        for row_values in values:
            row_values[place] = json.dumps(row_values[place])
    insert_rows(model, [field.name for field in fields], values)


def update_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Give each row its own values of these fields; each begins with the number of its row."""
    if not rows:
        return
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    changes = ", ".join(f"{field.column} = new.{field.column}" for field in fields)
    _execute(
        model,
        f"UPDATE {model._meta.db_table} AS stored SET {changes} FROM {{new}} WHERE stored.id = new.id",
        [model._meta.pk, *fields],
        rows,
    )


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write new rows, each as its values of these fields."""
    if not rows:
        return
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    columns = ", ".join(field.column for field in fields)
    _execute(model, f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {columns} FROM {{new}}", fields, rows)


def insert_missing_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write those of the rows whose keys are not there yet, and leave the others as they are.

    Whoever writes the same ones waits until our transaction ends. One statement writes them in one order, so that two
    of them never wait for each other. A transaction that comes here several times must lock before the first all that
    it locks later; two such may still meet crosswise, and PostgreSQL ends one of them.
    """
    if not rows:
        return
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    columns = ", ".join(field.column for field in fields)
    _execute(
        model,
        f"INSERT INTO {model._meta.db_table} ({columns})"
        f" SELECT {columns} FROM {{new}} ORDER BY {model._meta.pk.column} ON CONFLICT DO NOTHING",
        fields,
        rows,
    )


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
        model,
        f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {columns} FROM {{new}}"
        f" ON CONFLICT ({conflict}) DO UPDATE SET {changes}",
        fields,
        rows,
    )


def _execute(model: type[models.Model], statement: str, fields: Sequence[Any], rows: Sequence[Sequence[Any]]) -> None:
    """The statement with the rows as its table `new`."""
    if len(rows) < MANY:
        _from_arrays(statement, fields, rows)
    else:
        _from_copy(model, statement, fields, rows)


def _from_arrays(statement: str, fields: Sequence[Any], rows: Sequence[Sequence[Any]]) -> None:
    """One array for each column, in the statement itself."""
    arrays = ", ".join(
        f"%s::{field.rel_db_type(connection) if field.is_relation else field.db_type(connection)}[]" for field in fields
    )
    columns = ", ".join(field.column for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(new=f"unnest({arrays}) AS new({columns})"),
            [list(column) for column in zip(*rows, strict=True)],
        )


def _from_copy(model: type[models.Model], statement: str, fields: Sequence[Any], rows: Sequence[Sequence[Any]]) -> None:
    """A table of the connection's own: made once, since each one made is rows of the catalogue, and empty between.

    It keeps the columns of its day. They are named, and a release that names another one connects after its migration.
    """
    table = model._meta.db_table
    columns = ", ".join(field.column for field in fields)
    # Without a transaction the rows would be gone before they are taken.
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS new_{table} ON COMMIT DELETE ROWS AS TABLE {table} WITH NO DATA"
        )
        # The transaction may have written to the table before.
        cursor.execute(f"DELETE FROM new_{table}")
        with connection.wrap_database_errors, cursor.copy(f"COPY new_{table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(statement.format(new=f"new_{table} AS new"))
