"""Throw away what was typed and not saved."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cases import clock
from cases.models import UnsavedForm
from cases.request import AppRequest
from cases.unsaved import services


@require_POST
def discard(request: AppRequest, public_id: UUID) -> HttpResponse:
    """Forget it, and show the page as it is without."""
    kept = get_object_or_404(UnsavedForm.objects.waiting(request.user, at=clock.now()), public_id=public_id)
    services.forget(action=kept.action, by=request.user)
    messages.success(request, "Det, du havde skrevet, er kasseret.")
    return redirect(kept.page)
