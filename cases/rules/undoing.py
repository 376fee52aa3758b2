"""How long a change can be taken back by the one who made it, and what is told of it waits."""

from datetime import datetime, timedelta

UNDO_WITHIN = timedelta(minutes=10)


def undo_until(changed_at: datetime) -> datetime:
    """The last moment at which the change can be taken back."""
    return changed_at + UNDO_WITHIN
