"""Whatever is killed: a published act moves every case once, and says so once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connections, transaction

from cases.models import Case, Citizen, Event, Role
from meetings.law.runs import batches as runs_batches
from meetings.law.runs import lifecycle as runs_lifecycle
from meetings.models import LawRun, LawRunBatch, RunState
from meetings.planning import from_scratch
from meetings.planning import judgement as planning_judgement
from meetings.planning import law as planning_law
from meetings.planning import stored as planning_stored
from meetings.planning import writing as planning_writing
from tests import factories
from tests.meetings.law.runs.acts import draft_of, preview, publish, told
from tests.world import NOW

pytestmark = [pytest.mark.durability, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def author(office):
    return factories.user(organisation=None, role=Role.ADMINISTRATOR, username="forfatter", is_staff=True)


@pytest.fixture
def draft(author):
    return draft_of(author)


def begin(office, number):
    """Courses that began in the latest months, planned by the law in force."""
    citizens = Citizen.objects.bulk_create(
        Citizen(
            cpr_encrypted=b"", cpr_index=str(index), born_on=date(1980, 1, 1), name="Anne Prøve", name_key="prøve anne"
        )
        for index in range(number)
    )
    days = [NOW.date() - timedelta(days=index % 90) for index in range(number)]
    cases = Case.objects.bulk_create(
        Case(
            citizen=citizen,
            fund=office.fund,
            municipality=office.municipality,
            fund_adviser=office.adviser,
            registered_on=day,
            placed_on=day,
            created_at=NOW,
        )
        for citizen, day in zip(citizens, days, strict=True)
    )
    law = planning_law.law_in_force()
    with transaction.atomic():
        found = planning_stored.cases_with_facts([case.pk for case in cases])
        planning_writing.write(
            [
                planning_judgement.judgement_of(
                    facts=facts, course=planning_stored.course_of(facts.case), law=law, acts=planning_law.row_ids(law)
                )
                for facts in planning_stored.read(found)
            ],
            at=NOW,
        )
    return cases


def portions(run, monkeypatch, *, of):
    """Small portions, so that there is a middle to be killed in."""
    monkeypatch.setattr(runs_batches, "BATCH", of)
    monkeypatch.setattr(runs_batches, "SIMULATED", of)
    assert runs_batches._prepare(at=NOW)
    return run.batches.count()


def planned(cases):
    return Event.objects.filter(kind="meetings.planned", case__in=cases)


def test_a_worker_killed_three_times_plans_each_case_once(machine, office, author, draft, monkeypatch):
    cases = begin(office, 1500)
    seen = preview(draft, author)
    publish(draft, office)
    run = LawRun.objects.get(kind="replan")
    batches = portions(run, monkeypatch, of=50)
    assert batches == 30
    machine.start_redis()
    machine.start_worker()
    machine.start_beat()

    def done():
        return LawRunBatch.objects.filter(run=run, done_at__isnull=False).count()

    for enough in (3, 10, 18):
        machine.wait_for(lambda enough=enough: done() >= enough, seconds=90)
        machine.kill("worker")
        assert done() < batches
        machine.start_worker()
    machine.wait_for(lambda: LawRun.objects.filter(pk=run.pk, state=RunState.DONE).exists(), seconds=180)

    assert planned(cases).count() == 1500
    assert planned(cases).values("case").distinct().count() == 1500
    assert told(run) == told(seen)
    assert list(from_scratch.differences()) == []
    progress = runs_lifecycle.progress(LawRun.objects.get(pk=run.pk))
    assert (progress.done, progress.total) == (1500, 1500)


def test_two_workers_share_a_run(office, author, draft, monkeypatch):
    """No process here: two threads, each with a connection of its own."""
    cases = begin(office, 200)
    seen = preview(draft, author)
    publish(draft, office)
    run = LawRun.objects.get(kind="replan")
    portions(run, monkeypatch, of=10)

    def work_on():
        taken = 0
        try:
            while some := runs_batches.take_next_batch(at=NOW):
                taken += some
        finally:
            connections.close_all()
        return taken

    with ThreadPoolExecutor(max_workers=2) as pool:
        shares = [worker.result(timeout=120) for worker in [pool.submit(work_on) for _ in range(2)]]
    runs_batches.take_next_batch(at=NOW)

    assert sum(shares) == 200
    assert min(shares) > 0
    assert planned(cases).count() == 200
    assert told(run) == told(seen)
    run.refresh_from_db()
    assert run.state == RunState.DONE
