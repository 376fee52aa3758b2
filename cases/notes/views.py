"""The pages where a party writes notes and tasks to itself, and says that they are done."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.models import Case, CaseNote, Purpose, scopes
from cases.models.scopes import Scope
from cases.notes import queries, services
from cases.notes.forms import NoteForm
from cases.request import AppRequest, way_back
from cases.web import case_views

#: So many stand on the list at once; whoever does one makes room for the next.
MOST = 100


@case_views.of_case(Permission.EDIT_CASE)
def add(request: AppRequest, case: Case) -> HttpResponse:
    """Write a note, or with a day a task."""
    form = NoteForm(case_views.typed(request), organisation=request.user.workplace)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        with case_views.refusals_in(form):
            note = services.write(
                case_id=case.pk,
                text=typed["text"],
                due_on=typed["due_on"],
                worker_id=(typed["worker"] or request.user).pk,
                by=request.user,
                at=clock.now(),
            )
            return case_views.done(request, case, "Opgaven er skrevet." if note.due_on else "Notatet er skrevet.")
    return case_views.show(request, case, form=form, title="Nyt notat eller ny opgave")


@require_POST
def finish(request: AppRequest, public_id: str) -> HttpResponse:
    """It is done, or needed no more."""
    return _change(request, public_id, services.finish, "Udført: {}", by=request.user, at=clock.now())


@require_POST
def reopen(request: AppRequest, public_id: str) -> HttpResponse:
    """It was not done after all."""
    return _change(request, public_id, services.reopen, "Åben igen: {}")


def _change(
    request: AppRequest, public_id: str, service: Callable[..., CaseNote], receipt: str, **more: object
) -> HttpResponse:
    note = get_object_or_404(CaseNote.objects.visible_to(request.user).select_related("case"), public_id=public_id)
    access.require(request.user, Permission.EDIT_CASE)
    service(note_id=note.pk, **more)
    messages.success(request, receipt.format(note.text))
    return redirect(way_back(request, note.case.get_absolute_url()))


@require_safe
def tasks(request: AppRequest) -> HttpResponse:
    """The tasks whose day has come, the oldest first."""
    access.require(request.user, Permission.EDIT_CASE)
    scope, today = scopes.asked(request.GET.dict()), clock.today()
    found = list(queries.due(request.user, today=today, scope=scope)[:MOST])
    if found:
        access_log.record(request, purpose=Purpose.MEETING, cases=[one.case_id for one in found])
    context = {
        "rows": found,
        "today": today,
        "scope": scopes.scope_labels(request.user)[scope],
        "is_all": scope is Scope.ORGANISATION,
        "leads_back": True,
    }
    return render(request, "cases/notes/tasks.html", context)
