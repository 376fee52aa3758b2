"""The pages of what follows a talk to which the citizen did not come."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.changing import newest, with_parties
from cases.history import access_log
from cases.models import Case, Purpose, scopes
from cases.models.scopes import Scope
from cases.request import AppRequest
from cases.rules.undo_time import UNDO_WITHIN
from cases.web import case_views
from meetings.meeting_views import heading_of, of_meeting
from meetings.models import Meeting, NoShowStep
from meetings.no_shows import queries, services
from meetings.no_shows.forms import AnswerForm, StepForm, WithdrawForm
from meetings.rules.no_shows import NoShowStepKind

#: So many stand on the list at once; whoever answers one makes room for the next.
MOST = 100

_INTROS = {
    NoShowStepKind.HEARING: "Brevet fortæller, hvilken samtale det handler om, hvordan borgeren svarer, og den sidste "
    "dag for svar.",
    NoShowStepKind.NOTICE: "Den anden myndighed får besked på mail om, at der er en underretning, og læser teksten på "
    "sagen.",
    NoShowStepKind.SUMMONS: "Brevet indkalder til den næste samtale, der er booket, og siger, at borgeren ikke kom til "
    "denne.",
}


@require_safe
@of_meeting(Permission.HOLD_MEETING, is_own=False, may_be_closed=True)
def no_show(request: AppRequest, meeting: Meeting) -> HttpResponse:
    """Which talk is next, what has been done, and what can be done."""
    if not (meeting.is_no_show or meeting.no_show_steps.exists()):
        messages.info(request, "Det er ikke registreret, at borgeren udeblev fra samtalen.")
        return redirect(meeting.case)
    return case_views.show(
        request,
        meeting.case,
        template="meetings/no_shows/no_show.html",
        title="Efter udeblivelsen",
        meeting=meeting,
        meeting_text=heading_of(meeting),
        no_show=queries.no_show_of(meeting, case=meeting.case, user=request.user, at=clock.now()),
        today=clock.today(),
        leads_back=True,
    )


@of_meeting(Permission.HOLD_MEETING)
def step(request: AppRequest, meeting: Meeting, kind: NoShowStepKind) -> HttpResponse:
    """Hear the citizen, tell the other office, or call the citizen to the next talk in a letter that says why."""
    title = queries.LABELS[kind]
    form = StepForm(case_views.typed(request), kind=kind, user=request.user)
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            services.take_step(meeting_id=meeting.pk, step=form.step(), by=request.user, at=clock.now())
            minutes = int(UNDO_WITHIN.total_seconds() // 60)
            text = f"Oprettet: {kind.label}. Den sendes om {minutes} minutter; indtil da kan den trækkes tilbage."
            messages.success(request, text)
            return _back(meeting)
    return case_views.show(
        request,
        meeting.case,
        form=form,
        title=title,
        submit=title,
        intro=f"{heading_of(meeting)}. {_INTROS[kind]}",
        cancel_url=_page_of(meeting),
    )


@case_views.takes_form
def answer(request: AppRequest, public_id: str) -> HttpResponse:
    """Write down what the citizen answered to a hearing."""
    step, case = _own(request, public_id)
    now = {"answer": step.answer, "version": newest(services.events_of(step))}
    form = AnswerForm(case_views.typed(request), initial=now)
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            services.answer_hearing(step_id=step.pk, by=request.user, at=clock.now(), **form.cleaned_data)
            messages.success(request, "Svaret er registreret.")
            return _back(step.meeting)
    return case_views.show(
        request,
        case,
        form=form,
        title="Registrér borgerens svar",
        submit="Registrér svaret",
        intro=f"Høring efter {step.meeting.in_words}.",
        cancel_url=_page_of(step.meeting),
    )


@case_views.takes_form
def withdraw(request: AppRequest, public_id: str) -> HttpResponse:
    """Take a step back, with a reason."""
    step, case = _own(request, public_id)
    form = WithdrawForm(case_views.typed(request))
    is_gone = services.is_gone(step)
    who = "den anden myndighed" if step.kind == NoShowStepKind.NOTICE else "borgeren"
    gone = f"Den er sendt og kan ikke kaldes tilbage: fortæl {who}, at den ikke gælder." if is_gone else ""
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            services.withdraw_step(step_id=step.pk, reason=form.cleaned_data["reason"], by=request.user, at=clock.now())
            messages.success(request, f"Trukket tilbage. {gone or 'Intet er sendt.'}")
            return _back(step.meeting)
    return case_views.show(
        request,
        case,
        form=form,
        title="Træk skridtet tilbage",
        submit="Træk tilbage",
        intro=f"{step.get_kind_display().capitalize()} efter {step.meeting.in_words}. "
        f"{gone or 'Den er ikke sendt endnu og bliver det ikke.'}",
        cancel_url=_page_of(step.meeting),
    )


@require_safe
def hearings(request: AppRequest) -> HttpResponse:
    """The hearings whose last day has passed, the oldest first."""
    access.require(request.user, Permission.HOLD_MEETING)
    scope = scopes.asked(request.GET.dict())
    rows = queries.due(request.user, today=clock.today(), scope=scope)
    found = list(rows.select_related("meeting__case__citizen").order_by("answer_by", "pk")[:MOST])
    if found:
        access_log.record(request, purpose=Purpose.MEETING, cases=[step.meeting.case_id for step in found])
    context = {"steps": found, "scope": scopes.scope_labels(request.user)[scope], "is_all": scope is Scope.ORGANISATION}
    return render(request, "meetings/no_shows/hearings.html", context)


def _own(request: AppRequest, public_id: str) -> tuple[NoShowStep, Case]:
    """The step that the address names, if the user's own organisation took it."""
    visible = NoShowStep.objects.visible_to(request.user).select_related("meeting", "organisation")
    step = get_object_or_404(visible, public_id=public_id)
    access.require(request.user, Permission.HOLD_MEETING, organisation=step.organisation)
    return step, with_parties(step.meeting.case_id)


def _page_of(meeting: Meeting) -> str:
    return reverse("meetings:no_show", args=[meeting.public_id])


def _back(meeting: Meeting) -> HttpResponse:
    return redirect("meetings:no_show", meeting.public_id)
