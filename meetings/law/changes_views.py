"""What the law changed in an organisation's own cases, and the same as a file."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.models import Purpose
from cases.request import AppRequest
from cases.rules.wording import counted
from cases.ui import spreadsheet
from cases.ui.keyset import count_text
from meetings.law import changes_queries
from meetings.law import notices as law_notices
from meetings.law.changes_queries import ChangeSelection
from meetings.models import ChangeKind

SHEET = spreadsheet.Sheet("Lovændring", changes_queries.COLUMNS)


@require_safe
def page(request: AppRequest, run: UUID) -> HttpResponse:
    user = request.user
    if user.organisation is None or user.is_administrator:
        return render(request, "meetings/worklist/worklist_none.html", {"heading": "Det har loven ændret"})
    selection = _selection(request, run)
    counts = changes_queries.counts(selection)
    listed, rows = changes_queries.page_of(selection, params=request.GET.dict())
    if rows:
        access_log.record(request, purpose=Purpose.MEETING, cases=[row.case.pk for row in rows])
    previous_url, next_url = listed.links(_params(selection))
    found = counts.get(selection.kind, 0)
    context = {
        "run": selection.run,
        "is_in_force": selection.run.act.in_force_on <= clock.today(),
        "heading": "Det har loven ændret i dine sager"
        if selection.is_only_own
        else "Det har loven ændret i jeres sager",
        "part": _label(selection, selection.kind),
        "tiles": [_tile(selection, kind, count) for kind, count in counts.items()],
        "is_only_own": selection.is_only_own,
        "every_url": _query(selection, art="", vis="" if selection.is_every else "alle")
        if ChangeKind.ALTERS in counts
        else "",
        "is_every": selection.is_every,
        "toggle_url": _query(selection, scope="organisation" if selection.is_only_own else "mine"),
        "rows": rows,
        "found": f"{count_text(found)} {'sag' if found == 1 else 'sager'}",
        "shown": f"Viser {len(rows)} af {count_text(found)}",
        "previous_url": previous_url,
        "next_url": next_url,
        "query": _query(selection),
        "may_book": access.has(user, Permission.BOOK_MEETING),
        "may_export": access.has(user, Permission.EXPORT),
        "empty": _empty(selection) if not rows else None,
    }
    return render(request, "meetings/law/changes.html", context)


@require_safe
def download(request: AppRequest, run: UUID, fmt: str) -> HttpResponseBase:
    """The list as filtered, as a file without CPR numbers."""
    access.require(request.user, Permission.EXPORT)
    if fmt not in spreadsheet.FORMATS:
        raise Http404
    selection = _selection(request, run)
    cases = list(changes_queries.cases_of(selection).order_by("pk").values_list("pk", flat=True))
    detail = f"Eksport {fmt}: {counted(len(cases), 'sag', 'sager')}, {_query(selection)[1:]}"
    access_log.record(request, purpose=Purpose.MEETING, cases=cases, detail=detail[:120])
    name = f"lovaendring-{selection.run.act.slug}-{clock.today():%Y-%m-%d}"
    return spreadsheet.answer(fmt, changes_queries.cells(selection), name=name, sheet=SHEET)


def _selection(request: AppRequest, run: UUID) -> ChangeSelection:
    found = get_object_or_404(law_notices.replans(), public_id=run)
    params = request.GET
    return changes_queries.selected(
        found,
        user=request.user,
        scope=params.get("scope", ""),
        kind=params.get("art", ""),
        is_every=params.get("vis") == "alle",
    )


def _params(selection: ChangeSelection, **changed: str) -> dict[str, str]:
    params = {
        "scope": "mine" if selection.is_only_own else "organisation",
        "art": str(selection.kind) if selection.kind else "",
        "vis": "alle" if selection.is_every else "",
        **changed,
    }
    return {name: value for name, value in params.items() if value}


def _query(selection: ChangeSelection, **changed: str) -> str:
    return f"?{urlencode(_params(selection, **changed))}"


def _label(selection: ChangeSelection, kind: ChangeKind | None) -> str:
    if kind is not None:
        return kind.label.capitalize()
    return "Alle ændrede sager" if selection.is_every else "Sager at se på"


def _tile(selection: ChangeSelection, kind: Any, count: int) -> dict[str, Any]:
    return {
        "label": _label(selection, kind),
        "count": count_text(count),
        "url": _query(selection, art=str(kind) if kind else ""),
        "is_current": kind == selection.kind,
        "variant": changes_queries.VARIANTS.get(kind, ""),
    }


def _empty(selection: ChangeSelection) -> dict[str, str]:
    if selection.kind is not None:
        return {
            "heading": "Ingen sager er ændret på den måde.",
            "text": "",
            "url": _query(selection, art="", vis="alle"),
            "action": "Vis alle ændrede sager",
        }
    if not selection.is_every and selection.changes.exists():
        return {
            "heading": "Ingen af de ændrede sager har fået en ny frist.",
            "text": "Der er ikke noget at gøre.",
            "url": _query(selection, vis="alle"),
            "action": "Vis alle ændrede sager",
        }
    if selection.is_only_own:
        return {
            "heading": "Loven har ikke ændret noget i dine åbne sager.",
            "text": "",
            "url": _query(selection, scope="organisation"),
            "action": "Vis hele organisationen",
        }
    return {
        "heading": "Loven har ikke ændret noget i jeres åbne sager.",
        "text": "Samtaler og frister står, som de gjorde.",
        "url": "/",
        "action": "Til arbejdslisten",
    }
