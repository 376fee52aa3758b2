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
from cases.web import case_views, standard_texts
from meetings.list_jobs import actions, presenters, services
from meetings.list_jobs.forms import FORMS
from meetings.models import ListAction, ListJob, ListJobState

#: In the address: what shall happen to the chosen cases.
HOW = "handling"
_NOT_BEGUN = (ListJobState.CHOSEN, ListJobState.PREVIEWED)


@case_views.takes_form
def page(request: AppRequest, public_id: UUID) -> HttpResponse:
    """One page at any time: choose what shall happen, look at it, follow it, and see what came of it."""
    job = _found(request, public_id)
    is_own = job.started_by_id == request.user.pk
    action = _action(request, job)
    form = _form(request, job, action) if is_own and job.state in _NOT_BEGUN else None
    is_refused = form is not None and form.is_bound
    if form is not None and is_refused and form.is_valid():
        with case_views.refusals_in(form):
            services.preview(job_id=job.pk, action=action, terms=form.terms(), at=clock.now())
            return redirect(job)
    counts = presenters.counts_of(job)
    rows = presenters.rows_of(job, request.GET.get("side"), seen_by=request.user)
    seen = [row.case_id for row in rows if row.is_seen]
    access_log.record(request, purpose=Purpose.MANAGEMENT, cases=seen)
    now = clock.now()
    context: dict[str, Any] = {
        "job": job,
        "form": form if job.state == ListJobState.CHOSEN or HOW in request.GET or is_refused else None,
        "actions": [(one, one.label.capitalize(), one is action) for one in _may(request)],
        "may_book": access.has(request.user, Permission.BOOK_MEETING),
        "button": presenters.button_of(job, counts),
        "counts": counts,
        "rows": rows,
        "heading": presenters.heading_of(job, counts),
        "shares": presenters.shares_of(job),
        "left": presenters.left_text(counts),
        "is_own": is_own,
        "may_undo": is_own and job.undo_until is not None and now <= job.undo_until,
    }
    template = "meetings/list_jobs/list_job.html#progress" if request.htmx else "meetings/list_jobs/list_job.html"
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


def _may(request: AppRequest) -> list[ListAction]:
    return [one for one, action in actions.ACTIONS.items() if access.has(request.user, action.permission)]


def _action(request: AppRequest, job: ListJob) -> ListAction:
    """What the address asks for, or else what was looked at; at first the first that the user may."""
    asked = request.GET.get(HOW) or job.action
    return next((one for one in _may(request) if str(one) == asked), _may(request)[0])


def _form(request: AppRequest, job: ListJob, action: ListAction) -> Any:
    initial = job.terms if job.action == action else {}
    form = FORMS[action](case_views.typed(request), initial=initial, organisation=request.user.workplace)
    standard_texts.offer(form, request=request, user=request.user)
    return form


def _found(request: AppRequest, public_id: UUID) -> ListJob:
    access.require(request.user, Permission.HOLD_MEETING)
    visible = ListJob.objects.visible_to(request.user).select_related("started_by", "organisation")
    return get_object_or_404(visible, public_id=public_id)


def _own(request: AppRequest, public_id: UUID) -> ListJob:
    access.require(request.user, Permission.HOLD_MEETING)
    mine = ListJob.objects.visible_to(request.user).filter(started_by=request.user)
    job = get_object_or_404(mine, public_id=public_id)
    if job.action:
        access.require(request.user, actions.of(job).permission)
    return job
