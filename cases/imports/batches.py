"""The work of imports, in batches that a killed worker cannot spoil: cases are opened, or closed again."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from cases.changing import CitizenHasOpenCase, CitizenIsDead
from cases.closing.services import close_one_of_many
from cases.imports.file import FileRow, Office, read_case
from cases.imports.services import cases_in_use, cases_of, cells_of, going_on_text, refuse
from cases.intake.returning import CourseGoesOn
from cases.intake.services import not_as_typed, open_one_of_many
from cases.lookup import search as lookup_search
from cases.models import AccessLog, ImportRow, ImportRun, Purpose, User
from cases.models.imports import ImportRowState, ImportState
from cases.pauses.services import take_back_all
from cases.rules.refusal import Refused

#: Rows in one transaction: small enough to show progress, large enough to be worth a commit.
BATCH = 50


@transaction.atomic(durable=True)
def take_next_batch(*, at: datetime, today: date) -> int:
    """Carry out the next rows of some import that is under way. Returns how many were taken; 0: nothing to do.

    A worker that is killed leaves its rows as they were: the next one takes them.
    """
    run = (
        ImportRun.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(Q(waits_until=None) | Q(waits_until__lte=at), state__in=[ImportState.RUNNING, ImportState.TAKING_BACK])
        .select_related("uploaded_by__organisation")
        .order_by("uploaded_at", "pk")
        .first()
    )
    if run is None:
        return 0
    if run.state == ImportState.TAKING_BACK:
        return _take_back(run, at=at, today=today)
    return _carry_out(run, at=at, today=today)


def _carry_out(run: ImportRun, *, at: datetime, today: date) -> int:
    rows = list(run.rows.filter(state=ImportRowState.READY).order_by("line")[:BATCH])
    if not rows:
        run.state, run.finished_at, run.waits_until = ImportState.DONE, at, None
        run.save(update_fields=["state", "finished_at", "waits_until"])
        return 0
    by, office, taken = run.uploaded_by, Office.of(run.uploaded_by), []
    with lookup_search.in_turn(by):
        for row in rows:
            if wait := lookup_search.seconds_to_wait(by, at):
                run.waits_until = at + timedelta(seconds=wait)
                run.save(update_fields=["waits_until"])
                break
            _open(row, office=office, by=by, at=at, today=today)
            taken.append(row)
    ImportRow.objects.bulk_update(taken, ["state", "problem", "content_encrypted", "case"])
    return len(taken)


def _open(row: ImportRow, *, office: Office, by: User, at: datetime, today: date) -> None:
    try:
        new = read_case(FileRow(line=row.line, cells=cells_of(row)), office=office, today=today)
        with transaction.atomic():
            row.case = open_one_of_many(new=new, by=by, at=at)
    except ValidationError as error:
        refuse(row, " ".join(error.messages))
    except IntegrityError:
        _log_hit(by=by, at=at)
        refuse(row, "Borgeren har fået en åben sag i mellemtiden.")
    except CourseGoesOn as asked:
        refuse(row, going_on_text(asked))
        row.case = asked.left.case
    except Refused as refused:
        if isinstance(refused, CitizenHasOpenCase):
            _log_hit(by=by, at=at)
        elif isinstance(refused, CitizenIsDead):
            _log_hit(by=by, at=at, what="en sag er afsluttet med dødsfald")
        refuse(row, str(refused))
    else:
        is_new = row.case.created_at == at
        row.state = ImportRowState.CREATED if is_new else ImportRowState.GONE_ON
        row.problem = not_as_typed(row.case, new)
        row.content_encrypted = None


def _log_hit(*, by: User, at: datetime, what: str = "åben sag findes") -> None:
    """Log that the row told of a person's case: that is a look-up, and counts as a search by CPR number does."""
    AccessLog.objects.create(
        at=at,
        user=by,
        organisation=by.organisation,
        purpose=Purpose.INTAKE,
        route="cases:import_start",
        cases=[],
        detail=f"{lookup_search.By.CPR}: {what}",
    )


def _take_back(run: ImportRun, *, at: datetime, today: date) -> int:
    used = cases_in_use(run)
    cases = list(cases_of(run).exclude(pk__in=used.values("pk")).order_by("pk").values_list("pk", flat=True)[:BATCH])
    if not cases:
        run.state = ImportState.TAKEN_BACK
        run.save(update_fields=["state"])
        return 0
    by = User.objects.get(import_runs_undone=run)
    for case in cases:
        take_back_all(case_id=case, by=by, at=at)
        close_one_of_many(case_id=case, closed_on=today, by=by, at=at)
    run.rows.filter(case__in=cases).update(state=ImportRowState.TAKEN_BACK)
    return len(cases)
