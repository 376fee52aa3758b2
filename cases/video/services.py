"""Where talks by video are held from now on; booked talks keep their address."""

from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from cases.models import User
from cases.rules.refusal import require_seen


@transaction.atomic(durable=True)
def set_own_room(*, room: str, by: User, at: datetime, version: int | None = None) -> None:
    """Give the user a room of their own; empty: the shared one is used. The administration's log says so.

    `version` is that of the room that the user saw. Raises Stale.
    """
    before = User.objects.select_for_update(no_key=True).get(pk=by.pk).video_room
    if room == before:
        return
    require_seen(version, before)
    User.objects.filter(pk=by.pk).update(video_room=room)
    LogEntry.objects.create(
        user=by,
        action_time=at,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(by.pk),
        object_repr=str(by),
        action_flag=CHANGE,
        change_message=f"Eget videorum: {room or 'intet'} (før: {before or 'intet'})",
    )
