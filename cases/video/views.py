"""The page where somebody keeps the room of their own talks by video. No citizen is shown."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases import clock
from cases.request import AppRequest
from cases.rules.refusal import version_of
from cases.video import services
from cases.video.forms import OwnRoomForm
from cases.web import case_views


@case_views.takes_form
def own_room(request: AppRequest) -> HttpResponse:
    """See and change one's own room."""
    office = request.user.workplace
    room = request.user.video_room
    form = OwnRoomForm(case_views.typed(request), initial={"version": version_of(room), "video_room": room})
    if form.is_bound and form.is_valid():
        typed, version = form.cleaned_data["video_room"], form.cleaned_data["version"]
        with case_views.refusals_in(form):
            services.set_own_room(room=typed, version=version, by=request.user, at=clock.now())
            messages.success(request, "Dit videorum er gemt. Det bruges til de videosamtaler, du booker fra nu af.")
            return redirect("cases:own_room")
    owner = team if (team := request.user.team) and team.video_room else office
    shared = f"{owner} har {owner.video_room}" if owner.video_room else f"{owner} har intet fælles videorum"
    context = {
        "title": "Mit videorum",
        "form": form,
        "submit": "Gem mit videorum",
        "intro": f"Adressen sættes i indkaldelsen, når du booker en samtale på video. Står feltet tomt, bruges "
        f"det fælles: {shared}.",
        "cancel_url": reverse("meetings:worklist"),
        "case": None,
    }
    return render(request, "cases/web/form.html", context, status=422 if form.is_bound else 200)
