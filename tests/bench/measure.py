"""A line of the table, and the ways to measure one."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any

from django.db import connection, transaction

from tests.bench import definitions


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
        # In a file: the rows of a whole country are some GB.
        with tempfile.TemporaryFile() as rows, taken_back(), connection.cursor() as cursor:
            _copy_out(table, condition, rows)
            constraints = _make_twin(table)

            def fill(rows: IO[bytes] = rows, cursor: Any = cursor, constraints: list[str] = constraints) -> None:
                with cursor.copy("COPY bench_twin FROM STDIN (FORMAT binary)") as into:
                    while part := rows.read(1 << 20):
                        into.write(part)
                if not constraints_first:
                    definitions.run(constraints)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

            if constraints_first:
                definitions.run(constraints)
            took += seconds(fill)
    return took


def seconds_of_insert(table: str, condition: str) -> float:
    """How long one INSERT .. SELECT of those rows takes, into an empty table like theirs with all its constraints."""
    took = []
    with taken_back(), connection.cursor() as cursor:
        definitions.run(_make_twin(table))
        took.append(seconds(lambda: cursor.execute(f"INSERT INTO bench_twin SELECT * FROM {table} WHERE {condition}")))
    return sum(took)


def _copy_out(table: str, condition: str, rows: IO[bytes]) -> None:
    with connection.cursor() as cursor:
        query = f"COPY (SELECT * FROM {table} WHERE {condition} ORDER BY 1) TO STDOUT (FORMAT binary)"
        with cursor.copy(query) as out:
            for part in out:
                rows.write(part)
    rows.seek(0)


def _make_twin(table: str) -> list[str]:
    """An empty table like it; gives what makes its indexes, unique constraints and foreign keys."""
    # A generated column is given by the table itself, and is none of the rows'.
    definitions.run([f"CREATE TABLE bench_twin (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"])
    return [one.made_for("bench_twin") for one in definitions.definitions_of([table])]
