"""Doors that are costly, or that tell of persons, open so often an hour for each who asks, and no oftener."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from cases import clock
from cases.models import DoorCount


@dataclass(frozen=True)
class Limit:
    """How often an hour; several pages may be one door."""

    door: str
    an_hour: int


_EXPORT, _LETTER, _LAW = Limit("export", 60), Limit("letter", 300), Limit("law", 600)

#: By the name of the page. Looking up by CPR number has a limit of its own over all its pages (cases.lookup.search).
LIMITS: Mapping[str, Limit] = {
    "cases:search": Limit("search", 600),
    "cases:suggest": Limit("suggest", 6_000),
    "cases:import": Limit("import", 60),
    "cases:insight": Limit("insight", 60),
    "cases:post_letter": _LETTER,
    "cases:plan_pdf": _LETTER,
    "referrals:letter": _LETTER,
    "law:calculator": _LAW,
    "law:question": _LAW,
    "cases:csp_report": Limit("csp_report", 60),
    "meetings:worklist_export": _EXPORT,
    "meetings:overview_export": _EXPORT,
    "meetings:overview_list_export": _EXPORT,
    "meetings:law_changes_export": _EXPORT,
    "meetings:calendar_feed": Limit("feed", 240),
}

#: A count is of no use when its hour is over.
KEPT = timedelta(hours=2)

_COUNT = f"""
INSERT INTO "{DoorCount._meta.db_table}" (door, who, hour, times) VALUES (%s, %s, %s, 1)
ON CONFLICT (door, who, hour) DO UPDATE SET times = "{DoorCount._meta.db_table}".times + 1
RETURNING times
"""


def seconds_to_wait(limit: Limit, *, who: str, at: datetime) -> int:
    """Count one more, also of many at once, and say how long until the door opens again; 0 when it is open."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [limit.door, who, hour])
        (times,) = cursor.fetchone()
    return ceil((hour + timedelta(hours=1) - at).total_seconds()) if times > limit.an_hour else 0


def forget_old(at: datetime) -> None:
    DoorCount.objects.filter(hour__lt=at - KEPT).delete()


class LimitDoors(MiddlewareMixin):
    """Answers in the place of a page that was asked for too often."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        limit = LIMITS.get(match.view_name) if match else None
        who = f"user {request.user.pk}" if request.user.is_authenticated else kwargs.get("token", "")[:16]
        if limit is None or not who or request.method not in _counted(limit):
            return None
        wait = seconds_to_wait(limit, who=who, at=clock.now())
        return _too_often(request, wait) if wait else None


def _counted(limit: Limit) -> tuple[str, ...]:
    # The empty forms of these cost nothing, and tell nothing.
    return ("POST",) if limit.door in ("search", "import") else ("GET", "POST")


def _too_often(request: HttpRequest, wait: int) -> HttpResponse:
    context = {"minutes": -(-wait // 60), "typed": request.POST.get("q", "")}
    page = render(request, "429.html", context, status=429)
    page.headers["Retry-After"] = str(wait)
    return page
