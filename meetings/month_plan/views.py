"""The pages where a month is planned: ask for a plan, look at it, and book what it proposes."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.models import Purpose
from cases.request import AppRequest
from cases.rules.wording import counted
from cases.web import case_views
from meetings.models import ListJob, MonthPlan, PlanScope
from meetings.month_plan import presenters, services
from meetings.month_plan.forms import AbsentForm, ChosenForm, MonthPlanForm

#: So many of the office's latest plans are listed.
_LISTED = 10


@case_views.takes_form
def plans(request: AppRequest) -> HttpResponse:
    """Ask for a plan of a month; the office's latest ones stand beneath."""
    access.require(request.user, Permission.BOOK_MEETING)
    form = MonthPlanForm(case_views.typed(request), user=request.user, today=clock.today())
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            return redirect(services.ask_for(wish=form.wish(), by=request.user, at=clock.now()))
    return _listed(request, form, AbsentForm(user=request.user, at=clock.now()))


@case_views.takes_form
def absence(request: AppRequest) -> HttpResponse:
    """Ask for new times for the talks of somebody who is absent."""
    access.require(request.user, Permission.BOOK_MEETING)
    form = AbsentForm(case_views.typed(request), user=request.user, at=clock.now())
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            absent = form.cleaned_data["absent"]
            return redirect(services.ask_for_absent(absent=absent, by=request.user, at=clock.now()))
    return _listed(request, MonthPlanForm(user=request.user, today=clock.today()), form)


def _listed(request: AppRequest, form: MonthPlanForm, absent_form: AbsentForm) -> HttpResponse:
    latest = MonthPlan.objects.visible_to(request.user).select_related("made_by", "absent")[:_LISTED]
    context = {"form": form, "absent_form": absent_form, "plans": latest}
    is_refused = form.is_bound or absent_form.is_bound
    return render(request, "meetings/month_plan/plans.html", context, status=422 if is_refused else 200)


@case_views.takes_form
def chosen(request: AppRequest, public_id: UUID) -> HttpResponse:
    """Ask for times for the cases that one has chosen on the worklist; the plan's page takes it from there."""
    access.require(request.user, Permission.BOOK_MEETING)
    own = ListJob.objects.visible_to(request.user).filter(started_by=request.user)
    job = get_object_or_404(own, public_id=public_id)
    cases = list(job.rows.order_by("position").values_list("case_id", flat=True))
    form = ChosenForm(case_views.typed(request), today=clock.today())
    if form.is_bound and form.is_valid():
        typed, by, at = form.cleaned_data, request.user, clock.now()
        with case_views.refusals_in(form):
            if typed["what"] == PlanScope.MOVED:
                return redirect(services.ask_to_move(cases=cases, since=typed["since"], by=by, at=at))
            return redirect(
                services.ask_to_book(cases=cases, since=typed["since"], minutes=typed["minutes"], by=by, at=at)
            )
    context = {"form": form, "job": job, "number": len(cases)}
    return render(request, "meetings/month_plan/chosen.html", context, status=422 if form.is_bound else 200)


@require_safe
def plan(request: AppRequest, public_id: UUID) -> HttpResponse:
    """One plan at any time: how far it is, what it proposes for one adviser after the other, and what lacks."""
    found = _found(request, public_id)
    sums = presenters.sums(found, user=request.user, at=clock.now())
    is_under_way = found.is_waiting or sums.is_under_way
    shares = presenters.shares(found, chosen=request.GET.get("medarbejder", ""))
    share = next((one for one in shares if one.is_current), None)
    days = presenters.days(found, share, user=request.user) if share and not request.htmx else []
    may_choose = any(row.is_open for _, rows in days for row in rows)
    without = presenters.without(found, user=request.user)
    if cases := [*(row.case_id for _, rows in days for row in rows), *(case.pk for case in without)]:
        access_log.record(request, purpose=Purpose.MEETING, cases=cases)
    context = {
        "plan": found,
        "words": presenters.words(found),
        "sums": sums,
        "is_under_way": is_under_way,
        "shares": shares,
        "share": share,
        "days": days,
        "may_choose": may_choose,
        "may_decide": may_choose or (share is not None and sums.may_decide),
        "without": without,
        "lacking": list(presenters.lacking(found)),
        "empty": presenters.empty_text(found, sums),
    }
    template = "meetings/month_plan/plan.html#progress" if request.htmx else "meetings/month_plan/plan.html"
    response = render(request, template, context)
    if request.htmx and not is_under_way:
        # What came of it is another page than the progress: load it whole.
        response["HX-Refresh"] = "true"
    return response


@require_POST
def decide(request: AppRequest, public_id: UUID) -> HttpResponse:
    """Book or leave the chosen proposals or all, or take the bookings back."""
    found, action = _found(request, public_id), request.POST.get("handling", "")
    chosen = None if action.endswith("_alle") else presenters.chosen_of(request.POST.getlist("valgt"))
    by, at, words = request.user, clock.now(), presenters.words(found)
    with case_views.refusals_told(request):
        match action.removesuffix("_alle"):
            case "book":
                number = services.accept(plan=found, chosen=chosen, by=by, at=at)
                messages.info(request, f"{counted(number, 'samtale', 'samtaler')} {words.doing} nu.")
            case "fravaelg":
                number = services.decline(plan=found, chosen=chosen, by=by, at=at)
                messages.success(
                    request, f"{counted(number, 'forslag', 'forslag')} er valgt fra. De kan stadig bookes."
                )
            case "fortryd":
                services.take_back(plan=found, by=by, at=at)
                told = f"{words.deeds.capitalize()}ne fortrydes. Borgere, der endnu ikke har fået besked, hører intet."
                messages.info(request, told)
            case _:
                raise Http404
    shown = request.POST.get("medarbejder", "")
    return redirect(f"{found.get_absolute_url()}?medarbejder={shown}" if shown.isascii() and shown else found)


def _found(request: AppRequest, public_id: UUID) -> MonthPlan:
    access.require(request.user, Permission.BOOK_MEETING)
    visible = MonthPlan.objects.visible_to(request.user).select_related("made_by", "absent")
    return get_object_or_404(visible, public_id=public_id)
