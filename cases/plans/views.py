"""Min Plan: both parties read it, the one whose turn it is writes it; and the young person's aim."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases import clock
from cases.accounts.access import Permission
from cases.history import access_log
from cases.models import Act, AimDecision, Case, PlanDraft, PlanVersion, Purpose
from cases.plans import aim_services, letters, presenters, services
from cases.plans.forms import AimForm, PlanForm
from cases.request import AppRequest, way_back
from cases.rules.aim import aims_on
from cases.rules.declaring import CaseDates
from cases.rules.explanation import from_data
from cases.rules.facts import Party
from cases.rules.my_plan import first_version
from cases.rules.parameters import JOB_FOCUS_REASONS_REQUIRED
from cases.rules.refusal import Refused
from cases.rules.wording import day_text
from cases.ui import pdf as ui_pdf
from cases.web import case_views

# Min Plan


@require_safe
@case_views.of_case(Permission.WRITE_PLAN, is_open=False)
def plan(request: AppRequest, case: Case, number: int | None = None) -> HttpResponse:
    """The version that counts, or an older one; what changed since the one before, and what the law asks for now."""
    versions = list(case.plan_versions.select_related("saved_by", "organisation").order_by("-number"))
    shown = versions[0] if versions else None
    if number is not None:
        shown = get_object_or_404(case.plan_versions.select_related("saved_by", "organisation"), number=number)
    before = next((one for one in versions if shown and one.number < shown.number), None)
    today, book = clock.today(), Act.objects.rule_book()
    may = services.may_write_plan(case, party=_party(request), on=today, book=book)
    asked = services.asked_on(case, on=today, book=book)
    is_current = shown is not None and shown.number == versions[0].number
    return case_views.show(
        request,
        case,
        template="cases/plans/plan.html",
        title=f"Min Plan, version {shown.number}" if shown and not is_current else "Min Plan",
        purpose=Purpose.EFFORT,
        plan=shown,
        is_current=is_current,
        versions=versions,
        before=before,
        changed=[one.name for one in presenters.changes(before, shown) if one.is_changed] if before and shown else [],
        plan_why=from_data(shown.explanation) if shown else (),
        asked=asked,
        required=[part.label for part in asked.required],
        optional=[part.label for part in asked.optional],
        first=first_version(course=case.as_course(), on=today, book=book),
        may=may,
        may_write=may.is_allowed and case.is_open,
        draft=_open_draft(case) if may.is_allowed else None,
        today=today,
    )


@case_views.of_case(Permission.WRITE_PLAN)
def write(request: AppRequest, case: Case) -> HttpResponse:
    """Write the next version, from the draft or from the version that counts."""
    today, book = clock.today(), Act.objects.rule_book()
    asked = services.asked_on(case, on=today, book=book)
    may = services.may_write_plan(case, party=_party(request), on=today, book=book)
    current, draft = services.current_plan(case), _open_draft(case)
    form = PlanForm(case_views.typed(request), asked=asked, initial=_initial(case, current, draft))
    if form.is_bound and form.is_valid():
        written = {"parts": form.parts_typed(), "version": form.cleaned_data["version"]}
        with case_views.refusals_in(form):
            at = clock.now()
            if "publish" in request.POST:
                made = services.publish(case_id=case.pk, **written, by=request.user, at=at)
                messages.success(request, f"Min Plan, version {made.number}, er gemt. Begge parter kan læse den.")
                return redirect(way_back(request, reverse("cases:plan", args=[case.public_id])))
            services.write_draft(case_id=case.pk, **written, by=request.user, at=at)
            messages.success(request, f"Kladden er gemt kl. {timezone.localtime(at):%H.%M}.")
            return redirect(request.get_full_path())
    return case_views.show(
        request,
        case,
        form=form if may.is_allowed or form.is_bound else None,
        template="cases/plans/plan_write.html",
        title="Skriv Min Plan" if current is None else f"Skriv Min Plan, version {current.number + 1}",
        purpose=Purpose.EFFORT,
        asked=asked,
        may=may,
        current=current,
        draft=draft,
        cancel_url=reverse("cases:plan", args=[case.public_id]),
    )


@require_POST
@case_views.of_case(Permission.WRITE_PLAN)
def autosave(request: AppRequest, case: Case) -> HttpResponse:
    """Save the draft while it is being written; the page goes on with the new version."""
    asked = services.asked_on(case, on=clock.today(), book=Act.objects.rule_book())
    form = PlanForm(request.POST, asked=asked)
    if not form.is_valid():
        wrong = next(iter(form.errors.values()))[0]
        return JsonResponse({"text": f"Kladden er ikke gemt. {wrong}"}, status=422)
    try:
        saved = services.write_draft(
            case_id=case.pk,
            parts=form.parts_typed(),
            version=form.cleaned_data["version"],
            by=request.user,
            at=clock.now(),
        )
    except Refused as refused:
        return JsonResponse({"text": f"Kladden er ikke gemt. {refused}"}, status=409)
    return JsonResponse({"text": f"Kladde gemt {timezone.localtime(saved.saved_at):%H.%M}", "version": saved.version})


@require_POST
@case_views.of_case(Permission.WRITE_PLAN)
def discard(request: AppRequest, case: Case) -> HttpResponse:
    """Throw the draft away."""
    with case_views.refusals_told(request):
        services.discard_draft(case_id=case.pk, by=request.user, at=clock.now())
        messages.success(request, "Kladden er slettet. De gemte versioner er, som de var.")
    return redirect("cases:plan", case.public_id)


@require_safe
@case_views.of_case(Permission.WRITE_PLAN, is_open=False)
def compare(request: AppRequest, case: Case) -> HttpResponse:
    """Two versions, part by part; the last two unless somebody asks for others."""
    versions = list(case.plan_versions.select_related("saved_by", "organisation").order_by("number"))
    by_number = {str(one.number): one for one in versions}
    old = by_number.get(request.GET.get("fra", ""), versions[-2] if len(versions) > 1 else None)
    new = by_number.get(request.GET.get("til", ""), versions[-1] if versions else None)
    if old and new and old.number > new.number:
        old, new = new, old
    return case_views.show(
        request,
        case,
        template="cases/plans/plan_compare.html",
        title="Sammenlign to versioner af Min Plan",
        purpose=Purpose.EFFORT,
        versions=versions,
        old=old,
        new=new,
        changes=presenters.changes(old, new) if old and new else [],
    )


@require_safe
@case_views.of_case(Permission.WRITE_PLAN, is_open=False)
def pdf(request: AppRequest, case: Case, number: int) -> HttpResponse:
    """One version as tagged PDF, to be printed or sent."""
    shown = get_object_or_404(case.plan_versions.select_related("saved_by", "organisation"), number=number)
    shown.case = case
    is_current = not case.plan_versions.filter(number__gt=number).exists()
    access_log.record(request, purpose=Purpose.EFFORT, cases=[case.pk], detail=f"version {number}")
    answer = HttpResponse(ui_pdf.pdf(letters.plan_sheet(shown, is_current=is_current)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{letters.plan_file_name(shown)}"'
    return answer


def _party(request: AppRequest) -> Party:
    return request.user.workplace.party


def _open_draft(case: Case) -> PlanDraft | None:
    """What somebody is writing; the row of a draft that was published or thrown away is empty."""
    return PlanDraft.objects.filter(case=case, parts__isnull=False).select_related("saved_by__organisation").first()


def _draft_version(case: Case) -> int:
    return PlanDraft.objects.filter(case=case).values_list("version", flat=True).first() or 0


def _initial(case: Case, current: PlanVersion | None, draft: PlanDraft | None) -> dict[str, Any]:
    parts: dict[str, Any] = (draft.parts or {}) if draft else current.parts if current else {}
    return {"version": _draft_version(case), **parts}


# The aim


@case_views.of_case(Permission.DECIDE_AIM, party="municipality", is_open=False)
def aim(request: AppRequest, case: Case) -> HttpResponse:
    """The decisions there are, the newest first, and a new one."""
    today, book = clock.today(), Act.objects.rule_book()
    decisions = list(AimDecision.objects.for_case(case))
    newest = decisions[0].number if decisions else 0
    form = AimForm(case_views.typed(request), initial={"version": newest, "decided_on": today})
    if decisions:
        form.standing = {name: getattr(decisions[0], name) for name in aim_services.Grounds.__dataclass_fields__}
    aims = aims_on(target_group=case.target_group, decided_on=today, book=book)
    if form.is_bound and not case.is_open:
        messages.info(request, "Sagen er afsluttet og kan ikke ændres.")
        return redirect(case)
    if form.is_bound and form.is_valid():
        typed = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        with case_views.refusals_in(form):
            made = aim_services.decide(
                case_id=case.pk,
                grounds=aim_services.Grounds(**typed),
                number=form.cleaned_data["version"],
                by=request.user,
                at=clock.now(),
            )
            text = f"Afgørelsen er gemt: fra den {day_text(made.decided_on)} rettes indsatsen mod"
            return case_views.done(request, case, f"{text} {made.get_aim_display()}.")
    may_decide = case.is_open and bool(aims.allowed)
    return case_views.show(
        request,
        case,
        form=form if may_decide or form.is_bound else None,
        template="cases/plans/aim.html",
        title="Sigtet med indsatsen",
        submit="Gem afgørelse",
        purpose=Purpose.EFFORT,
        aims=aims,
        reasons_rule=book.in_force(JOB_FOCUS_REASONS_REQUIRED, CaseDates(decision=today)),
        decisions=[(one, from_data(one.explanation)) for one in decisions],
    )
