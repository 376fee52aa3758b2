"""What a joint action makes us owe: one message to each colleague, and the letters wait as long as it can be undone."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q

from cases.models import Reminder, User
from cases.rules.undo_time import UNDO_WITHIN
from cases.rules.wording import counted, listed
from meetings.models import ListJob, ListJobRow, ListJobRowState
from meetings.reminders.kinds import TO_CITIZEN, ReminderKind


def hold(job: ListJob, *, at: datetime) -> None:
    """Let what is owed the citizens wait from the end of the job, which took its time; what goes at once has gone."""
    owed = Reminder.objects.owed().filter(kind__in=(*TO_CITIZEN, ReminderKind.CHOICE_SET_ASIDE, ReminderKind.WRITTEN))
    own = owed.filter(case__list_job_rows__job=job, recorded_at__gte=job.started_at, due_at__gt=at)
    own.update(due_at=at + UNDO_WITHIN)


def owe(job: ListJob, *, at: datetime) -> None:
    """Owe each colleague who got cases or gave some up one message of all of them, but not the one who did it."""
    done = job.rows.filter(state=ListJobRowState.DONE).order_by("position")
    first: dict[int, int] = {}
    for case, *people in done.values_list("case_id", "was", "receiver"):
        for person in people:
            if person is not None and person != job.started_by_id:
                first.setdefault(person, case)
    active = User.objects.filter(pk__in=first, is_active=True).values_list("pk", flat=True)
    rows = [
        Reminder(
            kind=str(ReminderKind.LIST_JOB),
            case_id=first[person],
            subject=job.pk,
            version=1,
            user_id=person,
            due_at=at + UNDO_WITHIN,
            recorded_at=at,
        )
        for person in active
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)


def may_be_undone_until(cases: Collection[int], *, at: datetime) -> dict[int, datetime]:
    """By case the moment from which a joint action that moved it can be taken back no more."""
    moved = ListJobRow.objects.filter(case__in=cases, state=ListJobRowState.DONE)
    lately = moved.filter(Q(job__finished_at=None) | Q(job__finished_at__gt=at - UNDO_WITHIN))
    return {case: (ended or at) + UNDO_WITHIN for case, ended in lately.values_list("case_id", "job__finished_at")}


def text_of(job: ListJob, person: int) -> str:
    """What the action gave the person and took from them; empty where nothing of it stands."""
    done = ListJobRow.objects.filter(job=job, state=ListJobRowState.DONE)
    got = list(done.filter(receiver=person).values_list("was__first_name", "was__last_name"))
    gave = list(done.filter(was=person).values_list("receiver__first_name", "receiver__last_name"))
    told = []
    if got:
        told.append(f"{job.started_by} har givet dig {counted(len(got), 'sag', 'sager')}{_people('fra', got)}")
    if gave:
        told.append(f"{job.started_by} har flyttet {counted(len(gave), 'sag', 'sager')} fra dig{_people('til', gave)}")
    return ". ".join(told)


def _people(preposition: str, names: Iterable[tuple[str | None, str | None]]) -> str:
    known = dict.fromkeys(f"{first} {last}" for first, last in names if last)
    return f" {preposition} {listed(known)}" if known else ""
