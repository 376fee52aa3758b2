"""The list of booked talks that nobody is there to hold."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.models import Purpose, scopes
from cases.models.scopes import Scope
from cases.request import AppRequest
from meetings.unattended import queries

#: So many are shown; a longer list is worked off from its beginning.
MOST = 100


@require_safe
def page(request: AppRequest) -> HttpResponse:
    """The nearest first, each with why, and the way to another time or colleague."""
    access.require(request.user, Permission.HOLD_MEETING)
    scope = scopes.asked(request.GET.dict())
    talks = queries.unattended(request.user, today=clock.today(), scope=scope)
    rows = queries.with_why(talks.select_related("adviser", "case__citizen").order_by("starts_at", "pk")[:MOST])
    if rows:
        access_log.record(request, purpose=Purpose.MEETING, cases=[row.meeting.case_id for row in rows])
    context = {
        "heading": queries.LABEL,
        "rows": rows,
        "scope": scopes.scope_labels(request.user)[scope],
        "is_all": scope is Scope.ORGANISATION,
        "may_move": access.has(request.user, Permission.BOOK_MEETING),
    }
    return render(request, "meetings/unattended/unattended.html", context)
