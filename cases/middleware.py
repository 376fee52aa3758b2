"""What all answers have in common."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cases.rules.refusal import Refused

GetResponse = Callable[[HttpRequest], HttpResponse]


def keep_no_copies(get_response: GetResponse) -> GetResponse:
    """Pages show persons: no browser and no proxy stores them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


class SayRefusals:
    """A refusal that no page has shown beside its form is a page of its own: never a failure of the server."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, ValidationError):
            sentences = error.messages
        elif isinstance(error, Refused):
            sentences = [text for _, text in error.problems]
        else:
            return None
        return render(request, "refused.html", {"sentences": sentences}, status=409)
