"""Cases from a file: what is read, what is refused and why, and what a killed worker leaves."""

import io
import subprocess
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.imports import batches, table_reader
from cases.imports import services as imports_services
from cases.imports.file import COLUMNS, FileRow, UnreadableFile
from cases.models import AccessLog, Case, ImportRow, ImportRun
from cases.models.imports import ImportRowState, ImportState
from tests import factories
from tests.cases.imports.files import (
    HEAD,
    HEADER,
    TODAY,
    csv_bytes,
    line,
    preview,
    read,
    read_to_the_end,
    run_to_the_end,
    xlsx_bytes,
)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        pytest.param(b"", "sager.csv", "Filen er tom", id="an empty file"),
        pytest.param(b"hej", "sager.pdf", "CSV-fil eller en Excel-fil", id="another kind of file"),
        pytest.param("Navn;Garc\xeda".encode("mac-roman"), "sager.csv", "tegnsæt", id="an alphabet that is a guess"),
        pytest.param("Navn;æ".encode("cp850"), "sager.csv", "tegnsæt", id="the alphabet of DOS"),
        pytest.param("Navn;CPR".encode("utf-16"), "sager.csv", "UTF-8", id="UTF-16"),
        pytest.param(b"a\x00b", "sager.csv", "UTF-8", id="NUL in the text"),
        pytest.param(b"PK not a zip", "sager.xlsx", "Excel-regneark", id="no real spreadsheet"),
        pytest.param(xlsx_bytes([])[:2000], "sager.xlsx", "Excel-regneark", id="half a spreadsheet"),
        pytest.param(b"\xd0\xcf\x11\xe0" * 200, "sager.xlsx", "uden adgangskode", id="an encrypted spreadsheet"),
        pytest.param(b"Navn;Tilmeldt", "sager.csv", "mangler kolonnen »cpr-nummer«", id="a column is missing"),
        pytest.param(f"{HEAD};Navn".encode(), "sager.csv", "»navn« står der mere end én gang", id="a column twice"),
        pytest.param(
            f'{HEAD}\n0101801101;"Kort;10-11-2026;By\n0101801102;Lang";10-11-2026;By'.encode(),
            "sager.csv",
            "Anførselstegnet i linje 2 bliver først lukket i en senere linje",
            id="a quote that joins two people",
        ),
        pytest.param(
            f'{HEAD}\n\n0101801101;"Kort;10-11-2026;By'.encode(),
            "sager.csv",
            "Linje 3 kan ikke læses: Et anførselstegn",
            id="a quote that is never closed",
        ),
        pytest.param(f"{HEAD}\n{'x;' * 201}".encode(), "sager.csv", "Linje 2 har mere end 200", id="an endless row"),
        pytest.param(
            f'{HEAD}\n0101801101;"{"x" * 140_000}"'.encode(),
            "sager.csv",
            "Linje 2 kan ikke læses",
            id="an endless cell",
        ),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_sentence(content, name, words):
    with pytest.raises(UnreadableFile, match=words):
        read(content, name)


def test_an_unknown_column_is_named(office):
    content = ";".join([*HEADER, "Skostørrelse"]).encode()

    with pytest.raises(UnreadableFile, match="skostørrelse"):
        read(content)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        pytest.param(lambda text: text.replace("\r\n", "\r").encode(), 2, id="line ends of an old Macintosh"),
        pytest.param(lambda text: text.encode("cp1252"), 2, id="the alphabet of Windows"),
        pytest.param(lambda text: text.encode("mac-roman"), 2, id="the alphabet of a Macintosh"),
        pytest.param(lambda text: f"sep=;\r\n{text}".encode("utf-8-sig"), 2, id="a line that names the separator"),
        pytest.param(lambda text: f"sep=|\r\n{text}".replace(";", "|").encode(), 2, id="another separator"),
        pytest.param(lambda text: f"\r\n{text}".replace(";", "\t").encode(), 3, id="tabs under an empty line"),
    ],
)
def test_what_a_danish_spreadsheet_writes_is_read(content, line):
    rows = read(content(f"{HEAD}\r\n0101801101;Søren Ærø Åberg;10-11-2026;Jobcenter Solby\r\n"))

    assert [(row.line, row.cells["navn"]) for row in rows] == [(line, "Søren Ærø Åberg")]


@pytest.mark.parametrize("name", ["André Prøve", "D’Artagnan O’Brien Østergård", "ANDRÉ", "Anne-Marie\xa0Prøve", "Zoë"])
def test_names_in_the_alphabet_of_windows_are_taken_for_no_other(name):
    (row,) = read(f"{HEAD}\n0101801101;{name};10-11-2026;By".encode("cp1252"))

    assert row.cells["navn"] == name


def test_the_first_sheet_that_is_seen_is_read_and_its_formulas_alone_count():
    book = openpyxl.Workbook()
    hidden, seen = book.active, book.create_sheet("Borgere")
    hidden.sheet_state = "hidden"
    for sheet, cell in ((hidden, "=1+1"), (seen, "Vera")):
        sheet.append([])
        sheet.append(HEAD.split(";"))
        sheet.append(["0101801101", cell, "10-11-2026", "By"])
    out = io.BytesIO()
    book.save(out)

    (row,) = read(out.getvalue(), "sager.xlsx")

    assert (row.line, row.cells["navn"], row.has_formula) == (3, "Vera", False)


@pytest.mark.parametrize(("limit", "least"), [("MAX_PARTS", 4), ("MAX_UNPACKED", 1000)])
def test_a_workbook_that_says_it_is_too_large_is_not_unpacked(limit, least, monkeypatch):
    monkeypatch.setattr(table_reader, limit, least)
    monkeypatch.setattr(table_reader.python_calamine.CalamineWorkbook, "from_filelike", None, raising=False)

    with pytest.raises(table_reader.BadFile, match="fylder for meget, når det åbnes"):
        list(table_reader.read(io.BytesIO(xlsx_bytes([])), "xlsx"))


def test_a_file_that_asks_for_all_memory_ends_its_reader_alone(log_in, office, caplog):
    # One cell far out, as the solver of a spreadsheet leaves it: the table around it would take 549 GB.
    book = openpyxl.Workbook()
    book.active.append(HEAD.split(";"))
    book.active["XFD1048576"] = "x"
    out = io.BytesIO()
    book.save(out)

    answer = log_in(office.adviser).post("/sager/importer/", {"file": SimpleUploadedFile("sager.xlsx", out.getvalue())})

    assert "fylder for meget, når den åbnes" in answer.content.decode()
    assert "status -6" in caplog.text


def test_the_reader_is_told_no_secret_and_stays_within_its_limits(monkeypatch):
    seen = {}

    def run(arguments, **settings):
        seen.update(settings, arguments=arguments)
        raise subprocess.TimeoutExpired(arguments, settings["timeout"])

    monkeypatch.setattr(subprocess, "run", run)

    with pytest.raises(UnreadableFile, match="fylder for meget"):
        read(HEAD.encode())
    assert seen["env"] == {}
    assert "-I" in seen["arguments"]
    assert table_reader.MEMORY_BYTES < 300_000_000


def test_one_file_is_read_at_a_time_and_the_next_one_is_asked_to_wait(log_in, office, monkeypatch):
    client, run, answers = log_in(office.adviser), subprocess.run, []

    def post():
        file = SimpleUploadedFile("sager.csv", csv_bytes([line(office)]))
        answers.append(client.post("/sager/importer/", {"file": file}))

    def run_meanwhile(arguments, **settings):
        monkeypatch.setattr(subprocess, "run", run)
        post()
        return run(arguments, **settings)

    monkeypatch.setattr(subprocess, "run", run_meanwhile)
    post()
    post()

    meanwhile, first, after = answers
    assert meanwhile.status_code == 422
    assert "Vent et øjeblik, og prøv igen med den samme fil." in meanwhile.content.decode()
    assert (first.status_code, after.status_code) == (302, 302)


def test_csv_and_spreadsheet_read_the_same(office):
    rows = [line(office), line(office, **{"Børn hjemme": "nej"})]

    assert [row.cells for row in read(csv_bytes(rows))] == [row.cells for row in read(xlsx_bytes(rows), "sager.xlsx")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"CPR-nummer": "310299-1234"}, "findes ikke", id="a day that does not exist"),
        pytest.param({"CPR-nummer": "12345"}, "ti cifre", id="too few digits"),
        pytest.param({"Navn": ""}, "»navn« er tom", id="no name"),
        pytest.param({"Tilmeldt": "32-13-2026"}, "findes ikke i kalenderen", id="an impossible date"),
        pytest.param({"Tilmeldt": "05-05-2026"}, "ikke kommet endnu", id="registered tomorrow"),
        pytest.param({"Indplaceret": "12-04-2026"}, "ligger før tilmeldingen", id="placed before registration"),
        pytest.param({"Modpart": "Jobcenter Ingensteds"}, "ikke et kendt jobcenter", id="an unknown party"),
        pytest.param({"E-mail": "soeren"}, "ikke en e-mailadresse", id="no address"),
        pytest.param({"Målgruppe": "14"}, "Målgruppe »14« findes ikke", id="no such target group"),
        pytest.param({"Målgruppe": "6"}, "Målgruppe 6 har intet kontaktforløb", id="a group without a course"),
        pytest.param({"Målgruppe": ""}, "»målgruppe« er tom", id="no target group"),
        pytest.param({"Forsikret": ""}, "»forsikret« er tom", id="neither full nor part time"),
        pytest.param({"Uddannelse": ""}, "»uddannelse« er tom", id="nothing of an education"),
        pytest.param({"Børn hjemme": ""}, "»børn hjemme« er tom", id="nothing of children"),
        pytest.param({"Børn hjemme": "måske"}, "»ja« eller »nej«", id="neither yes nor no"),
        pytest.param({"Navn": "=HYPERLINK(1)"}, "som en formel", id="a formula as a name"),
        pytest.param({"Telefon": "+cmd|x"}, "som en formel", id="a plus that begins no phone number"),
        pytest.param({"Telefon": "2030 4050 / 2131 4151"}, "Skriv ét telefonnummer", id="two phone numbers"),
        pytest.param({"Navn": "x" * 301}, "længere end 120 tegn", id="a very long cell"),
        pytest.param({"E-mail": f"{'x' * 250}@y.dk"}, "længere end 254 tegn", id="a very long address"),
        pytest.param({"Navn": '"Søren\nÅse"'}, "linjeskift", id="two names in one cell"),
        pytest.param({"Navn": '"Søren; Åse"'}, "semikolon", id="two names with a semicolon"),
        pytest.param({"Navn": "Søren 010180-1101"}, "CPR-nummer", id="a CPR number in a name"),
        pytest.param({"Navn": "Søren\x02"}, "ikke kan ses", id="a character that is not seen"),
        pytest.param({"Navn": "Ø"}, "fulde navn", id="one letter"),
        pytest.param({"Modpart": ""}, "»modpart« er tom", id="no party"),
        pytest.param({"Målgruppe": "²"}, "Målgruppe »²« findes ikke", id="a figure that is no number"),
        pytest.param({"Børn hjemme": "ja;nej"}, "flere celler end overskriften", id="more cells than the head"),
    ],
)
def test_a_row_that_cannot_become_a_case_says_why(office, now, changes, words):
    run = preview(office, csv_bytes([line(office, **changes), line(office)]), now=now)

    refused = run.rows.get(state=ImportRowState.REFUSED)
    assert refused.line == 2
    assert words in refused.problem
    assert run.rows.filter(state=ImportRowState.READY).count() == 1


def test_a_row_shorter_than_its_head_is_empty_at_its_end(office, now):
    whole = f"{factories.cpr_number()};Søren;13-04-2026;Jobcenter Solby;1;fuldtid;nej;nej"
    rows = f"{HEAD};Telefon\n{whole}\n{factories.cpr_number()};Sø\rren"

    run = preview(office, rows.encode(), now=now)

    assert [(row.line, row.problem) for row in run.rows.all()] == [
        (2, ""),
        (3, "Kolonnen »tilmeldt« er tom. Udfyld den."),
        (4, "Kolonnen »navn« er tom. Udfyld den."),
    ]


def test_a_formula_behind_a_value_is_found_in_a_spreadsheet(office, now):
    run = preview(office, xlsx_bytes([line(office), line(office, Navn="=A1&B1")]), "sager.xlsx", now=now)

    assert "formel" in run.rows.get(line=3).problem
    assert run.rows.get(line=2).state == ImportRowState.READY


def test_the_same_citizen_twice_and_a_citizen_with_an_open_case(office, case, now):
    twice = line(office)
    content = csv_bytes([twice, twice, line(office, **{"CPR-nummer": case.citizen.cpr_number})])

    run = preview(office, content, now=now)

    assert run.rows.get(line=2).state == ImportRowState.READY
    assert "står også i linje 2" in run.rows.get(line=3).problem
    assert f"allerede en åben sag hos jer: {case.label}" in run.rows.get(line=4).problem


def test_nothing_is_a_case_before_somebody_says_so(office, now):
    run = preview(office, csv_bytes([line(office)]), now=now)

    run_to_the_end(now)

    assert Case.objects.count() == 0
    assert run.state == ImportState.PREVIEWED


def test_started_rows_become_planned_cases_and_forget_what_was_typed(office, now):
    run = preview(office, csv_bytes([line(office), line(office)]), now=now)
    imports_services.start(run_id=run.pk)

    run_to_the_end(now)

    run.refresh_from_db()
    assert run.state == ImportState.DONE
    assert {row.state for row in run.rows.all()} == {ImportRowState.CREATED}
    assert all(row.content_encrypted is None for row in run.rows.all())
    case = run.rows.first().case
    assert case.citizen.name == "Søren Ærø Åberg"
    assert case.required_meetings.current().count() == 6


def test_a_batch_that_breaks_leaves_its_rows_for_the_next_worker(office, now, monkeypatch):
    run = preview(office, csv_bytes([line(office) for _ in range(4)]), now=now)
    imports_services.start(run_id=run.pk)
    monkeypatch.setattr(batches, "BATCH", 3)

    def killed(*_, **__):
        assert Case.objects.count() == 3
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(batches, "_tell", killed)
        with pytest.raises(SystemExit):
            batches.take_next_batch(at=now, today=TODAY)

    assert Case.objects.count() == 0
    run_to_the_end(now)
    assert Case.objects.count() == 4
    assert ImportRow.objects.filter(state=ImportRowState.CREATED).count() == 4


def test_a_citizen_who_got_a_case_after_the_preview_is_refused_then(office, now):
    row = line(office)
    first, second = preview(office, csv_bytes([row]), now=now), preview(office, csv_bytes([row]), now=now)
    imports_services.start(run_id=first.pk)
    imports_services.start(run_id=second.pk)

    run_to_the_end(now)
    run_to_the_end(now)

    assert first.rows.get().state == ImportRowState.CREATED
    assert "allerede en åben sag" in second.rows.get().problem


def test_a_citizen_whose_case_was_closed_as_dead_is_refused_and_sent_to_the_form(office, case, now):
    Case.objects.filter(pk=case.pk).update(status="closed", close_reason="death", closed_on=date(2026, 5, 1))
    run = preview(office, csv_bytes([line(office, **{"CPR-nummer": case.citizen.cpr_number})]), now=now)
    imports_services.start(run_id=run.pk)

    run_to_the_end(now)

    assert "afsluttet med grunden »død«" in run.rows.get().problem
    assert "opret sagen under »Ny sag«" in run.rows.get().problem
    assert AccessLog.objects.latest("pk").detail == "cpr: en sag er afsluttet med dødsfald"


def test_an_import_without_a_good_row_cannot_be_started(office, now):
    run = preview(office, csv_bytes([line(office, Navn="")]), now=now)

    with pytest.raises(imports_services.NothingToImport):
        imports_services.start(run_id=run.pk)


def test_the_pages_from_the_file_to_the_result(office, now, client):
    client.force_login(office.adviser)
    upload = SimpleUploadedFile("sager.csv", csv_bytes([line(office), line(office, Navn="")]))

    response = client.post("/sager/importer/", {"file": upload})

    run = ImportRun.objects.get()
    assert response.url == f"/sager/importer/{run.public_id}/"
    assert "Filen læses" in client.get(response.url).content.decode()
    read_to_the_end(run, now)
    page = client.get(response.url).content.decode()
    assert "1 kan oprettes, 1 kan ikke tages med" in page
    assert "»navn« er tom" in page
    client.post(f"{response.url}start/")
    assert "Sager oprettes" in client.get(response.url).content.decode()
    run_to_the_end(now)
    assert "1 sag er oprettet" in client.get(response.url).content.decode()
    refused = client.get(f"{response.url}ikke-taget-med/").content.decode()
    assert "3;" in refused


def test_a_bad_file_is_refused_on_the_page(office, client):
    client.force_login(office.adviser)

    response = client.post("/sager/importer/", {"file": SimpleUploadedFile("sager.csv", b"hej")})

    assert response.status_code == 422
    assert "mangler kolonnen" in response.content.decode()
    assert ImportRun.objects.count() == 0


def test_a_neighbour_does_not_find_the_import(office, now, client):
    run = preview(office, csv_bytes([line(office)]), now=now)
    client.force_login(office.other_adviser)

    assert client.get(f"/sager/importer/{run.public_id}/").status_code == 404
    assert client.post(f"/sager/importer/{run.public_id}/start/").status_code == 404


def test_every_column_of_the_template_is_read(office, now, client):
    client.force_login(office.adviser)

    header = client.get("/sager/importer/skabelon/").content.decode("utf-8-sig").strip().split(";")

    assert header == list(COLUMNS)
    assert FileRow(line=2, cells=dict.fromkeys(header, ""))


@pytest.mark.parametrize("column", ["Navn", "Telefon", "E-mail"])
def test_a_cpr_number_among_the_texts_is_refused(office, now, column):
    run = preview(office, csv_bytes([line(office, **{column: "Anne 010280–4501"})]), now=now)

    assert run.rows.get().problem == (
        f"Cellen »{column.lower()}« indeholder et CPR-nummer. Slet det: andre kan læse teksten."
    )
