"""What went to the citizen is kept as it was sent: one row of the post book for each message."""

from datetime import datetime

from cases.models import Dispatch, Reminder
from cases.reminders.messages import Message, Written


def keep(row: Reminder, message: Message, written: Written, *, is_reached: bool, at: datetime) -> None:
    """Keep it in the caller's transaction, with the letter that went along."""
    letter, appointment = message.letter, message.appointment
    Dispatch.objects.create(
        reminder=row,
        sender=message.sender,
        at=at,
        is_reached=is_reached,
        subject=written.subject,
        text=written.text,
        calendar=written.calendar,
        letter_name=letter.name if letter else "",
        letter=letter.content if letter else None,
        until=appointment.starts_at if appointment else None,
    )
