"""Pages that belong to no case."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe


@require_POST
def keep_alive(request: HttpRequest) -> HttpResponse:
    """Somebody is still there: every answer extends the session."""
    return HttpResponse(status=204)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "cases/web/accessibility.html")
