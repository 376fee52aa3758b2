"""Who read what: one line for each answer that shows personal data."""

from collections.abc import Iterable

from django.http import HttpRequest

from cases import clock
from cases.models import AccessLog, Purpose


def record(request: HttpRequest, *, purpose: Purpose, cases: Iterable[int], detail: str = "") -> None:
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
