"""What a message is before it has a way: the same for every carrier."""

from dataclasses import dataclass
from datetime import datetime

from cases.models import Organisation
from cases.people import cpr
from cases.reminders.appointments import Appointment


@dataclass(frozen=True)
class Letter:
    """A letter as PDF; its name tells nothing of the citizen."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Message:
    """One message, the same for every carrier. No CPR number, and nothing about a cause.

    The key is the same each time the same message is sent, so that a carrier can tell a repetition. One with a
    letter goes the closed way, or not at all: only there may a cause be told.
    """

    key: str
    sender: Organisation
    at: datetime
    subject: str
    text: str
    short_text: str = ""
    appointment: Appointment | None = None
    letter: Letter | None = None

    def __post_init__(self) -> None:
        # What was typed before it was refused as strictly as today still goes out without a number.
        for name in ("subject", "text", "short_text"):
            object.__setattr__(self, name, cpr.mask(getattr(self, name)))
