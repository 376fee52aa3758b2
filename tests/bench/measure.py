"""A line of the table, and the ways to measure one."""

import io
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction


@dataclass(frozen=True)
class Line:
    """One figure beside what it is compared with; the goal is the highest ratio, or the lowest where `is_at_least`."""

    name: str
    value: float
    unit: str
    compared_with: str
    other: float
    #: None where nothing that it should be compared with is at hand.
    goal: float | None
    is_at_least: bool = False
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.value / self.other if self.other else 0.0

    @property
    def is_met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.ratio >= self.goal if self.is_at_least else self.ratio <= self.goal

    def as_data(self) -> dict[str, Any]:
        told = asdict(self)
        told.pop("is_at_least")
        return {**told, "ratio": round(self.ratio, 4), "met": self.is_met}

    def __str__(self) -> str:
        goal = "no goal"
        if self.goal is not None:
            bound = "at least" if self.is_at_least else "at most"
            goal = f"{bound} {self.goal:g}: {'met' if self.is_met else 'MISSED'}"
        return (
            f"{self.name:<14} {self.value:>12.3f} {self.unit:<8} {self.other:>12.3f} {self.compared_with:<46} "
            f"{self.ratio:>8.3f} {goal}" + (f"  ({self.note})" if self.note else "")
        )


@dataclass(frozen=True)
class Bench:
    """What all lines stand on: the moment of the load, and its two databases."""

    cases: int
    at: datetime
    large: str
    small: str

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        """Everything within asks that database."""
        use(name)
        yield
        use(self.large)


def use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def seconds(do: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def median_of(do: Callable[[], Any], *, repeats: int = 5) -> float:
    return statistics.median(seconds(do) for _ in range(repeats))


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def peak_mb() -> float:
    """The most memory that this process itself ever held."""
    with open("/proc/self/status") as status:
        found = next(line for line in status if line.startswith("VmHWM"))
    return int(found.split()[1]) / 1024


class Undo(Exception):
    """Takes back what was measured."""


@contextmanager
def taken_back() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise Undo
    except Undo:
        pass


def seconds_of_copy(tables: dict[str, str], *, constraints_first: bool) -> float:
    """How long it takes to COPY the rows of each table that meet the condition into an empty table like it.

    With its checks, indexes and foreign keys: from the beginning, or built and validated when the rows are in.
    """
    took = 0.0
    for table, condition in tables.items():
        rows = _copied_out(table, condition)
        with taken_back(), connection.cursor() as cursor:
            # A generated column is given by the table itself, and is none of the rows'.
            cursor.execute(f"CREATE TABLE bench_twin (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
            statements = _constraints_of(cursor, table)

            def fill(rows: bytes = rows, cursor: Any = cursor, statements: list[str] = statements) -> None:
                with cursor.copy("COPY bench_twin FROM STDIN (FORMAT binary)") as into:
                    into.write(rows)
                if not constraints_first:
                    _run(cursor, statements)

            if constraints_first:
                _run(cursor, statements)
            took += seconds(lambda fill=fill, cursor=cursor: (fill(), cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")))
    return took


def seconds_of_insert(table: str, condition: str) -> float:
    """How long one INSERT .. SELECT of those rows takes, into an empty table like theirs with all its constraints."""
    took = []
    with taken_back(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_twin (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        _run(cursor, _constraints_of(cursor, table))
        took.append(seconds(lambda: cursor.execute(f"INSERT INTO bench_twin SELECT * FROM {table} WHERE {condition}")))
    return sum(took)


def _copied_out(table: str, condition: str) -> bytes:
    rows = io.BytesIO()
    with connection.cursor() as cursor:
        query = f"COPY (SELECT * FROM {table} WHERE {condition} ORDER BY id) TO STDOUT (FORMAT binary)"
        with cursor.copy(query) as out:
            for part in out:
                rows.write(part)
    return rows.getvalue()


def _constraints_of(cursor: Any, table: str) -> list[str]:
    """What gives the twin the indexes, the unique constraints and the foreign keys of the table."""
    cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", [table])
    statements = [
        definition.replace(f"INDEX {name} ON public.{table} ", f"INDEX bench_{number} ON bench_twin ")
        for number, (name, definition) in enumerate(cursor.fetchall())
    ]
    cursor.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass", [table]
    )
    return statements + [f"ALTER TABLE bench_twin ADD {definition}" for (definition,) in cursor.fetchall()]


def _run(cursor: Any, statements: list[str]) -> None:
    for statement in statements:
        cursor.execute(statement)
