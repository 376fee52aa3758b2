"""What every page shows: the main menu, and when the session ends."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from cases.accounts import proof
from cases.accounts.access import Permission, has
from cases.accounts.login import SECONDS_BETWEEN_WRITES
from cases.links import address
from cases.models import User

#: What is opened now and then stands under one heading, so that there is room for what is opened all day.
OFFICE = "Kontoret"


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The entries of the main menu that this user may open, as {label, url, is_current}; those of a heading within it.

    A heading is {label, entries, is_current}. One entry needs none.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or proof.is_owed(request):
        return {"nav": [], "may_search": False, "session_seconds": _session_seconds()}
    current = request.resolver_match.view_name if request.resolver_match else ""
    nav, office = ([_entry(*one, current) for one in named] for named in (_daily(user), _of_the_office(user)))
    if len(office) > 1:
        heading = {"label": OFFICE, "entries": office, "is_current": any(one["is_current"] for one in office)}
        office = [heading]
    return {
        "nav": [*nav, *office],
        "may_search": has(user, Permission.SEARCH),
        "session_seconds": _session_seconds(),
    }


def _session_seconds() -> int:
    # Whatever was used within the minute in which the session was last written is not written again.
    return settings.SESSION_COOKIE_AGE - SECONDS_BETWEEN_WRITES


def _entry(label: str, name: str, current: str) -> dict[str, Any]:
    return {"label": label, "url": address(name), "is_current": name == current}


def _daily(user: User) -> list[tuple[str, str]]:
    entries = []
    if user.organisation_id and not user.is_administrator:
        entries += [("Arbejdsliste", "meetings:worklist"), ("Overgange", "meetings:handovers")]
    if has(user, Permission.SEE_OVERVIEW):
        entries += [("Overblik", "meetings:overview")]
    if has(user, Permission.KEEP_OWN_TIME):
        entries += [("Kalender", "meetings:calendar")]
    if has(user, Permission.OPEN_CASE):
        entries += [("Ny sag", "cases:create")]
    if has(user, Permission.SEARCH):
        entries += [("Seneste sager", "cases:search")]
    if has(user, Permission.WRITE_REFERRAL) or has(user, Permission.DECIDE_REFERRAL):
        entries += [("Indstillinger", "referrals:list")]
    if has(user, Permission.GRANT_OFFER):
        entries += [("Tilbud", "referrals:offers")]
    return entries


def _of_the_office(user: User) -> list[tuple[str, str]]:
    entries = []
    if has(user, Permission.IMPORT_CASES):
        entries += [("Importér", "cases:import")]
    if has(user, Permission.KEEP_DOCUMENTS):
        entries += [("Kommunens opgaver", "duties:list")]
    if has(user, Permission.KEEP_OWN_TIME):
        entries += [("Arbejdstid", "meetings:working_time")]
    if has(user, Permission.KEEP_TEXTS):
        entries += [("Standardtekster", "cases:texts")]
    if has(user, Permission.ERASE):
        entries += [("Sletning", "cases:erasure")]
    entries += [("Regler", "law:in_force")]
    if user.is_staff:
        entries += [("Administration", "admin:index")]
    return entries
