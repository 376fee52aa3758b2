"""An import before and after its work: shown, started, mended, forgotten or taken back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from cases.imports import reading
from cases.imports.file import Office, read_case
from cases.imports.reading import cells_of
from cases.intake.new_case import NewCase
from cases.models import Case, Event, ImportRow, ImportRun, Organisation, User
from cases.models.imports import ImportRowState, ImportState
from cases.rules.facts import Party
from cases.rules.refusal import Refused

#: How long what was typed is kept of rows that never became cases.
KEPT = timedelta(days=30)
#: Nobody has said go yet.
_WITHOUT_CASES = (ImportState.READING, ImportState.PREVIEWED)


class NothingToImport(Refused):
    """No row of the file can become a case."""


class TooLate(Refused):
    """The import or its row has gone on."""


class CasesInUse(Refused):
    """Somebody has worked on the cases of an import."""


def overdue(run: ImportRun, *, today: date) -> Sequence[tuple[Party, int]]:
    """How many of the cases that are to be opened are late from the first day, by whose turn it is."""
    late = run.rows.filter(state=ImportRowState.READY, due_on__lt=today).order_by("due_by")
    return [(Party(party), count) for party, count in late.values_list("due_by").annotate(Count("pk"))]


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
            new = read_case(cells, office=office, today=today)
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
    if run.state == ImportState.READING:
        raise TooLate("Filen bliver stadig læst. Ret linjen, når den er læst til ende.")
    if run.state not in (ImportState.PREVIEWED, ImportState.RUNNING, ImportState.DONE):
        raise TooLate(f"Importen er {run.get_state_display()}. Indlæs filen igen for at oprette sagen.")
    if row.state != ImportRowState.REFUSED:
        raise TooLate(f"Linje {line} er allerede rettet.")
    reading.type_in(row, cells)
    reading.judge([row], by=by, today=today, earlier=ImportRow.objects.none())
    if row.state == ImportRowState.REFUSED:
        raise Refused(row.problem)
    row.save(update_fields=["content_encrypted", "state", "problem", "case", "due_on", "due_by"])
    if run.state == ImportState.DONE:
        run.state, run.finished_at = ImportState.RUNNING, None
        run.save(update_fields=["state", "finished_at"])


@transaction.atomic(durable=True)
def forget(*, run_id: int, by: User, at: datetime) -> None:
    """Forget a file that is only read or looked at; that it was stays on record."""
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state in _WITHOUT_CASES:
        _forget(run, by=by, at=at)


def _forget(run: ImportRun, *, by: User | None, at: datetime) -> None:
    run.rows.all().delete()
    run.state, run.undone_by, run.undone_at = ImportState.FORGOTTEN, by, at
    run.save(update_fields=["state", "undone_by", "undone_at"])


@transaction.atomic(durable=True)
def forget_old(*, at: datetime) -> None:
    """Forget what was typed in rows that nobody carried out or mended for a long time."""
    old = ImportRun.objects.filter(uploaded_at__lt=at - KEPT).order_by("pk")
    for run in old.filter(state__in=_WITHOUT_CASES).select_for_update(skip_locked=True):
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
    """How far an import is: rows in all, read, taken, created, refused and left."""
    counts = run.rows.aggregate(
        total=Count("pk"),
        created=Count("pk", filter=Q(state=ImportRowState.CREATED)),
        gone_on=Count("pk", filter=Q(state=ImportRowState.GONE_ON)),
        refused=Count("pk", filter=Q(state=ImportRowState.REFUSED)),
        taken_back=Count("pk", filter=Q(state=ImportRowState.TAKEN_BACK)),
        unread=Count("pk", filter=Q(state=ImportRowState.UNREAD)),
        left=Count("pk", filter=Q(state=ImportRowState.READY)),
    )
    return {
        **counts,
        "read": counts["total"] - counts["unread"],
        "done": counts["total"] - counts["left"],
    }
