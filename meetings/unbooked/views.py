"""The page where a meeting that was held without a booking is registered."""

from datetime import date

from django.core.exceptions import ValidationError
from django.http import HttpResponse

from cases import clock
from cases.accounts.access import Permission
from cases.models import Case
from cases.request import AppRequest
from cases.ui.fields import DateField
from cases.web import case_views
from meetings.booking.proposal import BookingProposal
from meetings.booking.views import proposal_of
from meetings.case_page.counting import counts_for
from meetings.meeting_views import heading_of, of_meeting
from meetings.models import Meeting
from meetings.outcomes.views import registered_answer
from meetings.rules.guidance import GuidanceDuty, has_guidance_duty
from meetings.unbooked import services
from meetings.unbooked.forms import UnbookedForm, WithdrawForm


@case_views.of_case(Permission.HOLD_MEETING, is_open=False)
def enter(request: AppRequest, case: Case) -> HttpResponse:
    """Register a meeting that was not booked: when, by whom, how, and what came of it."""
    proposal = proposal_of(request, case)
    form = (
        UnbookedForm(case_views.typed(request), proposal=proposal, duty=_duty(request, proposal))
        if proposal.kinds
        else None
    )
    if form is not None and form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            meeting = services.enter(
                case_id=case.pk, unbooked=form.unbooked(), accepted=form.accepted, by=proposal.user, at=proposal.at
            )
            text = f"Registreret: {meeting.in_words}, {meeting.get_outcome_display()}. {counts_for(meeting, case)}"
            meeting.case = case
            return registered_answer(request, meeting, text)
    return case_views.show(
        request,
        case,
        form=form,
        template="meetings/unbooked/enter.html",
        title="Registrér en samtale, der ikke var booket",
        proposal=proposal,
    )


@of_meeting(Permission.HOLD_MEETING, may_be_closed=True)
def withdraw(request: AppRequest, meeting: Meeting) -> HttpResponse:
    """Take back a meeting that was registered by mistake, with a reason."""
    form = WithdrawForm(case_views.typed(request))
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            services.withdraw(
                meeting_id=meeting.pk, reason=form.cleaned_data["reason"], by=request.user, at=clock.now()
            )
            return case_views.done(request, meeting.case, f"Trukket tilbage: {meeting.in_words}.")
    return case_views.show(
        request,
        meeting.case,
        form=form,
        title="Træk registreringen tilbage",
        submit="Træk tilbage",
        intro=f"{heading_of(meeting)}. Samtalen tæller ikke længere, og fristerne beregnes igen. Historikken beholder "
        "registreringen og din begrundelse. Borgeren får ingen besked.",
    )


def _duty(request: AppRequest, proposal: BookingProposal) -> GuidanceDuty:
    """What the rules ask of guidance on the day that was typed."""
    group = proposal.case.target_group
    return has_guidance_duty(
        proposal.party, group=group, on=_day(request, proposal), book=proposal.law.book, asked=True
    )


def _day(request: AppRequest, proposal: BookingProposal) -> date:
    try:
        return DateField().clean(request.POST.get("on", "")) or proposal.today
    except ValidationError:
        return proposal.today
