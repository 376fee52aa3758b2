"""Notes and tasks of one party on a case: written, done, and open again. The other party sees nothing of it."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from cases.changing import WrongParty, lock
from cases.models import CaseNote, User
from cases.rules.refusal import Refused
from cases.rules.wording import day_text


class NoSuchTask(Refused):
    """What is no task, or nothing, cannot be written or done."""


@transaction.atomic(durable=True)
def write(*, case_id: int, text: str, due_on: date | None, worker_id: int, by: User, at: datetime) -> CaseNote:
    """Write a note, or with a day a task for somebody of one's own; the same twice, while it is open, is one.

    Raises AlreadyClosed, NoSuchTask for a day that has passed, WrongParty for somebody of another organisation.
    """
    case = lock(case_id)
    text = text.strip()
    if due_on is not None and due_on < timezone.localtime(at).date():
        raise NoSuchTask(f"Den {day_text(due_on)} er gået. Vælg i dag eller en senere dag.")
    worker = User.objects.filter(pk=worker_id, organisation=by.organisation_id).first() if due_on else None
    if due_on is not None and worker is None:
        raise WrongParty("En opgave gives til en i din egen organisation. Vælg en fra listen.")
    same = case.notes.filter(
        organisation=by.organisation_id, text=text, due_on=due_on, worker=worker, written_by=by, done_at=None
    ).first()
    if same is not None:
        return same
    return CaseNote.objects.create(
        case=case,
        organisation=by.workplace,
        text=text,
        due_on=due_on,
        worker=worker,
        written_by=by,
        written_at=at,
    )


@transaction.atomic(durable=True)
def finish(*, note_id: int, by: User, at: datetime) -> CaseNote:
    """Somebody has done the task, or needs the note no more; one that is done stays as it was."""
    note = _lock(note_id)
    if note.done_at is None:
        note.done_by, note.done_at = by, at
        note.save()
    return note


@transaction.atomic(durable=True)
def reopen(*, note_id: int) -> CaseNote:
    """It was not done after all."""
    note = _lock(note_id)
    note.done_by = note.done_at = None
    note.save()
    return note


def _lock(note_id: int) -> CaseNote:
    return CaseNote.objects.select_for_update().get(pk=note_id)
