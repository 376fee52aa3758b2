"""The administration's pages of an act held against the live cases: start, follow, read what it moves, take it out.

No page of them shows a citizen: a case is its number, and whoever opens one is logged.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import django_filters
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from cases import clock
from cases.history import access_log
from cases.law.admin.acts import ActAdmin
from cases.law.admin.pages import ActPage, Panel
from cases.models import Act, Case, Organisation, Purpose
from cases.people.name_order import sort_key
from cases.request import AppRequest
from cases.rules.wording import pace_text
from cases.ui import spreadsheet
from cases.ui.keyset import COUNT_CAP, PAGE_SIZE, count_text
from meetings.law import as_if
from meetings.law.runs import lifecycle as runs_lifecycle
from meetings.law.runs import load
from meetings.law.runs.lifecycle import NotADraft, Progress
from meetings.models import ChangeKind, LawChange, LawRun, RunState
from meetings.planning import law as planning_law

SHEET = spreadsheet.Sheet(
    "Ændringer", ("Sagsnummer", "Organisation", "Ændring", "Hvad", "Før", "Efter", "Ændringen i ord")
)
#: How many changes of each kind every organisation has.
Counts = Mapping[Organisation, Mapping[ChangeKind, int]]

_NOT_LISTED = {"invalid_choice": "Vælg en fra listen."}


class ChangeFilter(django_filters.FilterSet):
    """Whose changes, and of which kind."""

    organisation = django_filters.ModelChoiceFilter(
        label="Organisation",
        queryset=Organisation.objects.order_by("name"),
        to_field_name="public_id",
        empty_label="Alle",
        error_messages=_NOT_LISTED,
    )
    kind = django_filters.ChoiceFilter(
        label="Ændring",
        choices=ChangeKind.options(as_if.COUNTED),
        empty_label="Alle",
        error_messages=_NOT_LISTED,
    )

    class Meta:
        model = LawChange
        fields: list[str] = []


@dataclass(frozen=True)
class Cell:
    """How many changes of one kind one organisation has, and the list of them."""

    count: int
    url: str


@dataclass(frozen=True)
class Row:
    """One organisation of the table: in how many of its cases something changes, and what."""

    name: str
    cases: Cell
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Table:
    """What a run found: a row for each organisation, a column for each kind of change there is."""

    heads: Sequence[str]
    rows: Sequence[Row]
    cases: Cell
    totals: Sequence[Cell]


def start(site: ActAdmin, request: AppRequest, act_id: int) -> HttpResponse:
    """Hold the draft against the cases; one under way is found again."""
    act = get_object_or_404(Act, pk=act_id)
    if request.method != "POST":
        return redirect("admin:cases_act_runs", act.pk)
    try:
        run = runs_lifecycle.simulate(act_id=act.pk, by=request.user, at=clock.now(), today=clock.today())
    except NotADraft as error:
        messages.error(request, str(error))
        return redirect("admin:cases_act_runs", act.pk)
    return redirect("admin:cases_act_run", run.public_id)


def runs_of_act(site: ActAdmin, request: AppRequest, act_id: int) -> HttpResponse:
    """All runs of one act, the newest first."""
    act = get_object_or_404(Act, pk=act_id)
    runs = LawRun.objects.filter(act=act).select_related("started_by").order_by("-started_at", "-pk")[:50]
    context = {
        "title": "Gennemgange af sagerne",
        "act": act,
        "runs": [{"run": run, "name": _name(run)} for run in runs],
    }
    return site.page(request, "admin/meetings/runs.html", context)


def page_of_run(site: ActAdmin, request: AppRequest, public_id: UUID) -> HttpResponse:
    """How far a run is, or what it found: the same page, at any time."""
    run = _run(public_id)
    told = _told(run)
    context = {"title": _title(run), **told, "table": _table(run, told["counts"]) if told["counts"] else None}
    response = site.page(
        request, "admin/meetings/run.html#progress" if request.htmx else "admin/meetings/run.html", context
    )
    if request.htmx and not run.is_under_way:
        # The result is another page than the progress: load it whole.
        response["HX-Refresh"] = "true"
    return response


def stop(site: ActAdmin, request: AppRequest, public_id: UUID) -> HttpResponse:
    """End a simulation that nobody waits for; what is law already is carried out to the end."""
    run = _run(public_id)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if run.is_simulation:
        runs_lifecycle.stop(run_id=run.pk, at=clock.now())
        messages.info(request, "Prøven er stoppet. Den har ikke ændret noget.")
    return redirect("admin:cases_act_run", run.public_id)


def changes_of_run(site: ActAdmin, request: AppRequest, public_id: UUID) -> HttpResponse:
    """The changes one by one, by case and never by person."""
    run = _run(public_id)
    filterset = ChangeFilter(request.GET, queryset=_changes(run))
    rows, previous_url, next_url = _page(filterset.qs, request)
    found = filterset.qs.order_by().values("pk")[: COUNT_CAP + 1].count()
    kept = request.GET.copy()
    for name in ("before", "after"):
        kept.pop(name, None)
    context = {
        "title": "Ændringer i sagerne",
        "run": run,
        "act": run.act,
        "name": _name(run),
        "filterset": filterset,
        "rows": rows,
        "found": f"{count_text(found)} {'ændring' if found == 1 else 'ændringer'}",
        "previous_url": previous_url,
        "next_url": next_url,
        "query": kept.urlencode(),
    }
    return site.page(request, "admin/meetings/changes.html", context, status=422 if filterset.errors else 200)


def change(site: ActAdmin, request: AppRequest, public_id: UUID, change_id: int) -> HttpResponse:
    """One case of a run as a sample: what the law demands of it before and after, and why. Not whose case it is."""
    run = _run(public_id)
    chosen = get_object_or_404(run.changes.all(), pk=change_id)
    case = Case.objects.select_related("handover").prefetch_related("pauses", "exemptions").get(pk=chosen.case_id)
    changes = list(run.changes.filter(case=case).select_related("organisation").order_by("pk"))
    access_log.record(request, purpose=Purpose.OPERATION, cases=[case.pk], detail=f"Prøve af lov: {run.act.slug}"[:120])
    context = {
        "title": f"Sag {case.label}",
        "run": run,
        "act": run.act,
        "name": _name(run),
        "chosen": chosen,
        "changes": changes,
        "lines": as_if.without_reasons(_lines(run, case, changes)),
        "is_past": not run.is_simulation,
        "is_unplanned": any(one.kind == ChangeKind.UNPLANNED for one in changes),
    }
    return site.page(request, "admin/meetings/change.html", context)


def download(site: ActAdmin, request: AppRequest, public_id: UUID, fmt: str) -> HttpResponseBase:
    """The changes as filtered, as a file; it grows no memory, however many there are."""
    run = _run(public_id)
    if fmt not in spreadsheet.FORMATS:
        raise Http404
    filterset = ChangeFilter(request.GET, queryset=_changes(run))
    return spreadsheet.answer(
        fmt,
        _cells(filterset.qs.order_by("pk")),
        name=f"aendringer-{run.act.slug}-{run.started_at:%Y-%m-%d}",
        sheet=SHEET,
    )


def panel(request: HttpRequest, act: Act) -> Panel | None:
    """On the pages of an act: what it would move, or what it has moved, as told last."""
    runs = LawRun.objects.filter(act=act).select_related("act", "started_by").order_by("-started_at", "-pk")
    newest = runs.first() if act.is_draft else runs.filter(kind="replan").first() or runs.first()
    if newest is None and not act.is_draft:
        # Law from before there were runs, or law that came with the program.
        return None
    told = _told(newest) if newest is not None else {"run": None}
    return Panel("admin/meetings/panel.html", {**told, "act": act})


#: Beneath the acts, by their addresses.
PAGES = [
    ActPage("<int:act_id>/proev/", start, "cases_act_try"),
    ActPage("<int:act_id>/gennemgange/", runs_of_act, "cases_act_runs"),
    ActPage("gennemgange/<uuid:public_id>/", page_of_run, "cases_act_run"),
    ActPage("gennemgange/<uuid:public_id>/stop/", stop, "cases_act_run_stop"),
    ActPage("gennemgange/<uuid:public_id>/aendringer/", changes_of_run, "cases_act_run_changes"),
    ActPage("gennemgange/<uuid:public_id>/aendringer/<int:change_id>/", change, "cases_act_run_change"),
    ActPage("gennemgange/<uuid:public_id>/eksport/<str:fmt>/", download, "cases_act_run_export"),
]


def _run(public_id: UUID) -> LawRun:
    return get_object_or_404(LawRun.objects.select_related("act", "started_by"), public_id=public_id)


def _changes(run: LawRun) -> QuerySet[LawChange]:
    return run.changes.select_related("organisation", "case")


def _name(run: LawRun) -> str:
    if run.is_simulation:
        return "Prøve på sagerne"
    return "Genplanlægning efter tilbagetrækningen" if run.is_withdrawal else "Genplanlægning efter offentliggørelsen"


def _title(run: LawRun) -> str:
    return f"{_name(run)}: »{run.act}«"


def _told(run: LawRun) -> dict[str, Any]:
    """What the page of a run and the panel say of it."""
    progress = runs_lifecycle.progress(run)
    is_outdated = runs_lifecycle.is_outdated(run)
    counts = {} if run.is_under_way else runs_lifecycle.summary(run)
    return {
        "run": run,
        "act": run.act,
        "name": _name(run),
        "state": RunState.OUTDATED.label if is_outdated else run.get_state_display(),
        "is_outdated": is_outdated,
        "progress": progress,
        "pace": _pace(run, progress),
        "counts": counts,
        "headline": as_if.headline(_totals(counts)),
        "loads": load.of_run(run) if counts else [],
    }


def _pace(run: LawRun, progress: Progress) -> str:
    """How fast the run has been since it was started, and how long it takes yet at that pace."""
    seconds = (clock.now() - run.started_at).total_seconds()
    if not run.is_under_way or not progress.done or not seconds:
        return ""
    return pace_text(progress.done, left=progress.left, seconds=seconds)


def _totals(counts: Counts) -> dict[ChangeKind, int]:
    totals: Counter[ChangeKind] = Counter()
    for by_kind in counts.values():
        totals.update(by_kind)
    return totals


def _table(run: LawRun, counts: Counts) -> Table:
    url = reverse("admin:cases_act_run_changes", args=[run.public_id])

    def cell(count: int, **query: Any) -> Cell:
        return Cell(count, f"{url}?{urlencode(query)}" if query else url)

    totals = _totals(counts)
    kinds = [kind for kind in as_if.COUNTED if totals[kind]]
    touched = dict(run.changes.order_by().values_list("organisation").annotate(Count("case", distinct=True)))
    return Table(
        heads=[kind.label.capitalize() for kind in kinds],
        rows=[
            Row(
                one.name,
                cell(touched[one.pk], organisation=one.public_id),
                [cell(by_kind.get(kind, 0), organisation=one.public_id, kind=kind) for kind in kinds],
            )
            for one, by_kind in sorted(counts.items(), key=lambda item: sort_key(item[0].name))
        ],
        cases=cell(run.changes.aggregate(cases=Count("case", distinct=True))["cases"]),
        totals=[cell(totals[kind], kind=kind) for kind in kinds],
    )


def _page(changes: QuerySet[LawChange], request: AppRequest) -> tuple[list[LawChange], str, str]:
    """25 changes from the place that the address names, and the addresses of the pages before and after."""
    params = {key: value for key, value in request.GET.items() if value and key not in ("before", "after")}
    before, after = _key(request.GET.get("before")), _key(request.GET.get("after"))
    if before is not None:
        found = list(changes.filter(pk__lt=before).order_by("-pk")[: PAGE_SIZE + 1])
        has_before, has_after = len(found) > PAGE_SIZE, True
        found = found[:PAGE_SIZE][::-1]
    else:
        found = list(changes.filter(pk__gt=after or 0).order_by("pk")[: PAGE_SIZE + 1])
        has_before, has_after = after is not None, len(found) > PAGE_SIZE
        found = found[:PAGE_SIZE]
    return (
        found,
        f"?{urlencode({**params, 'before': found[0].pk})}" if found and has_before else "",
        f"?{urlencode({**params, 'after': found[-1].pk})}" if found and has_after else "",
    )


def _key(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def _lines(run: LawRun, case: Case, changes: Sequence[LawChange]) -> Sequence[as_if.RequirementLine]:
    """Both plans of the case; none for a simulation of what is no longer a draft, or another one."""
    if not run.is_simulation:
        return as_if.carried_out(case=case, run=run, changes=changes)
    if not run.act.is_draft or runs_lifecycle.is_outdated(run):
        return ()
    try:
        return as_if.lines(case=case, law=planning_law.law_in_force(draft=run.act.slug), changes=changes)
    except ValueError:
        # Facts that no plan can be made of: the change says so.
        return ()


def _cells(changes: QuerySet[LawChange]) -> Iterator[spreadsheet.Cells]:
    for one in changes.iterator(chunk_size=2000):
        yield (
            one.case.label,
            one.organisation.name,
            one.get_kind_display(),
            one.about,
            one.day_before,
            one.day_after,
            one.text,
        )
