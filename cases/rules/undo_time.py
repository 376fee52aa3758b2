"""How long somebody can take back a change of their own. Messages about the change wait for as long.

Our own, and no law.
"""

from datetime import datetime, timedelta

UNDO_WITHIN = timedelta(minutes=10)


def undo_until(changed_at: datetime) -> datetime:
    """The last moment at which the change can be taken back."""
    return changed_at + UNDO_WITHIN
