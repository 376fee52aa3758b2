"""A case is kept right: its facts, and who has it."""

from django.http import HttpResponse

from cases import clock
from cases.accounts.access import Permission
from cases.corrections import services
from cases.corrections.forms import CorrectForm, WorkerForm
from cases.intake.forms import COURSE_FIELDS
from cases.models import Act, Case
from cases.request import AppRequest
from cases.web import case_views


@case_views.of_case(Permission.EDIT_CASE)
def correct(request: AppRequest, case: Case) -> HttpResponse:
    now = {"version": case.version, **{name: getattr(case, name) for name in COURSE_FIELDS}}
    form = CorrectForm(case_views.typed(request), initial=now, today=clock.today(), book=Act.objects.rule_book())
    if form.is_bound and form.is_valid():
        at = clock.now()
        with case_views.refusals_in(form):
            services.correct_course(
                case_id=case.pk,
                version=form.cleaned_data["version"],
                changes={name: form.cleaned_data[name] for name in COURSE_FIELDS},
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=at,
            )
            return case_views.done(request, case, f"Oplysningerne er gemt. {case_views.what_moved(case, at)}")
    return case_views.show(
        request,
        case,
        form=form,
        title="Ret sagens oplysninger",
        intro="Fristerne beregnes igen. Holdte og bookede samtaler bliver stående.",
    )


@case_views.of_case(Permission.ASSIGN_CASE)
def assign(request: AppRequest, case: Case) -> HttpResponse:
    organisation = request.user.workplace
    now = {"version": case.version, "worker": case.worker_at(organisation)}
    form = WorkerForm(case_views.typed(request), initial=now, organisation=organisation)
    if form.is_bound and form.is_valid():
        worker, version = form.cleaned_data["worker"], form.cleaned_data["version"]
        with case_views.refusals_in(form):
            services.assign(case_id=case.pk, worker_id=worker.pk, version=version, by=request.user, at=clock.now())
            return case_views.done(request, case, f"{worker} har nu sagen.", undo="cases.assigned")
    return case_views.show(
        request,
        case,
        form=form,
        title="Tildel sagen",
        submit="Tildel",
        intro=f"Vælg den medarbejder i {organisation}, der skal have sagen.",
    )
