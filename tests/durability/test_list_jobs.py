"""Whatever is killed: each row of a joint action is done once, or not at all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connections
from django.db.models import Count

from cases.models import Case, Citizen, Event, Reminder, Role
from meetings.list_jobs import batches, services
from meetings.models import ListAction, ListJob, ListJobRow, ListJobState
from tests import factories
from tests.world import NOW

pytestmark = [pytest.mark.durability, pytest.mark.django_db(transaction=True)]


def begin(office, number):
    """Cases of the adviser, without a plan: what a kill could leave half is who has them, and what is told of it."""
    citizens = Citizen.objects.bulk_create(
        Citizen(
            cpr_encrypted=b"", cpr_index=str(index), born_on=date(1980, 1, 1), name="Anne Prøve", name_key="prøve anne"
        )
        for index in range(number)
    )
    return Case.objects.bulk_create(
        Case(
            citizen=citizen,
            fund=office.fund,
            municipality=office.municipality,
            fund_adviser=office.adviser,
            registered_on=NOW.date(),
            placed_on=NOW.date(),
            created_at=NOW,
        )
        for citizen in citizens
    )


def previewed(cases, receivers, by):
    job = services.choose(case_ids=[case.pk for case in cases], by=by, at=NOW)
    terms = {"receivers": [str(one.public_id) for one in receivers]}
    return services.preview(job_id=job.pk, action=ListAction.ASSIGN, terms=terms, at=NOW)


def colleagues(office, number):
    return [factories.user(organisation=office.fund, role=Role.ADVISER) for _ in range(number)]


def test_a_worker_killed_in_the_middle_does_each_of_a_thousand_rows_once(machine, office):
    cases = begin(office, 1000)
    receivers = colleagues(office, 3)
    job = previewed(cases, receivers, office.leader)
    services.start(job_id=job.pk, at=NOW)
    machine.start_redis()
    machine.start_worker()
    machine.start_beat()

    def done():
        return job.rows.filter(state="done").count()

    for enough in (100, 400):
        machine.wait_for(lambda enough=enough: done() >= enough, seconds=300)
        machine.kill("worker")
        half = done()
        assert half < 1000
        assert half == Event.objects.filter(kind="cases.assigned").count()
        assert half == Case.objects.exclude(fund_adviser=office.adviser).count()
        machine.start_worker()
    machine.wait_for(lambda: ListJob.objects.filter(pk=job.pk, state=ListJobState.DONE).exists(), seconds=600)

    assert done() == 1000
    told = Event.objects.filter(kind="cases.assigned").values("case").annotate(times=Count("pk"))
    assert {row["times"] for row in told} == {1}
    assert sorted(Case.objects.filter(fund_adviser=one).count() for one in receivers) == [333, 333, 334]
    assert Reminder.objects.filter(kind="meetings.list_job").count() == 4


def test_two_leaders_who_say_go_at_once_give_no_case_twice(office):
    """No process here: threads, each with a connection of its own."""
    cases = begin(office, 60)
    first, second = colleagues(office, 2)
    jobs = [previewed(cases, [first], office.leader), previewed(cases[::-1], [second], office.colleague)]

    def go(job):
        try:
            return services.start(job_id=job.pk, at=NOW)
        except services.NothingChosen as refused:
            return refused
        finally:
            connections.close_all()

    def work_on(_):
        try:
            while batches.take_next_portion(at=NOW):
                pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=2) as pool:
        started = list(pool.map(go, jobs))
        list(pool.map(work_on, range(2)))
    batches.take_next_portion(at=NOW)

    assert sorted(type(one).__name__ for one in started) == ["ListJob", "NothingChosen"]
    assert Event.objects.filter(kind="cases.assigned").count() == 60
    assert ListJobRow.objects.filter(state="done").count() == 60
    assert Case.objects.values("fund_adviser").distinct().count() == 1
