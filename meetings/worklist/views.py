"""The first screen of the day, and the same list as a file."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cases import clock, seam
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.models import Act, Purpose, User
from cases.models.scopes import Scope, scope_labels
from cases.notes import queries as notes_queries
from cases.request import AppRequest
from cases.statements import Statement
from cases.ui import spreadsheet
from cases.ui.keyset import COUNT_CAP, count_text, public_ids
from cases.web import case_views
from meetings.law import notices as law_notices
from meetings.list_jobs import services as list_jobs_services
from meetings.models import SavedView
from meetings.worklist import export, my_day, queries, saved
from meetings.worklist.filters import WorklistFilter
from meetings.worklist.queries import Order, Tile, WorklistTimes

_CALLS_FOR_ACTION = {Tile.OVERDUE: "error", Tile.DUE_SOON: "warning", Tile.OUTCOME: "warning", Tile.NEW: "warning"}


#: The address of the list without a filter, which is not led on to the view that one starts with.
_ALL = "vis=alle"
#: So many of one's own tasks stand beside the day; their list has them all.
_TASKS = 10
_OWN_TASKS = Statement(lambda user, *, today: notes_queries.due(user, today=today, scope=Scope.MINE)[:_TASKS])
_SAVED_VIEWS = Statement(SavedView.objects.visible_to)


@require_safe
def page(request: AppRequest) -> HttpResponse:
    user = request.user
    if user.is_administrator:
        return redirect("admin:index")
    if user.organisation is None:
        return render(request, "meetings/worklist/worklist_none.html", {"heading": "Arbejdsliste"})
    views = _SAVED_VIEWS.rows(user)
    if not request.GET and (start := next((one for one in views if one.is_start and one.user_id == user.pk), None)):
        return redirect(f"{request.path}?{start.query or _ALL}")
    times = _times()
    filterset = WorklistFilter(request.GET, user=user, today=times.today)
    chosen, tile, order = filterset.chosen, filterset.chosen_tile, filterset.chosen_order
    scope = chosen.scope
    counts, untaken = queries.counts(user, chosen, times=times)
    listed = queries.page_of(user, chosen, tile, order=order, times=times, params=request.GET)
    talks = [] if request.htmx else my_day.talks_of(user, times=times)
    tasks = [] if request.htmx else _OWN_TASKS.rows(user, today=times.today)
    is_fund = user.organisation.is_fund
    rows = [queries.row_of(entry, times=times, organisation=user.organisation) for entry in listed.rows]
    met = [*(talk.meeting.case_id for talk in talks), *(task.case_id for task in tasks)]
    if rows or met:
        access_log.record(request, purpose=Purpose.MEETING, cases=[*(row.case.pk for row in rows), *met])
    previous_url, next_url = listed.links(request.GET.dict())
    found = count_text(counts[tile])
    tiles = [
        *_tiles(request.GET, _in_use(counts, scope, is_fund=is_fund), tile=tile, is_fund=is_fund),
        *_tiles_of_others(user, today=times.today, scope=scope),
    ]
    context = {
        "filterset": filterset,
        "tiles": tiles,
        "scope": scope_labels(user)[scope],
        "untaken": _untaken(untaken, is_fund=is_fund) if scope is not Scope.ORGANISATION and untaken else "",
        "untaken_url": f"?{urlencode({'scope': Scope.ORGANISATION, 'tile': Tile.NEW})}",
        "talks": talks,
        "views": [(one, f"?{one.query or _ALL}") for one in views],
        "view_query": saved.query_of(filterset),
        "tasks": tasks,
        "sorts": _sorts(request.GET, order),
        # Whoever leaves a row to act on it comes back to the same list, at the same place.
        "leads_back": True,
        "law_notices": [] if request.htmx else law_notices.notices(user, at=times.now),
        "heading": _label(tile, is_fund=is_fund),
        "rows": rows,
        "today": times.today,
        "shows_worker": scope is not Scope.MINE,
        "may_book": access.has(user, Permission.BOOK_MEETING),
        "needs_outcome": Tile.OUTCOME.label,
        "may_register": access.has(user, Permission.HOLD_MEETING),
        "may_receive": access.has(user, Permission.RECEIVE),
        "may_assign": access.has(user, Permission.ASSIGN_CASE),
        "is_new": tile is Tile.NEW,
        "choose_all": _choose_all(counts[tile]),
        "may_export": access.has(user, Permission.EXPORT),
        "found": f"{found} {'sag' if counts[tile] == 1 else 'sager'}",
        "shown": f"Viser {len(rows)} af {found}",
        "previous_url": previous_url,
        "next_url": next_url,
        "query": _without_place(request.GET).urlencode(),
        "empty": _empty(request.GET, filterset, tile) if not rows else None,
    }
    template = "meetings/worklist/worklist.html#part" if request.htmx else "meetings/worklist/worklist.html"
    return render(request, template, context)


@require_safe
def next_row(request: AppRequest) -> HttpResponse:
    """Lead on to what the user has to do next, and past the case that the address names."""
    entry = queries.next_of(request.user, times=_times(), past=request.GET.get("efter", ""))
    if entry is None:
        messages.info(request, "Der er ikke mere på din liste lige nu.")
        return redirect("meetings:worklist")
    if entry.meeting is not None and entry.meeting.ends_at <= clock.now():
        return redirect("meetings:register", entry.meeting.public_id)
    return redirect(entry.case)


@require_safe
def download(request: AppRequest, fmt: str) -> HttpResponseBase:
    """The list as filtered, as a file without CPR numbers."""
    user = request.user
    access.require(user, Permission.EXPORT)
    if fmt not in spreadsheet.FORMATS:
        raise Http404
    times = _times()
    everybodys = queries.entries_of(user, today=times.today)
    filterset = WorklistFilter(request.GET, user=user, today=times.today)
    entries = queries.in_tile(filterset.qs, filterset.chosen_tile, user=user, times=times)
    order = queries.order_of(filterset.chosen_tile, filterset.chosen_order)
    keys = list(entries.order_by(order, "pk").values_list("pk", "case_id"))
    access_log.record(
        request,
        purpose=Purpose.MEETING,
        cases=[case for _, case in keys],
        detail=f"Eksport {fmt}: {len(keys)} rækker, {_without_place(request.GET).urlencode()}"[:120],
    )
    rows = export.rows(everybodys, [key for key, _ in keys], times=times, organisation=user.workplace)
    return spreadsheet.answer(fmt, rows, name=f"arbejdsliste-{times.today:%Y-%m-%d}", sheet=export.WORKLIST)


@require_POST
def choose(request: AppRequest) -> HttpResponse:
    """Take the rows that are ticked, or all that match the filters in the address, on to what shall happen to them."""
    user = request.user
    access.require(user, Permission.HOLD_MEETING)
    times = _times()
    everybodys = queries.entries_of(user, today=times.today)
    filterset = WorklistFilter(request.GET, user=user, today=times.today)
    order = queries.order_of(filterset.chosen_tile, filterset.chosen_order)
    if "alle" in request.POST:
        entries = queries.in_tile(filterset.qs, filterset.chosen_tile, user=user, times=times)
    else:
        entries = everybodys.filter(case__public_id__in=public_ids(request.POST.getlist("sag")))
    with case_views.refusals_told(request):
        cases = list(entries.order_by(order, "pk").values_list("case_id", flat=True)[: list_jobs_services.MOST + 1])
        return redirect(list_jobs_services.choose(case_ids=cases, by=user, at=times.now))
    return redirect(f"{reverse('meetings:worklist')}?{request.GET.urlencode()}")


def _times() -> WorklistTimes:
    return WorklistTimes.of(now=clock.now(), book=Act.objects.rule_book())


def _label(tile: Tile, *, is_fund: bool) -> str:
    if tile is Tile.NEW:
        return "Uden rådgiver" if is_fund else "Til modtagelse"
    return tile.label


def _tiles(params: QueryDict, counts: dict[Tile, int], *, tile: Tile, is_fund: bool) -> list[dict[str, Any]]:
    kept = _without_place(params)
    tiles = []
    for one, count in counts.items():
        query = kept.copy()
        query["tile"] = str(one)
        tiles.append(
            {
                "label": _label(one, is_fund=is_fund),
                "count": count_text(count),
                "url": f"?{query.urlencode()}",
                "is_current": one is tile,
                "variant": _CALLS_FOR_ACTION.get(one, "") if count else "",
            }
        )
    return tiles


def _tiles_of_others(user: User, *, today: date, scope: Scope) -> list[dict[str, Any]]:
    return [
        {
            "label": one.label,
            "count": count_text(one.count),
            "url": one.url,
            "is_current": False,
            "variant": one.variant if one.count else "",
        }
        for one in seam.tiles(user, today=today, scope=scope)
    ]


def _choose_all(count: int) -> str:
    return "Alle sager, der passer til filteret" if count > COUNT_CAP else f"Alle {count}, der passer til filteret"


def _in_use(counts: dict[Tile, int], scope: Scope, *, is_fund: bool) -> dict[Tile, int]:
    """What an a-kasse has given nobody is in no one's own cases, and in no team's."""
    leaves_out = is_fund and scope is not Scope.ORGANISATION
    return {tile: count for tile, count in counts.items() if not (leaves_out and tile is Tile.NEW)}


def _untaken(count: int, *, is_fund: bool) -> str:
    cases = f"{count_text(count)} {'sag' if count == 1 else 'sager'}"
    if is_fund:
        return f"{cases} uden rådgiver i hele a-kassen"
    return f"{cases} til modtagelse eller uden sagsbehandler i hele jobcentret"


def _sorts(params: QueryDict, chosen: Order) -> dict[str, dict[str, Any]]:
    """The heads of the columns by which the list can be sorted."""
    query = _without_place(params)
    found = {}
    for order in Order:
        query["sort"] = str(order)
        found[order.name.lower()] = {"url": f"?{query.urlencode()}", "is_chosen": order is chosen}
    return found


def _empty(params: QueryDict, filterset: WorklistFilter, tile: Tile) -> dict[str, str]:
    """What an empty list says, and the way on."""
    in_use = [name for name in ("kind", "channel", "worker") if filterset.form.cleaned_data.get(name)]
    kept = _without_place(params)
    if in_use:
        query = kept.copy()
        del query[in_use[-1]]
        field = filterset.form.fields[in_use[-1]]
        return {
            "heading": "Ingen sager passer til filteret.",
            "text": "",
            "url": f"?{query.urlencode()}",
            "action": f"Fjern »{field.label}«",
        }
    if tile is not Tile.ALL:
        first = filterset.qs.exclude(due_on=None).order_by("due_on", "pk").values_list("due_on", flat=True)[:1].first()
        query = kept.copy()
        query["tile"] = str(Tile.ALL)
        return {
            "heading": _NOTHING[tile],
            "text": f"Næste frist: {first:%d-%m-%Y}." if first else "",
            "url": f"?{query.urlencode()}",
            "action": "Vis alle frister",
        }
    if filterset.chosen_scope is not Scope.ORGANISATION:
        return {
            "heading": "Ingen frister lige nu.",
            "text": "Når en sag bliver tildelt, står dens næste frist her, den nærmeste først.",
            "url": f"?scope={Scope.ORGANISATION}",
            "action": "Vis alle kollegers",
        }
    return {
        "heading": "Organisationen har ingen frister lige nu.",
        "text": "Opret en sag, eller importér borgere, så beregnes deres frister her.",
        "url": reverse("cases:create"),
        "action": "Ny sag",
    }


_NOTHING = {
    Tile.OVERDUE: "Ingen frister er overskredet.",
    Tile.DUE_SOON: "Ingen frister er nær.",
    Tile.TO_BOOK: "Alt, der kan bookes nu, er booket.",
    Tile.TODAY: "Ingen samtaler i dag.",
    Tile.OUTCOME: "Alle holdte samtaler har et udfald.",
    Tile.NEW: "Alle sager har en medarbejder.",
}


def _without_place(params: QueryDict) -> QueryDict:
    kept = params.copy()
    for name in ("before", "after"):
        kept.pop(name, None)
    return kept
