"""The board of courses that pass from a-kasse to jobcenter."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases import clock
from cases.history import access_log
from cases.models import Act, Purpose
from cases.request import AppRequest
from cases.ui.keyset import count_text, page
from meetings.handover_board import queries
from meetings.handover_board.queries import ORDER, Part


@require_safe
def board(request: AppRequest) -> HttpResponse:
    user, today = request.user, clock.today()
    if user.organisation is None or user.is_administrator:
        return render(request, "meetings/worklist/worklist_none.html", {"heading": "Overgange"})
    book = Act.objects.rule_book()
    cases = queries.cases_on_board(user)
    counts = queries.counts(cases, organisation=user.organisation, today=today, book=book)
    part = _part(request.GET.get("part", ""), counts)
    listed = page(
        queries.with_details(queries.in_part(cases, part, today=today, book=book)),
        among=cases,
        order=ORDER[part],
        public_id="public_id",
        params=request.GET.dict(),
    )
    rows = queries.rows_of(listed.rows, user=user, at=clock.now(), book=book)
    if rows:
        access_log.record(request, purpose=Purpose.HANDOVER, cases=[row.case.pk for row in rows])
    previous_url, next_url = listed.links({"part": str(part)})
    context = {
        "tiles": [_tile(one, count, is_current=one is part) for one, count in counts.items()],
        "heading": part.label,
        "rows": rows,
        "today": today,
        "is_fund": user.organisation.is_fund,
        "shown": f"Viser {len(rows)} af {count_text(counts[part])}",
        "previous_url": previous_url,
        "next_url": next_url,
        "empty": _empty(cases, part) if not rows else None,
    }
    return render(request, "meetings/handover_board/handovers.html", context)


def _part(asked: str, counts: dict[Part, int]) -> Part:
    """The part asked for, or else the first with something in it."""
    if asked in set(Part):
        return Part(asked)
    return next((part for part, count in counts.items() if count), Part.NEAR)


def _tile(part: Part, count: int, *, is_current: bool) -> dict[str, Any]:
    return {
        "label": part.label,
        "count": count_text(count),
        "url": f"?part={part}",
        "is_current": is_current,
        "variant": "warning" if count and part is not Part.NEAR else "",
    }


def _empty(cases: Any, part: Part) -> dict[str, str]:
    if part is Part.TO_RECEIVE:
        return {"heading": "Ingen forløb venter på at blive modtaget.", "text": ""}
    if part is Part.BY_HOURS:
        return {
            "heading": "Ingen forløb er over timegrænsen.",
            "text": "Når der er registreret dagpengetimer, er det summen ved en måneds udgang, der afgør overgangen.",
        }
    day = queries.next_passing(cases, after=clock.today())
    return {
        "heading": "Ingen overgange inden for 30 dage.",
        "text": f"Næste: {day:%d-%m-%Y}." if day else "Et forløb står her, når dagen for overgangen er nær.",
    }
