"""The worklist as a file: as filtered, without CPR numbers, and with no cell that a spreadsheet would run."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from cases.models import AccessLog
from cases.ui import spreadsheet
from meetings.worklist import export as worklist_export
from tests import factories


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


def begun(office, now, name, *, weeks=1):
    citizen = factories.citizen_details(name=name)
    return factories.case(office, registered_on=now.date() - timedelta(weeks=weeks), citizen=citizen)


def file_of(client, fmt, **query):
    return client.get(reverse("meetings:worklist_export", args=[fmt]), query)


def lines(response):
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:]), delimiter=";"))


def sheet(response):
    return list(load_workbook(io.BytesIO(b"".join(response.streaming_content))).active.iter_rows())


def test_the_file_holds_the_rows_of_the_list_in_its_order(adviser, office, now):
    later, over = begun(office, now, "Bo Senere"), begun(office, now, "Anne Over", weeks=3)

    response = file_of(adviser, "csv")

    head, first, second = lines(response)
    assert tuple(head) == worklist_export.COLUMNS
    assert first == [
        "Anne Over",
        over.label,
        "1. jobsamtale (a-kassen)",
        "27-04-2026",
        "-7",
        "",
        "",
        "Skal bookes",
        str(office.adviser),
    ]
    assert second[:2] == ["Bo Senere", later.label]
    assert response["Content-Disposition"] == 'attachment; filename="arbejdsliste-2026-05-04.csv"'


def test_the_filter_holds_for_the_file_too(adviser, office, now):
    begun(office, now, "Bo Senere")
    begun(office, now, "Anne Over", weeks=3)

    assert [line[0] for line in lines(file_of(adviser, "csv", tile="overdue"))] == ["Borger", "Anne Over"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_of_the_csv_file_is_a_formula(start):
    assert spreadsheet._as_text(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "+45 20304050", "-1", "@sum"])
def test_text_stays_text_in_both_files(adviser, office, now, name):
    begun(office, now, name)

    assert lines(file_of(adviser, "csv"))[1][0] == f"'{name}"
    cell = sheet(file_of(adviser, "xlsx"))[1][0]
    assert (cell.value, cell.data_type) == (name, "s")


def test_days_and_times_are_days_and_times_in_the_workbook(adviser, office, now):
    begun(office, now, "Anne Over", weeks=3)

    row = sheet(file_of(adviser, "xlsx"))[1]

    assert row[3].value.date() == date(2026, 4, 27)
    assert row[3].number_format == "DD-MM-YYYY"
    assert row[4].value == -7


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_the_log_says_whose_rows_were_taken_out(adviser, office, now, fmt):
    cases = [begun(office, now, "Anne Over", weeks=3), begun(office, now, "Bo Senere")]

    b"".join(file_of(adviser, fmt, scope="organisation").streaming_content)

    line = AccessLog.objects.get()
    assert line.cases == [case.pk for case in cases]
    assert line.detail == f"Eksport {fmt}: 2 rækker, scope=organisation"


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_no_cpr_number_is_in_the_file(adviser, office, now, fmt):
    case = begun(office, now, "Anne Over")

    response = file_of(adviser, fmt)
    cells = lines(response) if fmt == "csv" else [[str(cell.value) for cell in row] for row in sheet(response)]

    digits = case.citizen.cpr_number[:6]
    assert not any(digits in cell for row in cells for cell in row)


def test_many_rows_are_read_a_part_at_a_time(adviser, office, now, monkeypatch):
    monkeypatch.setattr(spreadsheet, "_CHUNK", 2)
    for number in range(5):
        begun(office, now, f"Borger {number}")

    assert len(lines(file_of(adviser, "csv"))) == 6


def test_another_shape_does_not_exist(adviser):
    assert file_of(adviser, "pdf").status_code == 404
