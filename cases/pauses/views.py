"""The days on which the clock stands still, and the hours by which the course passes on."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse

from cases import clock
from cases.accounts.access import Permission
from cases.models import Act, Case, Pause
from cases.pauses import services
from cases.pauses.forms import HoursForm, PauseForm
from cases.request import AppRequest
from cases.rules.unemployment_clock import broken_period
from cases.web import case_views, identity
from cases.web.removal import removes


@case_views.of_case(Permission.EDIT_CASE)
def add(request: AppRequest, case: Case) -> HttpResponse:
    form = PauseForm(case_views.typed(request), initial={"version": case.version})
    if form.is_bound and form.is_valid():
        at = clock.now()
        with case_views.refusals_in(form):
            services.add_pause(case_id=case.pk, by=request.user, at=at, **_pause(form))
            return case_views.done(request, case, f"Pausen er registreret. {_led_to(form, case, at)}")
    return case_views.show(
        request,
        case,
        form=form,
        template="cases/pauses/pause.html",
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
    return notice.text if notice else case_views.what_moved(case, at)


@case_views.of_row("pauses", Permission.EDIT_CASE)
def change(request: AppRequest, pause: Pause) -> HttpResponse:
    case = pause.case
    now = {
        "version": case.version,
        "kind": pause.kind,
        "first": pause.period.start,
        "last": pause.period.last_day,
        "source": pause.source,
    }
    form = PauseForm(case_views.typed(request), initial=now)
    if form.is_bound and form.is_valid():
        at = clock.now()
        with case_views.refusals_in(form):
            services.change_pause(pause_id=pause.pk, by=request.user, at=at, **_pause(form))
            return case_views.done(request, case, f"Pausen er rettet. {_led_to(form, case, at)}")
    return case_views.show(
        request, case, form=form, template="cases/pauses/pause.html", title="Ret pause", pauses=[], pause=pause
    )


@removes(Pause, "Pausen findes ikke mere, eller sagen er ikke længere jeres.", to="meetings:worklist")
@case_views.of_row("pauses", Permission.EDIT_CASE)
def remove(request: AppRequest, pause: Pause) -> HttpResponse:
    case, at = pause.case, clock.now()

    def save(**typed: Any) -> str:
        services.remove_pause(pause_id=pause.pk, by=request.user, at=at, **typed)
        return f"Pausen er fjernet. {case_views.what_moved(case, at)}"

    return case_views.reason_page(
        request,
        case,
        save=save,
        version=case.version,
        title="Fjern pause",
        submit="Fjern pausen",
        intro=f"Pausen er registreret som {pause}. Fjern den kun, hvis den er registreret ved en fejl.",
    )


@case_views.of_case(Permission.EDIT_CASE)
def hours(request: AppRequest, case: Case) -> HttpResponse:
    form = HoursForm(
        case_views.typed(request), initial={"version": case.version}, since=case.placed_on, today=clock.today()
    )
    rows = list(case.benefit_hours.all())
    if form.is_bound and form.is_valid():
        at, month = clock.now(), form.cleaned_data["month"]
        form.standing = {"hours": next((row.hours for row in rows if row.month == month), None)}
        with case_views.refusals_in(form):
            services.record_hours(case_id=case.pk, by=request.user, at=at, **form.cleaned_data)
            suggested = identity.suggested_handover(case)
            why = suggested.why[-1].text if suggested else ""
            return case_views.done(request, case, f"Timerne er gemt. {case_views.what_moved(case, at)} {why}".strip())
    return case_views.show(
        request,
        case,
        form=form,
        template="cases/pauses/hours.html",
        title="Udbetalte timer",
        intro="Timerne kommer fra udbetalingen. De afgør, hvornår forløbet går over til jobcentret.",
        rows=rows,
        total=sum(row.hours for row in rows),
        suggestion=identity.suggested_handover(case),
    )
