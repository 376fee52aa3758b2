"""An import before and after its work: read and shown, started, mended, forgotten or taken back."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from cases import seam
from cases.imports.file import FileRow, Office, read_case
from cases.intake.new_case import NewCase, course_of, described
from cases.intake.returning import ANEW, CourseGoesOn, last_left, left_course
from cases.models import Act, Case, CitizenNumber, Event, ImportRow, ImportRun, Organisation, User
from cases.models.imports import ImportRowState, ImportState
from cases.people import cpr, encryption
from cases.rules.facts import Party, PauseKind
from cases.rules.refusal import Refused
from cases.rules.wording import listed
from cases.seam import HeldBefore, HeldEntry

#: Rows that are judged and saved together: a large file is never in memory as a whole.
_ROWS_AT_ONCE = 1000
#: How long what was typed is kept of rows that never became cases.
KEPT = timedelta(days=30)


class NothingToImport(Refused):
    """No row of the file can become a case."""


class TooLate(Refused):
    """The import or its row has gone on."""


class CasesInUse(Refused):
    """Somebody has worked on the cases of an import."""


@transaction.atomic(durable=True)
def preview(*, rows: Iterable[FileRow], by: User, at: datetime, today: date) -> ImportRun:
    """Read every row and keep it with its answer: ready, or refused and why. Nothing becomes a case yet.

    Of the citizens it tells only what the user's own cases tell: whether others have a case is asked, logged and
    counted when a row is carried out.
    """
    office = Office.of(by)
    run = ImportRun.objects.create(organisation=office.organisation, uploaded_by=by, uploaded_at=at)
    lines: dict[str, int] = {}
    taken: dict[Any, Any] = {}
    rest = iter(rows)
    while chunk := list(islice(rest, _ROWS_AT_ONCE)):
        read = [
            _read(one, row=ImportRow(run=run, line=one.line), office=office, lines=lines, today=today) for one in chunk
        ]
        _refuse_what_is_known(read, by=by)
        _refuse_collisions(read, by=by, taken=taken)
        _add_deadlines(read, party=office.organisation.party)
        ImportRow.objects.bulk_create(row for row, _ in read)
    return run


def _read(
    file_row: FileRow, *, row: ImportRow, office: Office, lines: dict[str, int], today: date
) -> tuple[ImportRow, NewCase | None]:
    """The row with what was typed and its answer, and the case that it can become."""
    row.content_encrypted = encryption.seal(json.dumps(dict(file_row.cells)), of=row.sealed_as("content_encrypted"))
    row.case = None
    try:
        new = read_case(file_row, office=office, today=today)
    except Refused as refused:
        refuse(row, str(refused))
        return row, None
    key = cpr.index(new.citizen.number)
    if key in lines:
        refuse(row, f"Samme CPR-nummer står også i linje {lines[key]}.")
        return row, None
    lines[key] = row.line
    row.state, row.problem = ImportRowState.READY, ""
    return row, new


def _refuse_what_is_known(read: Sequence[tuple[ImportRow, NewCase | None]], *, by: User) -> None:
    """Refuse the rows whose citizens have an open case of the user's own, or come back to one and nobody says how."""
    ready = {cpr.index(new.citizen.number): (row, new) for row, new in read if new is not None}
    holders = CitizenNumber.objects.holders(new.citizen.number for _, new in ready.values())
    own = Case.objects.visible_to(by).open().filter(citizen__in=holders.values())
    open_cases = {case.citizen_id: case for case in own}
    for key in [key for key, citizen_id in holders.items() if citizen_id in open_cases]:
        row, _ = ready.pop(key)
        row.case = open_cases[holders[key]]
        refuse(row, f"Borgeren har allerede en åben sag hos jer: {row.case.label}.")
    unanswered = {key: one for key, one in ready.items() if not one[1].meanwhile}
    book = Act.objects.rule_book()
    left_by = last_left([holders[key] for key in unanswered if key in holders], by=by)
    for key, (row, new) in unanswered.items():
        case = left_by.get(holders.get(key, 0))
        if case is not None and (left := left_course(case, new=described(new), book=book)) is not None:
            row.case = case
            refuse(row, going_on_text(CourseGoesOn(left)))


def _refuse_collisions(read: Sequence[tuple[ImportRow, NewCase | None]], *, by: User, taken: dict[Any, Any]) -> None:
    """Refuse the rows whose employee would have been in two meetings at once; `taken` is what the rows before hold."""
    ready = {row.line: (row, new) for row, new in read if row.state == ImportRowState.READY and new and new.held}
    # Whose a course is that goes on is not known before it does.
    entries = [
        HeldEntry(line=line, adviser_id=new.worker_id or by.pk, is_named=new.worker_id is not None, held=new.held)
        for line, (_, new) in ready.items()
        if new is not None and new.held is not None and (new.worker_id or not new.meanwhile)
    ]
    for line, problem in seam.held_collisions(entries, taken=taken).items():
        refuse(ready[line][0], problem)


def _add_deadlines(read: Sequence[tuple[ImportRow, NewCase | None]], *, party: Party) -> None:
    """Add to each row that is ready what the law will demand next; a course that goes on has its own plan."""
    ready = [
        (row, new)
        for row, new in read
        if row.state == ImportRowState.READY and new is not None and new.meanwhile in ("", ANEW)
    ]
    courses = [(course_of(new), new.held or HeldBefore(meetings=(), doubts=()), party) for _, new in ready]
    for (row, _), deadline in zip(ready, seam.next_deadlines(courses), strict=True):
        if deadline is not None:
            row.due_on, row.due_by = deadline.due_on, str(deadline.responsible)


def overdue(run: ImportRun, *, today: date) -> Sequence[tuple[Party, int]]:
    """How many of the cases that are to be opened are late from the first day, by whose turn it is."""
    late = run.rows.filter(state=ImportRowState.READY, due_on__lt=today).order_by("due_by")
    return [(Party(party), count) for party, count in late.values_list("due_by").annotate(Count("pk"))]


def going_on_text(asked: CourseGoesOn) -> str:
    """How a row says whether the course that its citizen left goes on."""
    kinds = listed((f"»{kind}«" for kind in PauseKind.choices().values()), "eller")
    return (
        f"{asked} Skriv i »tidligere forløb«, hvad borgeren lavede imens: {kinds}. Skriv »andet«, hvis forløbet "
        "fortsætter uden pause, og »nyt« med en begrundelse, hvis borgeren er indplaceret på ny."
    )


def refuse(row: ImportRow, problem: str) -> None:
    row.state, row.problem = ImportRowState.REFUSED, problem


def cells_of(row: ImportRow) -> dict[str, str]:
    """What was typed in the row; nothing when it has been forgotten."""
    if not row.content_encrypted:
        return {}
    cells: dict[str, str] = json.loads(encryption.unseal(row.content_encrypted, of=row.sealed_as("content_encrypted")))
    return cells


def ready_cases(
    rows: Iterable[ImportRow], *, by: User, today: date
) -> Iterator[tuple[ImportRow, NewCase, Organisation]]:
    """Each ready row with the case that it is to become, and the other party of it.

    A row that has become impossible since it was read is left out: it is refused when it is carried out.
    """
    office = Office.of(by)
    for row in rows:
        cells = cells_of(row)
        with suppress(Refused):
            new = read_case(FileRow(line=row.line, cells=cells), office=office, today=today)
            yield row, new, office.party(cells["modpart"])


@transaction.atomic(durable=True)
def start(*, run_id: int) -> ImportRun:
    """Start an import; a worker does the rest, and a second start changes nothing.

    Raises NothingToImport when every row was refused.
    """
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state != ImportState.PREVIEWED:
        return run
    if not run.rows.filter(state=ImportRowState.READY).exists():
        raise NothingToImport("Ingen af filens rækker kan blive til en sag. Ret filen, og indlæs den igen.")
    run.state = ImportState.RUNNING
    run.save(update_fields=["state"])
    return run


@transaction.atomic(durable=True)
def mend(*, run_id: int, line: int, cells: Mapping[str, str], by: User, today: date) -> None:
    """Let a refused row become a case by what is typed now. In an import that was started it is carried out at once.

    Raises Refused when it still cannot, and TooLate when there is nothing to mend any more.
    """
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    row = run.rows.get(line=line)
    if run.state not in (ImportState.PREVIEWED, ImportState.RUNNING, ImportState.DONE):
        raise TooLate(f"Importen er {run.get_state_display()}. Indlæs filen igen for at oprette sagen.")
    if row.state != ImportRowState.REFUSED:
        raise TooLate(f"Linje {line} er allerede rettet.")
    office = Office.of(by)
    row, new = _read(FileRow(line=line, cells=cells), row=row, office=office, lines={}, today=today)
    _refuse_what_is_known([(row, new)], by=by)
    _refuse_collisions([(row, new)], by=by, taken={})
    if row.state == ImportRowState.REFUSED:
        raise Refused(row.problem)
    _add_deadlines([(row, new)], party=office.organisation.party)
    row.save()
    if run.state == ImportState.DONE:
        run.state, run.finished_at = ImportState.RUNNING, None
        run.save(update_fields=["state", "finished_at"])


@transaction.atomic(durable=True)
def forget(*, run_id: int, by: User, at: datetime) -> None:
    """Forget a file that was only looked at; that it was looked at stays on record."""
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state == ImportState.PREVIEWED:
        _forget(run, by=by, at=at)


def _forget(run: ImportRun, *, by: User | None, at: datetime) -> None:
    run.rows.all().delete()
    run.state, run.undone_by, run.undone_at = ImportState.FORGOTTEN, by, at
    run.save(update_fields=["state", "undone_by", "undone_at"])


@transaction.atomic(durable=True)
def forget_old(*, at: datetime) -> None:
    """Forget what was typed in rows that nobody carried out or mended for a long time."""
    old = ImportRun.objects.filter(uploaded_at__lt=at - KEPT).order_by("pk")
    for run in old.filter(state=ImportState.PREVIEWED).select_for_update(skip_locked=True):
        _forget(run, by=None, at=at)
    typed = ImportRow.objects.filter(run__in=old, state=ImportRowState.REFUSED, content_encrypted__isnull=False)
    typed.update(content_encrypted=None)


@transaction.atomic(durable=True)
def take_back(*, run_id: int, by: User, at: datetime) -> None:
    """Have the cases of an import closed as opened by mistake; a worker does it.

    Raises TooLate unless the import is done, and CasesInUse when somebody has worked on one of its cases.
    """
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state != ImportState.DONE:
        raise TooLate(f"Importen er {run.get_state_display()} og kan ikke tages tilbage.")
    used = cases_in_use(run)
    if first := used.order_by("number").first():
        raise CasesInUse(
            f"{used.count()} af importens sager er ændret, siden de blev oprettet, fx {first.label}. Afslut sagerne "
            "enkeltvis i stedet."
        )
    run.state, run.undone_by, run.undone_at = ImportState.TAKING_BACK, by, at
    run.save(update_fields=["state", "undone_by", "undone_at"])


def cases_of(run: ImportRun) -> QuerySet[Case]:
    """The cases that the import has opened and not closed again."""
    return Case.objects.filter(import_rows__in=run.rows.filter(state=ImportRowState.CREATED))


def cases_in_use(run: ImportRun) -> QuerySet[Case]:
    """Those of the import's cases that a person has changed since they were opened."""
    touches = Event.objects.filter(by__isnull=False, at__gt=F("case__created_at"))
    return cases_of(run).filter(Q(version__gt=1) | Exists(touches.filter(case=OuterRef("pk"))))


def progress(run: ImportRun) -> dict[str, Any]:
    """How far an import is: rows in all, taken, created, refused and left."""
    counts = run.rows.aggregate(
        total=Count("pk"),
        created=Count("pk", filter=Q(state=ImportRowState.CREATED)),
        gone_on=Count("pk", filter=Q(state=ImportRowState.GONE_ON)),
        refused=Count("pk", filter=Q(state=ImportRowState.REFUSED)),
        taken_back=Count("pk", filter=Q(state=ImportRowState.TAKEN_BACK)),
        left=Count("pk", filter=Q(state=ImportRowState.READY)),
    )
    return {**counts, "done": counts["total"] - counts["left"]}
