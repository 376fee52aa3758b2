"""What the tests of the joint actions share: cases of an adviser with booked talks, and a job brought to its end."""

from datetime import timedelta

from cases.models import Case, Reminder, Role
from meetings.list_jobs import batches, services
from meetings.models import ListAction
from tests import factories
from tests.meetings.steps import WEDNESDAY_TEN


def colleagues(office, number):
    return [factories.user(organisation=office.fund, role=Role.ADVISER) for _ in range(number)]


def cases_with_talks(office, number, *, at, talks=True):
    """Cases of the adviser, each with a talk on Wednesday, one after the other."""
    cases = [factories.case(office, at=at) for _ in range(number)]
    for index, case in enumerate(cases if talks else []):
        starts_at = WEDNESDAY_TEN + timedelta(days=7 * (index // 8), minutes=30 * (index % 8))
        factories.book(case, office.adviser, starts_at, at=at)
    return cases


def chosen(cases, by, *, at):
    return services.choose(case_ids=[case.pk for case in cases], by=by, at=at)


def to(receivers):
    return {"receivers": [str(one.public_id) for one in receivers]}


def previewed(cases, receivers, by, *, at):
    return looked_at(cases, ListAction.ASSIGN, to(receivers), by, at=at)


def looked_at(cases, action, terms, by, *, at):
    job = chosen(cases, by, at=at)
    return services.preview(job_id=job.pk, action=action, terms=terms, at=at)


def work(at):
    """What the worker does until there is nothing to do."""
    while batches.take_next_portion(at=at):
        pass


def done(cases, receivers, by, *, at):
    return carried_out(cases, ListAction.ASSIGN, to(receivers), by, at=at)


def carried_out(cases, action, terms, by, *, at):
    job = looked_at(cases, action, terms, by, at=at)
    services.start(job_id=job.pk, at=at)
    work(at)
    job.refresh_from_db()
    return job


def owners(cases):
    return [Case.objects.get(pk=case.pk).fund_adviser for case in cases]


def owed(kind):
    return Reminder.objects.owed().filter(kind=f"meetings.{kind}")
