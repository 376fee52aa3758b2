"""A case ends, and is opened again where that was a mistake."""

from typing import Any

from django.http import HttpResponse

from cases import clock, seam
from cases.accounts.access import Permission
from cases.closing import services
from cases.closing.forms import CloseForm
from cases.models import Case
from cases.request import AppRequest
from cases.web import case_views


@case_views.of_case(Permission.EDIT_CASE)
def close(request: AppRequest, case: Case) -> HttpResponse:
    today, at = clock.today(), clock.now()
    form = CloseForm(case_views.typed(request), initial={"version": case.version, "closed_on": today}, today=today)
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            services.close_case(
                case_id=case.pk,
                version=form.cleaned_data["version"],
                reason=form.cleaned_data["reason"],
                closed_on=form.cleaned_data["closed_on"],
                accepted=form.accepted,
                by=request.user,
                at=at,
            )
            text = " ".join(["Sagen er afsluttet. Den kan stadig læses.", *case_views.what_followed(case, at)])
            return case_views.done(request, case, text, undo="cases.closed")
    doubts = seam.closing_doubts(case, closed_on=today, user=request.user, at=at)
    if not form.is_bound:
        form.ask(doubts.texts)
    return case_views.show(
        request,
        case,
        form=form,
        links=doubts.links,
        title="Afslut sagen",
        submit="Afslut sagen",
        intro=(
            "Bookede samtaler, der ikke er begyndt, bliver aflyst, og borgeren får besked. "
            "En afsluttet sag kan læses. Var det en fejl, kan den åbnes igen."
        ),
    )


@case_views.of_case(Permission.EDIT_CASE, is_open=False)
def reopen(request: AppRequest, case: Case) -> HttpResponse:
    if case.is_open:
        return case_views.done(request, case, "Sagen er åben.")
    at = clock.now()

    def save(**typed: Any) -> str:
        services.reopen_case(case_id=case.pk, by=request.user, at=at, **typed)
        return f"Sagen er åben igen. {case_views.what_moved(case, at)}"

    return case_views.reason_page(
        request,
        case,
        save=save,
        version=case.version,
        title="Åbn sagen igen",
        intro=(
            f"Sagen blev afsluttet den {case.closed_on:%d-%m-%Y}: {case.get_close_reason_display()}. Forløbet går "
            "videre, som det var, og fristerne beregnes igen. Samtaler og tilbud, der blev aflyst, er stadig aflyst: "
            "book dem på ny. Har borgeren været væk i mellemtiden, så registrér dagene som en pause."
        ),
    )
