"""The course passes from a-kasse to jobcenter: one hands over, the other receives, both see the receipt."""

from datetime import date
from typing import Any

from django.http import HttpResponse

from cases import clock, seam
from cases.accounts.access import Permission
from cases.corrections.forms import WorkerForm
from cases.handover import mending, services
from cases.handover.forms import CorrectDayForm, HandOverForm
from cases.models import Case, Purpose
from cases.models.cases import HandoverSource
from cases.request import AppRequest
from cases.rules.period import add_months
from cases.web import case_views, identity


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
        can_mend=is_done,
    )


@case_views.of_case(Permission.HAND_OVER, party="fund")
def correct_day(request: AppRequest, case: Case) -> HttpResponse:
    form = CorrectDayForm(case_views.typed(request), initial={"version": case.version, "on": case.handed_over_on})
    if form.is_bound and form.is_valid():
        at = clock.now()
        with case_views.refusals_in(form):
            mending.correct_day(case_id=case.pk, by=request.user, at=at, **form.cleaned_data)
            return case_views.done(request, case, f"Overgangen er rettet. {case_views.what_moved(case, at)}")
    return case_views.show(
        request,
        case,
        form=form,
        purpose=Purpose.HANDOVER,
        title="Ret dagen for overgangen",
        intro=f"Fristerne beregnes igen. {_is_told(case)}",
    )


@case_views.of_case(Permission.HAND_OVER, party="fund")
def withdraw(request: AppRequest, case: Case) -> HttpResponse:
    at = clock.now()

    def save(**typed: Any) -> str:
        mending.withdraw(case_id=case.pk, by=request.user, at=at, **typed)
        return f"Overgangen er trukket tilbage. {case_views.what_moved(case, at)}"

    return case_views.reason_page(
        request,
        case,
        save=save,
        purpose=Purpose.HANDOVER,
        version=case.version,
        title="Træk overgangen tilbage",
        intro=(
            f"{case.fund} har forløbet igen, og fristerne beregnes igen. Samtaler, som jobcentret har booket, bliver "
            f"stående. {_is_told(case)}"
        ),
    )


def _is_told(case: Case) -> str:
    handover = getattr(case, "handover", None)
    is_received = handover is not None and handover.received_at is not None
    return f"{case.municipality} har modtaget forløbet og får besked." if is_received else ""


def _expected(case: Case, today: date) -> date:
    # Where neither hours nor months say otherwise, a course passes on at the turn of a month.
    return case.municipality_from or add_months(today.replace(day=1), 1)


@case_views.of_case(Permission.RECEIVE, party="municipality")
def receive(request: AppRequest, case: Case) -> HttpResponse:
    now = {"version": case.version, "worker": case.municipality_caseworker}
    form = WorkerForm(case_views.typed(request), initial=now, organisation=case.municipality)
    if form.is_bound and form.is_valid():
        worker, version = form.cleaned_data["worker"], form.cleaned_data["version"]
        with case_views.refusals_in(form):
            services.receive(case_id=case.pk, worker_id=worker.pk, version=version, by=request.user, at=clock.now())
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
        checks=seam.handover_checks(case, clock.now()),
        handover=getattr(case, "handover", None),
        **context,
    )
