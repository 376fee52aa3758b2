"""The history of a case, and the seam by which a change in a case moves what stands above it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cases import bulk_rows, seam
from cases.models import Case, Event, User


def name_of(kind: str) -> str:
    """The kind in Danish; of an event that an older release wrote, its code."""
    return next((app.event_names[kind] for app in seam.INSTALLED if kind in app.event_names), kind)


def record(*, case: Case, kind: str, by: User | None, at: datetime, text: str, **data: Any) -> Event:
    """Write one line of the case's history, in the caller's transaction, and tell the subscribers.

    `by` is empty when nobody did it: a newly published act, an import that goes on in the background.
    """
    event = Event.objects.create(case=case, kind=kind, by=by, at=at, text=text, data=data)
    _tell([event])
    return event


def record_all(rows: Sequence[Event]) -> None:
    """Write many lines at the cost of one, and tell the subscribers, once of all that happened together."""
    # They stand in the database then: whoever is told may read them anew or name them.
    bulk_rows.insert_instances(Event, rows)
    _tell(rows)


def _tell(events: Sequence[Event]) -> None:
    together: defaultdict[tuple[str, datetime, int | None], list[Event]] = defaultdict(list)
    for event in events:
        together[event.kind, event.at, event.by_id].append(event)
    for (kind, _, _), alike in together.items():
        for app in seam.INSTALLED:
            for subscriber in app.events.get(kind, ()):
                subscriber(alike)
