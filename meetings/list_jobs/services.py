"""Rows of the worklist are chosen, looked at, set in motion and taken back; a worker does the rest."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from cases.models import Case, User
from cases.rules.refusal import Refused
from meetings.list_jobs import actions
from meetings.models import ListAction, ListJob, ListJobRow, ListJobRowState, ListJobState

#: So many rows are moved by one job: more than the largest team has.
MOST = 2_000
GONE = "Sagen er afsluttet, eller I har den ikke mere."


class NothingChosen(Refused):
    """No row was chosen, or none of them can be moved."""


class TooMany(Refused):
    """More rows than one job takes."""


class TooLate(Refused):
    """The job has gone on since the page was opened."""


@transaction.atomic(durable=True)
def choose(*, case_ids: Sequence[int], by: User, at: datetime) -> ListJob:
    """Keep the cases that somebody chose as the rows of a new job, in their order. Raises NothingChosen and TooMany."""
    if not case_ids:
        raise NothingChosen("Vælg mindst én sag på listen.")
    if len(case_ids) > MOST:
        raise TooMany(f"Der er {len(case_ids)} sager. Vælg højst {MOST} ad gangen, fx med et filter.")
    job = ListJob.objects.create(organisation=by.workplace, started_by=by, chosen_at=at)
    keep_rows(job, case_ids)
    return job


def keep_rows(job: ListJob, case_ids: Sequence[int]) -> None:
    """Make a row of each case, in their order."""
    rows = (ListJobRow(job=job, case_id=case, position=number) for number, case in enumerate(case_ids, start=1))
    ListJobRow.objects.bulk_create(rows)


@transaction.atomic(durable=True)
def preview(*, job_id: int, action: ListAction, terms: dict[str, Any], at: datetime) -> ListJob:
    """Say of each row what the action would make of it, by what was typed. Nothing is done yet. Raises TooLate."""
    job = _not_begun(job_id)
    job.action, job.terms, job.state = str(action), terms, ListJobState.PREVIEWED
    rows = rows_anew(job)
    actions.preview([row for row in rows if row.state == ListJobRowState.READY], job=job, at=at)
    say(rows)
    job.save(update_fields=["action", "state", "terms"])
    return job


def _not_begun(job_id: int) -> ListJob:
    job = ListJob.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=job_id)
    if job.state not in (ListJobState.CHOSEN, ListJobState.PREVIEWED):
        raise TooLate("Handlingen er sat i gang, og kan ikke ændres. Vælg sagerne igen på arbejdslisten.")
    return job


def rows_anew(job: ListJob) -> list[ListJobRow]:
    """The rows with their cases as these are now, and without what was said of them before."""
    own = Case.objects.filter(Q(fund=job.organisation_id) | Q(municipality=job.organisation_id))
    cases = {case.pk: case for case in own.with_parties().filter(list_job_rows__job=job)}
    busy = _busy(job)
    rows = list(job.rows.order_by("position"))
    for row in rows:
        row.state, row.problem, row.warning, row.before, row.after = ListJobRowState.READY, "", "", "", ""
        row.was = row.receiver = None
        row.talks, row.left = [], []
        case = cases.get(row.case_id)
        if case is not None:
            row.case = case
        if case is None or not case.is_open:
            refuse(row, GONE)
        elif row.case_id in busy:
            refuse(row, busy[row.case_id])
    return rows


def _busy(job: ListJob) -> dict[int, str]:
    """The cases of the job that another one of the office is about to move, and by whom."""
    waiting = ListJobRow.objects.filter(
        case__list_job_rows__job=job, job__organisation=job.organisation_id, state=ListJobRowState.WAITING
    ).exclude(job=job)
    rows = waiting.values_list("case_id", "job__started_by__first_name", "job__started_by__last_name")
    return {case: f"{first} {last} er i gang med en samlet handling, der har sagen med." for case, first, last in rows}


def refuse(row: ListJobRow, why: str) -> None:
    """Mark the row as refused with the sentence that says why. Nothing is saved."""
    row.state, row.problem = ListJobRowState.REFUSED, why


#: What is said of a row when it is looked at.
_SAID = ("state", "was", "receiver", "before", "after", "warning", "problem", "talks", "left")


def say(rows: Sequence[ListJobRow]) -> None:
    """Keep what is said of the rows."""
    ListJobRow.objects.bulk_update(rows, _SAID, batch_size=500)


@transaction.atomic(durable=True)
def start(*, job_id: int, at: datetime) -> ListJob:
    """Start the job; a worker does the rest, and a second start changes nothing.

    What somebody else has set in motion since it was looked at is refused here. Raises NothingChosen.
    """
    job = ListJob.objects.select_for_update(of=("self",)).get(pk=job_id)
    if job.state != ListJobState.PREVIEWED:
        return job
    ready = job.rows.filter(state=ListJobRowState.READY)
    # Two who say go at once lock the same cases in one order: the second sees what the first has set in motion.
    list(
        Case.objects.select_for_update(of=("self",), no_key=True)
        .filter(list_job_rows__in=ready)
        .order_by("pk")
        .values_list("pk")
    )
    busy = _busy(job)
    taken = list(ready.filter(case__in=busy))
    for row in taken:
        refuse(row, busy[row.case_id])
    ListJobRow.objects.bulk_update(taken, ["state", "problem"], batch_size=500)
    if not ready.update(state=ListJobRowState.WAITING):
        raise NothingChosen("Ingen af sagerne kan være med. Se hvorfor ud for hver sag.")
    job.state, job.started_at = ListJobState.RUNNING, at
    job.save(update_fields=["state", "started_at"])
    return job


@transaction.atomic(durable=True)
def take_back(*, job_id: int, at: datetime) -> ListJob:
    """Have the whole taken back; a worker does it. Twice is once. Raises TooLate."""
    job = ListJob.objects.select_for_update(of=("self",)).get(pk=job_id)
    if job.state in (ListJobState.TAKING_BACK, ListJobState.TAKEN_BACK):
        return job
    if job.undo_until is None or at > job.undo_until:
        raise TooLate("Der er gået mere end 10 minutter. Vælg sagerne igen på arbejdslisten, og ret dem der.")
    job.state = ListJobState.TAKING_BACK
    job.save(update_fields=["state"])
    return job
