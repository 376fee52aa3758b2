"""Reads an uploaded file of cases: first as rows of text, then each row as a new case or as a reason why not."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

import python_calamine
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from cases import cpr
from cases.fields import DateField
from cases.models import Organisation, OrganisationKind, User
from cases.models.cases import TARGET_GROUP_LABELS
from cases.rules.facts import BadFacts, Course, Insurance
from cases.services.cases import CitizenDetails, CourseDetails, NewCase

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ROWS = 100_000
MAX_CELL = 300

#: The columns by the name in the file's first row; those marked True must be there.
COLUMNS = {
    "cpr-nummer": True,
    "navn": True,
    "tilmeldt": True,
    "indplaceret": False,
    "modpart": True,
    "e-mail": False,
    "telefon": False,
    "adresse": False,
    "beskyttet adresse": False,
    "fritaget for digital post": False,
    "tolkesprog": False,
    "målgruppe": False,
    "forsikret": False,
    "uddannelse": False,
    "børn hjemme": False,
    "medarbejder": False,
}

_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
_FORMULA_CELL = re.compile(rb'<c r="[A-Z]+(\d+)"[^>]*>\s*<f[\s>/]')
_MAY_BEGIN_WITH_PLUS = {"telefon"}


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the message says what to do."""


@dataclass(frozen=True)
class FileRow:
    """One row of the file: its line number as a spreadsheet shows it, and its cells by column."""

    line: int
    cells: Mapping[str, str]
    has_formula: bool = False


def read_rows(file: BinaryIO, *, name: str, size: int) -> list[FileRow]:
    """The rows of a CSV or XLSX file, empty ones left out. Raises UnreadableFile with one Danish sentence."""
    if size == 0:
        raise UnreadableFile("Filen er tom. Vælg en fil med en overskriftsrække og mindst én borger.")
    if size > MAX_BYTES:
        raise UnreadableFile(f"Filen fylder mere end {MAX_BYTES // 1024 // 1024} MB. Del den i flere filer.")
    if name.lower().endswith(".xlsx"):
        table, formula_lines = _read_xlsx(file)
    elif name.lower().endswith(".csv"):
        table, formula_lines = _read_csv(file), frozenset[int]()
    else:
        raise UnreadableFile("Filen skal være en CSV-fil eller en Excel-fil (.xlsx).")
    return list(_as_rows(table, formula_lines))


def _read_csv(file: BinaryIO) -> Iterator[list[str]]:
    raw = file.read()
    if b"\x00" in raw:
        raise UnreadableFile("Filen er ikke en CSV-fil i UTF-8. Gem den i Excel som »CSV UTF-8«, og prøv igen.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile(
            "Filens tegnsæt er ikke UTF-8, så æ, ø og å kan ikke læses. Gem den i Excel som »CSV UTF-8«, og prøv igen."
        ) from None
    first_line = text.partition("\n")[0]
    delimiter = ";" if first_line.count(";") >= first_line.count(",") else ","
    return csv.reader(io.StringIO(text), delimiter=delimiter)


def _read_xlsx(file: BinaryIO) -> tuple[Iterator[list[str]], frozenset[int]]:
    formula_lines: set[int] = set()
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise UnreadableFile("Regnearket er for stort, når det pakkes ud. Del det i flere filer.")
            for entry in archive.namelist():
                if entry.startswith("xl/worksheets/") and entry.endswith("sheet1.xml"):
                    formula_lines.update(int(line) for line in _FORMULA_CELL.findall(archive.read(entry)))
        file.seek(0)
        sheet = python_calamine.CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
    except (zipfile.BadZipFile, python_calamine.CalamineError):
        raise UnreadableFile("Filen kan ikke læses som et Excel-regneark. Gem den igen som .xlsx.") from None
    return ([_cell_text(cell) for cell in row] for row in sheet.iter_rows()), frozenset(formula_lines)


def _cell_text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%d-%m-%Y}"
    if isinstance(cell, date):
        return f"{cell:%d-%m-%Y}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _as_rows(table: Iterator[list[str]], formula_lines: frozenset[int]) -> Iterator[FileRow]:
    header = [name.strip().lower() for name in next(table, [])]
    missing = [name for name, is_required in COLUMNS.items() if is_required and name not in header]
    if missing:
        raise UnreadableFile(f"Filens første række mangler kolonnen »{'« og »'.join(missing)}«. Brug skabelonen.")
    unknown = [name for name in header if name and name not in COLUMNS]
    if unknown:
        raise UnreadableFile(f"Kolonnen »{unknown[0]}« kendes ikke. Fjern den, eller brug skabelonens navne.")
    for line, values in enumerate(table, start=2):
        if line > MAX_ROWS + 1:
            raise UnreadableFile(f"Filen har mere end {MAX_ROWS:,} rækker. Del den i flere filer.".replace(",", "."))
        cells = {name: value.strip() for name, value in zip(header, values, strict=False) if name}
        if any(cells.values()):
            yield FileRow(line=line, cells=cells, has_formula=line in formula_lines)


@dataclass(frozen=True)
class Office:
    """Whom the rows may name: looked up once for the whole file."""

    organisation: Organisation
    parties: Mapping[str, Organisation]
    workers: Mapping[str, User]

    @classmethod
    def of(cls, user: User) -> "Office":
        organisation = user.organisation
        assert organisation is not None
        other = OrganisationKind.MUNICIPALITY if organisation.is_fund else OrganisationKind.FUND
        parties: dict[str, Organisation] = {}
        for party in Organisation.objects.filter(kind=other):
            parties[party.name.lower()] = parties[party.code.lstrip("0")] = party
        workers = {user.username.lower(): user for user in organisation.users.filter(is_active=True)}
        return cls(organisation=organisation, parties=parties, workers=workers)


def read_case(row: FileRow, *, office: Office, today: date) -> NewCase:
    """The new case that the row describes. Raises ValueError with one plain Danish sentence."""
    _refuse_formulas(row)
    cells = row.cells
    number = cpr.read(_padded(cells["cpr-nummer"]), today=today)
    name = " ".join(cells["navn"].split())
    if not 2 <= len(name) <= 120:
        raise ValueError("Skriv borgerens fulde navn i kolonnen »navn«.")
    registered_on = _date(cells, "tilmeldt")
    placed_on = _date(cells, "indplaceret") if cells.get("indplaceret") else registered_on
    if registered_on > today:
        raise ValueError(f"Tilmeldingen {registered_on:%d-%m-%Y} er ikke kommet endnu. Ret datoen.")
    other = _party(cells["modpart"], office)
    is_fund = office.organisation.is_fund
    course = CourseDetails(
        registered_on=registered_on,
        placed_on=placed_on,
        target_group=_target_group(cells.get("målgruppe", "")),
        insurance=_one_of(cells, "forsikret", {"fuldtid": Insurance.FULL_TIME, "deltid": Insurance.PART_TIME}),
        has_qualifying_education=_yes(cells, "uddannelse", otherwise=True),
        has_children_at_home=_yes(cells, "børn hjemme", otherwise=False),
    )
    try:
        Course(registered_on=registered_on, placed_on=placed_on, born_on=number.born_on)
    except BadFacts as error:
        raise ValueError(str(error)) from None
    return NewCase(
        citizen=CitizenDetails(
            number=number,
            name=name,
            email=_email(cells.get("e-mail", "")),
            phone=cells.get("telefon", "")[:20],
            address=cells.get("adresse", "")[:200],
            has_protected_address=_yes(cells, "beskyttet adresse", otherwise=False),
            is_exempt_from_digital_post=_yes(cells, "fritaget for digital post", otherwise=False),
            interpreter_language=cells.get("tolkesprog", "")[:40],
        ),
        course=course,
        fund_id=office.organisation.pk if is_fund else other.pk,
        municipality_id=other.pk if is_fund else office.organisation.pk,
        worker_id=_worker(cells.get("medarbejder", ""), office),
    )


def _refuse_formulas(row: FileRow) -> None:
    if row.has_formula:
        raise ValueError("Rækken har en formel. Skriv værdien selv i stedet for formlen.")
    for column, value in row.cells.items():
        if len(value) > MAX_CELL:
            raise ValueError(f"Teksten i »{column}« er længere end {MAX_CELL} tegn.")
        if column != "cpr-nummer" and cpr.is_mentioned(value):
            raise ValueError(f"Cellen »{column}« indeholder et CPR-nummer. Slet det: andre kan læse teksten.")
        if value.startswith(_FORMULA_START) and not (
            column in _MAY_BEGIN_WITH_PLUS and re.fullmatch(r"\+[\d\s]+", value)
        ):
            raise ValueError(f"Cellen »{column}« begynder med »{value[0]}« som en formel. Skriv værdien i stedet.")


def _padded(text: str) -> str:
    """A spreadsheet that took the number for a number has dropped its leading zero."""
    return text.zfill(10) if re.fullmatch(r"\d{9}", text) else text


def _date(cells: Mapping[str, str], column: str) -> date:
    try:
        day = DateField().clean(cells[column])
    except ValidationError as error:
        raise ValueError(f"»{column}«: {error.messages[0]}") from None
    assert isinstance(day, date)
    return day


def _party(text: str, office: Office) -> Organisation:
    party = office.parties.get(text.lower()) or office.parties.get(text.lstrip("0"))
    if party is None:
        kind = "jobcenter" if office.organisation.is_fund else "a-kasse"
        raise ValueError(f"»{text}« er ikke et kendt {kind}. Skriv navnet eller nummeret, som det står i systemet.")
    return party


def _worker(text: str, office: Office) -> int | None:
    if not text:
        return None
    worker = office.workers.get(text.lower())
    if worker is None:
        raise ValueError(f"»{text}« er ikke en medarbejder hos jer. Skriv brugernavnet.")
    return worker.pk


def _target_group(text: str) -> int:
    if not text:
        return 1
    if not text.isdigit() or int(text) not in TARGET_GROUP_LABELS:
        raise ValueError(f"Målgruppe »{text}« findes ikke. Skriv et tal fra 1 til {max(TARGET_GROUP_LABELS)}.")
    return int(text)


def _email(text: str) -> str:
    if text:
        try:
            validate_email(text)
        except ValidationError:
            raise ValueError(f"»{text}« er ikke en e-mailadresse. Skriv den som navn@eksempel.dk.") from None
    return text


def _yes(cells: Mapping[str, str], column: str, *, otherwise: bool) -> bool:
    return bool(_one_of(cells, column, {"": otherwise, "ja": True, "nej": False}))


def _one_of(cells: Mapping[str, str], column: str, answers: Mapping[str, Any]) -> Any:
    text = cells.get(column, "").lower()
    if text not in answers:
        if not text:
            return next(iter(answers.values()))
        known = " eller ".join(f"»{answer}«" for answer in answers if answer)
        raise ValueError(f"»{column}« skal være {known}, ikke »{text}«.")
    return answers[text]
