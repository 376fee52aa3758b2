"""What an office writes to many citizens at once, as each of them gets it."""

from datetime import datetime

from django.template.loader import render_to_string

from cases.models import Case
from cases.reminders.messages import Message
from meetings.models import ListJobRow


def message_of(row: ListJobRow, *, key: str, case: Case, at: datetime) -> Message:
    """The message of one row to its citizen. Load the job with its organisation first."""
    office, terms = row.job.organisation, row.job.terms
    facts = {"case": case, "organisation": office, "text": terms["text"]}
    return Message(
        key=key,
        sender=office,
        at=at,
        subject=terms["title"],
        text=render_to_string("emails/written.txt", facts),
        short_text=f"{office.name[:80]} har skrevet til dig. Ring {office.phone_text}, hvis du har spørgsmål.",
    )
