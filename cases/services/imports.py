"""An import: read and shown first, then carried out in batches that a killed worker cannot spoil."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from cases import cpr
from cases.import_file import FileRow, Office, UnreadableRow, read_case
from cases.models import Case, CaseStatus, ImportRow, ImportRun, User
from cases.models.imports import ImportRowState, ImportState
from cases.rules.refusal import Refused
from cases.services.cases import open_one_of_many

#: Rows in one transaction: small enough to show progress, large enough to be worth a commit.
BATCH = 50


class NothingToImport(Refused):
    """No row of the file can become a case."""


@transaction.atomic(durable=True)
def preview(*, rows: Iterable[FileRow], by: User, at: datetime, today: date) -> ImportRun:
    """Read every row and keep it with its answer: ready, or refused and why. Nothing becomes a case yet."""
    office = Office.of(by)
    run = ImportRun.objects.create(organisation=office.organisation, uploaded_by=by, uploaded_at=at)
    read: list[ImportRow] = []
    keys: dict[str, ImportRow] = {}
    for file_row in rows:
        row = ImportRow(run=run, line=file_row.line, state=ImportRowState.READY)
        row.content_encrypted = cpr.seal(json.dumps(dict(file_row.cells)))
        try:
            new = read_case(file_row, office=office, today=today)
        except UnreadableRow as error:
            _refuse(row, str(error))
        else:
            key = cpr.index(new.citizen.number)
            if key in keys:
                _refuse(row, f"Samme CPR-nummer står også i linje {keys[key].line}.")
            else:
                keys[key] = row
        read.append(row)
    taken = Case.objects.filter(status=CaseStatus.OPEN, citizen__cpr_index__in=keys).values_list(
        "citizen__cpr_index", flat=True
    )
    for key in taken:
        _refuse(keys[key], "Borgeren har allerede en åben sag.")
    ImportRow.objects.bulk_create(read, batch_size=1000)
    return run


def _refuse(row: ImportRow, problem: str) -> None:
    row.state, row.problem = ImportRowState.REFUSED, problem
    # A row that never becomes a case is not kept longer than its reason.
    row.content_encrypted = None


@transaction.atomic(durable=True)
def start(*, run_id: int) -> ImportRun:
    """Say go. A worker takes it from here; saying it twice changes nothing.

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
def discard(*, run_id: int) -> None:
    """Forget a file that was only looked at."""
    ImportRun.objects.select_for_update().filter(pk=run_id, state=ImportState.PREVIEWED).delete()


@transaction.atomic(durable=True)
def take_next_batch(*, at: datetime, today: date) -> int:
    """Open the cases of the next rows of some running import. Returns how many rows were taken; 0: nothing to do.

    A worker that is killed leaves its rows as they were: the next one takes them.
    """
    run = (
        ImportRun.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state=ImportState.RUNNING)
        .select_related("uploaded_by__organisation")
        .order_by("uploaded_at", "pk")
        .first()
    )
    if run is None:
        return 0
    rows = list(run.rows.filter(state=ImportRowState.READY).order_by("line")[:BATCH])
    if not rows:
        run.state, run.finished_at = ImportState.DONE, at
        run.save(update_fields=["state", "finished_at"])
        return 0
    office = Office.of(run.uploaded_by)
    for row in rows:
        _open(row, office=office, by=run.uploaded_by, at=at, today=today)
    ImportRow.objects.bulk_update(rows, ["state", "problem", "content_encrypted", "case"])
    return len(rows)


def _open(row: ImportRow, *, office: Office, by: User, at: datetime, today: date) -> None:
    cells = json.loads(cpr.unseal(row.content_encrypted or b""))
    try:
        new = read_case(FileRow(line=row.line, cells=cells), office=office, today=today)
        with transaction.atomic():
            row.case = open_one_of_many(new=new, by=by, at=at)
    except ValidationError as error:
        _refuse(row, " ".join(error.messages))
    except IntegrityError:
        _refuse(row, "Borgeren har fået en åben sag i mellemtiden.")
    except (Refused, UnreadableRow) as error:
        _refuse(row, str(error))
    else:
        row.state, row.content_encrypted = ImportRowState.CREATED, None


def progress(run: ImportRun) -> dict[str, Any]:
    """How far an import is: rows in all, taken, created, refused and left."""
    counts = run.rows.aggregate(
        total=Count("pk"),
        created=Count("pk", filter=Q(state=ImportRowState.CREATED)),
        refused=Count("pk", filter=Q(state=ImportRowState.REFUSED)),
        left=Count("pk", filter=Q(state=ImportRowState.READY)),
    )
    return {**counts, "done": counts["total"] - counts["left"]}
