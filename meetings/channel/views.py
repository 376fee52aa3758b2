"""The pages of the citizen's choices: the channel, and the a-kasse's presence."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cases import clock
from cases.accounts.access import Permission
from cases.changing import newest
from cases.models import Case
from cases.request import AppRequest, way_back
from cases.web import case_views
from meetings.changing import NotBookable
from meetings.channel import allowed, fund_presence, places, services
from meetings.channel.forms import ChannelForm, LinkForm
from meetings.meeting_views import heading_of, of_meeting
from meetings.models import Meeting
from meetings.planning.law import law_in_force
from meetings.rules.kinds import Channel

# The citizen's wishes

_ANSWERS = {"yes": True, "no": False}
_NO_ANSWER = "Vælg, om borgeren ønsker a-kassen med."


@case_views.of_case(Permission.RECORD_CHOICE)
def channel(request: AppRequest, case: Case) -> HttpResponse:
    """The citizen's choice of channel, its history, and how long there is to choose."""
    at, today, law = clock.now(), clock.today(), law_in_force()
    ahead = list(case.meetings.booked().filter(starts_at__gt=at).select_related("organisation"))
    version = newest(services.choices_told(case))
    form = ChannelForm(case_views.typed(request), meetings=ahead, today=today, version=version)
    if form.is_bound and form.is_valid():
        only = next((one for one in ahead if str(one.public_id) == form.cleaned_data["covers"]), None)
        if (latest := allowed.citizens_choice(case=case, meeting=only)) is not None:
            form.standing = {"channel": latest.channel, "chosen_on": latest.chosen_on}
        with case_views.refusals_in(form):
            choice = services.choose_channel(
                case_id=case.pk,
                channel=Channel(form.cleaned_data["channel"]),
                chosen_on=form.cleaned_data["chosen_on"],
                meeting_id=only.pk if only else None,
                version=form.cleaned_data["version"],
                by=request.user,
                at=at,
            )
            covers = only.in_words if only else "alle samtaler"
            text = f"Borgerens valg er registreret: {choice.get_channel_display()} til {covers}."
            return case_views.done(request, case, text)
    return case_views.show(
        request,
        case,
        form=form,
        template="meetings/channel/channel.html",
        title="Borgerens valg af samtaleform",
        submit="Registrér valget",
        answer=allowed.channel_of_all(case=case, day=max(today, case.registered_on), law=law),
        today=today,
        booked=[(one, allowed.channel_on(case=case, meeting=one, law=law), one.in_words) for one in ahead],
        choices=case.channel_choices.select_related("meeting", "recorded_by__organisation"),
    )


@of_meeting(Permission.BOOK_MEETING, to_be="få et link")
def link(request: AppRequest, meeting: Meeting) -> HttpResponse:
    """Give a booked talk by video its address."""
    at, now = clock.now(), meeting.video_link or places.room_for_talk(meeting)
    form = LinkForm(case_views.typed(request), initial={"version": meeting.version, "place": now})
    form.standing = {"place": meeting.video_link}
    # No message goes out about a talk that has begun.
    has_begun = meeting.starts_at <= at
    who_tells = "Ring til borgeren, og fortæl linket." if has_begun else "Borgeren får det i en ny besked."
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            link, version = form.cleaned_data["place"], form.cleaned_data["version"]
            given = services.give_link(meeting_id=meeting.pk, link=link, version=version, by=request.user, at=at)
            if given.version == meeting.version:
                return case_views.done(request, meeting.case, "Samtalen havde allerede det link. Intet er ændret.")
            return case_views.done(request, meeting.case, f"Linket er gemt. {who_tells}")
    return case_views.show(
        request,
        meeting.case,
        form=form,
        title="Link til videomøde",
        submit="Gem linket",
        intro=f"{heading_of(meeting)}. {who_tells}",
    )


@require_POST
@of_meeting(Permission.RECORD_CHOICE, is_own=False)
def fund_wish(request: AppRequest, meeting: Meeting) -> HttpResponse:
    """Whether the citizen wishes the a-kasse present: a button for each answer."""
    wish = _ANSWERS.get(request.POST.get("wish", ""))
    with case_views.refusals_told(request):
        if wish is None:
            raise NotBookable(_NO_ANSWER)
        fund_presence.wish_fund_present(meeting_id=meeting.pk, wish=wish, by=request.user, at=clock.now())
        answer = "ønsker" if wish else "ønsker ikke"
        messages.success(request, f"Registreret: Borgeren {answer} a-kassen med til {meeting.in_words}.")
    return redirect(meeting.case)


@require_POST
@case_views.of_case(Permission.RECORD_CHOICE)
def fund_wish_at_first(request: AppRequest, case: Case) -> HttpResponse:
    """Whether the citizen wishes the a-kasse at the first meeting in the jobcenter, before that is booked."""
    wish = _ANSWERS.get(request.POST.get("wish", ""))
    with case_views.refusals_told(request):
        if wish is None:
            raise NotBookable(_NO_ANSWER)
        fund_presence.wish_fund_at_first(case_id=case.pk, wish=wish, by=request.user, at=clock.now())
        answer = "ønsker" if wish else "ønsker ikke"
        text = f"Registreret: Borgeren {answer} a-kassen med til den første samtale i jobcentret."
        messages.success(request, text)
    return redirect(way_back(request, case.get_absolute_url()))
