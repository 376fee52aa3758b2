"""The work of a joint action, in portions that a killed worker cannot spoil: rows are done, or taken back."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from cases.history import undo
from cases.models import Case, Event, User
from cases.rules.refusal import Refused
from meetings.list_jobs import actions
from meetings.list_jobs.services import refuse
from meetings.models import ListJob, ListJobRow, ListJobRowState, ListJobState
from meetings.reminders import list_job_news

logger = logging.getLogger(__name__)

#: Rows in one transaction: small enough to show progress and to hold their cases only briefly.
PORTION = 25


def take_next_portion(*, at: datetime) -> int:
    """Do the next rows of some job; gives how many, 0 when there is nothing to do.

    A worker that is killed leaves its rows as they were: the next one takes them. A job whose rows fail lets the
    others go first.
    """
    claimed: list[int] = []
    try:
        return _take(claimed, at=at)
    except Exception:
        if not claimed:
            raise
        logger.exception("A portion of the joint action %s could not be done.", claimed)
        ListJob.objects.filter(pk__in=claimed).update(attempts=F("attempts") + 1)
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
    is_undone = job.state == ListJobState.TAKING_BACK
    state = ListJobRowState.DONE if is_undone else ListJobRowState.WAITING
    rows = list(job.rows.filter(state=state).order_by("position")[:PORTION])
    if not rows:
        _finish(job, at=at)
        return 0
    cases = _lock(rows)
    if is_undone:
        _take_back(rows, cases, job=job, at=at)
    else:
        _carry_out(rows, cases, job=job, at=at)
    return len(rows)


def _lock(rows: Sequence[ListJobRow]) -> dict[int, Case]:
    """The cases and then the people of the portion, each in one order: no two portions wait for each other."""
    cases = Case.objects.select_for_update(of=("self",)).with_parties().select_related("handover")
    found = {case.pk: case for case in cases.filter(pk__in=[row.case_id for row in rows]).order_by("pk")}
    people = {person for row in rows for person in (row.was_id, row.receiver_id) if person}
    list(User.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))
    return found


def _carry_out(rows: Sequence[ListJobRow], cases: dict[int, Case], *, job: ListJob, at: datetime) -> None:
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for row in rows:
        try:
            with transaction.atomic():
                if not cases[row.case_id].is_open:
                    raise Refused("Sagen er afsluttet.")
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
    for row in rows:
        try:
            with transaction.atomic():
                for event in reversed(row.events):
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
