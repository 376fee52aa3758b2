"""Book, move, cancel and register meetings, the citizen's wishes, and exemptions."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from cases import access, clock
from cases.access import Permission
from cases.models import Case
from cases.rules.parameters import CaseDates
from cases.views import pages
from meetings import planning, services
from meetings.desk import Desk
from meetings.forms import (
    BookingForm,
    CancelForm,
    ChannelForm,
    CorrectForm,
    ExemptionForm,
    LookForm,
    RegisterForm,
    WhyForm,
    wanted,
)
from meetings.models import CancelReason, Exemption, Meeting
from meetings.rules.guidance import GuidanceDuty, has_guidance_duty
from meetings.rules.kinds import Channel
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.parameters import EXEMPT_QUOTA_PERCENT

View = Callable[..., HttpResponse]


def of_meeting(permission: Permission, *, is_own: bool = True, to_be: str = "") -> Callable[[View], View]:
    """Give the view the meeting that the address names: 404 outside one's reach, 403 without the permission.

    Only the organisation that holds the meeting may, unless `is_own` is false. `to_be` is what the page would do
    with a booked meeting; a meeting that is booked no more leads back to its case.
    """

    def decorate(view: View) -> View:
        @pages.takes_form
        @wraps(view)
        def found(request: HttpRequest, public_id: str) -> HttpResponse:
            visible = Meeting.objects.visible_to(request.user).select_related("organisation", "adviser", "requirement")
            meeting = get_object_or_404(visible, public_id=public_id)
            access.require(request.user, permission, organisation=meeting.organisation if is_own else None)
            case = meeting.case = Case.objects.with_parties().select_related("handover").get(pk=meeting.case_id)
            # A form that is sent twice meets its own work: then the service knows whether it is the same.
            if to_be and request.method != "POST" and meeting.status != MeetingStatus.BOOKED:
                messages.warning(request, f"Samtalen er {meeting.get_status_display()} og kan ikke {to_be}.")
                return redirect(case)
            return pages.answer_for(request, case, view, meeting)

        return found

    return decorate


def of_exemption(permission: Permission) -> Callable[[View], View]:
    """Give the view the exemption that the address names, of a case within one's reach."""

    def decorate(view: View) -> View:
        @pages.takes_form
        @wraps(view)
        def found(request: HttpRequest, public_id: str) -> HttpResponse:
            visible = Case.objects.visible_to(request.user).with_parties().select_related("handover")
            case = get_object_or_404(visible, exemptions__public_id=public_id)
            access.require(request.user, permission)
            exemption = case.exemptions.get(public_id=public_id)
            exemption.case = case
            return pages.answer_for(request, case, view, exemption)

        return found

    return decorate


# Booking


@pages.of_case(Permission.BOOK_MEETING)
def book(request: HttpRequest, case: Case) -> HttpResponse:
    """Book a meeting: one of the three best times, or one's own."""
    return _booking_page(request, _desk(request, case), title="Book samtale")


@of_meeting(Permission.BOOK_MEETING, to_be="flyttes")
def move(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Give a booked meeting another time; whether the a-kasse is wished is asked anew."""
    return _booking_page(request, _desk(request, meeting.case, moving=meeting), title="Flyt samtale")


def _booking_page(request: HttpRequest, desk: Desk, *, title: str) -> HttpResponse:
    form = BookingForm(pages.typed(request), desk=desk) if not desk.refusal else None
    if form is not None and form.is_bound and form.is_valid():
        with pages.refusals_in(form):
            meeting = _save_booking(desk, form)
            verb = "flyttet til" if desk.moving else "booket:"
            return pages.done(request, desk.case, f"Samtalen er {verb} {_receipt(meeting)}.")
    return pages.show(
        request,
        desk.case,
        form=form,
        template=_part(request, "meetings/book.html"),
        title=title,
        moving_text=desk.moving.in_words if desk.moving else "",
        **_offer(request, desk),
    )


def _save_booking(desk: Desk, form: BookingForm) -> Meeting:
    booking = form.booking()
    assert booking is not None
    if desk.moving is not None:
        return services.move(meeting_id=desk.moving.pk, booking=booking, by=desk.user, at=desk.at)
    return services.book(case_id=desk.case.pk, booking=booking, by=desk.user, at=desk.at)


@of_meeting(Permission.BOOK_MEETING, to_be="aflyses")
def cancel(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Cancel a booked meeting, with a reason."""
    form = CancelForm(pages.typed(request))
    text = meeting.in_words
    if form.is_bound and form.is_valid():
        with pages.refusals_in(form):
            services.cancel(
                meeting_id=meeting.pk,
                reason=CancelReason(form.cleaned_data["reason"]),
                note=form.cleaned_data["note"],
                by=request.user,
                at=clock.now(),
            )
            again = reverse("meetings:book", args=[meeting.case.public_id])
            return pages.done(request, meeting.case, format_html('Aflyst: {}. <a href="{}">Book igen</a>', text, again))
    return pages.show(
        request,
        meeting.case,
        form=form,
        title="Aflys samtale",
        submit="Aflys samtale",
        intro=f"{_capitalised(meeting)}. Borgeren får besked, hvis indkaldelsen er sendt.",
    )


# Outcomes


@of_meeting(Permission.HOLD_MEETING, to_be="få et nyt udfald her")
def register(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """What came of a meeting, and the next one: one form, one button, both saved or none."""
    case = meeting.case
    desk = _desk(request, case, after=meeting)
    form = RegisterForm(pages.typed(request), desk=desk, duty=_duty(meeting, desk.law))
    if form.is_bound and form.is_valid():
        with pages.refusals_in(form):
            registered, following = services.register(
                meeting_id=meeting.pk, next_booking=form.booking(), by=desk.user, at=desk.at, **form.registered()
            )
            receipt = f"Registreret: {registered.get_outcome_display()}."
            return pages.done(
                request, case, f"{receipt} Næste samtale: {_receipt(following)}." if following else receipt
            )
    later = case.meetings.booked().filter(starts_at__gt=meeting.starts_at)
    return pages.show(
        request,
        case,
        form=form,
        template=_part(request, "meetings/register.html"),
        title="Registrér udfald",
        meeting=meeting,
        meeting_text=_capitalised(meeting),
        has_begun=meeting.starts_at <= desk.at,
        already_booked=[one.in_words for one in later],
        **_offer(request, desk),
    )


@of_meeting(Permission.HOLD_MEETING)
def correct(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Correct a registered outcome, with a reason."""
    if not meeting.outcome:
        messages.warning(request, "Samtalen har intet udfald at rette.")
        return redirect(meeting.case)
    form = CorrectForm(pages.typed(request), meeting=meeting, duty=_duty(meeting, planning.law_in_force()))
    if form.is_bound and form.is_valid():
        with pages.refusals_in(form):
            corrected = services.correct_outcome(
                meeting_id=meeting.pk,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=clock.now(),
                **form.registered(),
            )
            return pages.done(request, meeting.case, f"Rettet til: {corrected.get_outcome_display()}.")
    return pages.show(
        request,
        meeting.case,
        form=form,
        title="Ret registrering",
        submit="Ret registrering",
        intro=f"{_capitalised(meeting)}. Registreret: {meeting.get_outcome_display()}. Historikken beholder begge.",
    )


def _duty(meeting: Meeting, law: planning.Law) -> GuidanceDuty:
    group = meeting.case.target_group
    return has_guidance_duty(meeting.party, group=group, on=meeting.day, book=law.book, asked=True)


# The citizen's wishes


@pages.of_case(Permission.RECORD_CHOICE)
def channel(request: HttpRequest, case: Case) -> HttpResponse:
    """The citizen's choice of channel, its history, and how long there is to choose."""
    desk = Desk(case=case, user=request.user, at=clock.now())
    ahead = list(case.meetings.booked().filter(starts_at__gt=desk.at).select_related("organisation"))
    form = ChannelForm(pages.typed(request), meetings=ahead, today=desk.today)
    if form.is_bound and form.is_valid():
        only = next((one for one in ahead if str(one.public_id) == form.cleaned_data["covers"]), None)
        with pages.refusals_in(form):
            choice = services.choose_channel(
                case_id=case.pk,
                channel=Channel(form.cleaned_data["channel"]),
                chosen_on=form.cleaned_data["chosen_on"],
                meeting_id=only.pk if only else None,
                by=request.user,
                at=desk.at,
            )
            covers = only.in_words if only else "alle samtaler"
            text = f"Borgerens valg er registreret: {choice.get_channel_display()} til {covers}."
            return pages.done(request, case, text)
    return pages.show(
        request,
        case,
        form=form,
        template="meetings/channel.html",
        title="Borgerens valg af samtaleform",
        submit="Registrér valget",
        answer=services.channel_of_all(case=case, day=max(desk.today, case.registered_on), law=desk.law),
        today=desk.today,
        booked=[(one, services.channel_on(case=case, meeting=one, law=desk.law), one.in_words) for one in ahead],
        choices=case.channel_choices.select_related("meeting", "recorded_by__organisation"),
    )


@require_POST
@of_meeting(Permission.RECORD_CHOICE, is_own=False)
def fund_wish(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Whether the citizen wishes the a-kasse present: a button for each answer."""
    wish = {"yes": True, "no": False}.get(request.POST.get("wish", ""))
    with pages.refusals_told(request):
        if wish is None:
            raise services.NotBookable("Vælg, om borgeren ønsker a-kassen med.")
        services.wish_fund_present(meeting_id=meeting.pk, wish=wish, by=request.user, at=clock.now())
        answer = "ønsker" if wish else "ønsker ikke"
        messages.success(request, f"Registreret: Borgeren {answer} a-kassen med til {meeting.in_words}.")
    return redirect(meeting.case)


# Exemptions


@pages.of_case(Permission.EDIT_CASE)
def exempt(request: HttpRequest, case: Case) -> HttpResponse:
    """Exempt the citizen from meetings for a time."""
    today = clock.today()
    quota = planning.law_in_force().book.in_force(EXEMPT_QUOTA_PERCENT, CaseDates(event=today))
    form = ExemptionForm(pages.typed(request), today=today, has_share=quota.value > 0)
    if form.is_bound and form.is_valid():
        at = clock.now()
        with pages.refusals_in(form):
            exemption = services.exempt(case_id=case.pk, by=request.user, at=at, **form.cleaned())
            booked = case.meetings.booked().filter(starts_at__gt=at)
            inside = ", ".join(one.in_words for one in booked if exemption.period.contains(one.day))
            if inside:
                messages.warning(request, f"Der er booket i fritagelsen: {inside}. Flyt eller aflys.")
            return pages.done(request, case, pages.what_moved(case, at))
    return pages.show(
        request,
        case,
        form=form,
        title="Ny fritagelse",
        submit="Gem fritagelse",
        intro=(
            "Mens en fritagelse varer, indkaldes borgeren ikke, og ingen frist overskrides. "
            "En frist, der falder i den, udskydes."
        ),
    )


@of_exemption(Permission.EDIT_CASE)
def exemption_end(request: HttpRequest, exemption: Exemption) -> HttpResponse:
    """Take back an exemption, with a reason."""
    case, form = exemption.case, WhyForm(pages.typed(request))
    if form.is_bound and form.is_valid():
        at = clock.now()
        with pages.refusals_in(form):
            services.end_exemption(
                exemption_id=exemption.pk, reason=form.cleaned_data["reason"], by=request.user, at=at
            )
            return pages.done(request, case, pages.what_moved(case, at))
    return pages.show(
        request,
        case,
        form=form,
        title="Fjern fritagelse",
        submit="Fjern fritagelse",
        intro=f"{exemption}. Fristerne beregnes igen, som om den ikke var der. Historikken beholder den.",
    )


@of_exemption(Permission.KEEP_DUTY)
def keep_duty(request: HttpRequest, exemption: Exemption) -> HttpResponse:
    """The jobcenter holds on to the duty to meet, by concrete assessment."""
    case, form = exemption.case, WhyForm(pages.typed(request))
    if form.is_bound and form.is_valid():
        at = clock.now()
        with pages.refusals_in(form):
            services.keep_duty(exemption_id=exemption.pk, reason=form.cleaned_data["reason"], by=request.user, at=at)
            return pages.done(request, case, pages.what_moved(case, at))
    return pages.show(
        request,
        case,
        form=form,
        title="Fasthold mødepligten",
        submit="Fasthold mødepligten",
        intro=f"{exemption}. Når mødepligten fastholdes, indkaldes borgeren alligevel, og fristerne gælder.",
    )


# What the pages share


def _desk(request: HttpRequest, case: Case, **about: Meeting) -> Desk:
    """The desk with what the address and the form say so far."""
    desk = Desk(case=case, user=request.user, at=clock.now(), **about)
    desk.wanted = wanted(address=request.GET, posted=request.POST, advisers=desk.advisers)
    return desk


def _offer(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """What the part of a page that books says beside its form."""
    is_looking = "dag" in request.GET
    requirement = desk.requirement
    look = LookForm(
        request.GET if is_looking else None,
        advisers=desk.advisers,
        adviser=desk.adviser,
        requirement=str(requirement.public_id) if requirement else "",
        is_requested=desk.wanted.is_requested,
    )
    return {
        "desk": desk,
        "look": look,
        "is_looking": is_looking,
        "why": requirement.why if requirement else None,
        "today": desk.today,
    }


def _part(request: HttpRequest, template: str) -> str:
    """Only the times, when htmx asks for those of another day."""
    return f"{template}#times" if request.htmx and request.method == "GET" else template


def _receipt(meeting: Meeting) -> str:
    return f"{meeting.when_text}, {meeting.get_channel_display()}"


def _capitalised(meeting: Meeting) -> str:
    text = f"{meeting.in_words}, {meeting.get_channel_display()}, {meeting.adviser}"
    return text[0].upper() + text[1:]
