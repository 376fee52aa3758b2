"""What went to the citizen is kept as it was sent: one row of the post book for each message."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cases.models import Dispatch, Reminder, ReminderState
from cases.reminders import carriers
from cases.reminders.messages import Message, Written


def keep(messages: Sequence[tuple[Reminder, Message, Written]], *, is_reached: bool, at: datetime) -> None:
    """Keep the messages and their letters as rows of the post book, in the caller's transaction."""
    Dispatch.objects.bulk_create(
        Dispatch(
            reminder=row,
            sender=message.sender,
            at=at,
            is_reached=is_reached,
            subject=written.subject,
            text=written.text,
            calendar=written.calendar,
            letter_name=message.letter.name if message.letter else "",
            letter=message.letter.content if message.letter else None,
            until=message.appointment.starts_at if message.appointment else None,
        )
        for row, message, written in messages
    )


@transaction.atomic(durable=True)
def tell_handed_over_apart() -> None:
    """Mark messages that an earlier release called sent, but only put in the folder, as handed over."""
    # Nothing but a folder has ever carried these.
    in_folder = [one.name for one in (carriers.DIGITAL_POST, carriers.SMS)]
    Reminder.objects.filter(state=ReminderState.SENT, route__in=in_folder).update(
        state=ReminderState.HANDED_OVER, outcome=f"{ReminderState.HANDED_OVER.label.capitalize()}."
    )
