"""The pages on which two records of one person are joined, and told apart again."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from cases import clock
from cases.accounts.access import Permission
from cases.history import access_log
from cases.joining import contacts, services
from cases.joining.forms import OTHER, JoinForm, OtherCaseForm
from cases.joining.overlap import why_not
from cases.models import Case, CitizenJoin, Purpose
from cases.request import AppRequest
from cases.web import case_views

_TITLE = "Saml to poster"


@case_views.of_case(Permission.EDIT_CASE, is_open=False)
def join(request: AppRequest, case: Case) -> HttpResponse:
    """Ask for the other record by the number of a case, show both, and join them."""
    is_asked = "sag" in request.GET
    found = OtherCaseForm(request.GET if is_asked else case_views.typed(request), user=request.user)
    if not found.is_bound or not found.is_valid():
        return _find(request, case, found)
    other: Case = found.cleaned_data["sag"]
    if request.method != "POST" and (problem := why_not(case.citizen, other.citizen, by=request.user)):
        found.add_error("sag", problem)
        return _find(request, case, found)
    if not is_asked:
        return redirect(f"{reverse('cases:join', args=[case.public_id])}?{urlencode({'sag': other.label})}")
    told = contacts.differ(case.citizen, other.citizen, own=request.user.organisation_id)
    form = JoinForm(case_views.typed(request), case=case, other=other, contacts=told)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        with case_views.refusals_in(form):
            services.join(
                case_id=case.pk,
                other_id=other.pk,
                version=typed["version"],
                takes_number=typed["number"] == OTHER,
                takes_name=typed.get("name") == OTHER,
                takes_contact=typed.get("contact") == OTHER,
                reason=typed["reason"],
                by=request.user,
                at=clock.now(),
            )
            text = "De to poster er samlet. De kan skilles ad igen i et døgn under »Oplysninger«."
            return case_views.done(request, case, text)
    access_log.record(request, purpose=Purpose.OPERATION, cases=[other.pk], detail="saml to poster")
    return case_views.show(
        request,
        case,
        template="cases/joining/join.html",
        form=form,
        title=_TITLE,
        submit="Saml posterne",
        intro=(
            "Se efter, at det er den samme borger. Alle sager, samtaler, CPR-numre og kontaktoplysninger samles hos "
            "én borger, også det, andre organisationer har. Notater og planer følger deres sag."
        ),
        records=[_record(one, request) for one in (case, other)],
    )


def _find(request: AppRequest, case: Case, form: OtherCaseForm) -> HttpResponse:
    intro = "Står den samme borger her to gange, kan de to poster samles. Skriv et nummer på en sag i den anden."
    return case_views.show(request, case, template="cases/joining/find.html", form=form, title=_TITLE, intro=intro)


def _record(case: Case, request: AppRequest) -> dict[str, Any]:
    """What one's own organisation may see of one of the two."""
    cases = Case.objects.visible_to(request.user).filter(citizen=case.citizen_id).order_by("-number")
    return {"citizen": case.citizen, "contact": case.contact_of(request.user.workplace), "cases": list(cases)}


@case_views.of_case(Permission.EDIT_CASE, is_open=False)
def separate(request: AppRequest, case: Case) -> HttpResponse:
    """Tell two records apart again, within a day."""
    done = CitizenJoin.objects.filter(kept=case.citizen_id).separable(clock.now()).first()
    if done is None:
        return case_views.done(request, case, "Borgerens poster er ikke samlet det sidste døgn, eller de er skilt ad.")

    def save(*, reason: str) -> str:
        services.separate(join_id=done.pk, reason=reason, by=request.user, at=clock.now())
        return "De to poster er skilt ad igen, som de var."

    return case_views.reason_page(
        request,
        case,
        save=save,
        title="Skil posterne ad igen",
        submit="Skil posterne ad",
        intro=(
            "Hver post får sine sager, CPR-numre og kontaktoplysninger igen, som de var. Det, der er sket i sagerne "
            "imens, bliver i sagerne."
        ),
    )
