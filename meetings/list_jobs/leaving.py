"""Somebody leaves: what they have is named, and goes to colleagues by a joint action of its own."""

from collections.abc import Sequence
from datetime import datetime

from cases.models import Case, CaseNote, UnsavedForm, User
from cases.models.cases import CaseStatus
from cases.models.notes import CaseNoteQuerySet
from cases.rules.wording import counted
from cases.seam import Duty
from meetings.list_jobs import actions, services
from meetings.models import ListAction, ListJob, ListJobRowState, ListJobState, Meeting, SavedView


def duties_of(user: User, at: datetime) -> list[Duty]:
    """The open cases with their booked talks and the tasks, which others take over; and what stays with the user.

    A talk in a colleague's case does not follow: it is one of those that nobody is there to hold.
    """
    cases = _cases_of(user)
    coming = Meeting.objects.booked().filter(adviser=user, starts_at__gt=at)
    talks, with_others = coming.filter(case__in=cases).count(), coming.exclude(case__in=cases).count()
    tasks = CaseNote.objects.filter(worker=user, done_at=None).count()
    views = SavedView.objects.filter(user=user).count()
    drafts = UnsavedForm.objects.filter(user=user, was_sent=False).count()
    found = [
        (len(cases), "åben sag", "åbne sager", True),
        (talks, "booket samtale", "bookede samtaler", True),
        (tasks, "opgave", "opgaver", True),
        (with_others, "booket samtale i kollegers sager", "bookede samtaler i kollegers sager", False),
        (drafts, "kladde", "kladder", False),
        (views, "gemt visning", "gemte visninger", False),
    ]
    return [Duty(counted(number, one, many), follows) for number, one, many, follows in found if number]


def _cases_of(user: User) -> list[int]:
    worker = "fund_adviser" if user.organisation and user.organisation.is_fund else "municipality_caseworker"
    own = Case.objects.filter(status=CaseStatus.OPEN, **{worker: user})
    return list(own.order_by("number").values_list("pk", flat=True))


def hand_over(user: User, *, receivers: Sequence[User], by: User, at: datetime) -> None:
    """Set the joint action in motion that gives the cases away, in the caller's transaction; tasks go at once."""
    cases = _cases_of(user)
    if cases:
        job = ListJob.objects.create(
            organisation=user.workplace,
            action=str(ListAction.ASSIGN),
            state=ListJobState.RUNNING,
            terms={"receivers": [str(one.public_id) for one in receivers]},
            started_by=by,
            chosen_at=at,
            started_at=at,
        )
        services.keep_rows(job, cases)
        rows = services.rows_anew(job)
        actions.preview([row for row in rows if row.state == ListJobRowState.READY], job=job, at=at)
        for row in rows:
            row.state = ListJobRowState.WAITING if row.state == ListJobRowState.READY else row.state
        services.say(rows)
        for receiver in receivers:
            of_receiver = [row.case_id for row in rows if row.receiver == receiver]
            _tasks_of(user).filter(case__in=of_receiver).update(worker=receiver)
    _tasks_of(user).update(worker=receivers[0])


def _tasks_of(user: User) -> CaseNoteQuerySet:
    return CaseNote.objects.filter(worker=user, done_at=None)
