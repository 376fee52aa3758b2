"""The pages of exemptions."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse

from cases import clock
from cases.accounts.access import Permission
from cases.changing import newest
from cases.models import Act, Case
from cases.request import AppRequest
from cases.rules.declaring import CaseDates
from cases.web import case_views
from cases.web.removal import removes
from meetings.exemptions import services
from meetings.exemptions.forms import ExemptionForm, initial_of
from meetings.models import Exemption
from meetings.rules.parameters import EXEMPT_QUOTA_PERCENT


@case_views.of_case(Permission.EDIT_CASE)
def exempt(request: AppRequest, case: Case) -> HttpResponse:
    """Exempt the citizen from meetings for a time."""
    today = clock.today()
    quota = Act.objects.rule_book().in_force(EXEMPT_QUOTA_PERCENT, CaseDates(event=today))
    form = ExemptionForm(
        case_views.typed(request), today=today, has_share=quota.value > 0, version=newest(services.told_of(case))
    )
    if form.is_bound and form.is_valid():
        at, span = clock.now(), form.cleaned_data["span"]
        if there := case.exemptions.filter(span__overlap=(span.start, span.end)).first():
            form.standing = initial_of(there)
        with case_views.refusals_in(form):
            exemption = services.exempt(case_id=case.pk, by=request.user, at=at, **form.cleaned())
            booked = case.meetings.booked().filter(starts_at__gt=at)
            inside = ", ".join(one.in_words for one in booked if exemption.period.contains(one.day))
            if inside:
                messages.warning(request, f"Der er booket i fritagelsen: {inside}. Flyt eller aflys.")
            return case_views.done(request, case, case_views.what_moved(case, at))
    return case_views.show(
        request,
        case,
        form=form,
        title="Ny fritagelse",
        submit="Gem fritagelse",
        intro=(
            "Mens en fritagelse varer, indkaldes borgeren ikke, og ingen frist overskrides. "
            "En frist, der falder i den, udskydes."
        ),
    )


@removes(Exemption, "Fritagelsen findes ikke mere, eller sagen er ikke længere jeres.", to="meetings:worklist")
@case_views.of_row("exemptions", Permission.EDIT_CASE)
def exemption_end(request: AppRequest, exemption: Exemption) -> HttpResponse:
    """Take back an exemption, with a reason."""
    case, at = exemption.case, clock.now()

    def save(reason: str) -> str:
        services.end_exemption(exemption_id=exemption.pk, reason=reason, by=request.user, at=at)
        return case_views.what_moved(case, at)

    return case_views.reason_page(
        request,
        case,
        save=save,
        title="Fjern fritagelse",
        intro=f"{exemption}. Fristerne beregnes igen, som om den ikke var der. Historikken beholder den.",
    )


@case_views.of_row("exemptions", Permission.KEEP_DUTY)
def keep_duty(request: AppRequest, exemption: Exemption) -> HttpResponse:
    """The jobcenter holds on to the duty to meet, by concrete assessment."""
    case, at = exemption.case, clock.now()

    def save(**typed: Any) -> str:
        services.keep_duty(exemption_id=exemption.pk, by=request.user, at=at, **typed)
        return case_views.what_moved(case, at)

    return case_views.reason_page(
        request,
        case,
        save=save,
        version=newest(services.told_of(case)),
        standing=exemption.duty_kept_reason,
        title="Fasthold mødepligten",
        intro=f"{exemption}. Når mødepligten fastholdes, indkaldes borgeren alligevel, og fristerne gælder.",
    )
