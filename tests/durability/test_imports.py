"""Whatever is killed: each row of an import becomes one case with all that belongs to it, or none yet."""

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
from tests.cases.imports.files import csv_bytes, line, preview
from tests.world import NOW

pytestmark = [pytest.mark.durability, pytest.mark.django_db(transaction=True)]

ROWS = 1500


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
