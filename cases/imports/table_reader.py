"""Reads the table in a CSV or XLSX file that a stranger made: a process of its own, which a bad file may end.

It knows nothing of Django and of no secret. `python -I table_reader.py csv < file` writes one JSON array a row: its
line as a spreadsheet shows it, its cells, and whether one of them is a formula. With the status REFUSED it says on
standard error, in one Danish sentence, what is wrong; any other status means that the file was too much for it.
"""

import codecs
import csv
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, BinaryIO, NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat

import python_calamine

REFUSED = 65
MAX_ROWS = 100_000
MAX_COLUMNS = 200
#: A longer text is cut after one character more, so that whoever takes it sees that it was too long.
MAX_CELL = 300
#: What a workbook may hold, by its own word, before anything of it is unpacked.
MAX_PARTS, MAX_UNPACKED = 1000, 200 * 1024 * 1024
#: What the process may take of the machine, whatever the file says.
MEMORY_BYTES = 280 * 1024 * 1024
CPU_SECONDS = 20
OUTPUT_BYTES = 100 * 1024 * 1024

# What a Danish name is written with: the letters of Latin-1, and the marks that a word processor puts for ' and -.
_NOT_IN_NAMES = re.compile(r"[^\x00-\x7fÀ-ÖØ-öø-ÿ\xa0´’–]")
# A letter from the wrong alphabet shows as a capital inside a word.
_CAPITAL_WITHIN = re.compile(r"[a-zß-ÿ][À-Þ]|[ß-ÿ][A-Z]")
_DANISH = re.compile("[æøåÆØÅ]")
_SEPARATOR_LINE = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE)
_LINE_END = re.compile(r"[\r\n]")


class BadFile(Exception):
    """The file cannot be read; the message is one Danish sentence."""


class Row(NamedTuple):
    """One row that is not empty."""

    line: int
    cells: list[str]
    has_formula: bool = False


def read(file: BinaryIO, kind: str) -> Iterator[Row]:
    """The rows of a file, empty ones left out; the kind is "csv" or "xlsx". Raises BadFile."""
    rows = _numbered(_csv_rows(file)) if kind == "csv" else _xlsx_rows(file)
    for count, row in enumerate(row for row in rows if any(row.cells)):
        if count > MAX_ROWS:
            raise BadFile(f"Filen har mere end {MAX_ROWS:,} rækker. Del den i flere filer.".replace(",", "."))
        yield row


def _numbered(rows: Iterable[list[str]], *, formula_lines: frozenset[int] = frozenset()) -> Iterator[Row]:
    for line, cells in enumerate(rows, start=1):
        short = [cell.strip()[: MAX_CELL + 1] for cell in cells]
        while short and not short[-1]:
            short.pop()
        if len(short) > MAX_COLUMNS:
            raise BadFile(f"Linje {line} har mere end {MAX_COLUMNS} celler. Fjern dem, der ikke hører til tabellen.")
        yield Row(line, short, line in formula_lines)


def _csv_rows(file: BinaryIO) -> Iterator[list[str]]:
    raw = file.read()
    # Without translation, so that a lone CR ends a line as well.
    lines = io.TextIOWrapper(io.BytesIO(raw), encoding=_encoding(raw), newline="")
    delimiter = _delimiter(lines)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 0
    while True:
        line += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise BadFile(
                f"Linje {line} kan ikke læses: Et anførselstegn bliver ikke lukket, eller en celle er alt for lang. "
                "Ret linjen i filen, og prøv igen."
            ) from None
        if any(delimiter in cell and _LINE_END.search(cell) for cell in cells):
            raise BadFile(
                f"Anførselstegnet i linje {line} bliver først lukket i en senere linje, så flere rækker læses som én. "
                "Ret linjen i filen, og prøv igen."
            )
        yield cells


def _encoding(raw: bytes) -> str:
    """How the text is written: UTF-8, or else the one of the old alphabets in which it makes words."""
    if b"\x00" in raw:
        raise BadFile("Filen er ikke en CSV-fil i UTF-8. Gem den i Excel som »CSV UTF-8«, og prøv igen.")
    try:
        codecs.utf_8_decode(raw, "strict", True)
    except UnicodeDecodeError:
        windows, mac = _words(raw, "cp1252"), _words(raw, "mac_roman")
        if windows and not mac:
            return "cp1252"
        if mac and not windows and _DANISH.search(mac):
            return "mac_roman"
        raise BadFile(
            "Filens tegnsæt er ikke til at kende, så æ, ø og å kan blive læst forkert. Gem den i Excel som "
            "»CSV UTF-8«, og prøv igen."
        ) from None
    return "utf-8-sig"


def _words(raw: bytes, encoding: str) -> str:
    """The text, if it makes words in this alphabet; else nothing."""
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return ""
    return "" if _NOT_IN_NAMES.search(text) or _CAPITAL_WITHIN.search(text) else text


def _delimiter(lines: io.TextIOWrapper) -> str:
    """What stands between the cells, by a line that says so, which is passed over, or by the head."""
    head = lines.readline()
    if found := _SEPARATOR_LINE.fullmatch(head):
        return found[1]
    while head.isspace():
        head = lines.readline()
    lines.seek(0)
    return max(";,\t", key=head.count)


def _xlsx_rows(file: BinaryIO) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise BadFile(
                "Regnearket fylder for meget, når det åbnes. Kopiér rækkerne over i et nyt ark, og prøv igen."
            )
        file.seek(0)
        book = python_calamine.CalamineWorkbook.from_filelike(file)
        sheets = [sheet for sheet in book.sheets_metadata if _is_seen(sheet)]
        if not sheets:
            raise BadFile("Regnearket har intet synligt ark. Vis arket med borgerne, og gem filen igen.")
        name = sheets[0].name
        formula_lines = _formula_lines(file, name)
        rows = book.get_sheet_by_name(name).iter_rows()
    except (zipfile.BadZipFile, python_calamine.CalamineError):
        raise BadFile("Filen kan ikke læses som et Excel-regneark. Gem den igen som .xlsx uden adgangskode.") from None
    return _numbered(([_cell_text(cell) for cell in row] for row in rows), formula_lines=formula_lines)


def _is_seen(sheet: python_calamine.SheetMetadata) -> bool:
    is_visible = sheet.visible == python_calamine.SheetVisibleEnum.Visible
    return is_visible and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet


def _formula_lines(file: BinaryIO, sheet_name: str) -> frozenset[int]:
    """The lines of the sheet in which a formula stands behind the value."""
    lines: set[int] = set()
    line = 0

    def see(name: str, attributes: dict[str, str]) -> None:
        nonlocal line
        tag = name.rpartition(":")[2]
        if tag == "row":
            line = int(attributes.get("r", line + 1))
        elif tag == "f":
            lines.add(line)

    parser = expat.ParserCreate()
    parser.StartElementHandler = see
    with zipfile.ZipFile(file) as archive, archive.open(_path_of(archive, sheet_name)) as xml:
        parser.ParseFile(xml)
    return frozenset(lines)


def _path_of(archive: zipfile.ZipFile, sheet_name: str) -> str:
    """Where the archive keeps the sheet of that name."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    (sheet,) = (one for one in book.iterfind("{*}sheets/{*}sheet") if one.get("name") == sheet_name)
    (key,) = (value for name, value in sheet.items() if name.endswith("}id"))
    (target,) = (one.get("Target", "") for one in links if one.get("Id") == key)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _cell_text(cell: Any) -> str:
    if isinstance(cell, date):
        return f"{cell:%d-%m-%Y}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def main() -> None:
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    file = sys.stdin.buffer
    # Whoever opened it may have read in it.
    file.seek(0)
    try:
        for row in read(file, sys.argv[1]):
            print(json.dumps(row))
    except BadFile as refused:
        sys.stderr.write(str(refused))
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
