"""A file of cases until its preview: taken in as it was typed, and read row by row by a worker, in portions."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, TypeAlias

from django.db import transaction
from django.db.models import QuerySet

from cases import bulk_rows, seam
from cases.imports.file import FileRow, Office, check_shape, read_case
from cases.intake.new_case import NewCase, course_of, described
from cases.intake.returning import ANEW, CourseGoesOn, last_left, left_course
from cases.models import Act, Case, CitizenNumber, ImportRow, ImportRun, User
from cases.models.imports import ImportRowState, ImportState
from cases.people import cpr, encryption
from cases.rules.facts import Party, PauseKind
from cases.rules.refusal import Refused
from cases.rules.wording import listed
from cases.seam import HeldBefore, HeldEntry

#: Rows that are taken in, or judged and saved, together: a large file is never in memory as a whole.
ROWS_AT_ONCE = 1000
#: What is written of a row before it is read.
_TAKEN_IN = ("run", "line", "content_encrypted", "state", "problem")
#: Two times that overlap have a slot of so many seconds in common.
_SLOT = 30 * 60


@transaction.atomic(durable=True)
def take_in(*, rows: Iterable[FileRow], by: User, at: datetime) -> ImportRun:
    """Keep every row of the file, sealed, for a worker to read."""
    run = ImportRun.objects.create(organisation=by.workplace, uploaded_by=by, uploaded_at=at, state=ImportState.READING)
    rest = iter(rows)
    while portion := list(islice(rest, ROWS_AT_ONCE)):
        bulk_rows.insert_rows(ImportRow, _TAKEN_IN, list(_taken_in(run, portion)))
    return run


def _taken_in(run: ImportRun, portion: Sequence[FileRow]) -> Iterator[Sequence[Any]]:
    # One instance for all of them: to make one for each would take as long as all the rest.
    row = ImportRow(run=run)
    for file_row in portion:
        row.line, row.state, row.problem = file_row.line, ImportRowState.UNREAD, ""
        type_in(row, file_row.cells)
        try:
            check_shape(file_row)
        except Refused as refused:
            refuse(row, str(refused))
        yield run.pk, row.line, row.content_encrypted, row.state, row.problem


def type_in(row: ImportRow, cells: Mapping[str, str]) -> None:
    """Let the row hold what was typed, sealed."""
    row.content_encrypted = encryption.seal(json.dumps(dict(cells)), of=row.sealed_as("content_encrypted"))


def cells_of(row: ImportRow) -> dict[str, str]:
    """What was typed in the row; nothing when it has been forgotten."""
    if not row.content_encrypted:
        return {}
    cells: dict[str, str] = json.loads(encryption.unseal(row.content_encrypted, of=row.sealed_as("content_encrypted")))
    return cells


def refuse(row: ImportRow, problem: str) -> None:
    row.state, row.problem = ImportRowState.REFUSED, problem


def read_portion(run: ImportRun, *, today: date) -> int:
    """Read the next rows of the file and keep each with its answer. Returns how many; 0: all of them are read."""
    rows = list(run.rows.filter(state=ImportRowState.UNREAD).order_by("line")[:ROWS_AT_ONCE])
    if rows:
        earlier = run.rows.filter(line__lt=rows[0].line, marks__isnull=False)
        judge(rows, by=run.uploaded_by, today=today, earlier=earlier)
        bulk_rows.update_rows(
            ImportRow,
            ["state", "problem", "case", "due_on", "due_by", "marks"],
            [(row.pk, row.state, row.problem, row.case_id, row.due_on, row.due_by, _as_json(row)) for row in rows],
        )
    return len(rows)


def _as_json(row: ImportRow) -> str | None:
    return json.dumps(row.marks) if row.marks else None


def judge(rows: Sequence[ImportRow], *, by: User, today: date, earlier: QuerySet[ImportRow]) -> None:
    """Give each row its answer: ready, or refused and why. Nothing becomes a case yet, and no row is saved.

    `earlier` are the rows that these may not contradict. Of the citizens it tells only what the user's own cases
    tell: whether others have a case is asked, logged and counted when a row is carried out.
    """
    office = Office.of(by)
    read = _refuse_twins([(row, _read(row, office=office, today=today)) for row in rows], earlier=earlier)
    _refuse_what_is_known(read, by=by)
    _refuse_collisions(read, by=by, earlier=earlier)
    _add_deadlines(read, party=office.organisation.party)


#: A row with its answer, and the case that it can become.
_Read: TypeAlias = tuple[ImportRow, NewCase | None]


def _read(row: ImportRow, *, office: Office, today: date) -> NewCase | None:
    """The case that the row can become; the row has its answer."""
    row.case, row.marks = None, {}
    try:
        new = read_case(cells_of(row), office=office, today=today)
    except Refused as refused:
        refuse(row, str(refused))
        return None
    row.state, row.problem = ImportRowState.READY, ""
    return new


def _refuse_twins(read: Sequence[_Read], *, earlier: QuerySet[ImportRow]) -> Sequence[_Read]:
    """Refuse the rows whose citizen stands in a row before; the others are marked with theirs."""
    # While keys are changed, an earlier row may be marked under the one before.
    newest = {key: cpr.index(new.citizen.number) for _, new in read if new for key in cpr.indexes(new.citizen.number)}
    marked = earlier.filter(marks__person__in=list(newest)).values_list("marks__person", "line")
    lines = {newest[key]: line for key, line in marked}
    told: list[_Read] = []
    for row, new in read:
        if new is not None:
            key = cpr.index(new.citizen.number)
            if key in lines:
                refuse(row, f"Samme CPR-nummer står også i linje {lines[key]}.")
                new = None
            else:
                lines[key] = row.line
                row.marks = {"person": key}
        told.append((row, new))
    return told


def _refuse_what_is_known(read: Sequence[_Read], *, by: User) -> None:
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


def going_on_text(asked: CourseGoesOn) -> str:
    """How a row says whether the course that its citizen left goes on."""
    kinds = listed((f"»{kind}«" for kind in PauseKind.choices().values()), "eller")
    return (
        f"{asked} Skriv i »tidligere forløb«, hvad borgeren lavede imens: {kinds}. Skriv »andet«, hvis forløbet "
        "fortsætter uden pause, og »nyt« med en begrundelse, hvis borgeren er indplaceret på ny."
    )


def _refuse_collisions(read: Sequence[_Read], *, by: User, earlier: QuerySet[ImportRow]) -> None:
    """Refuse the rows whose employee would have been in two meetings at once; the others are marked with theirs."""
    ready = {
        row.line: (row, new)
        for row, new in read
        if row.state == ImportRowState.READY and new and new.held and new.held.meetings
    }
    # Whose a course is that goes on is not known before it does.
    entries = [
        HeldEntry(line=line, adviser_id=new.worker_id or by.pk, is_named=new.worker_id is not None, held=new.held)
        for line, (_, new) in ready.items()
        if new.held is not None and (new.worker_id or not new.meanwhile)
    ]
    if not entries:
        return
    problems = seam.held_collisions(entries, earlier=_times_beside(entries, earlier))
    for entry in entries:
        row, _ = ready[entry.line]
        if entry.line in problems:
            refuse(row, problems[entry.line])
        else:
            times = [(int(begin.timestamp()), int(end.timestamp())) for begin, end in entry.held.times]
            row.marks = {**(row.marks or {}), "adviser": entry.adviser_id, "times": times}


def _times_beside(entries: Sequence[HeldEntry], earlier: QuerySet[ImportRow]) -> Iterator[HeldEntry]:
    """The times that earlier rows hold and that may overlap one of these, and no others: a file can hold very many."""
    slots = {
        (entry.adviser_id, slot)
        for entry in entries
        for begin, end in entry.held.times
        for slot in _slots(int(begin.timestamp()), int(end.timestamp()))
    }
    marked = earlier.filter(marks__adviser__in=list({entry.adviser_id for entry in entries}))
    found = marked.values_list("line", "marks__adviser", "marks__times").order_by("line")
    for line, adviser_id, times in found.iterator():
        near = [time for time in times if any((adviser_id, slot) in slots for slot in _slots(*time))]
        if near:
            moments = [(datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC)) for begin, end in near]
            held = HeldBefore(meetings=(), doubts=(), times=moments)
            yield HeldEntry(line=line, adviser_id=adviser_id, is_named=False, held=held)


def _slots(begin: int, end: int) -> Iterable[int]:
    return range(begin // _SLOT, (end - 1) // _SLOT + 1)


def _add_deadlines(read: Sequence[_Read], *, party: Party) -> None:
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
