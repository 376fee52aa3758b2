"""Whatever is killed: each row of an import is read once, and becomes one case with all of it, or none yet."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db.models import Count

from cases.imports import services as imports_services
from cases.models import Case, Citizen, Event, ImportRow, ImportRun
from cases.models.imports import ImportState
from meetings.models import RequiredMeeting, WorklistEntry
from meetings.planning import from_scratch
from referrals.models import OfferDuty
from tests import factories
from tests.cases.imports.files import csv_bytes, line, preview, take_in
from tests.world import NOW

pytestmark = [pytest.mark.durability, pytest.mark.django_db(transaction=True)]

ROWS = 1500
UNREAD = 8000


def test_a_worker_killed_in_the_middle_opens_each_case_once(machine, office):
    call_command("load_acts", verbosity=0)
    numbers = (factories.cpr_number(born_on=date(1980, 1, 2) + timedelta(days=day)) for day in range(ROWS))
    rows = [line(office, **{"CPR-nummer": str(number)}) for number in numbers]
    run = preview(office, csv_bytes(rows), now=NOW)
    imports_services.start(run_id=run.pk)
    machine.start_redis()
    machine.start_worker()
    machine.start_beat()

    def done():
        return ImportRow.objects.filter(run=run, state="created").count()

    for enough in (200, 800):
        machine.wait_for(lambda enough=enough: done() >= enough, seconds=300)
        machine.kill("worker")
        half = done()
        assert half < ROWS
        assert half == Case.objects.count() == Citizen.objects.count() == OfferDuty.objects.count()
        assert half == Event.objects.filter(kind="cases.opened").count()
        machine.start_worker()
    machine.wait_for(lambda: ImportRun.objects.filter(pk=run.pk, state=ImportState.DONE).exists(), seconds=600)

    assert done() == Case.objects.count() == Citizen.objects.count() == ROWS
    for kind in ("cases.opened", "meetings.planned"):
        told = Event.objects.filter(kind=kind).values("case").annotate(times=Count("pk"))
        assert [row["times"] for row in told] == [1] * ROWS
    assert RequiredMeeting.objects.current().count() == 6 * ROWS
    assert WorklistEntry.objects.count() == 2 * ROWS
    assert OfferDuty.objects.count() == ROWS
    assert list(from_scratch.differences()) == []


def test_a_worker_killed_while_it_reads_leaves_no_row_out_and_reads_none_twice(machine, office):
    call_command("load_acts", verbosity=0)
    numbers = [str(factories.cpr_number(born_on=date(1980, 1, 2) + timedelta(days=day))) for day in range(UNREAD - 10)]
    # The last ones stand in the first portion as well, which another worker has read.
    rows = [line(office, **{"CPR-nummer": number}) for number in [*numbers, *numbers[:10]]]
    run = take_in(office, csv_bytes(rows), now=NOW)
    machine.start_redis()
    machine.start_worker()
    machine.start_beat()

    def read():
        return ImportRow.objects.filter(run=run).exclude(state="unread").count()

    for enough in (1, 3000):
        machine.wait_for(lambda enough=enough: read() >= enough, seconds=300)
        machine.kill("worker")
        half = read()
        assert half < UNREAD
        assert half == ImportRow.objects.filter(run=run, due_on__isnull=False, marks__isnull=False).count()
        machine.start_worker()
    machine.wait_for(lambda: ImportRun.objects.filter(pk=run.pk, state=ImportState.PREVIEWED).exists(), seconds=600)

    found = list(ImportRow.objects.filter(run=run).order_by("line"))
    assert [row.line for row in found] == list(range(2, UNREAD + 2))
    assert [row.state for row in found] == ["ready"] * (UNREAD - 10) + ["refused"] * 10
    assert [row.problem for row in found[-10:]] == [
        f"Samme CPR-nummer står også i linje {number}." for number in range(2, 12)
    ]
    assert not Case.objects.exists()
