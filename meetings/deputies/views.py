"""The page where an office keeps who stands in for whom. No citizen is shown."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.models import Deputy
from cases.request import AppRequest
from cases.web import case_views
from cases.web.removal import removes
from meetings.deputies import services
from meetings.deputies.forms import DeputyForm


@require_safe
def page(request: AppRequest) -> HttpResponse:
    """Those of one's own office who stand in now or later."""
    access.require(request.user, Permission.KEEP_OFFICE_TIME)
    rows = Deputy.objects.visible_to(request.user).filter(last_day__gte=clock.today())
    return render(request, "meetings/deputies/deputies.html", {"rows": rows.select_related("user", "deputy")})


@case_views.takes_form
def add(request: AppRequest) -> HttpResponse:
    """Let somebody stand in."""
    access.require(request.user, Permission.KEEP_OFFICE_TIME)
    form = DeputyForm(case_views.typed(request), organisation=request.user.workplace)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        with case_views.refusals_in(form):
            made = services.set_deputy(
                user_id=typed["user"].pk,
                deputy_id=typed["deputy"].pk,
                first_day=typed["first_day"],
                last_day=typed["last_day"],
                by=request.user,
                at=clock.now(),
            )
            messages.success(request, f"{made.deputy} er stedfortræder for {made.user} {made.text}.")
            return redirect("meetings:deputies")
    context = {
        "title": "Ny stedfortræder",
        "form": form,
        "submit": "Gem stedfortræder",
        "intro": "Så længe det varer, har stedfortræderen sagerne, samtalerne, opgaverne og indstillingerne blandt "
        "sine egne og får påmindelserne.",
        "cancel_url": reverse("meetings:deputies"),
        "case": None,
    }
    return render(request, "cases/web/form.html", context, status=422 if form.is_bound else 200)


@removes(Deputy, "Stedfortræderen står ikke længere på listen.", to="meetings:deputies")
@require_POST
def end(request: AppRequest, public_id: UUID) -> HttpResponse:
    """Let nobody stand in any more."""
    access.require(request.user, Permission.KEEP_OFFICE_TIME)
    row = get_object_or_404(Deputy.objects.visible_to(request.user), public_id=public_id)
    services.end_deputy(deputy_id=row.pk)
    messages.success(request, f"{row.deputy} er ikke længere stedfortræder for {row.user}.")
    return redirect("meetings:deputies")
