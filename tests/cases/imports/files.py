"""Files of cases as people upload them, and what is done with them."""

import io
import tempfile
from datetime import date

import openpyxl

from cases.imports import batches, reading
from cases.imports.file import read_rows
from cases.models.imports import ImportState
from tests import factories

HEADER = ["CPR-nummer", "Navn", "Tilmeldt", "Indplaceret", "Modpart", "E-mail", "Telefon"]
HEADER += ["Målgruppe", "Forsikret", "Uddannelse", "Børn hjemme"]
HEAD = "CPR-nummer;Navn;Tilmeldt;Modpart;Målgruppe;Forsikret;Uddannelse;Børn hjemme"
TODAY = date(2026, 5, 4)


def line(office, **changes):
    cells = {
        "CPR-nummer": str(factories.cpr_number()),
        "Navn": "Søren Ærø Åberg",
        "Tilmeldt": "13-04-2026",
        "Indplaceret": "",
        "Modpart": office.municipality.name,
        "E-mail": "soeren@example.dk",
        "Telefon": "+45-20304050",
        "Målgruppe": "1",
        "Forsikret": "fuldtid",
        "Uddannelse": "nej",
        "Børn hjemme": "ja",
    }
    return [{**cells, **changes}[name] for name in HEADER]


def csv_bytes(rows, *, encoding="utf-8-sig", delimiter=";"):
    return "\r\n".join(delimiter.join(row) for row in [HEADER, *rows]).encode(encoding)


def xlsx_bytes(rows):
    book = openpyxl.Workbook()
    for row in [HEADER, *rows]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(content, name="sager.csv"):
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        return list(read_rows(file, name=name, size=len(content)))


def take_in(office, content, name="sager.csv", *, now):
    return reading.take_in(rows=read(content, name), by=office.adviser, at=now)


def preview(office, content, name="sager.csv", *, now):
    run = take_in(office, content, name, now=now)
    read_to_the_end(run, now)
    return run


def read_to_the_end(run, now):
    """As a worker reads it; nothing that is under way is carried out."""
    run.refresh_from_db()
    while run.state == ImportState.READING:
        batches.take_next_batch(at=now, today=TODAY)
        run.refresh_from_db()


def run_to_the_end(now):
    while batches.take_next_batch(at=now, today=TODAY):
        pass
