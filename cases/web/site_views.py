"""Pages that belong to no case."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from cases.accounts import security_log


@require_POST
def keep_alive(request: HttpRequest) -> HttpResponse:
    """Somebody is still there: the session lives on."""
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """A browser tells what our policy kept it from loading; it sends no token with that, and nothing is changed."""
    return HttpResponse(status=204 if security_log.note_report(request) else 400)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "cases/web/accessibility.html")
