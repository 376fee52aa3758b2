"""Saving, changing and removing views of the worklist. Nothing of a citizen is in them."""

from urllib.parse import urlencode

from django.db import transaction

from cases.models import User
from cases.rules.refusal import Refused, require_seen
from meetings.models import SavedView
from meetings.worklist.filters import WorklistFilter


class NameIsTaken(Refused):
    """Somebody has a view of that name already."""


class ViewIsGone(Refused):
    """The view was removed while somebody changed it."""


def query_of(filterset: WorklistFilter) -> str:
    """What the list is asked for, as its address says it; what nobody could choose is left out."""
    data = filterset.data or {}
    asked = {name: data.get(name, "") for name in filterset.form.fields if name not in filterset.form.errors}
    return urlencode({name: value for name, value in asked.items() if value})


def said_of(view: SavedView) -> tuple[str, str, bool]:
    """What the form of a view says."""
    return view.name, view.shared_with, view.is_start


@transaction.atomic(durable=True)
def save(
    *,
    view: SavedView | None,
    name: str,
    query: str,
    shared_with: str,
    is_start: bool,
    by: User,
    version: int | None = None,
) -> SavedView:
    """Keep a view under a name, or change one of the user's own, of which this `version` was seen.

    Raises NameIsTaken, ViewIsGone and Stale.
    """
    # Whoever saves two at once has them one after the other.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    own = SavedView.objects.filter(user=by)
    if view is not None:
        if (now := own.filter(pk=view.pk).first()) is None:
            raise ViewIsGone("Visningen er fjernet i mellemtiden. Gem den igen fra arbejdslisten.")
        if said_of(now) == (name, shared_with, is_start):
            return now
        require_seen(version, *said_of(now))
        own = own.exclude(pk=view.pk)
    if own.filter(name=name).exists():
        raise NameIsTaken(f"Du har allerede en visning, der hedder »{name}«. Vælg et andet navn, eller ret den.")
    if is_start:
        own.filter(is_start=True).update(is_start=False)
    view = view or SavedView(user=by, query=query)
    view.name, view.shared_with, view.is_start = name, shared_with, is_start
    view.save()
    return view
