"""What a message is before it has a way: the same for every carrier."""

from dataclasses import dataclass
from datetime import datetime

from cases.models import Organisation
from cases.people import cpr
from cases.reminders.appointments import Appointment, calendar_of


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


@dataclass(frozen=True)
class Written:
    """What of a message a carrier puts before the citizen, byte for byte."""

    text: str
    subject: str = ""
    calendar: str = ""


def with_calendar(message: Message, *, attendee: str = "") -> Written:
    """The message with its calendar entry, where it is about an appointment."""
    entry = calendar_of(message.appointment, attendee=attendee, at=message.at) if message.appointment else ""
    return Written(text=message.text, subject=message.subject, calendar=entry)


def on_paper(message: Message) -> Written:
    """The message as somebody posts it by hand."""
    return Written(text=message.text, subject=message.subject)
