"""What our middleware has put on every request that reaches a view of ours, and the way back from there."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
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
