"""Cases go to colleagues, with their booked talks where there is time for them: seen before it is done, and done."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from cases.changing import find_worker
from cases.corrections.services import assign_one_of_many
from cases.models import Case, User
from cases.rules.refusal import Refused
from cases.rules.wording import listed
from meetings.booking.same_talk import same_talk
from meetings.booking.services import move_one_of_many
from meetings.list_jobs.receivers import colleagues_of, receivers_of, span_of, talks_that_follow
from meetings.list_jobs.wording import in_sentence, told_at_once
from meetings.models import ListJob, ListJobRow, ListJobRowState, Meeting
from meetings.owing import meeting_news
from meetings.rules.spans import Span
from meetings.rules.spreading import spread


def preview(rows: Sequence[ListJobRow], *, job: ListJob, at: datetime) -> None:
    """Say of each row who has its case, who gets it, and which talks follow; nothing is saved."""
    office = job.organisation
    receivers = receivers_of(job)
    talks = talks_that_follow([row.case for row in rows], at=at, office=office)
    for row in rows:
        row.was = row.case.worker_at(office)
        row.before = f"{row.was or 'ingen'}{_with(talks.get(row.case_id, ()))}"
        if [row.was] == list(receivers):
            row.state, row.problem = ListJobRowState.REFUSED, f"{row.was} har sagen allerede."
    going = {row.case_id: row for row in rows if row.state == ListJobRowState.READY}
    moving = {case: talks.get(case, []) for case in going}
    spans = [span_of(talk) for of_case in moving.values() for talk in of_case]
    colleagues = colleagues_of(receivers, spans, today=timezone.localtime(at).date())
    for colleague in colleagues:
        colleague.own = {case for case, row in going.items() if row.was and row.was.pk == colleague.key}
    by_key = {receiver.pk: receiver for receiver in receivers}
    given = spread({case: [span_of(talk) for talk in of_case] for case, of_case in moving.items()}, colleagues)
    for case, row in going.items():
        if row.was == by_key[given[case].to]:
            row.state, row.problem = ListJobRowState.REFUSED, f"{row.was} har sagen allerede og beholder den."
            continue
        _say(row, by_key[given[case].to], talks=moving[case], stays=given[case].stays, at=at)


def _say(row: ListJobRow, receiver: User, *, talks: Sequence[Meeting], stays: Mapping[Span, str], at: datetime) -> None:
    going = [talk for talk in talks if span_of(talk) not in stays]
    staying = [talk for talk in talks if talk not in going]
    row.receiver, row.left = receiver, [talk.pk for talk in staying]
    row.after = f"{receiver}{_with(going)}"
    told = [_needs_time(talk, stays[span_of(talk)]) for talk in staying]
    told += [told_at_once(talk) for talk in going if not meeting_news.waits(talk, at=at)]
    row.warning = " ".join(told)


def _with(talks: Sequence[Meeting]) -> str:
    """What goes with the case, in words: », med jobsamtale den 12-05-2026 kl. 10.00«."""
    return f", med {listed(in_sentence(talk) for talk in talks)}" if talks else ""


def _needs_time(talk: Meeting, why: str) -> str:
    return f"{talk.title} skal have en ny tid: {why} Den bliver stående hos {talk.adviser}."


def carry_out(row: ListJobRow, case: Case, *, job: ListJob, at: datetime) -> None:
    """Give the locked case to its receiver, in the caller's transaction. Raises Refused."""
    by, office = job.started_by, job.organisation
    worker = case.worker_at(office)
    if (worker.pk if worker else None) != row.was_id:
        raise Refused(f"{worker or 'Ingen'} har sagen nu: den er tildelt, efter at I så listen.")
    assert row.receiver_id is not None
    receiver = find_worker(row.receiver_id, among=(office.pk,))
    talks = talks_that_follow([case], at=at, office=office).get(case.pk, [])
    assign_one_of_many(case=case, worker=receiver, by=by, at=at)
    for talk in talks:
        if talk.pk not in row.left:
            _hand_over(talk, case, receiver, row=row, by=by, at=at)


def _hand_over(talk: Meeting, case: Case, receiver: User, *, row: ListJobRow, by: User, at: datetime) -> None:
    """Let the receiver hold the talk at its own time; where that cannot be, it stays and needs another."""
    booking = same_talk(talk, adviser_id=receiver.pk, starts_at=talk.starts_at, ends_at=talk.ends_at, is_confirmed=True)
    try:
        with transaction.atomic():
            move_one_of_many(old=talk, case=case, booking=booking, by=by, at=at)
    except Refused as refused:
        row.left.append(talk.pk)
        row.warning = f"{row.warning} {_needs_time(talk, str(refused))}".strip()
