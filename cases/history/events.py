"""The history of a case, and the seam by which a change in a case moves what stands above it."""

import json
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
    _tell(event)
    return event


def record_all(rows: Sequence[Event]) -> None:
    """Write many lines at the cost of one, and tell the subscribers of each."""
    if not rows:
        return
    for event, number in zip(rows, bulk_rows.next_numbers(Event, len(rows)), strict=True):
        event.pk = number
    fields = [field for field in Event._meta.concrete_fields if field.name != "data"]
    bulk_rows.insert_rows(
        Event,
        [*(field.name for field in fields), "data"],
        [(*(getattr(event, field.attname) for field in fields), json.dumps(event.data)) for event in rows],
    )
    for event in rows:
        # It stands in the database now: whoever is told may read it anew or name it.
        event._state.adding = False
        _tell(event)


def _tell(event: Event) -> None:
    for app in seam.INSTALLED:
        for subscriber in app.events.get(event.kind, ()):
            subscriber(event)
