"""The page of one case, the same for both parties, on its tabs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases import clock, seam
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.models import Case, CitizenJoin, Purpose, User
from cases.request import AppRequest
from cases.ui.case_tabs import Tab
from cases.web import identity
from meetings.case_page import presenters
from meetings.planning import law as planning_law
from meetings.planning.law import Law

#: The law, read when the first block asks for it, and for all of them.
LawOnce = Callable[[], Law]


@require_safe
def page(request: AppRequest, public_id: UUID, tab: Tab = Tab.OVERVIEW) -> HttpResponse:
    user, now = request.user, clock.now()
    case = presenters.case_of(user, public_id)
    access_log.record(request, purpose=Purpose.MEETING, cases=[case.pk])
    shown = list(_TABS) if tab is Tab.WHOLE else [tab]
    context = {
        "tab": tab,
        # From the others one comes back to the tab.
        "leads_back": tab not in (Tab.OVERVIEW, Tab.WHOLE),
        "tabs": [(one, one.url_of(case.public_id)) for one in Tab if one is not Tab.WHOLE],
        "whole_url": Tab.WHOLE.url_of(case.public_id),
        "sections": [(_TABS[one][0], seam.parts(case, tab=one, user=user, at=now)) for one in shown],
        "case": case,
        "citizen": case.citizen,
        "identity": identity.identity(case, user=user, at=now),
        "today": clock.today(),
        "may": _may(case, user),
    }
    law = cache(planning_law.law_in_force)
    for read in dict.fromkeys(read for one in shown for read in _TABS[one][1]):
        context |= read(case, user, now, request.GET.dict(), law)
    return render(request, "meetings/case_page/case.html", context)


def _course(case: Case, user: User, at: datetime, params: Mapping[str, str], law: LawOnce) -> dict[str, Any]:
    return {"page": presenters.read(case=case, user=user, at=at, law=law())}


def _matters(case: Case, user: User, at: datetime, params: Mapping[str, str], law: LawOnce) -> dict[str, Any]:
    return {"matters_beyond": seam.matters(case, user=user, at=at)}


def _history(case: Case, user: User, at: datetime, params: Mapping[str, str], law: LawOnce) -> dict[str, Any]:
    history = presenters.history_of(case, params)
    previous_url, next_url = history.links({})
    return {
        "history": history,
        "previous_url": f"{previous_url}#historik" if previous_url else "",
        "next_url": f"{next_url}#historik" if next_url else "",
    }


def _passing(case: Case, user: User, at: datetime, params: Mapping[str, str], law: LawOnce) -> dict[str, Any]:
    return {"passing": presenters.passing_of(case, today=timezone.localtime(at).date(), law=law())}


def _facts(case: Case, user: User, at: datetime, params: Mapping[str, str], law: LawOnce) -> dict[str, Any]:
    return {
        "contact": case.contact_of(user.workplace),
        "numbers": case.citizen.numbers.filter(withdrawn_at=None),
        "join": CitizenJoin.objects.filter(kept=case.citizen_id).separable(at).first(),
        "previous_case": presenters.neighbour(case.previous, user, is_there=case.previous_id is not None),
        "next_case": presenters.neighbour(getattr(case, "next", None), user, is_there=presenters.is_followed(case)),
    }


Read = Callable[[Case, User, datetime, Mapping[str, str], LawOnce], dict[str, Any]]

#: The sections of each tab, and what they read beside the blocks of the apps.
_TABS: Mapping[Tab, tuple[str, Sequence[Read]]] = {
    Tab.OVERVIEW: ("meetings/case_page/tab_overview.html", (_course, _passing, _matters)),
    Tab.TALKS: ("meetings/case_page/tab_talks.html", (_course,)),
    Tab.PLAN: ("meetings/case_page/tab_plan.html", ()),
    Tab.ABSENCE: ("meetings/case_page/tab_absence.html", ()),
    Tab.HISTORY: ("meetings/case_page/tab_history.html", (_history,)),
    Tab.FACTS: ("meetings/case_page/tab_facts.html", (_facts, _passing)),
}


def _may(case: Case, user: User) -> dict[str, bool]:
    """What this user may do with the case now; a closed case is only read."""
    handover = getattr(case, "handover", None)
    is_open = case.is_open
    return {
        "book": is_open and access.has(user, Permission.BOOK_MEETING),
        # What was held before a case was closed can still be registered.
        "enter": access.has(user, Permission.HOLD_MEETING),
        "choose": is_open and access.has(user, Permission.RECORD_CHOICE),
        "edit": is_open and access.has(user, Permission.EDIT_CASE),
        "change_number": access.has(user, Permission.EDIT_CASE),
        "hold": access.has(user, Permission.ERASE),
        "give_insight": access.has(user, Permission.GIVE_INSIGHT),
        "reopen": not is_open and access.has(user, Permission.EDIT_CASE) and not presenters.is_followed(case),
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
