"""What an import shows before it is done, what it tells of others, and how it is mended, forgotten and taken back."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from cases.corrections import services as corrections_services
from cases.imports import batches
from cases.imports import reading as imports_reading
from cases.imports import services as imports_services
from cases.lookup import search as lookup_search
from cases.models import AccessLog, Case, CaseStatus, ImportRun
from cases.models.imports import ImportRowState, ImportState
from tests import factories
from tests.cases.imports.files import TODAY, csv_bytes, line, preview, run_to_the_end
from tests.cases.pages import errors, said
from tests.factories import Parties


def address(name, run, *args):
    return reverse(f"cases:{name}", args=[run.public_id, *args])


def done(office, rows, now):
    run = preview(office, csv_bytes(rows), now=now)
    imports_services.start(run_id=run.pk)
    run_to_the_end(now)
    run.refresh_from_db()
    return run


def test_the_preview_shows_the_cases_that_will_be(log_in, office, now):
    run = preview(office, csv_bytes([line(office, **{"CPR-nummer": "120385-4999"})]), now=now)

    page = log_in(office.adviser).get(address("import_run", run)).content.decode()

    for cell in ("Søren Ærø Åberg", "12-03-1985", "13. april 2026", "Jobcenter Solby", "a-kassen"):
        assert f">{cell}</td>" in page
    assert '>27. april 2026 <span class="row-note">Overskredet</span></td>' in page


def test_many_rows_are_shown_page_by_page(log_in, office, now, monkeypatch):
    monkeypatch.setattr("cases.imports.views.ROWS_SHOWN", 1)
    run = preview(office, csv_bytes([line(office, Navn="Asta Prøve"), line(office, Navn="Bodil Prøve")]), now=now)

    page = log_in(office.adviser).get(address("import_run", run), {"side": "2"}).content.decode()

    assert "Viser 2-2 af 2" in page
    assert "Bodil Prøve" in page
    assert "Asta Prøve" not in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"Tilmeldt": "11/10/2025"}, "både dag/måned og måned/dag", id="an American date"),
        pytest.param({"Tilmeldt": "1/ 2/26"}, "både dag/måned og måned/dag", id="a short one"),
        pytest.param({"CPR-nummer": "140408-6123"}, "under 18 år ved tilmeldingen. Er det rigtigt", id="a child"),
        pytest.param({"CPR-nummer": "130456-1234"}, "70 år eller mere", id="an old citizen"),
        pytest.param({"Tilmeldt": "03-05-2025"}, "mere end et år tilbage", id="registered long ago"),
        pytest.param({"Indplaceret": "05-05-2026"}, "ligger i fremtiden", id="placed tomorrow"),
        pytest.param({"Tilmeldt": "31-12-2019"}, "Ingen regler er i kraft", id="before the first act"),
    ],
)
def test_what_is_asked_by_hand_is_asked_of_a_row(office, now, changes, words):
    run = preview(office, csv_bytes([line(office, **changes)]), now=now)

    assert words in run.rows.get().problem


@pytest.mark.parametrize("day", ["23/04/2026", "04/04/2026", "13-4-2026", "2026-04-13"])
def test_a_date_that_can_be_read_in_one_way_is_read(office, now, day):
    run = preview(office, csv_bytes([line(office, Tilmeldt=day)]), now=now)

    assert run.rows.get().state == ImportRowState.READY


def test_a_refused_row_is_mended_on_the_page_and_its_reason_kept(log_in, office, now):
    run = preview(office, csv_bytes([line(office, **{"CPR-nummer": "140408-6123"})]), now=now)
    client, url = log_in(office.adviser), address("import_row", run, 2)
    typed = client.get(url).context["form"].initial
    assert (typed["navn"], typed["børn_hjemme"]) == ("Søren Ærø Åberg", "ja")

    still = client.post(url, {**typed, "tilmeldt": "i går"})
    assert "»tilmeldt«" in errors(still)
    assert 'value="i går"' in still.content.decode()
    assert client.get(url).context["form"].initial == typed

    answer = client.post(url, {**typed, "begrundelse": "Fritaget for skolepligt."})
    assert "Linje 2 er rettet." in said(answer)
    imports_services.start(run_id=run.pk)
    run_to_the_end(now)
    assert Case.objects.get().events.get(kind="cases.opened").text.endswith("Fritaget for skolepligt.")


def test_a_row_mended_after_the_import_is_carried_out_at_once(log_in, office, now):
    run = done(office, [line(office), line(office, Modpart="Ingensteds")], now)
    cells = {**imports_reading.cells_of(run.rows.get(line=3)), "modpart": office.municipality.name}

    imports_services.mend(run_id=run.pk, line=3, cells=cells, by=office.adviser, today=TODAY)
    run_to_the_end(now)

    assert Case.objects.count() == 2
    run.refresh_from_db()
    assert run.state == ImportState.DONE
    with pytest.raises(imports_services.TooLate, match="allerede rettet"):
        imports_services.mend(run_id=run.pk, line=3, cells=cells, by=office.adviser, today=TODAY)


def test_the_refused_rows_come_back_whole_as_a_file_that_is_read_again(log_in, office, now):
    rows = [line(office), line(office, Modpart="Ingensteds", Navn="Åse Prøve"), line(office, Navn="=1+1")]
    run = preview(office, csv_bytes(rows), now=now)

    content = log_in(office.adviser).get(address("import_refused", run)).content

    first, second = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert (first["linje"], first["navn"], first["modpart"]) == ("3", "Åse Prøve", "Ingensteds")
    assert "ikke et kendt jobcenter" in first["årsag"]
    # No spreadsheet runs what was typed.
    assert second["navn"] == " =1+1"
    assert AccessLog.objects.latest("pk").detail == "importfilens afviste rækker hentet"
    mended = preview(office, content.replace(b"Ingensteds", office.municipality.name.encode()), now=now)
    assert [row.state for row in mended.rows.all()] == [ImportRowState.READY, ImportRowState.REFUSED]


# What it tells of citizens elsewhere


def foreign(office):
    """The row of a citizen who has an open case to which the office is no party."""
    elsewhere = Parties(fund=office.other_fund, municipality=office.other_municipality, adviser=office.other_adviser)
    case = factories.case(elsewhere)
    return line(office, **{"CPR-nummer": case.citizen.cpr_number})


def test_the_preview_tells_nothing_of_others(office, now):
    run = preview(office, csv_bytes([foreign(office)]), now=now)

    assert (run.rows.get().state, run.rows.get().problem) == (ImportRowState.READY, "")
    assert not AccessLog.objects.exists()


def test_a_hit_is_a_look_up_and_a_full_hour_stops_the_import(log_in, office, now, monkeypatch):
    monkeypatch.setattr(lookup_search, "CPR_LOOKUPS_AN_HOUR", 1)
    run = preview(office, csv_bytes([foreign(office), line(office)]), now=now)
    imports_services.start(run_id=run.pk)

    run_to_the_end(now)

    assert "allerede en åben sag" in run.rows.get(line=2).problem
    hit = AccessLog.objects.get()
    assert (hit.user, hit.cases, hit.detail) == (office.adviser, [], "cpr: åben sag findes")
    assert run.rows.get(line=3).state == ImportRowState.READY
    client = log_in(office.adviser)
    assert "fortsætter af sig selv kl. 11.00" in client.get(address("import_run", run)).content.decode()
    assert client.post(reverse("cases:search"), {"q": "120385-4999"}).status_code == 429

    run_to_the_end(now + timedelta(hours=1))

    assert run.rows.get(line=3).state == ImportRowState.CREATED


def test_the_page_of_a_running_import_says_how_fast_it_is_and_how_long_it_takes(log_in, office, now, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 2)
    run = preview(office, csv_bytes([line(office) for _ in range(10)]), now=now)
    # That somebody looked at it for hours before saying go takes nothing from its pace.
    started = now + timedelta(hours=3)
    imports_services.start(run_id=run.pk)
    for _ in range(3):
        batches.take_next_batch(at=started, today=TODAY)

    def page(at):
        with time_machine.travel(at, tick=False):
            return log_in(office.adviser).get(address("import_run", run)).content.decode()

    assert "6 af 10 rækker, 3 i sekundet, under et minut tilbage" in page(started + timedelta(seconds=2))
    assert "6 af 10 rækker, 2 i minuttet, ca. 2 minutter tilbage" in page(started + timedelta(minutes=3))
    assert "6 af 10 rækker, ca. 5 timer tilbage" in page(started + timedelta(hours=7, minutes=30))
    run_to_the_end(started)
    run.refresh_from_db()
    assert (run.state, run.finished_at, run.running_since, run.left_then) == (ImportState.DONE, started, None, None)


def test_an_import_that_waits_holds_up_no_other(office, now):
    waiting, other = (preview(office, csv_bytes([line(office)]), now=now) for _ in range(2))
    for run in (waiting, other):
        imports_services.start(run_id=run.pk)
    ImportRun.objects.filter(pk=waiting.pk).update(waits_until=now + timedelta(minutes=1))

    run_to_the_end(now)

    assert other.rows.get().state == ImportRowState.CREATED
    assert waiting.rows.get().state == ImportRowState.READY


def test_a_forgotten_file_leaves_a_trace(log_in, office, now):
    run = preview(office, csv_bytes([line(office)]), now=now)
    client = log_in(office.adviser)

    client.post(address("import_discard", run))

    run.refresh_from_db()
    assert (run.state, run.undone_by, run.undone_at) == (ImportState.FORGOTTEN, office.adviser, now)
    assert not run.rows.exists()
    assert f"{office.adviser} glemte filen" in client.get(address("import_run", run)).content.decode()
    client.post(address("import_start", run))
    run.refresh_from_db()
    assert run.state == ImportState.FORGOTTEN


def test_what_was_typed_is_not_kept_for_ever(office, now):
    seen = preview(office, csv_bytes([line(office)]), now=now)
    carried_out = done(office, [line(office), line(office, Navn="")], now)

    imports_services.forget_old(at=now + imports_services.KEPT)
    assert seen.rows.exists()
    imports_services.forget_old(at=now + imports_services.KEPT + timedelta(seconds=1))

    seen.refresh_from_db()
    assert (seen.state, seen.undone_by) == (ImportState.FORGOTTEN, None)
    assert imports_reading.cells_of(carried_out.rows.get(line=3)) == {}
    assert carried_out.rows.get(line=3).problem


# Taken back


def test_an_import_is_taken_back_while_nobody_has_touched_its_cases(log_in, office, now):
    run = done(office, [line(office), line(office)], now)
    later = now + timedelta(hours=1)
    with time_machine.travel(later, tick=False):
        client = log_in(office.leader)
        assert "Tag importen tilbage" in client.get(address("import_run", run)).content.decode()
        client.post(address("import_take_back", run))
    run_to_the_end(later)

    run.refresh_from_db()
    assert (run.state, run.undone_by, run.undone_at) == (ImportState.TAKEN_BACK, office.leader, later)
    for case in Case.objects.all():
        assert (case.status, case.close_reason) == (CaseStatus.CLOSED, "mistake")
        assert case.events.get(kind="cases.closed").by == office.leader
    assert "2 sager er afsluttet som oprettet ved en fejl" in client.get(address("import_run", run)).content.decode()


def test_a_touched_case_keeps_the_whole_import(log_in, office, now):
    run = done(office, [line(office), line(office)], now)
    case = run.rows.get(line=2).case
    corrections_services.assign(
        case_id=case.pk, worker_id=office.adviser.pk, by=office.adviser, at=now + timedelta(hours=1)
    )

    answer = log_in(office.adviser).post(address("import_take_back", run), follow=True)

    assert f"1 af importens sager er ændret, siden de blev oprettet, fx {case.label}." in answer.content.decode()
    assert Case.objects.open().count() == 2


def test_a_case_that_is_touched_meanwhile_stays_open(office, now, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 1)
    run = done(office, [line(office), line(office)], now)
    imports_services.take_back(run_id=run.pk, by=office.adviser, at=now)
    kept = run.rows.get(line=2).case
    corrections_services.assign(
        case_id=kept.pk, worker_id=office.adviser.pk, by=office.adviser, at=now + timedelta(hours=1)
    )

    run_to_the_end(now + timedelta(hours=2))

    run.refresh_from_db()
    assert run.state == ImportState.TAKEN_BACK
    assert Case.objects.open().get() == kept


def test_what_is_not_done_is_not_taken_back(office, now):
    run = preview(office, csv_bytes([line(office)]), now=now)

    with pytest.raises(imports_services.TooLate, match="klar til at blive godkendt"):
        imports_services.take_back(run_id=run.pk, by=office.adviser, at=now)
