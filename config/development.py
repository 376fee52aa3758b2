"""What only somebody who works on Samtaleflow sees, at the machine where it runs; never installed in production."""

import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.debug import technical_500_response
from django.views.defaults import server_error


def error_page(request: HttpRequest) -> HttpResponse:
    """Answer a fault, to a developer's address alone, with Django's page of traceback and variables."""
    if not is_developer(request):
        return server_error(request)
    page = technical_500_response(request, *sys.exc_info())
    # The page brings its own style and script.
    page._csp_exempt = True  # type: ignore[attr-defined]  # django-csp reads it
    return page


def is_developer(request: HttpRequest) -> bool:
    """True for a request from an address of DEVELOPER_ADDRESSES."""
    return request.META.get("REMOTE_ADDR") in settings.DEVELOPER_ADDRESSES
