"""The history of a case, and the seam by which a change in a case moves what stands above it."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from cases.models import Case, Event, User

Subscriber = Callable[[Event], None]

_SUBSCRIBERS: defaultdict[str, list[Subscriber]] = defaultdict(list)


def subscribe(kind: str, subscriber: Subscriber) -> None:
    """Let an upper app act on every event of the kind, in the transaction that records it."""
    if subscriber not in _SUBSCRIBERS[kind]:
        _SUBSCRIBERS[kind].append(subscriber)


def subscriptions() -> dict[str, list[str]]:
    """Who acts on which kind of event: for the test that asserts the whole list."""
    return {
        kind: [f"{subscriber.__module__}.{subscriber.__name__}" for subscriber in subscribers]
        for kind, subscribers in sorted(_SUBSCRIBERS.items())
    }


def record(*, case: Case, kind: str, by: User | None, at: datetime, text: str, **data: Any) -> Event:
    """Write one line of the case's history, in the caller's transaction, and tell the subscribers.

    `by` is empty when nobody did it: a newly published act, an import that goes on in the background.
    """
    event = Event.objects.create(case=case, kind=kind, by=by, at=at, text=text, data=data)
    for subscriber in _SUBSCRIBERS.get(kind, ()):
        subscriber(event)
    return event


def record_all(rows: Sequence[Event]) -> None:
    """Write many lines at the cost of one, and tell the subscribers of each."""
    for event in Event.objects.bulk_create(rows):
        for subscriber in _SUBSCRIBERS.get(event.kind, ()):
            subscriber(event)
