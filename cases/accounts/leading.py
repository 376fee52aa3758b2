"""Leading somebody to a page that comes before all others, and from there to what they asked for."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cases.request import CAME_FROM

#: Open to whoever has something to do first: what a browser sends by itself, and the way out.
DOORS = (
    "login",
    "logout",
    "provider_begin",
    "provider_answer",
    "live",
    "ready",
    "cases:keep_alive",
    "cases:csp_report",
    "cases:accessibility",
)
#: The second step itself.
STEPS = ("second_step", "second_step_app", "second_step_key")


def lead_to(request: HttpRequest, name: str) -> HttpResponse:
    """To the page of that name; whoever asked for a page comes back to it."""
    is_part = bool(request.headers.get("HX-Request"))
    page = reverse(name)
    if request.method == "GET" and not is_part:
        page = f"{page}?{urlencode({CAME_FROM: request.get_full_path()}, safe='/')}"
    return HttpResponse(headers={"HX-Redirect": page}) if is_part else redirect(page)
