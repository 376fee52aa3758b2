"""What every answer to somebody who is logged in has in common."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


def keep_no_copies(get_response: GetResponse) -> GetResponse:
    """Pages show persons: no browser and no proxy stores them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware
