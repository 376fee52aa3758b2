"""A file is taken in by the request and read by a worker: followed on its page, left in the middle, and taken up."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases import bulk_rows
from cases.imports import batches, reading
from cases.imports import services as imports_services
from cases.models import ImportRow, ImportRun
from cases.models.imports import ImportRowState, ImportState
from tests import factories
from tests.cases.imports.files import HEADER, TODAY, csv_bytes, line, preview, read_to_the_end, take_in
from tests.cases.pages import errors, said

WAITS = "Importen venter på at blive taget op."


@pytest.fixture
def few_at_once(monkeypatch):
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", 2)


def uploaded(client, content):
    address = client.post(reverse("cases:import"), {"file": SimpleUploadedFile("sager.csv", content)}).url
    return ImportRun.objects.latest("pk"), address


def with_talks(office, *talks):
    rows = [[*line(office, Tilmeldt="02-02-2026"), talk] for talk in talks]
    return "\r\n".join(";".join(row) for row in [[*HEADER, "Holdte samtaler"], *rows]).encode("utf-8-sig")


def address_of(name, run, *args):
    return reverse(f"cases:{name}", args=[run.public_id, *args])


def take(at):
    return batches.take_next_batch(at=at, today=TODAY)


def test_the_page_shows_how_far_the_reading_is_and_then_the_preview(log_in, office, now, few_at_once):
    client = log_in(office.adviser)
    run, address = uploaded(client, csv_bytes([line(office, Navn="Asta Prøve") for _ in range(5)]))

    def page(at, **headers):
        with time_machine.travel(at, tick=False):
            return client.get(address, headers=headers)

    first = page(now).content.decode()
    assert "0 af 5 rækker" in first
    assert WAITS in first
    assert take(now) == 2
    second = page(now + timedelta(seconds=2), **{"HX-Request": "true"})
    assert "2 af 5 rækker, 1 i sekundet, under et minut tilbage" in second.content.decode()
    assert "HX-Refresh" not in second.headers
    for text in (WAITS, "Asta Prøve", "kan oprettes"):
        assert text not in second.content.decode()
    # Somebody ended the worker.
    assert WAITS in page(now + timedelta(seconds=61)).content.decode()

    read_to_the_end(run, now)

    assert page(now, **{"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    last = page(now).content.decode()
    assert "Filen har 5 rækker: 5 kan oprettes" in last
    assert "Asta Prøve" in last
    assert (run.state, run.running_since, run.left_then, run.worked_at) == (ImportState.PREVIEWED, None, None, None)


def test_a_file_is_forgotten_while_it_is_read(log_in, office, now, few_at_once):
    client = log_in(office.adviser)
    run, address = uploaded(client, csv_bytes([line(office) for _ in range(3)]))
    take(now)
    assert "Fortryd og glem filen" in client.get(address).content.decode()

    answer = client.post(address_of("import_discard", run), follow=True)

    assert "Filen er glemt. Der er ikke oprettet nogen sager." in said(answer)
    run.refresh_from_db()
    assert (run.state, run.undone_by) == (ImportState.FORGOTTEN, office.adviser)
    assert not ImportRow.objects.exists()
    assert take(now) == 0


def test_what_nobody_reads_is_not_kept_for_ever(office, now):
    run = take_in(office, csv_bytes([line(office)]), now=now)

    imports_services.forget_old(at=now + imports_services.KEPT + timedelta(seconds=1))

    run.refresh_from_db()
    assert (run.state, run.rows.count()) == (ImportState.FORGOTTEN, 0)


def test_a_portion_that_breaks_is_read_again_whole(office, now, few_at_once, monkeypatch):
    run = take_in(office, csv_bytes([line(office) for _ in range(5)]), now=now)
    take(now)

    update_rows = bulk_rows.update_rows

    def killed(*written):
        update_rows(*written)
        assert run.rows.filter(state=ImportRowState.UNREAD).count() == 1
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(bulk_rows, "update_rows", killed)
        with pytest.raises(SystemExit):
            take(now)
    assert run.rows.filter(state=ImportRowState.UNREAD).count() == 3

    read_to_the_end(run, now)

    assert [(row.line, row.state) for row in run.rows.all()] == [(one, ImportRowState.READY) for one in range(2, 7)]


def test_a_citizen_who_stands_in_an_earlier_portion_is_found(office, now, few_at_once):
    twice, other = line(office), line(office)
    bad = [cell if cell != "13-04-2026" else "31-02-2026" for cell in other]

    run = preview(office, csv_bytes([twice, bad, other, twice, twice]), now=now)

    # A row that cannot be read keeps no other one out.
    assert [row.state for row in run.rows.all()] == ["ready", "refused", "ready", "refused", "refused"]
    for number in (5, 6):
        assert run.rows.get(line=number).problem == "Samme CPR-nummer står også i linje 2."


def test_an_employee_is_not_in_two_talks_of_different_portions(office, now, few_at_once):
    talks = ["10-02-2026 9.00 telefon", "", "10-02-2026 9.29 telefon", "10-02-2026 9.30 telefon"]

    run = preview(office, with_talks(office, *talks, "10-02-2026 9.45 video", "10-02-2026 8.59 video"), now=now)

    assert [row.state for row in run.rows.all()] == ["ready", "ready", "refused", "ready", "refused", "refused"]
    assert "du har en anden i det tidsrum, i linje 2." in run.rows.get(line=4).problem
    assert "du har en anden i det tidsrum, i linje 5." in run.rows.get(line=6).problem


def test_nothing_that_was_typed_waits_in_the_clear_and_no_mark_is_left(office, now, few_at_once):
    number = str(factories.cpr_number())
    rows = [line(office, **{"CPR-nummer": number}), line(office), line(office)]
    run = take_in(office, csv_bytes(rows), now=now)

    def stored():
        return b"".join(bytes(row.pop("content_encrypted")) + str(row).encode() for row in run.rows.values())

    for _ in range(2):
        for typed in (number, number.replace("-", ""), "Åberg", "soeren@example.dk"):
            assert typed.encode() not in stored()
        take(now)
    assert not run.rows.filter(marks__isnull=False).exists()


def test_more_rows_are_read_by_no_more_statements(office, now):
    asked = []
    for rows in (2, 4, 8):
        talks = [f"10-02-2026 {9 + one // 2}.{one % 2 * 3}0 telefon" for one in range(rows)]
        run = take_in(office, with_talks(office, *talks), now=now)
        with CaptureQueriesContext(connection) as statements:
            assert take(now) == rows
        assert run.rows.filter(state=ImportRowState.READY).count() == rows
        asked.append(len(statements))

    # The first one reads what the others remember.
    assert asked[1] == asked[2]


def test_a_file_is_read_before_what_was_started_earlier_goes_on(office, now):
    started = preview(office, csv_bytes([line(office)]), now=now)
    imports_services.start(run_id=started.pk)
    later = take_in(office, csv_bytes([line(office)]), now=now + timedelta(hours=1))

    take(now + timedelta(hours=1))

    later.refresh_from_db()
    assert (later.state, started.rows.get().state) == (ImportState.PREVIEWED, ImportRowState.READY)


def test_nothing_is_started_or_mended_before_all_is_read(log_in, office, now, few_at_once):
    client = log_in(office.adviser)
    run, _ = uploaded(client, csv_bytes([line(office, Navn=""), line(office), line(office)]))
    take(now)
    mending = address_of("import_row", run, 2)
    typed = {**client.get(mending).context["form"].initial, "navn": "Asta Prøve"}

    client.post(address_of("import_start", run))
    answer = client.post(mending, typed)

    run.refresh_from_db()
    assert run.state == ImportState.READING
    assert "Filen bliver stadig læst. Ret linjen, når den er læst til ende." in errors(answer)
    assert 'value="Asta Prøve"' in answer.content.decode()
    read_to_the_end(run, now)
    assert "Linje 2 er rettet." in said(client.post(mending, typed))
