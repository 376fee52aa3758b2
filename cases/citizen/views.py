"""The page on which a citizen's name and contact data are kept right."""

from django.http import HttpResponse

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.citizen import services
from cases.citizen.forms import CITIZEN_FIELDS, CitizenForm
from cases.citizen.services import CONTACT_FIELDS, SHARED_FIELDS
from cases.models import Case
from cases.request import AppRequest
from cases.web import case_views


@case_views.of_case(Permission.EDIT_CASE)
def citizen(request: AppRequest, case: Case) -> HttpResponse:
    contact = case.contact_of(request.user.workplace)
    now = {
        "version": case.version,
        **{name: getattr(case.citizen, name) for name in SHARED_FIELDS},
        **{name: getattr(contact, name) for name in CONTACT_FIELDS},
    }
    may_lift = access.has(request.user, Permission.LIFT_PROTECTION)
    form = CitizenForm(case_views.typed(request), initial=now, may_lift_protection=may_lift)
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            services.update_citizen(
                case_id=case.pk,
                version=form.cleaned_data["version"],
                changes={name: form.cleaned_data[name] for name in CITIZEN_FIELDS},
                reason=form.cleaned_data.get("reason", ""),
                by=request.user,
                at=clock.now(),
            )
            return case_views.done(request, case, "Borgerens oplysninger er gemt.")
    return case_views.show(
        request,
        case,
        form=form,
        title="Borgerens oplysninger",
        intro=(
            "Navn, adressebeskyttelse og Digital Post gælder for alle parter. Resten er jeres egne oplysninger: "
            "andre organisationer har deres."
        ),
    )
