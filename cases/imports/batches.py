"""The work of imports, in batches that a killed worker cannot spoil: rows are read, cases opened or closed again."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import BooleanField, ExpressionWrapper, Q

from cases import bulk_rows
from cases.changing import CitizenHasOpenCase, CitizenIsDead
from cases.closing.services import close_one_of_many
from cases.imports import reading
from cases.imports.file import Office, read_case
from cases.imports.reading import cells_of, going_on_text, refuse
from cases.imports.services import cases_in_use, cases_of
from cases.intake import opening
from cases.intake.new_case import NewCase
from cases.intake.opening import Opening
from cases.intake.returning import CourseGoesOn
from cases.lookup import search as lookup_search
from cases.models import AccessLog, Case, ImportRow, ImportRun, Purpose, User
from cases.models.imports import ImportRowState, ImportState
from cases.pauses.services import take_back_all
from cases.rules.refusal import Refused

#: Rows in one transaction: many enough to cost little, few enough that whoever chose the file need not wait to search.
BATCH = 200
#: What the log says of a row that told of a person's case.
OPEN_CASE = "åben sag findes"


@transaction.atomic(durable=True)
def take_next_batch(*, at: datetime, today: date) -> int:
    """Read, carry out or take back the next rows of some import. Returns how many were taken; 0: nothing to do.

    A worker that is killed leaves its rows as they were: the next one takes them. What is to be read comes first:
    somebody waits for its preview, and it is soon over.
    """
    run = (
        ImportRun.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(
            Q(waits_until=None) | Q(waits_until__lte=at),
            state__in=[ImportState.READING, ImportState.RUNNING, ImportState.TAKING_BACK],
        )
        .select_related("uploaded_by__organisation")
        .order_by(ExpressionWrapper(Q(state=ImportState.READING), BooleanField()).desc(), "uploaded_at", "pk")
        .first()
    )
    if run is None:
        return 0
    if run.state == ImportState.READING:
        return _read(run, at=at, today=today)
    if run.state == ImportState.TAKING_BACK:
        return _take_back(run, at=at, today=today)
    return _carry_out(run, at=at, today=today)


def _read(run: ImportRun, *, at: datetime, today: date) -> int:
    _take_up(run, at=at, left=ImportRowState.UNREAD)
    taken = reading.read_portion(run, today=today)
    if taken < reading.ROWS_AT_ONCE:
        run.rows.filter(marks__isnull=False).update(marks=None)
        run.state = ImportState.PREVIEWED
        _stop(run, until=None)
    return taken


def _take_up(run: ImportRun, *, at: datetime, left: ImportRowState) -> None:
    if run.running_since is None:
        run.running_since, run.left_then = at, run.rows.filter(state=left).count()
    run.worked_at = at
    run.save(update_fields=["running_since", "left_then", "worked_at"])


def _carry_out(run: ImportRun, *, at: datetime, today: date) -> int:
    rows = list(run.rows.filter(state=ImportRowState.READY).order_by("line")[:BATCH])
    if not rows:
        run.state, run.finished_at = ImportState.DONE, at
        _stop(run, until=None)
        return 0
    _take_up(run, at=at, left=ImportRowState.READY)
    by, office = run.uploaded_by, Office.of(run.uploaded_by)
    with lookup_search.in_turn(by):
        taken = _open_in_parts(rows, office=office, by=by, at=at, today=today)
        if not taken:
            _stop(run, until=at + timedelta(seconds=lookup_search.seconds_to_wait(by, at)))
    bulk_rows.update_rows(
        ImportRow,
        ["state", "problem", "content_encrypted", "case"],
        [(row.pk, row.state, row.problem, row.content_encrypted, row.case_id) for row in taken],
    )
    return len(taken)


def _stop(run: ImportRun, *, until: datetime | None) -> None:
    run.waits_until, run.running_since, run.left_then, run.worked_at = until, None, None, None
    run.save(update_fields=["state", "finished_at", "waits_until", "running_since", "left_then", "worked_at"])


def _open_in_parts(
    rows: Sequence[ImportRow], *, office: Office, by: User, at: datetime, today: date
) -> Sequence[ImportRow]:
    """Open the cases of these rows, and of a half where the whole cannot be: a row keeps no other from its case.

    Returns the rows that are done with, as `_open` does.
    """
    try:
        with transaction.atomic():
            return _open(rows, office=office, by=by, at=at, today=today)
    except (IntegrityError, Refused, ValidationError) as error:
        if len(rows) > 1:
            middle = len(rows) // 2
            taken = _open_in_parts(rows[:middle], office=office, by=by, at=at, today=today)
            if len(taken) < middle:
                return taken
            return [*taken, *_open_in_parts(rows[middle:], office=office, by=by, at=at, today=today)]
        (row,) = rows
        if isinstance(error, IntegrityError | CitizenHasOpenCase):
            _log_hit(by=by, at=at)
        row.case = None
        refuse(row, _why(error))
        return rows


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(error) if isinstance(error, Refused) else "Borgeren har fået en åben sag i mellemtiden."


def _open(rows: Sequence[ImportRow], *, office: Office, by: User, at: datetime, today: date) -> Sequence[ImportRow]:
    """Open their cases together. Returns the rows that are done with: a user may ask of so many people.

    Raises Refused, ValidationError and IntegrityError where all of it is to be rolled back.
    """
    read: list[tuple[ImportRow, NewCase]] = []
    for row in rows:
        try:
            read.append((row, read_case(cells_of(row), office=office, today=today)))
        except Refused as refused:
            refuse(row, str(refused))
    openings = opening.weigh([new for _, new in read], by=by)
    by_row = {row.pk: one for (row, _), one in zip(read, openings, strict=True)}
    taken = _as_many_as_may_be_asked(rows, by_row, by=by, at=at)
    weighed = [(row, by_row[row.pk]) for row in taken if row.pk in by_row]
    opening.open_weighed([one for _, one in weighed], by=by, at=at)
    for row, one in weighed:
        _tell(row, one, at=at)
    return taken


def _as_many_as_may_be_asked(
    rows: Sequence[ImportRow], openings: Mapping[int, Opening], *, by: User, at: datetime
) -> Sequence[ImportRow]:
    """The first of the rows, as long as the user may hear of people's cases; what is heard is logged."""
    left = lookup_search.lookups_left(by, at)
    for place, row in enumerate(rows):
        if left == 0:
            return rows[:place]
        what = _hit_of(openings[row.pk]) if row.pk in openings else ""
        if what:
            _log_hit(by=by, at=at, what=what)
            left -= 1
    return rows


def _hit_of(one: Opening) -> str:
    match one.refusal:
        case CitizenHasOpenCase():
            return OPEN_CASE
        case CitizenIsDead():
            return "en sag er afsluttet med dødsfald"
    return ""


def _tell(row: ImportRow, one: Opening, *, at: datetime) -> None:
    """What became of the row."""
    if one.refusal is None:
        row.case, row.content_encrypted = one.case, None
        row.state = ImportRowState.CREATED if one.case.created_at == at else ImportRowState.GONE_ON
        row.problem = opening.not_as_typed(one.case, one.new)
        return
    row.case = one.refusal.left.case if isinstance(one.refusal, CourseGoesOn) else None
    refuse(row, going_on_text(one.refusal) if isinstance(one.refusal, CourseGoesOn) else str(one.refusal))


def _log_hit(*, by: User, at: datetime, what: str = OPEN_CASE) -> None:
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
    # All before the first is planned: what is added with its plan makes whoever plans another of them wait for us.
    locked = Case.objects.filter(pk__in=cases).lock()
    # A colleague may have changed one meanwhile.
    cases = list(locked.exclude(pk__in=used.values("pk")).order_by("pk").values_list("pk", flat=True))
    for case in cases:
        take_back_all(case_id=case, by=by, at=at)
        close_one_of_many(case_id=case, closed_on=today, by=by, at=at)
    run.rows.filter(case__in=cases).update(state=ImportRowState.TAKEN_BACK)
    return len(cases)
