"""What only somebody who works on Samtaleflow sees, at the machine where it runs; never installed in production."""

import sys
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.debug import technical_500_response


class ErrorPage:
    """Middleware that answers a fault with Django's page of traceback and variables, to a developer's address alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_developer(request):
            return None
        page = technical_500_response(request, *sys.exc_info())
        # The page brings its own style and script.
        page._csp_exempt = True  # type: ignore[attr-defined]  # django-csp reads it
        return page


def is_developer(request: HttpRequest) -> bool:
    """True for a request from an address of DEVELOPER_ADDRESSES."""
    return request.META.get("REMOTE_ADDR") in settings.DEVELOPER_ADDRESSES
