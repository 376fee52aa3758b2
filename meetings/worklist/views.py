"""The first screen of the day, and the same list as a file."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases import clock, extensions
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.models import Act, Purpose, User
from cases.request import AppRequest
from cases.ui import spreadsheet
from cases.ui.keyset import count_text
from meetings.law import changes as law_changes
from meetings.worklist import export, queries
from meetings.worklist.filters import WorklistFilter, scope_labels
from meetings.worklist.queries import Scope, Tile, WorklistTimes

_CALLS_FOR_ACTION = {Tile.OVERDUE: "error", Tile.DUE_SOON: "warning", Tile.OUTCOME: "warning", Tile.NEW: "warning"}


@require_safe
def page(request: AppRequest) -> HttpResponse:
    user = request.user
    if user.is_administrator:
        return redirect("admin:index")
    if user.organisation is None:
        return render(request, "meetings/worklist/worklist_none.html", {"heading": "Arbejdsliste"})
    times = _times()
    everybodys = queries.entries_of(user, today=times.today)
    filterset = WorklistFilter(request.GET, queryset=everybodys, user=user)
    entries, tile = filterset.qs, filterset.chosen_tile
    counts = queries.counts(entries, everybodys=everybodys, organisation=user.organisation, times=times)
    listed = queries.page_of(entries, tile, among=everybodys, times=times, params=request.GET)
    is_fund = user.organisation.is_fund
    rows = [queries.row_of(entry, times=times, is_fund=is_fund) for entry in listed.rows]
    if rows:
        access_log.record(request, purpose=Purpose.MEETING, cases=[row.case.pk for row in rows])
    previous_url, next_url = listed.links(request.GET.dict())
    found = count_text(counts[tile])
    tiles = [
        *_tiles(request.GET, counts, tile=tile, is_fund=is_fund),
        *_tiles_of_others(user, today=times.today, scope=filterset.chosen_scope),
    ]
    context = {
        "filterset": filterset,
        "tile_groups": _by_scope(tiles, user, filterset.chosen_scope),
        "law_notices": [] if request.htmx else law_changes.notices(user, at=times.now),
        "heading": _label(tile, is_fund=is_fund),
        "rows": rows,
        "today": times.today,
        "shows_worker": filterset.chosen_scope is not Scope.MINE,
        "may_book": access.has(user, Permission.BOOK_MEETING),
        "may_register": access.has(user, Permission.HOLD_MEETING),
        "may_receive": access.has(user, Permission.RECEIVE),
        "may_assign": access.has(user, Permission.ASSIGN_CASE),
        "is_new": tile is Tile.NEW,
        "may_export": access.has(user, Permission.EXPORT),
        "found": f"{found} {'sag' if counts[tile] == 1 else 'sager'}",
        "shown": f"Viser {len(rows)} af {found}",
        "previous_url": previous_url,
        "next_url": next_url,
        "query": _without_place(request.GET).urlencode(),
        "empty": _empty(request.GET, filterset, entries, tile) if not rows else None,
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
    filterset = WorklistFilter(request.GET, queryset=everybodys, user=user)
    entries = queries.in_tile(filterset.qs, filterset.chosen_tile, times=times)
    keys = list(entries.order_by(queries.ORDER[filterset.chosen_tile], "pk").values_list("pk", "case_id"))
    access_log.record(
        request,
        purpose=Purpose.MEETING,
        cases=[case for _, case in keys],
        detail=f"Eksport {fmt}: {len(keys)} rækker, {_without_place(request.GET).urlencode()}"[:120],
    )
    rows = export.rows(everybodys, [key for key, _ in keys], times=times, is_fund=user.workplace.is_fund)
    return spreadsheet.answer(fmt, rows, name=f"arbejdsliste-{times.today:%Y-%m-%d}", sheet=export.WORKLIST)


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
        if one is Tile.NEW:
            query = QueryDict(f"scope={Scope.ORGANISATION}", mutable=True)
        query["tile"] = str(one)
        tiles.append(
            {
                "label": _label(one, is_fund=is_fund),
                "count": count_text(count),
                "url": f"?{query.urlencode()}",
                "is_in_scope": one is not Tile.NEW,
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
            "is_in_scope": one.is_own,
            "is_current": False,
            "variant": one.variant if one.count else "",
        }
        for one in extensions.tiles(user, today=today, is_only_own=scope is Scope.MINE)
    ]


def _by_scope(tiles: Sequence[dict[str, Any]], user: User, scope: Scope) -> list[tuple[str, Sequence[dict[str, Any]]]]:
    """The tiles under the name of the cases they count, so that no two scopes stand in one row."""
    names = scope_labels(user)
    if scope is Scope.ORGANISATION:
        return [(names[scope], tiles)]
    within = [tile for tile in tiles if tile["is_in_scope"]]
    beyond = [tile for tile in tiles if not tile["is_in_scope"]]
    return [(names[scope], within), (names[Scope.ORGANISATION], beyond)]


def _empty(params: QueryDict, filterset: WorklistFilter, entries: queries.Entries, tile: Tile) -> dict[str, str]:
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
        first = entries.exclude(due_on=None).order_by("due_on", "pk").values_list("due_on", flat=True)[:1].first()
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
