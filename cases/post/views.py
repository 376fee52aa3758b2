"""The post book of a case: what was sent to the citizen, and what was not; and the list of those not reached."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.changing import with_parties
from cases.history import access_log
from cases.models import Case, Dispatch, Purpose, scopes
from cases.models.scopes import Scope
from cases.post import letters, queries, services
from cases.reminders import owing
from cases.request import AppRequest
from cases.web import case_views

#: So many stand on the list at once; whoever brings one makes room for the next.
MOST = 100


@require_safe
def post_book(request: AppRequest, public_id: UUID) -> HttpResponse:
    """Every message to the citizen, with its text as it was sent."""
    case = case_views.case_of(request.user, public_id)
    return case_views.show(
        request,
        case,
        template="cases/post/post_book.html",
        title="Postbog",
        entries=queries.entries_of(case, request.user),
        may_send=access.has(request.user, Permission.BOOK_MEETING),
    )


@require_safe
def letter(request: AppRequest, public_id: str) -> HttpResponse:
    """One message as PDF, to be posted or kept."""
    dispatch, case = _own(request, public_id)
    access_log.record(request, purpose=Purpose.MEETING, cases=[case.pk])
    name, content = letters.file_of(dispatch, case=case)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@require_POST
def again(request: AppRequest, public_id: str) -> HttpResponse:
    """Send one message again."""
    dispatch, case = _own(request, public_id)
    access.require(request.user, Permission.BOOK_MEETING)
    services.send_again(dispatch_id=dispatch.pk, by=request.user, at=clock.now())
    messages.success(request, "Beskeden sendes igen, hvis det, den fortæller om, stadig gælder.")
    return redirect("cases:post_book", case.public_id)


@require_POST
def by_hand(request: AppRequest, public_id: str) -> HttpResponse:
    """Somebody has posted one message as a letter."""
    dispatch, case = _own(request, public_id)
    access.require(request.user, Permission.BOOK_MEETING)
    with case_views.refusals_told(request):
        services.post_by_hand(dispatch_id=dispatch.pk, by=request.user, at=clock.now())
        messages.success(request, "Det er noteret, at beskeden er sendt med brev.")
    return redirect("cases:post_book", case.public_id)


@require_safe
def not_reached(request: AppRequest) -> HttpResponse:
    """The messages that no way led to the citizen, the nearest first."""
    access.require(request.user, Permission.BOOK_MEETING)
    scope = scopes.asked(request.GET.dict())
    rows = queries.not_reached(request.user, today=clock.today(), scope=scope)
    found = list(rows.select_related("reminder__case__citizen").defer("letter").order_by("until", "pk")[:MOST])
    if found:
        access_log.record(request, purpose=Purpose.MEETING, cases=[one.reminder.case_id for one in found])
    labels = owing.kind_labels()
    context = {
        "rows": [(one, labels.get(one.reminder.kind, one.reminder.kind)) for one in found],
        "scope": scopes.scope_labels(request.user)[scope],
        "is_all": scope is Scope.ORGANISATION,
    }
    return render(request, "cases/post/not_reached.html", context)


def _own(request: AppRequest, public_id: str) -> tuple[Dispatch, Case]:
    """The message that the address names, if one's own organisation sent it."""
    visible = Dispatch.objects.visible_to(request.user).select_related("sender", "reminder")
    dispatch = get_object_or_404(visible, public_id=public_id)
    return dispatch, with_parties(dispatch.reminder.case_id)
