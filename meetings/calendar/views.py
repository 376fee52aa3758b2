"""The calendar: a week or a day, one's own or the team's."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.models import Purpose, scopes
from cases.models.scopes import Scope
from cases.request import AppRequest
from cases.rules.period import Period
from cases.rules.workdays import known_years
from cases.ui.fields import DateField
from meetings.calendar import queries
from meetings.models import BusyCalendar
from meetings.rules.spans import ONE_DAY

_DAY = "dag"
_VIEW = "visning"


@require_safe
def page(request: AppRequest) -> HttpResponse:
    """The talks of the week or the day that the address names, or of this week."""
    access.require(request.user, Permission.KEEP_OWN_TIME)
    today = clock.today()
    day, is_day = _day_asked(request, today), request.GET.get(_VIEW) == _DAY
    scope = Scope.TEAM if request.GET.get(scopes.KEPT_TO) == Scope.TEAM and request.user.team_id else Scope.MINE
    days = Period(day, day + ONE_DAY) if is_day else queries.week_of(day)
    shown = queries.calendar_page(request.user, days=days, scope=scope, at=clock.now())
    seen = [*(one.case_id for one in shown.talks), *(one.case_id for one in shown.deadlines)]
    if seen:
        access_log.record(request, purpose=Purpose.MEETING, cases=seen)
    is_own = scope is Scope.MINE

    def at(day: date, *, is_day: bool = is_day, scope: Scope = scope) -> str:
        return _address(day, is_day=is_day, scope=scope)

    step = (days.days or 1) * ONE_DAY
    context: dict[str, Any] = {
        "page": shown,
        "heading": queries.heading(days),
        "is_day": is_day,
        "is_own": is_own,
        "empty": "" if shown.talks else queries.empty_text(days),
        "deadlines_text": queries.deadlines_text(len(shown.deadlines), days, is_own=is_own),
        "before": at(max(days.start - step, _first())),
        "after": at(min(days.start + step, _last())),
        "today": at(today),
        "other_length": at(day, is_day=not is_day),
        "other_scope": at(day, scope=Scope.TEAM if is_own else Scope.MINE) if request.user.team_id else "",
        "day_urls": [at(one.day, is_day=True) for one in shown.days],
        "unread": BusyCalendar.objects.filter(user=request.user).exclude(problem="").first(),
        "leads_back": True,
    }
    return render(request, "meetings/calendar/calendar.html", context)


def _day_asked(request: AppRequest, today: date) -> date:
    """The day in the address; today where it names none that the calendar has."""
    try:
        day = DateField(required=False).clean(request.GET.get(_DAY))
    except ValidationError:
        day = None
    return day if day is not None and _first() <= day <= _last() else today


def _first() -> date:
    return date(known_years()[0] + 1, 1, 1)


def _last() -> date:
    # The last days of a week may lie in the next year.
    return date(known_years()[-1] - 1, 12, 31)


def _address(day: date, *, is_day: bool, scope: Scope) -> str:
    asked = {_DAY: f"{day:%d-%m-%Y}", **({_VIEW: _DAY} if is_day else {})}
    if scope is Scope.TEAM:
        asked[scopes.KEPT_TO] = str(scope)
    return f"{reverse('meetings:calendar')}?{urlencode(asked)}"
