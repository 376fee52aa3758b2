"""A case is found, and a CPR number shown: both are logged, and neither is ever in an address."""

import logging

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases import clock, seam
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.lookup import search
from cases.lookup.forms import SearchForm
from cases.models import AccessLog, Case, Purpose
from cases.people import cpr
from cases.request import AppRequest
from cases.web import case_views

logger = logging.getLogger(__name__)

TOO_MANY = "Du har søgt på mange CPR-numre den sidste time. Vent lidt, eller søg på navn eller sagsnummer."
_LATEST = 10
_LOOKED_BACK = 200


@case_views.takes_form
def find(request: AppRequest) -> HttpResponse:
    """Search by POST, so that what was typed stands in no address and no log."""
    access.require(request.user, Permission.SEARCH)
    form = SearchForm(case_views.typed(request))
    if not form.is_bound or not form.is_valid():
        return _page(request, form, status=422 if form.is_bound else 200)
    text = form.cleaned_data["q"]
    if search.kind_of(text) is not search.By.CPR:
        return _answer(request, form, text)
    with search.in_turn(request.user):
        if wait := search.seconds_to_wait(request.user, clock.now()):
            return too_many(request, _refused(request, form, TOO_MANY), wait)
        return _answer(request, form, text)


def _answer(request: AppRequest, form: SearchForm, text: str) -> HttpResponse:
    try:
        found = search.find(text, user=request.user, today=clock.today())
    except cpr.NotCpr as error:
        return _refused(request, form, str(error))
    access_log.record(
        request,
        purpose=Purpose.OPERATION,
        cases=[case.pk for case in found.cases],
        detail=f"{found.by}: {len(found.cases)} fundet",
    )
    if found.note:
        messages.info(request, found.note)
    if found.by is not search.By.NAME and len(found.cases) == 1:
        return redirect(found.cases[0])
    return _page(request, form, found=found)


@require_POST
def suggest(request: AppRequest) -> HttpResponse:
    """The cases that somebody who is still typing may mean; before the first letters, those opened last."""
    access.require(request.user, Permission.SEARCH)
    text = request.POST.get("q", "").strip()[: SearchForm.LONGEST]
    is_begun = len(text) >= search.SHORTEST
    found = search.suggest(text, user=request.user, today=clock.today()) if is_begun else None
    cases = found.cases if found else _latest(request)
    if found or cases:
        detail = f"forslag, {found.by}: {len(cases)} fundet" if found else ""
        access_log.record(request, purpose=Purpose.OPERATION, cases=[case.pk for case in cases], detail=detail)
    return render(request, "cases/lookup/suggestions.html", {"found": found, "cases": cases})


def too_many(request: AppRequest, answer: HttpResponse, wait: int) -> HttpResponse:
    """The answer to somebody who asks by CPR number too often."""
    logger.warning("User %s has reached the limit of lookups by CPR number.", request.user.pk)
    answer.status_code = 429
    answer.headers["Retry-After"] = str(wait)
    return answer


def _refused(request: AppRequest, form: SearchForm, text: str) -> HttpResponse:
    form.add_error("q", text)
    return _page(request, form, status=422)


def _page(
    request: AppRequest, form: SearchForm, *, found: search.Found | None = None, status: int = 200
) -> HttpResponse:
    today = clock.today()
    cases = found.cases if found else _latest(request)
    if cases and not found:
        access_log.record(request, purpose=Purpose.OPERATION, cases=[case.pk for case in cases])
    steps = seam.next_steps(cases)
    rows = [{"case": case, "holder": case.holder_on(today), "due_on": steps[case.pk].due_on} for case in cases]
    context = {"form": form, "found": found, "rows": rows, "today": today, "shown": search.SHOWN}
    return render(request, "cases/lookup/search.html", context, status=status)


def _latest(request: AppRequest) -> list[Case]:
    """The cases whose pages the user opened last."""
    opened = AccessLog.objects.filter(user=request.user, route__startswith="meetings:course").order_by("-pk")
    ids = dict.fromkeys(pk for cases in opened.values_list("cases", flat=True)[:_LOOKED_BACK] for pk in cases)
    visible = Case.objects.visible_to(request.user).with_parties().in_bulk(list(ids)[:_LATEST])
    return [visible[pk] for pk in ids if pk in visible]


@case_views.of_case(Permission.SHOW_CPR, is_open=False)
def show_cpr(request: AppRequest, case: Case) -> HttpResponse:
    """The full CPR number, by a click that is logged."""
    if request.method != "POST":
        return redirect(case)
    if request.htmx:
        access_log.record(request, purpose=Purpose.MEETING, cases=[case.pk], detail="CPR-nummer vist")
        return render(request, "cases/lookup/cpr.html#number", {"number": case.citizen.cpr_number})
    return case_views.show(
        request,
        case,
        template="cases/lookup/cpr.html",
        title="CPR-nummer",
        detail="CPR-nummer vist",
        number=case.citizen.cpr_number,
    )
