"""The pages where a meeting is booked, moved and cancelled."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from cases import clock
from cases.accounts.access import Permission
from cases.models import Case
from cases.request import AppRequest
from cases.web import case_views
from meetings.booking import services
from meetings.booking.cancel_form import CancelForm
from meetings.booking.draft import BookingDraft
from meetings.booking.forms import BookingForm, FreeTimesForm, wish_of
from meetings.meeting_views import heading_of, of_meeting, receipt_of
from meetings.models import CancelReason, Meeting
from meetings.reminders import owing as reminders_owing

# Booking


@case_views.of_case(Permission.BOOK_MEETING)
def book(request: AppRequest, case: Case) -> HttpResponse:
    """Book a meeting: one of the three best times, or one's own."""
    return _booking_page(request, draft_of(request, case), title="Book samtale")


@of_meeting(Permission.BOOK_MEETING, to_be="flyttes")
def move(request: AppRequest, meeting: Meeting) -> HttpResponse:
    """Give a booked meeting another time; whether the a-kasse is wished is asked anew."""
    return _booking_page(request, draft_of(request, meeting.case, moving=meeting), title="Flyt samtale")


def _booking_page(request: AppRequest, draft: BookingDraft, *, title: str) -> HttpResponse:
    form = BookingForm(case_views.typed(request), draft=draft) if not draft.refusal else None
    if form is not None and form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            meeting = _save_booking(draft, form)
            verb = "flyttet til" if draft.moving else "booket:"
            kind = "meetings.moved" if draft.moving else "meetings.booked"
            undo = kind if reminders_owing.waits(meeting, at=draft.at) else ""
            return case_views.done(request, draft.case, f"Samtalen er {verb} {receipt_of(meeting)}.", undo=undo)
    return case_views.show(
        request,
        draft.case,
        form=form,
        template=rendered_part(request, "meetings/booking/book.html"),
        title=title,
        moving_text=draft.moving.in_words if draft.moving else "",
        **offered(request, draft),
    )


def _save_booking(draft: BookingDraft, form: BookingForm) -> Meeting:
    booking = form.booking()
    assert booking is not None
    if draft.moving is not None:
        return services.move(meeting_id=draft.moving.pk, booking=booking, by=draft.user, at=draft.at)
    return services.book(case_id=draft.case.pk, booking=booking, by=draft.user, at=draft.at)


@of_meeting(Permission.BOOK_MEETING, to_be="aflyses")
def cancel(request: AppRequest, meeting: Meeting) -> HttpResponse:
    """Cancel a booked meeting, with a reason."""
    form = CancelForm(case_views.typed(request))
    text = meeting.in_words
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            services.cancel(
                meeting_id=meeting.pk,
                reason=CancelReason(form.cleaned_data["reason"]),
                note=form.cleaned_data["note"],
                by=request.user,
                at=clock.now(),
            )
            again = reverse("meetings:book", args=[meeting.case.public_id])
            undo = "meetings.cancelled" if reminders_owing.waits(meeting, at=clock.now()) else ""
            text = format_html('Aflyst: {}. <a href="{}">Book igen</a>', text, again)
            return case_views.done(request, meeting.case, text, undo=undo)
    return case_views.show(
        request,
        meeting.case,
        form=form,
        title="Aflys samtale",
        submit="Aflys samtale",
        intro=f"{heading_of(meeting)}. Borgeren får besked, hvis indkaldelsen er sendt.",
    )


# What the pages share


def draft_of(request: AppRequest, case: Case, **about: Any) -> BookingDraft:
    """Start a booking draft from what the address and the form say so far."""
    draft = BookingDraft(case=case, user=request.user, at=clock.now(), **about)
    draft.wish = wish_of(address=request.GET, posted=request.POST, advisers=draft.advisers)
    return draft


def offered(request: AppRequest, draft: BookingDraft) -> dict[str, Any]:
    """What the part of a page that books says beside its form."""
    is_looking = "dag" in request.GET
    requirement = draft.requirement
    look = FreeTimesForm(
        request.GET if is_looking else None,
        advisers=draft.advisers,
        adviser=draft.adviser,
        requirement=str(requirement.public_id) if requirement else "",
        is_requested=draft.wish.is_requested,
    )
    return {
        "draft": draft,
        "look": look,
        "is_looking": is_looking,
        "why": requirement.why if requirement else None,
        "today": draft.today,
    }


def rendered_part(request: AppRequest, template: str) -> str:
    """Only the times, when htmx asks for those of another day."""
    return f"{template}#times" if request.htmx and request.method == "GET" else template
