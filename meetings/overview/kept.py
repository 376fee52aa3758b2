"""Keeps what was counted for a choice, for a minute at most and only while nothing happens in the office's cases.

Every change of a case writes its event in the same transaction, so that one look at the events since the count tells
whether it still holds: an overview at rest is not counted anew, and one that is out of date is never shown. What
changes without an event, a colleague's absence or a new team, is seen within the minute.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Q
from django.utils.safestring import SafeString

from cases.models import Event
from meetings.overview.figures import Choice

SECONDS = 60


class Kept(NamedTuple):
    """What the page tells, ready made, when it was counted, and the last event that was written by then."""

    html: SafeString
    counted_at: datetime
    event: int


def figures(choice: Choice, make: Callable[[], SafeString]) -> Kept:
    """The figures as they were told last, or made anew where they may have changed."""
    team = choice.team.pk if choice.team else 0
    key = f"overview-{choice.user.organisation_id}-{team}-{choice.span.start}-{choice.span.end}-{choice.today}"
    kept: Kept | None = cache.get(key)
    if kept is None or _has_happened_since(kept, choice):
        # Read before the count: what is written meanwhile makes it out of date.
        event = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        kept = Kept(make(), choice.now, event)
        cache.set(key, kept, SECONDS)
    return kept


def _has_happened_since(kept: Kept, choice: Choice) -> bool:
    office = choice.user.organisation_id
    events = Event.objects.filter(pk__gt=kept.event)
    return events.filter(Q(case__fund=office) | Q(case__municipality=office)).exists()
