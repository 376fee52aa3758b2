"""What went to the citizen is kept as it was sent: one row of the post book for each message."""

from datetime import datetime

from django.db import transaction

from cases.models import Dispatch, Reminder, ReminderState
from cases.reminders import carriers
from cases.reminders.messages import Message, Written


def keep(row: Reminder, message: Message, written: Written, *, is_reached: bool, at: datetime) -> None:
    """Keep the message and its letter as a row of the post book, in the caller's transaction."""
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


@transaction.atomic(durable=True)
def tell_handed_over_apart() -> None:
    """Mark messages that an earlier release called sent, but only put in the folder, as handed over."""
    # Nothing but a folder has ever carried these.
    in_folder = [one.name for one in (carriers.DIGITAL_POST, carriers.SMS)]
    Reminder.objects.filter(state=ReminderState.SENT, route__in=in_folder).update(
        state=ReminderState.HANDED_OVER, outcome=f"{ReminderState.HANDED_OVER.label.capitalize()}."
    )
