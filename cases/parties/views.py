"""The page on which a running case gets another municipality or a-kasse."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cases import clock
from cases.accounts.access import Permission
from cases.models import Case, FormerParty
from cases.parties import services
from cases.parties.forms import PartiesForm
from cases.request import AppRequest
from cases.web import case_views


@case_views.of_case(Permission.EDIT_CASE)
def change(request: AppRequest, case: Case) -> HttpResponse:
    """Give the case another party; whoever is no party any more goes back to the worklist."""
    form = PartiesForm(case_views.typed(request), case=case, today=clock.today())
    if form.is_bound and form.is_valid():
        typed, at = form.cleaned_data, clock.now()
        with case_views.refusals_in(form):
            changed = services.change_parties(
                case_id=case.pk,
                version=typed["version"],
                fund_id=typed["fund"].pk if typed["fund"] else None,
                municipality_id=typed["municipality"].pk,
                on=typed["on"],
                reason=typed["reason"],
                by=request.user,
                at=at,
            )
            text = f"Sagens parter er gemt, og forløbet går videre. {case_views.what_moved(case, at)}"
            if request.user.workplace in (changed.fund, changed.municipality):
                return case_views.done(request, changed, text)
            left = f"Sag {case.label} er ikke længere jeres."
            if FormerParty.objects.visible_to(request.user, on=clock.today()).filter(case=case).exists():
                left += " I kan læse den en tid endnu under »Tidligere sager«."
            messages.success(request, f"{text} {left}")
            return redirect(reverse("meetings:worklist"))
    return case_views.show(
        request,
        case,
        form=form,
        title="Skift kommune eller a-kasse",
        submit="Gem",
        intro=(
            "Forløbet går videre med de samme frister og holdte samtaler. Samtaler, som den gamle part har booket, "
            "bliver aflyst, og borgeren får besked. Skridt efter en udeblivelse, som den ikke har sendt, trækkes "
            "tilbage. Den nye part ser sagen og dens historik; den gamle kan en tid læse den, som den stod, under "
            "»Tidligere sager«. Ingen hos den nye part har sagen endnu, og en overgang skal modtages igen. Var den "
            "gamle part registreret ved en fejl, så skriv den dag, den blev part: så læser den ikke sagen bagefter."
        ),
    )
