"""What every request and every answer has in common."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin
from prometheus_client import Counter

from cases import wall
from cases.models import User
from cases.rules.refusal import Refused
from cases.unsaved.reading import NamesOnly
from cases.unsaved.writer import writer_of

GetResponse = Callable[[HttpRequest], HttpResponse]

#: Whatever else an address holds, its name is ours: nothing of a person is in it.
REQUESTS = Counter("samtaleflow_requests", "Requests by page and status", ["view", "status"])


def answer_on_one_stack(get_response: GetResponse) -> GetResponse:
    """Every page is made on a stack that is in one piece, which takes a third off a page of many rows.

    CPython keeps the frames of calls in pieces of 16 kB, and gives a piece back as soon as it is empty: where a loop of
    a template happens to lie at the edge of one, each call in it maps memory and gives it back. A frame that asks for
    much gets a piece with as much room behind it, in which all the calls of a request lie.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    # In places for one value each; those that nobody writes to cost nothing.
    answer.__code__ = answer.__code__.replace(co_stacksize=_ROOM)
    return answer


#: A little more than half of a megabyte, for which CPython takes a whole one.
_ROOM = 66_000


def count(get_response: GetResponse) -> GetResponse:
    """Every request is counted, under the name of its page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        view = request.resolver_match.view_name if request.resolver_match else "unknown"
        REQUESTS.labels(view=view, status=response.status_code).inc()
        return response

    return middleware


def keep_no_copies(get_response: GetResponse) -> GetResponse:
    """Pages show persons: no browser and no proxy stores them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def stand_before_the_wall(get_response: GetResponse) -> GetResponse:
    """Each request says to the database whose cases it is about: those of the user's organisation, or nobody's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User):
            wall.stand_before(_seen_by(request.user, request))
        else:
            wall.forget()
        return get_response(request)

    return middleware


def _seen_by(user: User, request: HttpRequest) -> str:
    if user.is_administrator:
        # It looks after all organisations, and works on no case.
        return wall.OPERATION if request.path_info.startswith(reverse("admin:index")) else wall.NOBODY
    return wall.NOBODY if user.organisation_id is None else str(user.organisation_id)


class SayRefusals(MiddlewareMixin):
    """A refusal that no page has shown beside its form is a page of its own: never a failure of the server."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, ValidationError):
            sentences = error.messages
        elif isinstance(error, Refused):
            sentences = [text for _, text in error.problems]
        else:
            return None
        return render(request, "refused.html", {"sentences": sentences}, status=409)


#: The longest form that somebody fills in is a small part of this.
LARGEST_FORM = 1024 * 1024


class RefuseNul(MiddlewareMixin):
    """Refuses what holds the one sign that no text of a database has, in the address or in a form."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        lists = [[request.path_info], *(texts for sent in (request.GET, request.POST) for _, texts in sent.lists())]
        if any("\0" in text for texts in lists for text in texts):
            return render(request, "400.html", status=400)
        return None


class LimitBody(MiddlewareMixin):
    """Refuses a body that no form of ours fills, before anybody reads it; a view that takes files says how large."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
        largest = max(getattr(view, "largest_body", 0), LARGEST_FORM)
        if not request.user.is_authenticated:
            # No file of a stranger is stored; of a large form only what stands before its file is read.
            request.upload_handlers = [NamesOnly(request, reads_on=size <= LARGEST_FORM)]
            if LARGEST_FORM < size <= largest and writer_of(request) is not None:
                return None
            largest = LARGEST_FORM
        return render(request, "413.html", status=413) if size > largest else None
