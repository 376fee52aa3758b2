"""The course passes from a-kasse to jobcenter: one hands over, the other receives, both see the receipt."""

from datetime import date
from typing import Any

from django.http import HttpResponse

from cases import clock, extensions
from cases.accounts.access import Permission
from cases.corrections.forms import WorkerForm
from cases.handover import services
from cases.handover.forms import HandOverForm
from cases.models import Case, Purpose
from cases.models.cases import HandoverSource
from cases.request import AppRequest
from cases.rules.period import add_months
from cases.web import case_views, identity

_NOT_YET = "A-kassen har ikke overgivet forløbet endnu. Når det sker, kan du modtage det her."


@case_views.of_case(Permission.HAND_OVER, party="fund")
def hand_over(request: AppRequest, case: Case) -> HttpResponse:
    suggested = identity.suggested_handover(case)
    now = {
        "version": case.version,
        "on": suggested.on if suggested else _expected(case, clock.today()),
        "hours": suggested.hours if suggested else None,
        "source": HandoverSource.PAYOUT if suggested else HandoverSource.MANUAL,
    }
    form = HandOverForm(case_views.typed(request), initial=now)
    if form.is_bound and form.is_valid():
        typed = {name: value for name, value in form.cleaned_data.items() if name != "is_confirmed"}
        at = clock.now()
        with case_views.refusals_in(form):
            services.hand_over(case_id=case.pk, by=request.user, at=at, **typed)
            text = f"Forløbet overgår til {case.municipality} den {typed['on']:%d-%m-%Y}."
            return case_views.done(request, case, f"{text} {case_views.what_moved(case, at)}")
    is_done = case.handed_over_on is not None
    nothing = "" if is_done else services.nothing_to_hand_over(case)
    return _page(
        request,
        case,
        form=form if form.is_bound or not (is_done or nothing) else None,
        nothing=nothing,
        title="Overgang til jobcentret" if is_done else "Overgiv forløbet til jobcentret",
        submit="Overgiv forløbet",
        suggestion=suggested,
    )


def _expected(case: Case, today: date) -> date:
    # Where neither hours nor months say otherwise, a course passes on at the turn of a month.
    return case.municipality_from or add_months(today.replace(day=1), 1)


@case_views.of_case(Permission.RECEIVE, party="municipality")
def receive(request: AppRequest, case: Case) -> HttpResponse:
    form = WorkerForm(
        case_views.typed(request), initial={"worker": case.municipality_caseworker}, organisation=case.municipality
    )
    if form.is_bound and form.is_valid():
        worker = form.cleaned_data["worker"]
        with case_views.refusals_in(form):
            services.receive(case_id=case.pk, worker_id=worker.pk, by=request.user, at=clock.now())
            text = f"Forløbet er modtaget. {worker} har sagen. {case.fund} får en kvittering."
            return case_views.done(request, case, text, undo="cases.received")
    can_receive = case.handed_over_on is not None and case.handover.received_at is None
    return _page(
        request,
        case,
        form=form if can_receive or form.is_bound else None,
        nothing=""
        if case.handed_over_on
        else "A-kassen har ikke overgivet forløbet endnu. Når det sker, kan du modtage det her.",
        title="Modtag forløbet fra a-kassen" if can_receive else "Overgang fra a-kassen",
        submit="Modtag forløbet",
        suggestion=None,
    )


def _page(request: AppRequest, case: Case, **context: Any) -> HttpResponse:
    return case_views.show(
        request,
        case,
        template="cases/handover/handover.html",
        purpose=Purpose.HANDOVER,
        checks=extensions.handover_checks(case, clock.now()),
        handover=getattr(case, "handover", None),
        **context,
    )
