"""The pages of the cases that an organisation was a party to: a list, and each as it stood when it was left."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cases import clock, seam
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.models import Act, FormerParty, Purpose
from cases.people import phones
from cases.request import AppRequest
from cases.rules import former_party
from meetings.former_cases import queries

LABEL = "Tidligere sager"


@require_safe
def listed(request: AppRequest) -> HttpResponse:
    """Those that may still be read, the latest first."""
    access.require(request.user, Permission.SEARCH)
    today, params = clock.today(), request.GET.dict()
    found = queries.of_user(request.user, today=today, params=params)
    if found.rows:
        access_log.record(request, purpose=Purpose.HANDOVER, cases=[row.case_id for row in found.rows])
    book = Act.objects.rule_book()
    rows = [(row, former_party.last_day(row.left_on, today=today, book=book)) for row in found.rows]
    previous_url, next_url = found.links(params)
    context = {"heading": LABEL, "rows": rows, "previous_url": previous_url, "next_url": next_url}
    return render(request, "meetings/former_cases/former_cases.html", context)


@require_safe
def page(request: AppRequest, public_id: str) -> HttpResponse:
    """What the organisation knew when it was left; nothing that came later, and nothing to be changed."""
    user, today, params = request.user, clock.today(), request.GET.dict()
    row = get_object_or_404(FormerParty.objects.visible_to(user, on=today), public_id=public_id)
    access_log.record(request, purpose=Purpose.HANDOVER, cases=[row.case_id])
    case = queries.case_left(row)
    read = queries.as_left(row, case, params=params)
    previous_url, next_url = read.history.links({})
    context = {
        "heading": LABEL,
        "former": row,
        "phone": phones.shown(row.phone),
        "until": former_party.last_day(row.left_on, today=today, book=Act.objects.rule_book()),
        "case": case,
        # A protection that came later guards the citizen here, too.
        "is_protected": row.had_protected_address or case.citizen.has_protected_address,
        "day": read.day,
        "page": read,
        "notes": queries.notes_of(row),
        "history": read.history,
        "parts": seam.parts_on_day(case, user=user, last=read.last, later=read.later),
        "previous_url": f"{previous_url}#historik" if previous_url else "",
        "next_url": f"{next_url}#historik" if next_url else "",
    }
    return render(request, "meetings/former_cases/former_case.html", context)
