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
from meetings.booking.forms import BookingForm, FreeTimesForm, wish_of
from meetings.booking.proposal import BookingProposal
from meetings.meeting_views import heading_of, of_meeting, receipt_of
from meetings.models import CancelReason, Meeting
from meetings.owing import meeting_news

# Booking


@case_views.of_case(Permission.BOOK_MEETING)
def book(request: AppRequest, case: Case) -> HttpResponse:
    """Book a meeting: one of the three best times, or one's own."""
    return _booking_page(request, proposal_of(request, case), title="Book samtale")


@of_meeting(Permission.BOOK_MEETING, to_be="flyttes")
def move(request: AppRequest, meeting: Meeting) -> HttpResponse:
    """Give a booked meeting another time; whether the a-kasse is wished is asked anew."""
    return _booking_page(request, proposal_of(request, meeting.case, moving=meeting), title="Flyt samtale")


def _booking_page(request: AppRequest, proposal: BookingProposal, *, title: str) -> HttpResponse:
    form = BookingForm(case_views.typed(request), proposal=proposal) if not proposal.refusal else None
    if form is not None and form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            meeting = _save_booking(proposal, form)
            verb = "flyttet til" if proposal.moving else "booket:"
            kind = "meetings.moved" if proposal.moving else "meetings.booked"
            undo = kind if meeting_news.waits(meeting, at=proposal.at) else ""
            return case_views.done(request, proposal.case, f"Samtalen er {verb} {receipt_of(meeting)}.", undo=undo)
    return case_views.show(
        request,
        proposal.case,
        form=form,
        template=rendered_part(request, "meetings/booking/book.html"),
        title=title,
        moving_text=proposal.moving.in_words if proposal.moving else "",
        **offered(request, proposal),
    )


def _save_booking(proposal: BookingProposal, form: BookingForm) -> Meeting:
    booking = form.booking()
    if proposal.moving is not None:
        return services.move(meeting_id=proposal.moving.pk, booking=booking, by=proposal.user, at=proposal.at)
    return services.book(case_id=proposal.case.pk, booking=booking, by=proposal.user, at=proposal.at)


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
            undo = "meetings.cancelled" if meeting_news.waits(meeting, at=clock.now()) else ""
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


def proposal_of(request: AppRequest, case: Case, **about: Any) -> BookingProposal:
    """Start a booking proposal from what the address and the form say so far."""
    proposal = BookingProposal(case=case, user=request.user, at=clock.now(), **about)
    proposal.wish = wish_of(address=request.GET, posted=request.POST, advisers=proposal.advisers)
    return proposal


def offered(request: AppRequest, proposal: BookingProposal) -> dict[str, Any]:
    """What the part of a page that books says beside its form."""
    is_looking = "dag" in request.GET
    requirement = proposal.requirement
    look = FreeTimesForm(
        request.GET if is_looking else None,
        advisers=proposal.advisers,
        adviser=proposal.adviser,
        requirement=str(requirement.public_id) if requirement else "",
        is_requested=proposal.wish.is_requested,
    )
    return {
        "proposal": proposal,
        "look": look,
        "is_looking": is_looking,
        "why": requirement.why if requirement else None,
        "today": proposal.today,
    }


def rendered_part(request: AppRequest, template: str) -> str:
    """Only the times, when htmx asks for those of another day."""
    return f"{template}#times" if request.htmx and request.method == "GET" else template
