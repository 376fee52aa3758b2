"""The indexes and constraints of tables as the catalogue defines them: given to a twin, or taken away and put back."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection

#: Of `pg_constraint`: what an index holds, and the foreign key. Without a kind it is an index alone.
PRIMARY, FOREIGN, INDEX = "p", "f", ""

_DEFINED = """
SELECT contype::text, conrelid::regclass::text, conname::text, pg_get_constraintdef(oid)
FROM pg_constraint WHERE conrelid::regclass::text = ANY(%(tables)s) AND contype IN ('p', 'u', 'x', 'f')
UNION ALL
SELECT '', indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid::regclass::text = ANY(%(tables)s)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
ORDER BY 2, 3
"""


class Definition(NamedTuple):
    """One index, or one constraint with the index that holds it."""

    kind: str
    table: str
    name: str
    text: str

    @property
    def made(self) -> str:
        """The statement that makes it."""
        if self.kind == INDEX:
            return self.text
        return f'ALTER TABLE {self.table} ADD CONSTRAINT "{self.name}" {self.text}'

    @property
    def dropped(self) -> str:
        if self.kind == INDEX:
            return f'DROP INDEX "{self.name}"'
        return f'ALTER TABLE {self.table} DROP CONSTRAINT "{self.name}"'

    def made_for(self, twin: str) -> str:
        """The same for another table, under a name that PostgreSQL finds."""
        if self.kind == INDEX:
            return self.text.replace(f" {self.name} ON public.{self.table} ", f" ON {twin} ")
        return f"ALTER TABLE {twin} ADD {self.text}"


def definitions_of(tables: Sequence[str]) -> list[Definition]:
    """All of these tables; foreign keys last, since they look rows up by what an index holds."""
    with connection.cursor() as cursor:
        cursor.execute(_DEFINED, {"tables": list(tables)})
        found = [Definition(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda one: one.kind == FOREIGN)


def run(statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def taken_away(tables: Sequence[str]) -> Iterator[None]:
    """Empty tables are filled within without what is looked at or written for each row; it is built at the end.

    Their primary keys stay. Not for a database that anybody keeps: one that ends in the middle is left without them.
    """
    before = definitions_of(tables)
    away = [one for one in before if one.kind != PRIMARY]
    run([one.dropped for one in reversed(away)])
    yield
    # The session's own, which ends before anything is measured.
    run(["SET maintenance_work_mem = '1GB'", "SET max_parallel_maintenance_workers = 2"])
    run([one.made for one in away])
    run(["RESET maintenance_work_mem", "RESET max_parallel_maintenance_workers"])
    if list(map(_without_casts, definitions_of(tables))) != list(map(_without_casts, before)):
        raise SystemExit("The tables are not as they were before the load.")


def _without_casts(one: Definition) -> Definition:
    # A list that is cast is given back as a list of what is cast, as a dump gives it too.
    return one._replace(text=re.sub(r"::character varying|::text(\[\])?|[()]", "", one.text))
