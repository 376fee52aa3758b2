"""The pages on which views of the worklist are saved, changed and removed. No citizen is shown."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.request import AppRequest
from cases.rules.refusal import version_of
from cases.web import case_views
from cases.web.removal import removes
from meetings.models import SavedView, WorklistEntry
from meetings.models.saved_views import SharedWith
from meetings.worklist import saved
from meetings.worklist.filters import WorklistFilter
from meetings.worklist.saved_forms import SavedViewForm


@require_safe
def listed(request: AppRequest) -> HttpResponse:
    """The views that the user has saved."""
    access.require(request.user, Permission.HOLD_MEETING)
    rows = SavedView.objects.filter(user=request.user)
    return render(request, "meetings/worklist/saved_views.html", {"rows": rows})


@case_views.takes_form
def add(request: AppRequest) -> HttpResponse:
    """Save the list as it is asked for now."""
    access.require(request.user, Permission.HOLD_MEETING)
    filterset = WorklistFilter(
        request.GET, queryset=WorklistEntry.objects.none(), user=request.user, today=clock.today()
    )
    query = saved.query_of(filterset)
    return _form(request, None, query=query, initial={"version": 0, "shared_with": SharedWith.NOBODY})


@case_views.takes_form
def change(request: AppRequest, public_id: str) -> HttpResponse:
    """Give a view another name, share it or not, or let it be the start."""
    view = _own(request, public_id)
    now = dict(zip(("name", "shared_with", "is_start"), saved.said_of(view), strict=True))
    initial = {"version": version_of(*now.values()), **now}
    return _form(request, view, query=view.query, initial=initial)


@removes(SavedView, "Visningen står ikke længere på listen.", to="meetings:saved_views")
@require_POST
def remove(request: AppRequest, public_id: str) -> HttpResponse:
    """Forget a view; whoever it was shared with no longer finds it."""
    view = _own(request, public_id)
    view.delete()
    messages.success(request, f"Visningen »{view.name}« er fjernet.")
    return redirect("meetings:saved_views")


def _form(request: AppRequest, view: SavedView | None, *, query: str, initial: dict[str, Any]) -> HttpResponse:
    form = SavedViewForm(case_views.typed(request), initial=initial)
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            kept = saved.save(view=view, query=query, by=request.user, **form.cleaned_data)
            messages.success(request, f"Visningen »{kept.name}« er gemt.")
            return redirect(f"{reverse('meetings:worklist')}?{kept.query or 'vis=alle'}")
    context = {
        "title": "Ret visning" if view else "Gem visning",
        "form": form,
        "submit": "Gem visning",
        "intro": "Visningen husker filtre og orden, aldrig en borger.",
        "cancel_url": reverse("meetings:saved_views") if view else f"{reverse('meetings:worklist')}?{query}",
        "case": None,
    }
    return render(request, "cases/web/form.html", context, status=422 if form.is_bound else 200)


def _own(request: AppRequest, public_id: str) -> SavedView:
    return get_object_or_404(SavedView, user=request.user, public_id=public_id)
