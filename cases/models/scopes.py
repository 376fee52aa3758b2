"""How much of an organisation's work somebody looks at: their own cases, those of the team, or all."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from urllib.parse import urlencode

from django.db.models import Q

from cases.models.people import User
from cases.statements import IsOneOf


class Scope(StrEnum):
    MINE = "mine"
    TEAM = "team"
    ORGANISATION = "organisation"


def of_cases(user: User, scope: Scope, *, today: date, path: str = "case__") -> Q:
    """The condition on the cases at the end of the path; what the user may see is asked beside it."""
    is_fund = user.organisation is not None and user.organisation.is_fund
    worker = f"{path}{'fund_adviser' if is_fund else 'municipality_caseworker'}"
    return looked_after(user, scope, worker=worker, today=today)


def looked_after(user: User, scope: Scope, *, worker: str, today: date) -> Q:
    """The same as `within_scope`, and one's own are also those of whom one stands in for today."""
    if scope is not Scope.MINE:
        return within_scope(user, scope, worker=worker)
    return Q(IsOneOf(worker, user.looks_after(today)))


def within_scope(user: User, scope: Scope, *, worker: str) -> Q:
    """The condition on whoever has something, at the end of that path. Somebody without a team is a team of one."""
    if scope is Scope.TEAM and user.team_id is not None:
        return Q(**{f"{worker}__team": user.team_id})
    return Q() if scope is Scope.ORGANISATION else Q(**{worker: user.pk})


#: In the address of a list: whose cases it is kept to.
KEPT_TO = "kun"


def asked(params: Mapping[str, str]) -> Scope:
    """The scope that the address of a list names; without one it is everybody's."""
    scope = params.get(KEPT_TO, "")
    return Scope(scope) if scope in (Scope.MINE, Scope.TEAM) else Scope.ORGANISATION


def in_address(scope: Scope) -> dict[str, str]:
    return {} if scope is Scope.ORGANISATION else {KEPT_TO: str(scope)}


def within(url: str, scope: Scope) -> str:
    """The address of a list that is kept to the scope."""
    return f"{url}?{urlencode(in_address(scope))}".removesuffix("?")


def scope_labels(user: User) -> dict[Scope, str]:
    is_fund = user.organisation is not None and user.organisation.is_fund
    return {
        Scope.MINE: "Mine sager",
        Scope.TEAM: "Mit team",
        Scope.ORGANISATION: "Hele a-kassen" if is_fund else "Hele jobcentret",
    }
