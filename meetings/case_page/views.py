"""The page of one case, the same for both parties."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cases import clock, extensions
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.models import Case, Purpose, User
from cases.request import AppRequest
from cases.web import identity
from meetings.case_page import presenters
from meetings.planning import law as planning_law


@require_safe
def page(request: AppRequest, public_id: str) -> HttpResponse:
    user, now = request.user, clock.now()
    case = get_object_or_404(presenters.cases_of(user), public_id=public_id)
    read = presenters.read(case=case, user=user, at=now, law=planning_law.law_in_force(), params=request.GET.dict())
    access_log.record(request, purpose=Purpose.MEETING, cases=[case.pk])
    previous_url, next_url = read.history.links({})
    context = {
        "page": read,
        "case": case,
        "citizen": case.citizen,
        "contact": case.contact_of(user.workplace),
        "identity": identity.identity(case, user=user, at=now),
        "parts": extensions.parts(case, user=user, at=now),
        "today": clock.today(),
        "may": _may(case, user),
        "previous_case": presenters.neighbour(case.previous, user),
        "next_case": presenters.neighbour(getattr(case, "next", None), user),
        "previous_url": f"{previous_url}#historik" if previous_url else "",
        "next_url": f"{next_url}#historik" if next_url else "",
    }
    return render(request, "meetings/case_page/course.html", context)


def _may(case: Case, user: User) -> dict[str, bool]:
    """What this user may do with the case now; a closed case is only read."""
    handover = getattr(case, "handover", None)
    is_open = case.is_open
    return {
        "book": is_open and access.has(user, Permission.BOOK_MEETING),
        "enter": is_open and access.has(user, Permission.HOLD_MEETING),
        "choose": is_open and access.has(user, Permission.RECORD_CHOICE),
        "edit": is_open and access.has(user, Permission.EDIT_CASE),
        "reopen": not is_open and access.has(user, Permission.EDIT_CASE) and not hasattr(case, "next"),
        "assign": is_open and access.has(user, Permission.ASSIGN_CASE),
        "place_anew": is_open and access.has(user, Permission.OPEN_CASE),
        "keep_duty": is_open and access.has(user, Permission.KEEP_DUTY),
        "hand_over": is_open
        and handover is None
        and case.fund is not None
        and access.has(user, Permission.HAND_OVER, organisation=case.fund),
        "receive": is_open
        and handover is not None
        and handover.received_at is None
        and access.has(user, Permission.RECEIVE, organisation=case.municipality),
    }
