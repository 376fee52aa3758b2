"""The days on which the clock stands still, and the hours by which the course passes on."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from cases import access, clock, overview
from cases.access import Permission
from cases.forms import HoursForm, PauseForm, ReasonForm
from cases.models import Act, Case, Pause
from cases.rules.clock import broken_period
from cases.services import cases as services
from cases.views import pages


@pages.of_case(Permission.EDIT_CASE)
def add(request: HttpRequest, case: Case) -> HttpResponse:
    form = PauseForm(pages.typed(request), initial={"version": case.version})
    if form.is_bound and form.is_valid():
        at = clock.now()
        with pages.refusals_in(form):
            services.add_pause(case_id=case.pk, by=request.user, at=at, **_pause(form))
            return pages.done(request, case, f"Pausen er registreret. {_led_to(form, case, at)}")
    return pages.show(
        request,
        case,
        form=form,
        template="cases/pause.html",
        title="Ny pause",
        intro="Begge dage er med i pausen. Fristerne efter pausen flyttes, når loven lader tiden stå stille.",
        pauses=case.pauses.all(),
        pause=None,
    )


def _pause(form: PauseForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("version", "kind", "span", "source")}


def _led_to(form: PauseForm, case: Case, at: datetime) -> str:
    """What the pause moved, or what must be judged where it moves nothing."""
    kind, span = form.cleaned_data["kind"], form.cleaned_data["span"]
    notice = broken_period(case.target_group, kind, span.start, Act.objects.rule_book())
    return notice.text if notice else pages.what_moved(case, at)


def _of_pause(view: Callable[[HttpRequest, Pause], HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the pause that the address names, of a case within one's reach."""

    @pages.takes_form
    @wraps(view)
    def found(request: HttpRequest, public_id: str) -> HttpResponse:
        visible = Case.objects.visible_to(request.user).with_parties().select_related("handover")
        case = get_object_or_404(visible, pauses__public_id=public_id)
        access.require(request.user, Permission.EDIT_CASE)
        pause = case.pauses.get(public_id=public_id)
        pause.case = case
        return pages.answer_for(request, case, view, pause)

    return found


@_of_pause
def change(request: HttpRequest, pause: Pause) -> HttpResponse:
    case = pause.case
    now = {
        "version": case.version,
        "kind": pause.kind,
        "first": pause.period.start,
        "last": pause.period.last_day,
        "source": pause.source,
    }
    form = PauseForm(pages.typed(request), initial=now)
    if form.is_bound and form.is_valid():
        at = clock.now()
        with pages.refusals_in(form):
            services.change_pause(pause_id=pause.pk, by=request.user, at=at, **_pause(form))
            return pages.done(request, case, f"Pausen er rettet. {_led_to(form, case, at)}")
    return pages.show(request, case, form=form, template="cases/pause.html", title="Ret pause", pauses=[], pause=pause)


@_of_pause
def remove(request: HttpRequest, pause: Pause) -> HttpResponse:
    case = pause.case
    form = ReasonForm(pages.typed(request), initial={"version": case.version})
    if form.is_bound and form.is_valid():
        at = clock.now()
        with pages.refusals_in(form):
            services.remove_pause(pause_id=pause.pk, by=request.user, at=at, **form.cleaned_data)
            return pages.done(request, case, f"Pausen er fjernet. {pages.what_moved(case, at)}")
    return pages.show(
        request,
        case,
        form=form,
        title="Fjern pause",
        submit="Fjern pausen",
        intro=f"Pausen er registreret som {pause}. Fjern den kun, hvis den er registreret ved en fejl.",
    )


@pages.of_case(Permission.EDIT_CASE)
def hours(request: HttpRequest, case: Case) -> HttpResponse:
    form = HoursForm(pages.typed(request), initial={"version": case.version}, since=case.placed_on, today=clock.today())
    if form.is_bound and form.is_valid():
        at = clock.now()
        with pages.refusals_in(form):
            services.record_hours(case_id=case.pk, by=request.user, at=at, **form.cleaned_data)
            suggested = overview.suggested_handover(case)
            why = suggested.why[-1].text if suggested else ""
            return pages.done(request, case, f"Timerne er gemt. {pages.what_moved(case, at)} {why}".strip())
    rows = list(case.benefit_hours.all())
    return pages.show(
        request,
        case,
        form=form,
        template="cases/hours.html",
        title="Udbetalte timer",
        intro="Timerne kommer fra udbetalingen. De afgør, hvornår forløbet går over til jobcentret.",
        rows=rows,
        total=sum(row.hours for row in rows),
        suggestion=overview.suggested_handover(case),
    )
