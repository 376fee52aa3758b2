"""What every page shows: the main menu, and when the session ends."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from cases.accounts.access import Permission, has


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The entries of the main menu that this user may open, as {label, url, is_current}."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav": [], "may_search": False}
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
    if has(user, Permission.IMPORT_CASES):
        entries += [("Importér", "cases:import")]
    if has(user, Permission.WRITE_REFERRAL) or has(user, Permission.DECIDE_REFERRAL):
        entries += [("Indstillinger", "referrals:list")]
    if has(user, Permission.GRANT_OFFER):
        entries += [("Tilbud", "referrals:offers")]
    if has(user, Permission.KEEP_DOCUMENTS):
        entries += [("Kommunens opgaver", "duties:list")]
    if has(user, Permission.KEEP_OWN_TIME):
        entries += [("Arbejdstid", "meetings:working_time")]
    if has(user, Permission.KEEP_TEXTS):
        entries += [("Standardtekster", "cases:texts")]
    entries += [("Regler", "law:in_force")]
    if user.is_staff:
        entries += [("Administration", "admin:index")]
    current = request.resolver_match.view_name if request.resolver_match else ""
    return {
        "nav": [{"label": label, "url": reverse(name), "is_current": name == current} for label, name in entries],
        "may_search": has(user, Permission.SEARCH),
        "session_seconds": settings.SESSION_COOKIE_AGE,
    }
