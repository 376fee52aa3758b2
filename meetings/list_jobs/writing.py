"""One text goes to the citizens of many cases, each by a message of its own in the post book."""

from collections.abc import Sequence
from datetime import datetime

from cases.history import events as history_events
from cases.models import Case, Event, Reminder, User
from cases.reminders import owing
from cases.rules.refusal import Refused
from cases.rules.undo_time import UNDO_WITHIN
from meetings.models import ListJob, ListJobRow
from meetings.owing.kinds import ReminderKind


def preview(rows: Sequence[ListJobRow], *, job: ListJob, at: datetime) -> None:
    """Say of each row what its citizen gets; nothing is saved."""
    for row in rows:
        contact = row.case.contact_of(job.organisation)
        row.after = f"Besked: {job.terms['title']}"
        if row.case.citizen.is_exempt_from_digital_post and not contact.email and not contact.phone:
            row.warning = "Borgeren har hverken e-mail, telefon eller Digital Post: beskeden skal sendes med brev."


def carry_out(row: ListJobRow, case: Case, *, job: ListJob, at: datetime) -> None:
    """Owe the citizen of the locked case the message, in the caller's transaction."""
    due_at = at + UNDO_WITHIN
    owing.owe(kind=ReminderKind.WRITTEN, case_id=case.pk, subject=row.pk, version=1, at=at, due_at=due_at)
    text = f"Besked til borgeren: {job.terms['title']}."
    history_events.record(case=case, kind="meetings.written", by=job.started_by, at=at, text=text, row=row.pk)


def take_back(event: Event, case: Case, *, by: User, at: datetime) -> None:
    """Let the message not be sent, in the caller's transaction. Raises Refused when it has gone."""
    rows = Reminder.objects.filter(kind=ReminderKind.WRITTEN, subject=event.data["row"])
    if rows.gone().exists():
        raise Refused("Beskeden til borgeren er sendt.")
    owing.void(rows.owed(), outcome="Fortrudt, før det blev sendt.", at=at)
    text = "Beskeden til borgeren er fortrudt og bliver ikke sendt."
    history_events.record(case=case, kind="meetings.written", by=by, at=at, text=text, undoes=event.pk)
