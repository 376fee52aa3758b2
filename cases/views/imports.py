"""Cases from a file: look at it, say go, follow it, and see what was not taken and why."""

import csv
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from cases import access, access_log, clock
from cases.access import Permission
from cases.import_file import COLUMNS, MAX_BYTES, UnreadableFile, read_rows
from cases.import_form import ImportForm
from cases.models import ImportRun, Purpose
from cases.models.imports import ImportRowState, ImportState
from cases.services import imports
from cases.views import pages

ROWS_SHOWN = 50


@pages.takes_form
@pages.takes_files(MAX_BYTES)
def import_cases(request: HttpRequest) -> HttpResponse:
    """Choose a file; a good one leads to its preview. Earlier imports stand beneath."""
    access.require(request.user, Permission.IMPORT_CASES)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            rows = read_rows(file, name=file.name, size=file.size)
            run = imports.preview(rows=rows, by=request.user, at=clock.now(), today=clock.today())
        except UnreadableFile as error:
            form.add_error("file", str(error))
        else:
            return redirect("cases:import_run", run.public_id)
    runs = ImportRun.objects.visible_to(request.user).select_related("uploaded_by").order_by("-uploaded_at", "-pk")[:10]
    return render(
        request,
        "cases/import.html",
        {"form": form, "runs": runs, "columns": COLUMNS},
        status=422 if form.errors else 200,
    )


@require_safe
def import_template(request: HttpRequest) -> HttpResponse:
    """An empty file with the right columns, as a spreadsheet opens it."""
    access.require(request.user, Permission.IMPORT_CASES)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="samtaleflow-skabelon.csv"'
    csv.writer(response, delimiter=";").writerow(COLUMNS)
    return response


@require_safe
def import_run(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The preview, the progress or the result of one import: the same page, at any time."""
    access.require(request.user, Permission.IMPORT_CASES)
    run = get_object_or_404(ImportRun.objects.visible_to(request.user), public_id=public_id)
    progress = imports.progress(run)
    created = list(
        run.rows.filter(state=ImportRowState.CREATED).select_related("case__citizen").order_by("-line")[:ROWS_SHOWN]
    )
    context = {
        "run": run,
        "progress": progress,
        "time_left": _time_left(run, progress),
        "refused": run.rows.filter(state=ImportRowState.REFUSED).order_by("line")[:ROWS_SHOWN],
        "created": created,
        "rows_shown": ROWS_SHOWN,
        "is_preview": run.state == ImportState.PREVIEWED,
        "is_running": run.state == ImportState.RUNNING,
    }
    if created:
        access_log.record(request, purpose=Purpose.INTAKE, cases=[row.case_id for row in created if row.case_id])
    template = "cases/import_run.html#progress" if request.htmx else "cases/import_run.html"
    response = render(request, template, context)
    if request.htmx and run.state == ImportState.DONE:
        # The result is another page than the progress: load it whole.
        response["HX-Refresh"] = "true"
    return response


def _time_left(run: ImportRun, progress: dict[str, int]) -> str:
    taken = progress["created"]
    if run.state != ImportState.RUNNING or not taken:
        return ""
    seconds = (clock.now() - run.uploaded_at).total_seconds() / taken * progress["left"]
    minutes = round(timedelta(seconds=seconds).total_seconds() / 60)
    return "under et minut tilbage" if minutes < 1 else f"ca. {minutes} minutter tilbage"


@require_POST
def import_start(request: HttpRequest, public_id: UUID) -> HttpResponse:
    access.require(request.user, Permission.IMPORT_CASES)
    run = get_object_or_404(ImportRun.objects.visible_to(request.user), public_id=public_id)
    with pages.refusals_told(request):
        imports.start(run_id=run.pk)
    return redirect("cases:import_run", run.public_id)


@require_POST
def import_discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    access.require(request.user, Permission.IMPORT_CASES)
    run = get_object_or_404(ImportRun.objects.visible_to(request.user), public_id=public_id)
    imports.discard(run_id=run.pk)
    messages.success(request, "Filen er glemt. Der er ikke oprettet nogen sager.")
    return redirect("cases:import")


@require_safe
def import_refused(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The lines that were not taken, and why; no person is named."""
    access.require(request.user, Permission.IMPORT_CASES)
    run = get_object_or_404(ImportRun.objects.visible_to(request.user), public_id=public_id)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="raekker-ikke-taget-med.csv"'
    writer = csv.writer(response, delimiter=";")
    writer.writerow(["Linje", "Årsag"])
    for row in run.rows.filter(state=ImportRowState.REFUSED).order_by("line").iterator():
        writer.writerow([row.line, f" {row.problem}" if row.problem[:1] in "=+-@\t\r" else row.problem])
    return response
