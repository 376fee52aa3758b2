"""A page that removes a row answers a second click, or what was never there, with a sentence and not with 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cases.request import AppRequest, way_back


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
