"""The page of a joint action: what shall happen, what it would be, how far it is, and the receipt."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.models import Purpose
from cases.request import AppRequest
from cases.web import case_views
from meetings.list_jobs import presenters, services
from meetings.list_jobs.forms import AssignForm
from meetings.models import ListJob, ListJobState


@case_views.takes_form
def page(request: AppRequest, public_id: UUID) -> HttpResponse:
    """One page at any time: choose what shall happen, look at it, follow it, and see what came of it."""
    job = _found(request, public_id)
    is_own = job.started_by_id == request.user.pk
    form = _form(request, job) if is_own and job.state in (ListJobState.CHOSEN, ListJobState.PREVIEWED) else None
    if form is not None and form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            receivers = list(form.cleaned_data["receivers"])
            services.preview_assignment(job_id=job.pk, receivers=receivers, by=request.user, at=clock.now())
            return redirect(job)
    counts = presenters.counts_of(job)
    rows = presenters.rows_of(job, request.GET.get("side"))
    access_log.record(request, purpose=Purpose.MANAGEMENT, cases=[row.case_id for row in rows])
    now = clock.now()
    context: dict[str, Any] = {
        "job": job,
        "form": form if job.state == ListJobState.CHOSEN or "ret" in request.GET or form and form.is_bound else None,
        "counts": counts,
        "rows": rows,
        "heading": presenters.heading_of(job, counts),
        "shares": presenters.shares_of(job),
        "left": presenters.left_text(counts),
        "is_own": is_own,
        "may_undo": is_own and job.undo_until is not None and now <= job.undo_until,
    }
    template = "meetings/list_jobs/list_job.html#progress" if request.htmx else "meetings/list_jobs/list_job.html"
    is_refused = form is not None and form.is_bound
    response = render(request, template, context, status=422 if is_refused else 200)
    if request.htmx and not job.is_under_way:
        # The receipt is another page than the progress: load it whole.
        response["HX-Refresh"] = "true"
    return response


@require_POST
def start(request: AppRequest, public_id: UUID) -> HttpResponse:
    """Set the action in motion."""
    job = _own(request, public_id)
    with case_views.refusals_told(request):
        services.start(job_id=job.pk, at=clock.now())
    return redirect(job)


@require_POST
def undo(request: AppRequest, public_id: UUID) -> HttpResponse:
    """Take the whole back."""
    job = _own(request, public_id)
    with case_views.refusals_told(request):
        services.take_back(job_id=job.pk, at=clock.now())
        messages.info(request, "Handlingen bliver fortrudt. Ingen får besked om den.")
    return redirect(job)


def _form(request: AppRequest, job: ListJob) -> AssignForm:
    return AssignForm(case_views.typed(request), initial=job.terms, organisation=request.user.workplace)


def _found(request: AppRequest, public_id: UUID) -> ListJob:
    access.require(request.user, Permission.ASSIGN_CASE)
    visible = ListJob.objects.visible_to(request.user).select_related("started_by", "organisation")
    return get_object_or_404(visible, public_id=public_id)


def _own(request: AppRequest, public_id: UUID) -> ListJob:
    access.require(request.user, Permission.ASSIGN_CASE)
    return get_object_or_404(ListJob.objects.visible_to(request.user), public_id=public_id, started_by=request.user)
