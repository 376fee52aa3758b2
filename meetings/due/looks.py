"""Counts again by when the sweep must look at each case, for whoever doubts that it looks in time."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from cases.models import Act, Case
from meetings.due.sweep import BATCH, LATE, ask
from meetings.planning.writing import look_again


class LateLook(NamedTuple):
    """A case that the sweep looks at too late, or never."""

    case_id: int
    #: None where no row says it, so that the sweep never would.
    look_at: datetime | None
    wanted_by: datetime


def late_looks(at: datetime) -> Iterator[LateLook]:
    """Every open case that is to be looked at after something falls due; the cases are counted portion by portion.

    By the sweep's own moments. Earlier than needed is right: a look finds nothing then. A message that somebody has
    had is not asked for again here, though the sweep gives it to whoever stands in for them since.
    """
    book, last = Act.objects.rule_book(), 0
    while ids := list(Case.objects.open().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield from (LateLook(*row) for row in ask(LATE, cases=ids, book=book, at=at))
        last = ids[-1]


def mend(late: Collection[LateLook]) -> None:
    """Let the next sweep look at these cases, if they are open still."""
    with transaction.atomic():
        cases = Case.objects.open().filter(pk__in=[one.case_id for one in late]).lock()
        look_again(list(cases.values_list("pk", flat=True)))
