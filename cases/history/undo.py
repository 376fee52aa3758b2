"""Takes a change back for the one who made it, while nobody went on from it and nobody was told."""

from datetime import datetime

from django.db import transaction

from cases import seam, wall
from cases.changing import locked
from cases.models import Case, Event, User
from cases.rules.refusal import Refused
from cases.rules.undo_time import UNDO_WITHIN, undo_until
from cases.seam import WayBack


class CannotBeUndone(Refused):
    """It is too late, or somebody else went on."""


def ways_back() -> dict[str, WayBack]:
    """How each kind of change is taken back."""
    return {kind: way for app in seam.INSTALLED for kind, way in app.ways_back.items()}


def last_change(case: Case, *, kind: str, by: User, at: datetime) -> Event | None:
    """The user's last change of the kind, if it can still be taken back."""
    event = case.events.filter(kind=kind, by=by, at__gt=at - UNDO_WITHIN).order_by("-pk").first()
    return event if event is not None and "undoes" not in event.data else None


@wall.lifted()
@transaction.atomic(durable=True)
def undo(*, event_id: int, by: User, at: datetime, asked_at: datetime | None = None) -> str:
    """Take the change back that the event tells of; the history keeps both. Gives what came of it.

    Whether it is too late is judged by when it was asked for, also where a worker does it afterwards. What was taken
    back already stays so, and nothing comes of it. Raises CannotBeUndone, and what the way back of the kind raises.
    """
    event = Event.objects.get(pk=event_id)
    case = locked(event.case_id)
    if case.events.filter(data__undoes=event.pk).exists():
        return ""
    if (asked_at or at) > undo_until(event.at):
        minutes = int(UNDO_WITHIN.total_seconds() // 60)
        raise CannotBeUndone(f"Der er gået mere end {minutes} minutter. Ret det på sagen i stedet.")
    newest = case.events.latest("pk").pk
    undo_one_of_many(event, case, by=by, at=at)
    return " ".join(case.events.filter(pk__gt=newest).order_by("pk").values_list("text", flat=True))


def undo_one_of_many(event: Event, case: Case, *, by: User, at: datetime) -> None:
    """Take the change of the locked case back in the caller's transaction, who asks whether it is too late."""
    others = case.events.filter(pk__gt=event.pk, by__isnull=False).exclude(by=by)
    if newer := others.select_related("by").order_by("pk").first():
        raise CannotBeUndone(f"{newer.by} har ændret sagen siden: {newer.text} Ret det på sagen i stedet.")
    way = ways_back()[event.kind]
    if not case.is_open and not way.may_be_closed:
        raise CannotBeUndone("Sagen er afsluttet. Åbn den igen, før du retter noget.")
    way.take_back(event, case, by=by, at=at)
