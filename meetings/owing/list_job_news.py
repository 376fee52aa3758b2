"""What a joint action makes us owe: one message to each colleague, and the letters wait as long as it can be undone."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from cases.models import Reminder
from cases.reminders.receivers import told_of
from cases.rules.undo_time import UNDO_WITHIN
from cases.rules.wording import counted, listed
from meetings.models import ListJob, ListJobRow, ListJobRowState
from meetings.owing.kinds import TO_CITIZEN, ReminderKind


def hold(job: ListJob, *, at: datetime) -> None:
    """Let what is owed the citizens wait from the end of the job, which took its time; what goes at once has gone."""
    owed = Reminder.objects.owed().filter(kind__in=(*TO_CITIZEN, ReminderKind.CHOICE_SET_ASIDE, ReminderKind.WRITTEN))
    own = owed.filter(case__list_job_rows__job=job, recorded_at__gte=job.started_at, due_at__gt=at)
    own.update(due_at=at + UNDO_WITHIN)


def owe(job: ListJob, *, at: datetime) -> None:
    """Owe each colleague who got cases or gave some up one message of all of them, but not the one who did it.

    Of cases that somebody got who has left since, whoever is told in their place hears.
    """
    done = job.rows.filter(state=ListJobRowState.DONE).order_by("position")
    moved = list(done.values_list("case_id", "was", "receiver"))
    told = _told(job, {person for _, *people in moved for person in people if person is not None}, at=at)
    first: dict[int | None, int] = {}
    for case, was, receiver in moved:
        if was is not None and told[was] == was:
            first.setdefault(was, case)
        if receiver is not None:
            first.setdefault(told[receiver], case)
    rows = [
        Reminder(
            kind=str(ReminderKind.LIST_JOB),
            case_id=case,
            subject=job.pk,
            version=1,
            user_id=person,
            organisation_id=None if person else job.organisation_id,
            due_at=at + UNDO_WITHIN,
            recorded_at=at,
        )
        for person, case in first.items()
        if person != job.started_by_id
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)


def may_be_undone_until(cases: Collection[int], *, at: datetime) -> dict[int, datetime]:
    """By case the moment from which a joint action that moved it can be taken back no more."""
    moved = ListJobRow.objects.filter(case__in=cases, state=ListJobRowState.DONE)
    lately = moved.filter(Q(job__finished_at=None) | Q(job__finished_at__gt=at - UNDO_WITHIN))
    return {case: (ended or at) + UNDO_WITHIN for case, ended in lately.values_list("case_id", "job__finished_at")}


def _told(job: ListJob, people: Collection[int], *, at: datetime) -> dict[int, int | None]:
    return told_of(people, office=job.organisation_id, on=timezone.localtime(at).date())


def text_of(job: ListJob, person: int | None, *, at: datetime) -> str:
    """What the action gave the person and took from them; empty where nothing of it stands.

    Without a person it is what the office hears: of the cases that somebody got who has left since.
    """
    done = ListJobRow.objects.filter(job=job, state=ListJobRowState.DONE)
    receivers = set(done.exclude(receiver=None).values_list("receiver", flat=True))
    told = _told(job, receivers - {person}, at=at)
    left = [one for one, receiver in told.items() if receiver == person]
    given_on = list(done.filter(receiver__in=left).values_list("receiver__first_name", "receiver__last_name"))
    own = done if person else done.none()
    got = list(own.filter(receiver=person).values_list("was__first_name", "was__last_name"))
    gave = list(own.filter(was=person).values_list("receiver__first_name", "receiver__last_name"))
    sentences = []
    if got:
        number = counted(len(got), "sag", "sager")
        sentences.append(f"{job.started_by} har givet dig {number}{_people('fra', got)}")
    if gave:
        number = counted(len(gave), "sag", "sager")
        sentences.append(f"{job.started_by} har flyttet {number} fra dig{_people('til', gave)}")
    if given_on:
        number = counted(len(given_on), "sag", "sager")
        sentences.append(f"{job.started_by} har flyttet {number}{_people('til', given_on)}, der ikke arbejder her mere")
    return ". ".join(sentences)


def _people(preposition: str, names: Iterable[tuple[str | None, str | None]]) -> str:
    known = dict.fromkeys(f"{first} {last}" for first, last in names if last)
    return f" {preposition} {listed(known)}" if known else ""
