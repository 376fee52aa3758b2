"""The page where the outcome of a meeting is registered, and the one where it is corrected."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from cases import clock
from cases.accounts.access import Permission
from cases.request import AppRequest, and_back_as_here
from cases.web import case_views
from meetings.booking.views import offered, proposal_of, rendered_part
from meetings.meeting_views import heading_of, of_meeting, receipt_of
from meetings.models import Meeting, Outcome
from meetings.outcomes import services
from meetings.outcomes.forms import CorrectForm, LateForm, RegisterForm
from meetings.outcomes.talk import talk_of
from meetings.planning import law as planning_law
from meetings.planning.law import Law
from meetings.rules.guidance import GuidanceDuty, has_guidance_duty

# Outcomes


@of_meeting(Permission.HOLD_MEETING, to_be="få et nyt udfald her", may_be_closed=True)
def register(request: AppRequest, meeting: Meeting) -> HttpResponse:
    """What came of a meeting, and the next one: one form, one button, both saved or none."""
    case = meeting.case
    if not case.is_open:
        return _register_late(request, meeting)
    proposal = proposal_of(request, case, after=meeting)
    form = RegisterForm(
        case_views.typed(request), meeting=meeting, proposal=proposal, duty=_duty(meeting, proposal.law)
    )
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            registered, following = services.register(
                meeting_id=meeting.pk,
                next_booking=form.booking_if_any(),
                by=proposal.user,
                at=proposal.at,
                **form.registered(),
            )
            booked = f" Næste samtale: {receipt_of(following)}." if following else ""
            text = f"Registreret: {registered.get_outcome_display()}.{booked}"
            return registered_answer(request, registered, text)
    later = case.meetings.booked().filter(starts_at__gt=meeting.starts_at)
    return case_views.show(
        request,
        case,
        form=form,
        template=rendered_part(request, "meetings/outcomes/register.html"),
        title="Registrér udfald",
        meeting=meeting,
        meeting_text=heading_of(meeting),
        has_begun=meeting.starts_at <= proposal.at,
        talk=talk_of(meeting, case=case, proposal=proposal),
        leads_back=True,
        already_booked=[one.in_words for one in later],
        **offered(request, proposal),
    )


def _register_late(request: AppRequest, meeting: Meeting) -> HttpResponse:
    """What came of a meeting that was still without an outcome when its case was closed."""
    form = LateForm(case_views.typed(request), meeting=meeting, duty=_duty(meeting, planning_law.law_in_force()))
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            registered, _ = services.register(
                meeting_id=meeting.pk,
                next_booking=None,
                by=request.user,
                at=clock.now(),
                **form.registered(),
            )
            return registered_answer(request, registered, f"Registreret: {registered.get_outcome_display()}.")
    return case_views.show(
        request,
        meeting.case,
        form=form,
        title="Registrér udfald",
        submit="Registrér",
        intro=f"{heading_of(meeting)}. Sagen er afsluttet, så der bookes ikke en ny samtale.",
    )


@of_meeting(Permission.HOLD_MEETING, may_be_closed=True)
def correct(request: AppRequest, meeting: Meeting) -> HttpResponse:
    """Correct what is registered of a meeting, with a reason, also when its case is closed."""
    if not meeting.outcome:
        messages.warning(request, "Samtalen har intet udfald at rette.")
        return redirect(meeting.case)
    form = CorrectForm(case_views.typed(request), meeting=meeting, duty=_duty(meeting, planning_law.law_in_force()))
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            corrected = services.correct_outcome(
                meeting_id=meeting.pk,
                reason=form.cleaned_data["reason"],
                version=form.cleaned_data["version"],
                by=request.user,
                at=clock.now(),
                **form.registered(),
            )
            return case_views.done(request, meeting.case, f"Rettet til: {corrected.get_outcome_display()}.")
    return case_views.show(
        request,
        meeting.case,
        form=form,
        title="Ret registrering",
        submit="Ret registrering",
        intro=f"{heading_of(meeting)}. Registreret: {meeting.get_outcome_display()}. Historikken beholder begge.",
    )


def registered_answer(request: AppRequest, registered: Meeting, text: str) -> HttpResponse:
    """The receipt, with the way on to the next citizen; where the citizen stayed away without a reason, what follows.

    Who was ill or had a good reason has been heard: their talk leads to the same page from the case, if it is wanted.
    """
    case = registered.case
    if registered.outcome == Outcome.ABSENT:
        messages.success(request, text)
        return redirect(and_back_as_here(request, reverse("meetings:no_show", args=[registered.public_id])))
    following = f"{reverse('meetings:next_row')}?{urlencode({'efter': str(case.public_id)})}"
    return case_views.done(
        request, case, format_html('<span>{}</span> <a href="{}">Næste på min liste</a>', text, following)
    )


def _duty(meeting: Meeting, law: Law) -> GuidanceDuty:
    group = meeting.case.target_group
    return has_guidance_duty(meeting.party, group=group, on=meeting.day, book=law.book, asked=True)
