"""The work of a joint action, in portions that a killed worker cannot spoil: rows are done, or taken back."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from cases.history import undo
from cases.models import Case, Event, User
from cases.rules.refusal import Refused
from meetings.list_jobs import actions
from meetings.list_jobs.services import GONE, refuse
from meetings.models import ListJob, ListJobRow, ListJobRowState, ListJobState
from meetings.owing import list_job_news

logger = logging.getLogger(__name__)

#: Rows in one transaction: small enough to show progress and to hold their cases only briefly.
PORTION = 25
#: So often a row is tried that fails by an error of ours, before it is left and said to have failed.
TRIES = 3
_NOT_ALLOWED = "{} må det ikke længere, så sagen er, som den var. En anden kan gøre det fra arbejdslisten."
_FAILED = "Der skete en fejl, og sagen er, som den var. Prøv igen, eller gør det på sagen."


def take_next_portion(*, at: datetime) -> int:
    """Do the next rows of some job; gives how many, 0 when there is nothing to do.

    A worker that is killed leaves its rows as they were: the next one takes them. A job of which a row fails lets the
    others go first; its rows are then taken one by one, so that the others are done and this one is left.
    """
    claimed: list[int] = []
    try:
        return _take(claimed, at=at)
    except Exception:
        if not claimed:
            raise
        logger.exception("A portion of the joint action %s could not be done.", claimed)
        _count_failure(claimed[0])
        return 0


@transaction.atomic(durable=True)
def _take(claimed: list[int], *, at: datetime) -> int:
    job = (
        ListJob.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state__in=[ListJobState.RUNNING, ListJobState.TAKING_BACK])
        .select_related("organisation", "started_by__organisation")
        .order_by("attempts", "started_at", "pk")
        .first()
    )
    if job is None:
        return 0
    claimed.append(job.pk)
    rows = _next_rows(job, PORTION if job.attempts == 0 else 1)
    if not rows:
        _finish(job, at=at)
        return 0
    if not actions.is_allowed(job):
        return _leave_rest(job)
    cases = _lock(rows)
    if job.state == ListJobState.TAKING_BACK:
        _take_back(rows, cases, job=job, at=at)
    else:
        _carry_out(rows, cases, job=job, at=at)
    return len(rows)


def _next_rows(job: ListJob, most: int) -> list[ListJobRow]:
    return list(_rest(job).order_by("position")[:most])


def _rest(job: ListJob) -> QuerySet[ListJobRow]:
    """The rows that are still to be done, or taken back."""
    state = ListJobRowState.DONE if job.state == ListJobState.TAKING_BACK else ListJobRowState.WAITING
    return job.rows.filter(state=state)


def _leave_rest(job: ListJob) -> int:
    """Leave what is not done as it is, since whoever started it may do it no more."""
    state = ListJobRowState.STANDS if job.state == ListJobState.TAKING_BACK else ListJobRowState.REFUSED
    return _rest(job).update(state=state, problem=_NOT_ALLOWED.format(job.started_by))


@transaction.atomic(durable=True)
def _count_failure(job_id: int) -> None:
    """Count the failure, and leave out a row that has failed again and again, so that the job ends."""
    job = ListJob.objects.select_for_update(of=("self",)).get(pk=job_id)
    job.attempts += 1
    if job.attempts >= TRIES:
        is_undone = job.state == ListJobState.TAKING_BACK
        for row in _next_rows(job, 1):
            row.state, row.problem = ListJobRowState.STANDS if is_undone else ListJobRowState.REFUSED, _FAILED
            row.save(update_fields=["state", "problem"])
            job.attempts = 0
    job.save(update_fields=["attempts"])


def _require_ours(case: Case, job: ListJob) -> None:
    """Refuse a case that another office has got since the list was looked at."""
    if job.organisation_id not in (case.fund_id, case.municipality_id):
        raise Refused(GONE)


def _lock(rows: Sequence[ListJobRow]) -> dict[int, Case]:
    """The cases and then the people of the portion, each in one order: no two portions wait for each other."""
    cases = Case.objects.filter(pk__in=[row.case_id for row in rows]).lock()
    found = {case.pk: case for case in cases.with_parties().select_related("handover")}
    people = {person for row in rows for person in (row.was_id, row.receiver_id) if person}
    list(User.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))
    return found


def _carry_out(rows: Sequence[ListJobRow], cases: dict[int, Case], *, job: ListJob, at: datetime) -> None:
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for row in rows:
        try:
            with transaction.atomic():
                _require_ours(cases[row.case_id], job)
                if not cases[row.case_id].is_open:
                    raise Refused(GONE)
                actions.carry_out(row, cases[row.case_id], job=job, at=at)
            row.state = ListJobRowState.DONE
        except Refused as refused:
            refuse(row, str(refused))
    made = _made_by(job, cases, after=newest)
    for row in rows:
        row.events = made[row.case_id]
    ListJobRow.objects.bulk_update(rows, ["state", "problem", "warning", "left", "events"])


def _made_by(job: ListJob, cases: dict[int, Case], *, after: int) -> dict[int, list[int]]:
    """By case the events of this portion that have a way back, oldest first: nobody else changes the locked cases."""
    events = Event.objects.filter(case__in=cases, by=job.started_by_id, pk__gt=after, kind__in=undo.ways_back())
    made: defaultdict[int, list[int]] = defaultdict(list)
    for case, event in events.order_by("pk").values_list("case_id", "pk"):
        made[case].append(event)
    return made


def _take_back(rows: Sequence[ListJobRow], cases: dict[int, Case], *, job: ListJob, at: datetime) -> None:
    events = Event.objects.in_bulk([event for row in rows for event in row.events])
    # Somebody may have taken a part of it back on the case.
    taken = Event.objects.filter(case__in=cases, data__has_key="undoes").values_list("data__undoes", flat=True)
    undone = set(taken)
    left = {row.pk: [event for event in reversed(row.events) if event not in undone] for row in rows}
    for row in rows:
        try:
            with transaction.atomic():
                _require_ours(cases[row.case_id], job)
                for event in left[row.pk]:
                    undo.undo_one_of_many(events[event], cases[row.case_id], by=job.started_by, at=at)
            row.state = ListJobRowState.TAKEN_BACK
        except Refused as refused:
            row.state, row.problem = ListJobRowState.STANDS, str(refused)
    ListJobRow.objects.bulk_update(rows, ["state", "problem"])


def _finish(job: ListJob, *, at: datetime) -> None:
    if job.state == ListJobState.TAKING_BACK:
        job.state = ListJobState.TAKEN_BACK
    else:
        job.state, job.finished_at = ListJobState.DONE, at
        list_job_news.hold(job, at=at)
        list_job_news.owe(job, at=at)
    job.save(update_fields=["state", "finished_at"])
