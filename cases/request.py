"""What our middleware has put on every request that reaches a view of ours, and the way back from there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django_htmx.middleware import HtmxDetails

from cases.models import User


class AppRequest(HttpRequest):
    """A request as our views get it: of somebody who is logged in. Only a name for the checker; none is ever made."""

    user: User
    htmx: HtmxDetails


def user_of(request: HttpRequest) -> User:
    """Who is logged in, where Django calls with a request of its own kind: in the administration."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


#: In an address: the page that somebody left to do this, and comes back to.
CAME_FROM = "tilbage"


def way_back(request: HttpRequest, to: str) -> str:
    """The page that the user came from, if the address names one of ours; else `to`."""
    page = request.GET.get(CAME_FROM, "")
    return page if page.startswith("/") and url_has_allowed_host_and_scheme(page, None) else to


def and_back_as_here(request: HttpRequest, url: str) -> str:
    """The address of another page, from which the user comes back to where this one leads back to."""
    page = way_back(request, "")
    return f"{url}?{urlencode({CAME_FROM: page})}" if page else url


def removes(
    model: type[Model], gone: str, *, to: str
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let a view that removes a row say that it is gone, on the way back or else on the page `to`.

    By another click, or never there: what is not one's own to see answers the same, so nobody hears more of it.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def removed(request: AppRequest, *args: Any, **more: Any) -> HttpResponse:
            try:
                return view(request, *args, **more)
            except (Http404, model.DoesNotExist):  # type: ignore[attr-defined]  # every model has its own
                if request.method != "POST":
                    raise
                messages.info(request, gone)
                return redirect(way_back(request, reverse(to)))

        return removed

    return decorate
