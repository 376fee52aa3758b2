"""The button on a receipt that takes the change back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cases import clock
from cases.accounts import access
from cases.history import undo as history_undo
from cases.models import Case, Event
from cases.request import AppRequest
from cases.web import case_views


@require_POST
def undo(request: AppRequest, public_id: UUID) -> HttpResponse:
    """Take back a change of one's own; whatever comes of it is said on the case."""
    visible = Case.objects.visible_to(request.user)
    event = get_object_or_404(Event.objects.select_related("case"), public_id=public_id, case__in=visible)
    way = history_undo.ways_back().get(event.kind)
    if way is None or event.by_id != request.user.pk or "undoes" in event.data:
        raise Http404
    access.require(request.user, way.permission)
    with case_views.refusals_told(request):
        led_to = history_undo.undo(event_id=event.pk, by=request.user, at=clock.now())
        messages.success(request, f"Fortrudt. {led_to}" if led_to else "Det er allerede fortrudt.")
    return redirect(event.case)
