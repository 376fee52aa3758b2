"""The page where somebody joins their talks with a calendar of their own, and the feed that the calendar reads."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cases import clock, wall
from cases.accounts import access
from cases.accounts.access import Permission
from cases.request import AppRequest
from cases.web import case_views
from meetings.calendar_links import services
from meetings.calendar_links.feed import feed_of
from meetings.calendar_links.forms import AddressForm
from meetings.models import BusyCalendar, CalendarFeed


@case_views.takes_form
def page(request: AppRequest) -> HttpResponse:
    """See both ways, and give the address that busy times are read from."""
    access.require(request.user, Permission.KEEP_OWN_TIME)
    form = AddressForm(case_views.typed(request))
    if form.is_bound and form.is_valid():
        services.keep_address(user=request.user, address=form.cleaned_data["address"], login=form.login())
        return _done(request, "Adressen er gemt. Din kalender læses om lidt og så hvert kvarter.")
    return _shown(request, form)


@require_POST
def make(request: AppRequest) -> HttpResponse:
    """A new address for one's talks: shown on this answer, and never again."""
    access.require(request.user, Permission.KEEP_OWN_TIME)
    token = services.make_feed(user=request.user, at=clock.now())
    return _shown(
        request, AddressForm(), new=request.build_absolute_uri(reverse("meetings:calendar_feed", args=[token]))
    )


@require_POST
def revoke(request: AppRequest) -> HttpResponse:
    """Let one's address lead nowhere."""
    access.require(request.user, Permission.KEEP_OWN_TIME)
    services.revoke_feed(user=request.user)
    return _done(request, "Adressen er lukket. En kalender, der bruger den, får ikke flere samtaler.")


@require_POST
def forget(request: AppRequest) -> HttpResponse:
    """Read one's own calendar no more."""
    access.require(request.user, Permission.KEEP_OWN_TIME)
    services.forget_address(user=request.user)
    return _done(request, "Din kalender læses ikke mere, og dens optagne tider er glemt.")


@login_not_required
@require_safe
def feed(request: AppRequest, token: str) -> HttpResponse:
    """Somebody's talks, for whoever has the address: when, and the number of the case."""
    user = services.reader_of(token=token)
    if user is None:
        raise Http404
    headers = {"Cache-Control": "no-store"}
    with wall.seeing(str(user.organisation_id)):
        talks = feed_of(user, at=clock.now())
    return HttpResponse(talks, content_type="text/calendar; charset=utf-8", headers=headers)


def _shown(request: AppRequest, form: AddressForm, *, new: str = "") -> HttpResponse:
    context = {
        "form": form,
        "new_address": new,
        "feed": CalendarFeed.objects.filter(user=request.user).first(),
        "busy": BusyCalendar.objects.filter(user=request.user).first(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "meetings/calendar_links/page.html", context, status=status)


def _done(request: AppRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("meetings:calendar_links")
