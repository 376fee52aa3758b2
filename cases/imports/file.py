"""Reads an uploaded file of cases: first as rows of text, then each row as a new case or as a reason why not."""

import json
import logging
import re
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from cases import seam
from cases.citizen.services import CitizenDetails
from cases.imports import table_reader
from cases.intake.new_case import CourseDetails, NewCase, course_of
from cases.intake.opening import check_facts
from cases.intake.returning import ANEW, OTHER
from cases.models import Act, Organisation, OrganisationKind, User
from cases.models.cases import TARGET_GROUP_LABELS
from cases.models.people import validate_name
from cases.pauses.importing import read_pauses
from cases.people import cpr, phones
from cases.rules.facts import Insurance, PauseKind
from cases.rules.plausibility import doubts, far_off
from cases.rules.refusal import Refused
from cases.rules.rule_book import RuleBook
from cases.ui.fields import DateField

logger = logging.getLogger(__name__)

MAX_BYTES = 20 * 1024 * 1024
MAX_SECONDS = 30
#: One reader at a time beside each web process: what a reader may take of the machine is counted once for each.
_READER = threading.BoundedSemaphore(1)
_TOO_MUCH = (
    "Filen kan ikke læses: Den er beskadiget, eller den fylder for meget, når den åbnes. Kopiér rækkerne over i et "
    "nyt ark, og prøv igen."
)

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
    "målgruppe": True,
    "forsikret": True,
    "uddannelse": True,
    "børn hjemme": True,
    "medarbejder": False,
    # As 12-10-2026 10.00 telefon; 26-10-2026 13.30 fremmøde
    "holdte samtaler": False,
    # As ferie 06-07-2026 til 24-07-2026; sygdom 03-08-2026 til 14-08-2026
    "pauser": False,
    # How the citizen wished to be met and since when, as telefon 03-02-2026; video 20-04-2026
    "valg af samtaleform": False,
    # Why something that looks like a mistake is right, as a new case by hand asks it.
    "begrundelse": False,
    # What the citizen did since a course that goes on, or that a new one begins.
    "tidligere forløb": False,
}
#: What our own file of refused rows says of them.
REFUSED_COLUMNS = ("linje", "årsag")

#: The longest text that is kept of a column.
_LONGEST = {"navn": 120, "e-mail": 254, "telefon": 40, "adresse": 200, "tolkesprog": 40, "begrundelse": 200}
FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
# As an American and a Dane write different days.
_SLASHES = re.compile(r"0?(\d{1,2})\s*/\s*0?(\d{1,2})(?!\d)")
#: What a row says of a course that its citizen left.
MEANWHILE = {**{kind.label: str(kind) for kind in PauseKind}, "andet": OTHER, "nyt": ANEW}
_YES_OR_NO = {"ja": True, "nej": False}
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the message says what to do."""


class UnreadableRow(Refused):
    """The row cannot become a case; the message says what to do."""


@dataclass(frozen=True)
class FileRow:
    """One row of the file: its line number as a spreadsheet shows it, and its cells by column."""

    line: int
    cells: Mapping[str, str]
    has_formula: bool = False
    has_more: bool = False


def read_rows(file: BinaryIO, *, name: str, size: int) -> Iterator[FileRow]:
    """The rows of a CSV or XLSX file, empty ones left out. Raises UnreadableFile with one Danish sentence."""
    if size == 0:
        raise UnreadableFile("Filen er tom. Vælg en fil med en overskriftsrække og mindst én borger.")
    if size > MAX_BYTES:
        raise UnreadableFile(f"Filen fylder mere end {MAX_BYTES // 1024 // 1024} MB. Del den i flere filer.")
    kind = name.lower().rpartition(".")[2]
    if kind not in ("csv", "xlsx"):
        raise UnreadableFile("Filen skal være en CSV-fil eller en Excel-fil (.xlsx).")
    table = _table(file, kind)
    _, names, _ = next(table, (1, [], False))
    header = _header(names)
    return (_as_row(header, *row) for row in table)


def _table(file: BinaryIO, kind: str) -> Iterator[tuple[int, list[str], bool]]:
    with tempfile.TemporaryFile() as rows:
        if not _READER.acquire(blocking=False):
            raise UnreadableFile("En anden fil bliver læst lige nu. Vent et øjeblik, og prøv igen med den samme fil.")
        try:
            _read_apart(file, kind, into=rows)
        finally:
            _READER.release()
        rows.seek(0)
        yield from map(json.loads, rows)


def _read_apart(file: BinaryIO, kind: str, *, into: BinaryIO) -> None:
    """Let `table_reader` read the file in a process that knows no secret and may end without harm."""
    try:
        reader = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", table_reader.__file__, kind],
            stdin=file,
            stdout=into,
            stderr=subprocess.PIPE,
            env={},
            cwd="/",
            timeout=MAX_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableFile(_TOO_MUCH) from None
    if reader.returncode == table_reader.REFUSED:
        raise UnreadableFile(reader.stderr.decode())
    if reader.returncode:
        # What the libraries say of it may hold what stands in the file.
        logger.warning("An import file ended its reader with status %s.", reader.returncode)
        raise UnreadableFile(_TOO_MUCH)


def _header(names: list[str]) -> list[str]:
    header = [name.lower() for name in names]
    missing = [name for name, is_required in COLUMNS.items() if is_required and name not in header]
    if missing:
        raise UnreadableFile(f"Filens første række mangler kolonnen »{'« og »'.join(missing)}«. Brug skabelonen.")
    unknown = [name for name in header if name and name not in (*COLUMNS, *REFUSED_COLUMNS)]
    if unknown:
        raise UnreadableFile(f"Kolonnen »{unknown[0]}« kendes ikke. Fjern den, eller brug skabelonens navne.")
    twice = [name for name, count in Counter(filter(None, header)).items() if count > 1]
    if twice:
        raise UnreadableFile(f"Kolonnen »{twice[0]}« står der mere end én gang. Fjern den, der ikke skal bruges.")
    return header


def _as_row(header: list[str], line: int, values: list[str], has_formula: bool) -> FileRow:
    """A row as long as its head: what is missing is empty."""
    cells = {name: value for name, value in zip_longest(header, values[: len(header)], fillvalue="") if name in COLUMNS}
    return FileRow(line=line, cells=cells, has_formula=has_formula, has_more=len(values) > len(header))


@dataclass(frozen=True)
class Office:
    """Whom the rows may name: looked up once for the whole file."""

    organisation: Organisation
    parties: Mapping[str, Organisation]
    workers: Mapping[str, User]
    book: RuleBook

    @classmethod
    def of(cls, user: User) -> "Office":
        organisation = user.workplace
        other = OrganisationKind.MUNICIPALITY if organisation.is_fund else OrganisationKind.FUND
        parties: dict[str, Organisation] = {}
        for party in Organisation.objects.filter(kind=other):
            parties[party.name.lower()] = parties[party.code.lstrip("0")] = party
        workers = {user.username.lower(): user for user in organisation.users.filter(is_active=True)}
        return cls(organisation=organisation, parties=parties, workers=workers, book=Act.objects.rule_book())

    def party(self, text: str) -> Organisation:
        """The other party that the text names. Raises UnreadableRow."""
        party = self.parties.get(text.lower()) or self.parties.get(text.lstrip("0"))
        if party is None:
            kind = "jobcenter" if self.organisation.is_fund else "a-kasse"
            raise UnreadableRow(
                f"»{text}« er ikke et kendt {kind}. Skriv navnet eller nummeret, som det står i systemet."
            )
        return party


def read_case(cells: Mapping[str, str], *, office: Office, today: date) -> NewCase:
    """The new case that the cells of a row describe. Raises Refused with one plain Danish sentence."""
    _check_cells(cells)
    number = _cpr(cells["cpr-nummer"], today)
    registered_on = _date(cells, "tilmeldt")
    placed_on = _date(cells, "indplaceret") if cells.get("indplaceret") else registered_on
    if registered_on > today:
        raise UnreadableRow(f"Tilmeldingen {registered_on:%d-%m-%Y} er ikke kommet endnu. Ret datoen.")
    other = office.party(cells["modpart"])
    is_fund = office.organisation.is_fund
    course = CourseDetails(
        registered_on=registered_on,
        placed_on=placed_on,
        target_group=_target_group(cells["målgruppe"]),
        insurance=_one_of(cells, "forsikret", {"fuldtid": Insurance.FULL_TIME, "deltid": Insurance.PART_TIME}),
        has_qualifying_education=_one_of(cells, "uddannelse", _YES_OR_NO),
        has_children_at_home=_one_of(cells, "børn hjemme", _YES_OR_NO),
    )
    new = NewCase(
        citizen=CitizenDetails(
            number=number,
            name=_name(cells["navn"]),
            email=_email(cells.get("e-mail", "")),
            phone=_phone(cells.get("telefon", "")),
            address=_on_one_line(cells.get("adresse", "")),
            has_protected_address=_one_of(cells, "beskyttet adresse", {"": False, **_YES_OR_NO}),
            is_exempt_from_digital_post=_one_of(cells, "fritaget for digital post", {"": False, **_YES_OR_NO}),
            interpreter_language=_on_one_line(cells.get("tolkesprog", "")),
        ),
        course=course,
        fund_id=office.organisation.pk if is_fund else other.pk,
        municipality_id=other.pk if is_fund else office.organisation.pk,
        worker_id=_worker(cells.get("medarbejder", ""), office),
        note=_on_one_line(cells.get("begrundelse", "")),
        pauses=read_pauses(cells.get("pauser", ""), registered_on=registered_on),
        meanwhile=_one_of(cells, "tidligere forløb", {"": "", **MEANWHILE}),
    )
    check_facts(new, book=office.book)
    held = seam.read_held(
        cells.get("holdte samtaler", ""),
        choices=cells.get("valg af samtaleform", ""),
        course=course_of(new),
        party=office.organisation.party,
        book=office.book,
        today=today,
    )
    return _plausible(replace(new, held=held), held.doubts, today)


def _plausible(new: NewCase, doubts_of_held: Sequence[str], today: date) -> NewCase:
    """The case, if nothing in it looks like a mistake or the row says why it is right."""
    found = [
        *doubts(
            registered_on=new.course.registered_on,
            placed_on=new.course.placed_on,
            born_on=new.citizen.number.born_on,
            today=today,
        ),
        *_far_pauses(new, today),
        *doubts_of_held,
    ]
    if found and not new.note:
        raise UnreadableRow(f"{' '.join(found)} Er det rigtigt, så skriv kort hvorfor i »begrundelse«. Ellers ret det.")
    return new if found or new.meanwhile else replace(new, note="")


def _far_pauses(new: NewCase, today: date) -> list[str]:
    days = [day for pause in new.pauses for day in (pause.span.start, pause.span.last_day) if day is not None]
    return [f"»pauser«: {doubt}" for day in days if (doubt := far_off(day, today=today))]


def check_shape(row: FileRow) -> None:
    """Refuse a row that is no row of text under its head, whatever it says. Raises UnreadableRow."""
    if row.has_formula:
        raise UnreadableRow("Rækken har en formel. Skriv værdien selv i stedet for formlen.")
    if row.has_more:
        raise UnreadableRow("Rækken har flere celler end overskriften. Fjern de overskydende celler.")


def _check_cells(cells: Mapping[str, str]) -> None:
    for column, value in cells.items():
        _check_cell(column, value)
    empty = [column for column, is_required in COLUMNS.items() if is_required and not cells.get(column)]
    if empty:
        raise UnreadableRow(f"Kolonnen »{empty[0]}« er tom. Udfyld den.")


def _check_cell(column: str, value: str) -> None:
    longest = _LONGEST.get(column, table_reader.MAX_CELL)
    if len(value) > longest:
        raise UnreadableRow(f"Teksten i »{column}« er længere end {longest} tegn. Gør den kortere.")
    if column != "cpr-nummer" and cpr.is_mentioned(value):
        raise UnreadableRow(f"Cellen »{column}« indeholder et CPR-nummer. Slet det: andre kan læse teksten.")
    if _UNSEEN.search(value):
        raise UnreadableRow(f"Cellen »{column}« har et tegn, der ikke kan ses. Skriv teksten igen.")
    if value.startswith(FORMULA_START) and not (column == "telefon" and phones.is_readable(value)):
        raise UnreadableRow(f"Cellen »{column}« begynder med »{value[0]}« som en formel. Skriv værdien i stedet.")


def _cpr(text: str, today: date) -> cpr.Cpr:
    # A spreadsheet that took the number for a number has dropped its leading zero.
    padded = text.zfill(10) if re.fullmatch(r"\d{9}", text) else text
    try:
        return cpr.read(padded, today=today)
    except cpr.NotCpr as error:
        raise UnreadableRow(str(error)) from None


def _phone(text: str) -> str:
    try:
        return phones.read(text)
    except phones.NotPhone as error:
        raise UnreadableRow(str(error)) from None


def _name(text: str) -> str:
    try:
        validate_name(text)
    except ValidationError as error:
        raise UnreadableRow(f"»navn«: {error.messages[0]}") from None
    name = _on_one_line(text)
    if len(name) < 2:
        raise UnreadableRow("Skriv borgerens fulde navn i kolonnen »navn«.")
    return name


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _date(cells: Mapping[str, str], column: str) -> date:
    if (found := _SLASHES.match(cells[column])) and found[1] != found[2] and max(map(int, found.groups())) <= 12:
        raise UnreadableRow(
            f"»{column}«: {cells[column]} kan være både dag/måned og måned/dag. "
            "Skriv datoen som dag-måned-år med bindestreger."
        )
    try:
        day: date = DateField().clean(cells[column])
    except ValidationError as error:
        raise UnreadableRow(f"»{column}«: {error.messages[0]}") from None
    return day


def _worker(text: str, office: Office) -> int | None:
    if not text:
        return None
    worker = office.workers.get(text.lower())
    if worker is None:
        raise UnreadableRow(f"»{text}« er ikke en medarbejder hos jer. Skriv brugernavnet.")
    return worker.pk


def _target_group(text: str) -> int:
    if text not in map(str, TARGET_GROUP_LABELS):
        raise UnreadableRow(f"Målgruppe »{text}« findes ikke. Skriv gruppens nummer i loven, fx 1.")
    return int(text)


def _email(text: str) -> str:
    if text:
        try:
            validate_email(text)
        except ValidationError:
            raise UnreadableRow(f"»{text}« er ikke en e-mailadresse. Skriv den som navn@eksempel.dk.") from None
    return text


def _one_of(cells: Mapping[str, str], column: str, answers: Mapping[str, Any]) -> Any:
    text = cells.get(column, "").lower()
    if text not in answers:
        known = " eller ".join(f"»{answer}«" for answer in answers if answer)
        raise UnreadableRow(f"»{column}« skal være {known}, ikke »{text}«.")
    return answers[text]
