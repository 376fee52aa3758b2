"""Book, move, cancel and register meetings, the citizen's choice of channel, and exemptions."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from cases import access, access_log, clock, overview
from cases.access import Permission
from cases.models import Case, Purpose
from cases.rules.facts import BadFacts
from cases.rules.parameters import CaseDates
from cases.rules.rule_book import NotInForce
from cases.rules.workdays import HolidaysUnknown
from cases.services.cases import Refused
from meetings import planning, services
from meetings.availability import Span
from meetings.desk import Desk, Wanted
from meetings.forms import (
    OWN_TIME,
    BookingForm,
    CancelForm,
    ChannelForm,
    CorrectForm,
    ExemptionForm,
    LookForm,
    ReasonForm,
    RegisterForm,
    meeting_text,
    posted_time,
    slot_text,
)
from meetings.models import CancelReason, Exemption, Meeting
from meetings.rules.exemption import NotExempt
from meetings.rules.guidance import GuidanceDuty, has_guidance_duty
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.lifecycle import MeetingStatus, MoveNotAllowed
from meetings.rules.parameters import EXEMPT_QUOTA_PERCENT
from meetings.worklist import why_of

#: What a service or a rule raises when it says no; each message is a Danish sentence for the user.
REFUSALS = (Refused, BadFacts, MoveNotAllowed, NotExempt, NotInForce, HolidaysUnknown)

P = ParamSpec("P")
T = TypeVar("T")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


class NothingToDo(Exception):
    """The page has nothing to offer any more; the page of the case says how things stand."""

    def __init__(self, case: Case, text: str) -> None:
        self.case = case
        super().__init__(text)


def page_with_form(view: View[P]) -> View[P]:
    """A page with one form that works while the case is open; afterwards it leads to the case."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NothingToDo as error:
            messages.warning(request, str(error))
            return redirect(error.case)

    return guarded


# Booking


@page_with_form
def book(request: HttpRequest, public_id: str) -> HttpResponse:
    """Book a meeting: one of the three best times, or one's own."""
    case = _case(request, public_id, Permission.BOOK_MEETING)
    return _booking_page(request, _desk(request, case))


@page_with_form
def move(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a booked meeting another time; whether the a-kasse is wished is asked anew."""
    meeting = _meeting(request, public_id, Permission.BOOK_MEETING)
    _leave_unless_booked(request, meeting, "flyttes")
    return _booking_page(request, _desk(request, meeting.case, moving=meeting))


def _booking_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = BookingForm(_posted(request), desk=desk) if not desk.refusal else None
    meeting = form and _done(form, lambda: _save_booking(desk, form))
    if meeting is not None:
        verb = "flyttet til" if desk.moving else "booket:"
        messages.success(request, f"Samtalen er {verb} {_receipt(meeting)}.")
        return redirect(desk.case)
    return _answer(request, _part(request, "meetings/book.html"), desk.case, {"form": form, **_offer(request, desk)})


def _save_booking(desk: Desk, form: BookingForm) -> Meeting:
    booking = form.booking()
    assert booking is not None
    if desk.moving is not None:
        return services.move(meeting_id=desk.moving.pk, booking=booking, by=desk.user, at=desk.at)
    return services.book(case_id=desk.case.pk, booking=booking, by=desk.user, at=desk.at)


@page_with_form
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Cancel a booked meeting, with a reason."""
    meeting = _meeting(request, public_id, Permission.BOOK_MEETING)
    _leave_unless_booked(request, meeting, "aflyses")
    form = CancelForm(_posted(request))
    cancelled = _done(
        form,
        lambda: services.cancel(
            meeting_id=meeting.pk,
            reason=CancelReason(form.cleaned_data["reason"]),
            note=form.cleaned_data["note"],
            by=request.user,
            at=clock.now(),
        ),
    )
    if cancelled is not None:
        again = reverse("meetings:book", args=[meeting.case.public_id])
        receipt = format_html('Aflyst: {}. <a href="{}">Book igen</a>', meeting_text(meeting), again)
        messages.success(request, receipt)
        return redirect(meeting.case)
    return _answer(request, "meetings/cancel.html", meeting.case, {"form": form, "meeting": meeting})


# Outcomes


@page_with_form
def register(request: HttpRequest, public_id: str) -> HttpResponse:
    """What came of a meeting, and the next one: one form, one button, both saved or none."""
    meeting = _meeting(request, public_id, Permission.HOLD_MEETING)
    if meeting.outcome and request.method != "POST":
        return redirect("meetings:correct", public_id=public_id)
    _leave_unless_booked(request, meeting, "få et udfald")
    desk = _desk(request, meeting.case, after=meeting)
    form = RegisterForm(_posted(request), desk=desk, duty=_duty(meeting, desk.law))
    saved = _done(
        form,
        lambda: services.register(
            meeting_id=meeting.pk, next_booking=form.booking(), by=desk.user, at=desk.at, **form.registered()
        ),
    )
    if saved is not None:
        registered, following = saved
        receipt = f"Registreret: {registered.get_outcome_display()}."
        messages.success(request, f"{receipt} Næste samtale: {_receipt(following)}." if following else receipt)
        return redirect(meeting.case)
    context = {
        "form": form,
        "meeting": meeting,
        "has_begun": meeting.starts_at <= desk.at,
        "already_booked": [
            meeting_text(one) for one in meeting.case.meetings.booked().filter(starts_at__gt=meeting.starts_at)
        ],
        **_offer(request, desk),
    }
    return _answer(request, _part(request, "meetings/register.html"), meeting.case, context)


@page_with_form
def correct(request: HttpRequest, public_id: str) -> HttpResponse:
    """Correct a registered outcome, with a reason."""
    meeting = _meeting(request, public_id, Permission.HOLD_MEETING)
    if not meeting.outcome:
        raise NothingToDo(meeting.case, "Samtalen har intet udfald at rette.")
    form = CorrectForm(_posted(request), meeting=meeting, duty=_duty(meeting, planning.law_in_force()))
    corrected = _done(
        form,
        lambda: services.correct_outcome(
            meeting_id=meeting.pk,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=clock.now(),
            **form.registered(),
        ),
    )
    if corrected is not None:
        messages.success(request, f"Rettet til: {corrected.get_outcome_display()}.")
        return redirect(meeting.case)
    return _answer(request, "meetings/correct.html", meeting.case, {"form": form, "meeting": meeting})


def _duty(meeting: Meeting, law: planning.Law) -> GuidanceDuty:
    return has_guidance_duty(meeting.party, on=meeting.day, book=law.book, asked=True)


# The citizen's wishes


@page_with_form
def channel(request: HttpRequest, public_id: str) -> HttpResponse:
    """The citizen's choice of channel, its history, and how long there is to choose."""
    case = _case(request, public_id, Permission.RECORD_CHOICE)
    desk = Desk(case=case, user=request.user, at=clock.now())
    ahead = list(case.meetings.booked().filter(starts_at__gt=desk.at).select_related("organisation"))
    form = ChannelForm(_posted(request), meetings=ahead, today=desk.today)

    def choose() -> str:
        only = next((one for one in ahead if str(one.public_id) == form.cleaned_data["covers"]), None)
        choice = services.choose_channel(
            case_id=case.pk,
            channel=Channel(form.cleaned_data["channel"]),
            chosen_on=form.cleaned_data["chosen_on"],
            meeting_id=only.pk if only else None,
            by=request.user,
            at=desk.at,
        )
        return f"{choice.get_channel_display()} til {meeting_text(only) if only else 'alle samtaler'}"

    chosen = _done(form, choose)
    if chosen is not None:
        messages.success(request, f"Borgerens valg er registreret: {chosen}.")
        return redirect(case)
    context = {
        "form": form,
        "answer": services.channel_of_all(case=case, day=max(desk.today, case.registered_on), law=desk.law),
        "today": desk.today,
        "booked": [
            {
                "text": meeting_text(one),
                "meeting": one,
                "answer": services.channel_on(case=case, meeting=one, law=desk.law),
            }
            for one in ahead
        ],
        "choices": case.channel_choices.select_related("meeting", "recorded_by__organisation"),
    }
    return _answer(request, "meetings/channel.html", case, context)


@require_POST
def fund_wish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Whether the citizen wishes the a-kasse present: a button for each answer."""
    meeting = _meeting(request, public_id, Permission.RECORD_CHOICE, of_any_party=True, while_open=False)
    wish = {"yes": True, "no": False}.get(request.POST.get("wish", ""))
    if wish is None:
        messages.error(request, "Vælg, om borgeren ønsker a-kassen med.")
        return redirect(meeting.case)
    try:
        services.wish_fund_present(meeting_id=meeting.pk, wish=wish, by=request.user, at=clock.now())
    except REFUSALS as error:
        messages.error(request, str(error))
    else:
        answer = "ønsker" if wish else "ønsker ikke"
        messages.success(request, f"Registreret: Borgeren {answer} a-kassen med til {meeting_text(meeting)}.")
    return redirect(meeting.case)


# Exemptions


@page_with_form
def exempt(request: HttpRequest, public_id: str) -> HttpResponse:
    """Exempt the citizen from meetings for a time."""
    case = _case(request, public_id, Permission.EDIT_CASE)
    today = clock.today()
    quota = planning.law_in_force().book.in_force(EXEMPT_QUOTA_PERCENT, CaseDates(event=today))
    form = ExemptionForm(_posted(request), today=today, has_share=quota.value > 0)

    def save() -> Exemption:
        typed = form.cleaned_data
        names = ("reason", "span", "documented_on", "starts_on", "document")
        return services.exempt(
            case_id=case.pk, by=request.user, at=clock.now(), **{name: typed[name] for name in names}
        )

    exemption = _done(form, save)
    if exemption is not None:
        messages.success(request, f"Borgeren er fritaget: {exemption}. Fristerne er beregnet igen.")
        _warn_of_meetings_in(request, exemption)
        return redirect(case)
    return _answer(request, "meetings/exemption.html", case, {"form": form})


def _warn_of_meetings_in(request: HttpRequest, exemption: Exemption) -> None:
    booked = exemption.case.meetings.booked().filter(starts_at__gt=clock.now())
    inside = [meeting_text(meeting) for meeting in booked if exemption.period.contains(meeting.day)]
    if inside:
        messages.warning(request, f"Der er booket i fritagelsen: {', '.join(inside)}. Flyt eller aflys.")


@page_with_form
def exemption_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take back an exemption, with a reason."""
    exemption = _exemption(request, public_id, Permission.EDIT_CASE)
    form = ReasonForm(_posted(request))
    ended = _done(
        form,
        lambda: services.end_exemption(
            exemption_id=exemption.pk, reason=form.cleaned_data["reason"], by=request.user, at=clock.now()
        ),
    )
    if ended is not None:
        messages.success(request, "Fritagelsen er fjernet. Fristerne er beregnet igen.")
        return redirect(exemption.case)
    return _answer(request, "meetings/exemption_end.html", exemption.case, {"form": form, "exemption": exemption})


@page_with_form
def keep_duty(request: HttpRequest, public_id: str) -> HttpResponse:
    """The jobcenter holds on to the duty to meet, by concrete assessment."""
    exemption = _exemption(request, public_id, Permission.KEEP_DUTY)
    form = ReasonForm(_posted(request))
    kept = _done(
        form,
        lambda: services.keep_duty(
            exemption_id=exemption.pk, reason=form.cleaned_data["reason"], by=request.user, at=clock.now()
        ),
    )
    if kept is not None:
        messages.success(request, "Mødepligten er fastholdt. Fristerne er beregnet igen.")
        return redirect(exemption.case)
    return _answer(request, "meetings/exemption_keep.html", exemption.case, {"form": form, "exemption": exemption})


# What the pages share


def _case(request: HttpRequest, public_id: str, permission: Permission) -> Case:
    cases = Case.objects.visible_to(request.user).with_parties().select_related("handover")
    case = get_object_or_404(cases, public_id=public_id)
    access.require(request.user, permission)
    return _open(case)


def _meeting(
    request: HttpRequest,
    public_id: str,
    permission: Permission,
    *,
    of_any_party: bool = False,
    while_open: bool = True,
) -> Meeting:
    meetings = Meeting.objects.visible_to(request.user).select_related(
        "organisation", "adviser", "requirement", "case__citizen", "case__fund", "case__municipality", "case__handover",
        "case__fund_adviser", "case__municipality_caseworker",
    )  # fmt: skip
    meeting = get_object_or_404(meetings, public_id=public_id)
    access.require(request.user, permission, organisation=None if of_any_party else meeting.organisation)
    if while_open:
        _open(meeting.case)
    return meeting


def _exemption(request: HttpRequest, public_id: str, permission: Permission) -> Exemption:
    exemptions = Exemption.objects.filter(case__in=Case.objects.visible_to(request.user))
    exemption = get_object_or_404(exemptions, public_id=public_id)
    access.require(request.user, permission)
    exemption.case = _open(Case.objects.with_parties().select_related("handover").get(pk=exemption.case_id))
    return exemption


def _open(case: Case) -> Case:
    if not case.is_open:
        raise NothingToDo(case, "Sagen er afsluttet. Der kan ikke ændres i dens samtaler.")
    return case


def _leave_unless_booked(request: HttpRequest, meeting: Meeting, what: str) -> None:
    # A form that is sent twice finds the meeting changed already: then the service knows whether it is the same.
    if meeting.status != MeetingStatus.BOOKED and request.method != "POST":
        raise NothingToDo(meeting.case, f"Samtalen er {meeting.get_status_display()} og kan ikke {what}.")


def _desk(request: HttpRequest, case: Case, **about: Meeting) -> Desk:
    """The desk with what the address and the form say so far; what cannot be read there is left to the form."""
    bare = Desk(case=case, user=request.user, at=clock.now(), **about)
    look = LookForm(request.GET or None, desk=bare)
    look.is_valid()
    seen: Mapping[str, Any] = getattr(look, "cleaned_data", {})
    posted = request.POST
    advisers = {str(one.public_id): one for one in bare.advisers} if posted else {}
    minutes = posted.get("minutes", "")
    kind = posted.get("kind", "")
    wanted = Wanted(
        requirement_id=request.GET.get("krav", ""),
        adviser=advisers.get(posted.get("adviser", "")) or seen.get("medarbejder"),
        kind=MeetingKind(kind) if kind in list(MeetingKind) else None,
        minutes=int(minutes)
        if minutes.isascii() and minutes.isdigit() and 5 <= int(minutes) <= 480
        else Wanted.minutes,
        day=seen.get("dag"),
        starts_at=posted_time(posted),
    )
    return Desk(case=case, user=request.user, at=bare.at, wanted=wanted, **about)


def _offer(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """What the part of a page that books says beside its form."""
    is_looking = "dag" in request.GET
    look = LookForm(request.GET if is_looking else None, desk=desk)
    return {
        "desk": desk,
        "look": look,
        "is_looking": is_looking,
        "why": why_of(desk.requirement) if desk.requirement else None,
        "today": desk.today,
    }


def _posted(request: HttpRequest) -> Mapping[str, Any] | None:
    return request.POST if request.method == "POST" else None


def _done(form: Form, change: Callable[[], T]) -> T | None:
    """What the change gave; None when nothing was posted, or the form or a service said no, which the form then says."""
    if not form.is_valid():
        return None
    try:
        return change()
    except services.NeedsConfirmation as error:
        form.ask_about(error.warnings)
    except services.NeedsReason as error:
        _blame(form, "channel_reason", error)
    except services.ChannelNotAllowed as error:
        _blame(form, "channel", error)
    except services.Occupied as error:
        _blame(form, "begins" if form.cleaned_data.get("slot") == OWN_TIME else "slot", error)
    except REFUSALS as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        form.add_error(None, error.messages)
    return None


def _blame(form: Form, name: str, error: Exception) -> None:
    form.add_error(name if name in form.fields else None, str(error))


def _part(request: HttpRequest, template: str) -> str:
    """Only the times, when htmx asks for those of another day."""
    return f"{template}#times" if request.htmx and request.method == "GET" else template


def _receipt(meeting: Meeting) -> str:
    return f"{slot_text(Span(meeting.starts_at, meeting.ends_at))}, {meeting.get_channel_display()}"


def _answer(request: HttpRequest, template: str, case: Case, context: dict[str, Any]) -> HttpResponse:
    """The page of a case, logged as read; 422 when the form was refused."""
    access_log.record(request, purpose=Purpose.MEETING, cases=[case.pk])
    form, meeting = context["form"], context.get("meeting")
    context |= {
        "case": case,
        "identity": overview.identity(case, user=request.user, at=clock.now()),
        "meeting_text": meeting_text(meeting) if meeting else "",
    }
    return render(request, template, context, status=422 if form is not None and form.is_bound else 200)
