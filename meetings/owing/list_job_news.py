"""What a joint action makes us owe: one message to each colleague, and the letters wait as long as it can be undone."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Min, Q
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
    told = _told(
        job.organisation_id, {person for _, *people in moved for person in people if person is not None}, at=at
    )
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


class News:
    """What joint actions moved from whom to whom, read once for all of them."""

    def __init__(self, jobs: Collection[ListJob], *, at: datetime) -> None:
        done = ListJobRow.objects.filter(job__in=jobs, state=ListJobRowState.DONE)
        people = ("was__first_name", "was__last_name", "receiver__first_name", "receiver__last_name")
        moves = done.values_list("job", "was", "receiver", *people).annotate(n=Count("pk"), first=Min("position"))
        self._moves: defaultdict[int, list[_Moved]] = defaultdict(list)
        for job, was, receiver, *names, number, _ in moves.order_by("first"):
            self._moves[job].append(_Moved(was, receiver, _name(*names[:2]), _name(*names[2:]), number))
        self._told: dict[int, dict[int, int | None]] = {}
        for office in {job.organisation_id for job in jobs}:
            of_office = [moved for job in jobs if job.organisation_id == office for moved in self._moves[job.pk]]
            receivers = {moved.receiver for moved in of_office if moved.receiver is not None}
            self._told[office] = _told(office, receivers, at=at)

    def text_of(self, job: ListJob, person: int | None) -> str:
        """What the action gave the person and took from them; empty where nothing of it stands.

        Without a person it is what the office hears: of the cases that somebody got who has left since.
        """
        moves, told = self._moves[job.pk], self._told[job.organisation_id]
        got = [moved for moved in moves if person is not None and moved.receiver == person]
        gave = [moved for moved in moves if person is not None and moved.was == person]
        given_on = [
            moved
            for moved in moves
            if moved.receiver is not None and moved.receiver != person and told[moved.receiver] == person
        ]
        sentences = []
        if got:
            from_whom = _people("fra", (moved.was_name for moved in got))
            sentences.append(f"{job.started_by} har givet dig {_cases(got)}{from_whom}")
        if gave:
            to_whom = _people("til", (moved.receiver_name for moved in gave))
            sentences.append(f"{job.started_by} har flyttet {_cases(gave)} fra dig{to_whom}")
        if given_on:
            to_whom = _people("til", (moved.receiver_name for moved in given_on))
            sentences.append(f"{job.started_by} har flyttet {_cases(given_on)}{to_whom}, der ikke arbejder her mere")
        return ". ".join(sentences)


class _Moved(NamedTuple):
    """So many cases that an action moved from one to the other."""

    was: int | None
    receiver: int | None
    was_name: str
    receiver_name: str
    number: int


def _told(office: int, people: Collection[int], *, at: datetime) -> dict[int, int | None]:
    return told_of(people, office=office, on=timezone.localtime(at).date())


def _cases(moves: Iterable[_Moved]) -> str:
    return counted(sum(moved.number for moved in moves), "sag", "sager")


def _name(first: str | None, last: str | None) -> str:
    return f"{first} {last}" if last else ""


def _people(preposition: str, names: Iterable[str]) -> str:
    known = dict.fromkeys(name for name in names if name)
    return f" {preposition} {listed(known)}" if known else ""
