"""An import and a colleague at once on one case."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from cases.imports import batches
from cases.imports import services as imports_services
from cases.models import Case, CaseStatus, ImportRun
from cases.models.imports import ImportState
from cases.pauses import services as pauses_services
from meetings.models import Meeting
from tests import factories
from tests.cases.imports.files import HEADER, TODAY, csv_bytes, line, preview, run_to_the_end
from tests.transactions import around_services, somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)


def take_next_batch(now):
    try:
        return batches.take_next_batch(at=now, today=TODAY)
    finally:
        connection.close()


def test_what_a_colleague_plans_meanwhile_waits_for_no_import_that_is_taken_back(office, now):
    rows = [[*line(office), "ferie 20-04-2026 til 03-05-2026"] for _ in range(2)]
    content = "\r\n".join(";".join(cells) for cells in [[*HEADER, "Pauser"], *rows]).encode("utf-8-sig")
    run = preview(office, content, now=now)
    imports_services.start(run_id=run.pk)
    run_to_the_end(now)
    imports_services.take_back(run_id=run.pk, by=office.leader, at=now)
    taken, kept = Case.objects.order_by("pk")
    # The deadlines of both move to the same days, for the same reasons.
    remove = partial(pauses_services.remove_pause, reason="En fejl.", by=office.adviser)
    later = now + timedelta(minutes=1)
    with ThreadPoolExecutor(max_workers=1) as pool:
        with around_services():
            Case.objects.filter(pk=kept.pk).lock()
            batch = pool.submit(take_next_batch, later)
            while not somebody_waits():
                assert not batch.done()
            remove(pause_id=kept.pauses.get().pk, at=later)
        assert batch.result(timeout=30) == 1
    run_to_the_end(later)

    assert (Case.objects.get(pk=taken.pk).status, Case.objects.open().get()) == (CaseStatus.CLOSED, kept)
    assert ImportRun.objects.get(pk=run.pk).state == ImportState.TAKEN_BACK


def test_whoever_books_while_their_import_waits_for_the_case_waits_for_no_import(office, now):
    citizen = factories.citizen_details()
    run = preview(office, csv_bytes([line(office, **{"CPR-nummer": str(citizen.number)})]), now=now)
    imports_services.start(run_id=run.pk)
    case = factories.case(office, citizen=citizen)
    with ThreadPoolExecutor(max_workers=1) as pool:
        with around_services():
            Case.objects.filter(pk=case.pk).lock()
            batch = pool.submit(take_next_batch, now)
            while not somebody_waits():
                assert not batch.done()
            factories.book(case, office.adviser, now + timedelta(days=7), at=now)
        assert batch.result(timeout=30) == 1

    assert Meeting.objects.get().adviser == office.adviser
    assert run.rows.get().problem.startswith("Borgeren har allerede en åben sag.")
