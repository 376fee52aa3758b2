"""Keep what is typed while it is written, and throw away what was not saved."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from cases import clock
from cases.models import UnsavedForm
from cases.request import AppRequest, way_back
from cases.unsaved import reading, services


@require_POST
def keep_draft(request: AppRequest) -> HttpResponse:
    """Keep the form as it stands at this moment; a script asks for it while somebody writes."""
    page, action, at = reading.page_of(request), request.POST.get(reading.DRAFT_OF, ""), clock.now()
    if not action.startswith("/") or max(len(page), len(action)) > reading.LONGEST_ADDRESS:
        return HttpResponseBadRequest()
    services.keep(page=page, action=action, typed=reading.typed_in(request), was_sent=False, by=request.user, at=at)
    return JsonResponse({"text": f"Kladde gemt kl. {timezone.localtime(at):%H.%M}"})


@require_POST
def discard(request: AppRequest, public_id: UUID) -> HttpResponse:
    """Forget it, and show the page as it is without; by another click it is gone already."""
    kept = UnsavedForm.objects.waiting(request.user, at=clock.now()).filter(public_id=public_id).first()
    if kept is not None:
        services.forget(action=kept.action, by=request.user)
    messages.success(request, "Det, du havde skrevet, er kasseret.")
    return redirect(kept.page if kept else way_back(request, reverse("meetings:worklist")))
