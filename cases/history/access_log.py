"""Who read what: one line for each answer that shows personal data."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.urls import get_resolver

from cases import clock
from cases.models import AccessLog, Purpose
from cases.request import AppRequest


def record(request: AppRequest, *, purpose: Purpose, cases: Iterable[int], detail: str = "") -> None:
    """Log that this request's answer shows these cases (internal ids)."""
    match = request.resolver_match
    AccessLog.objects.create(
        at=clock.now(),
        user=request.user,
        organisation=request.user.organisation,
        purpose=purpose,
        route=match.view_name if match else "",
        cases=sorted(set(cases)),
        detail=detail,
    )


def address_of(route: str) -> str:
    """The page of a route as its address says it in Danish: /samtaler/…/flyt/; what is no page any more, its code."""
    return _addresses().get(route, route)


@cache
def _addresses() -> dict[str, str]:
    return {name: re.sub(r"<[^>]+>", "…", f"/{address}") for name, address in _routes(get_resolver())}


def _routes(resolver: Any, *, names: str = "", address: str = "") -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        here = address + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from _routes(one, names=f"{names}{one.namespace}:" if one.namespace else names, address=here)
        else:
            yield f"{names}{one.name}", here
