"""What most tests begin from, built once under all of them: each gets a copy, and takes back no more than its own.

The office and its case lie in transactions around the tests, the case's within the office's. A test that asks for
neither sees neither.
"""

import copy
from enum import IntEnum
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from tests import factories, world
from tests.transactions import around_services


class Ground(IntEnum):
    """What a test stands on, in the order in which the tests are run.

    What leaves an empty database behind comes after all that begins with a full one; the many short tests that need
    no database come last, so that no core waits for another in the end.
    """

    LAW = 1
    OFFICE = 2
    CASE = 3
    EMPTY = 4
    NOTHING = 5


def ground_of(item: pytest.Item) -> Ground:
    names, marker = getattr(item, "fixturenames", ()), item.get_closest_marker("django_db")
    if "transactional_db" in names or (marker and marker.kwargs.get("transaction")):
        return Ground.EMPTY
    if "db" not in names and not marker:
        return Ground.NOTHING
    if "standing_case" in names:
        return Ground.CASE
    return Ground.OFFICE if "standing_office" in names else Ground.LAW


class Standing:
    """The office and the case, as far as they stand in the database now."""

    def __init__(self, blocker: DjangoDbBlocker) -> None:
        self._blocker = blocker
        self._built = SimpleNamespace(office=None, case=None)
        self._around: list[tuple[str, transaction.Atomic]] = []

    def stand_on(self, ground: Ground) -> None:
        """Take down what the next test does not stand on, and build what it misses."""
        if ground == Ground.NOTHING:
            return
        wanted = {Ground.OFFICE: ["office"], Ground.CASE: ["office", "case"]}.get(ground, [])
        with self._blocker.unblock(), time_machine.travel(world.NOW, tick=False):
            # A command that ends as on the command line closes the connection, and nothing of it stands any more.
            while len(self._around) > (0 if connection.closed_in_transaction else len(wanted)):
                self._take_down()
            for name in wanted[len(self._around) :]:
                self._build(name)

    def copies(self) -> SimpleNamespace:
        """What stands, for one test to change as it likes; nothing where nothing stands."""
        return copy.deepcopy(self._built)

    def _build(self, name: str) -> None:
        around = around_services()
        around.__enter__()
        built: Any = world.build_office() if name == "office" else factories.case(self._built.office)
        # What the database puts off until the end is asked now, and not once more at the end of each test.
        connection.check_constraints()
        self._around.append((name, around))
        setattr(self._built, name, built)

    def _take_down(self) -> None:
        name, around = self._around.pop()
        setattr(self._built, name, None)
        transaction.set_rollback(True)
        around.__exit__(None, None, None)
