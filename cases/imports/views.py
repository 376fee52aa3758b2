"""Cases from a file: look at it, say go, follow it, and see what was not taken and why."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.imports import reading, services
from cases.imports.file import COLUMNS, FORMULA_START, MAX_BYTES, REFUSED_COLUMNS, UnreadableFile, read_rows
from cases.imports.forms import ImportForm, RowForm
from cases.models import ImportRow, ImportRun, Purpose
from cases.models.imports import ImportRowState, ImportState
from cases.request import AppRequest
from cases.rules.refusal import Refused
from cases.rules.wording import listed, pace_text
from cases.web import case_views

ROWS_SHOWN = 50
#: An import of which no row is taken for so long waits: no worker runs, or others are before it.
STILL = timedelta(minutes=1)


@case_views.takes_form
@case_views.takes_files(MAX_BYTES)
def import_cases(request: AppRequest) -> HttpResponse:
    """Choose a file; one that can be read leads to its own page. Earlier imports stand beneath."""
    access.require(request.user, Permission.IMPORT_CASES)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            rows = read_rows(file, name=file.name, size=file.size)
            run = reading.take_in(rows=rows, by=request.user, at=clock.now())
        except UnreadableFile as error:
            form.add_error("file", str(error))
        else:
            return redirect("cases:import_run", run.public_id)
    runs = ImportRun.objects.visible_to(request.user).select_related("uploaded_by").order_by("-uploaded_at", "-pk")[:10]
    return render(
        request,
        "cases/imports/import.html",
        {"form": form, "runs": runs, "columns": COLUMNS},
        status=422 if form.errors else 200,
    )


@require_safe
def import_template(request: AppRequest) -> HttpResponse:
    """An empty file with the right columns, as a spreadsheet opens it."""
    access.require(request.user, Permission.IMPORT_CASES)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="samtaleflow-skabelon.csv"'
    csv.writer(response, delimiter=";").writerow(COLUMNS)
    return response


@require_safe
def import_run(request: AppRequest, public_id: UUID) -> HttpResponse:
    """The progress, the preview or the result of one import: the same page, at any time."""
    run = _found(request, public_id)
    progress = services.progress(run)
    created = list(
        run.rows.filter(state=ImportRowState.CREATED).select_related("case__citizen").order_by("-line")[:ROWS_SHOWN]
    )
    gone_on = list(run.rows.filter(state=ImportRowState.GONE_ON).select_related("case__citizen").order_by("line"))
    # While the file is read each row may still be of either kind: none is shown.
    is_read = run.state != ImportState.READING
    refused = _page_of(run, ImportRowState.REFUSED, request.GET.get("afvist")) if is_read else None
    is_preview = run.state == ImportState.PREVIEWED
    waits_until = run.waits_until if run.waits_until and run.waits_until > clock.now() else None
    context = {
        "run": run,
        "progress": progress,
        "pace": _pace(run, progress),
        "ready": _ready(run, request) if is_preview else None,
        "refused": refused,
        "can_mend": run.state in (ImportState.PREVIEWED, ImportState.RUNNING, ImportState.DONE),
        "created": created,
        "gone_on": gone_on,
        "rows_shown": ROWS_SHOWN,
        "is_preview": is_preview,
        "is_read": is_read,
        "is_running": run.state in (ImportState.READING, ImportState.RUNNING, ImportState.TAKING_BACK),
        "is_done": run.state == ImportState.DONE,
        "waits_until": waits_until,
        "waits": waits_until is None and _waits(run),
    }
    if shown := [row.case_id for row in (*created, *gone_on, *(refused or ())) if row.case_id]:
        access_log.record(request, purpose=Purpose.INTAKE, cases=shown)
    template = "cases/imports/import_run.html#progress" if request.htmx else "cases/imports/import_run.html"
    response = render(request, template, context)
    if request.htmx and not context["is_running"]:
        # The result is another page than the progress: load it whole.
        response["HX-Refresh"] = "true"
    return response


def _found(request: AppRequest, public_id: UUID) -> ImportRun:
    access.require(request.user, Permission.IMPORT_CASES)
    visible = ImportRun.objects.visible_to(request.user).select_related("uploaded_by__organisation", "undone_by")
    return get_object_or_404(visible, public_id=public_id)


def _page_of(run: ImportRun, state: ImportRowState, number: str | None) -> Page[ImportRow]:
    rows = run.rows.filter(state=state).select_related("case").order_by("line")
    return Paginator(rows, ROWS_SHOWN).get_page(number)


def _ready(run: ImportRun, request: AppRequest) -> dict[str, Any]:
    """The rows that become cases, as they are read, with what the law will demand first."""
    page = _page_of(run, ImportRowState.READY, request.GET.get("side"))
    read = services.ready_cases(page, by=run.uploaded_by, today=clock.today())
    rows = [{"row": row, "new": new, "party": party, "is_late": _is_late(row)} for row, new, party in read]
    late = services.overdue(run, today=clock.today())
    return {
        "page": page,
        "rows": rows,
        "late": sum(count for _, count in late),
        "late_by": listed(f"{count} hos {party.label}" for party, count in late),
    }


def _is_late(row: ImportRow) -> bool:
    return row.due_on is not None and row.due_on < clock.today()


def _pace(run: ImportRun, progress: dict[str, int]) -> str:
    """How fast a file is read or carried out, and how long it will still take; empty until something is known."""
    if run.running_since is None or run.left_then is None:
        return ""
    left = progress["unread" if run.state == ImportState.READING else "left"]
    seconds, done = (clock.now() - run.running_since).total_seconds(), run.left_then - left
    if seconds <= 0 or done <= 0:
        return ""
    return pace_text(done, left=left, seconds=seconds)


def _waits(run: ImportRun) -> bool:
    """Whether nothing is done of an import that is to be read or carried out."""
    if run.state not in (ImportState.READING, ImportState.RUNNING):
        return False
    return run.worked_at is None or clock.now() - run.worked_at > STILL


@require_POST
def import_start(request: AppRequest, public_id: UUID) -> HttpResponse:
    run = _found(request, public_id)
    with _refusal_as_message(request):
        services.start(run_id=run.pk)
    return redirect("cases:import_run", run.public_id)


@require_POST
def import_discard(request: AppRequest, public_id: UUID) -> HttpResponse:
    run = _found(request, public_id)
    services.forget(run_id=run.pk, by=request.user, at=clock.now())
    messages.success(request, "Filen er glemt. Der er ikke oprettet nogen sager.")
    return redirect("cases:import")


@require_POST
def import_take_back(request: AppRequest, public_id: UUID) -> HttpResponse:
    run = _found(request, public_id)
    with _refusal_as_message(request):
        services.take_back(run_id=run.pk, by=request.user, at=clock.now())
    return redirect("cases:import_run", run.public_id)


@contextmanager
def _refusal_as_message(request: AppRequest) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        messages.error(request, str(refused))


@case_views.takes_form
def import_row(request: AppRequest, public_id: UUID, line: int) -> HttpResponse:
    """A refused row as it was typed, to be mended."""
    run = _found(request, public_id)
    row = get_object_or_404(run.rows, line=line, state=ImportRowState.REFUSED)
    form = RowForm(case_views.typed(request), cells=reading.cells_of(row))
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            services.mend(run_id=run.pk, line=line, cells=form.cells, by=request.user, today=clock.today())
            messages.success(request, f"Linje {line} er rettet.")
            return redirect("cases:import_run", run.public_id)
    access_log.record(request, purpose=Purpose.INTAKE, cases=[], detail="en række i en importfil")
    context = {
        "title": f"Ret linje {line}",
        "form": form,
        "submit": "Gem linjen",
        "intro": row.problem,
        "cancel_url": reverse("cases:import_run", args=[run.public_id]),
    }
    return render(request, "cases/web/form.html", context, status=422 if form.errors else 200)


@require_safe
def import_refused(request: AppRequest, public_id: UUID) -> HttpResponse:
    """The rows that were not taken, whole, with their line and why: a file that can be mended and imported again."""
    run = _found(request, public_id)
    rows = run.rows.filter(state=ImportRowState.REFUSED).order_by("line")
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="raekker-ikke-taget-med.csv"'
    writer = csv.writer(response, delimiter=";")
    writer.writerow([*REFUSED_COLUMNS, *COLUMNS])
    for row in rows.iterator():
        cells = reading.cells_of(row)
        typed = [row.line, row.problem, *(cells.get(column, "") for column in COLUMNS)]
        writer.writerow([_no_formula(str(cell)) for cell in typed])
    access_log.record(request, purpose=Purpose.INTAKE, cases=[], detail="importfilens afviste rækker hentet")
    return response


def _no_formula(text: str) -> str:
    """The text so that a spreadsheet does not run it; the blank is passed over when the file is read again."""
    return f" {text}" if text[:1] in FORMULA_START else text
