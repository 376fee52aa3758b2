"""A case is kept right: its facts, its citizen, who has it, and its end."""

from django.http import HttpResponse

from cases import clock, extensions
from cases.accounts import access
from cases.accounts.access import Permission
from cases.contacts import services as contacts_services
from cases.contacts.services import CONTACT_FIELDS, SHARED_FIELDS
from cases.corrections import services
from cases.corrections.forms import CitizenForm, CorrectForm, WorkerForm
from cases.intake import services as intake_services
from cases.intake.forms import CITIZEN_FIELDS, COURSE_FIELDS, CloseForm
from cases.models import Act, Case
from cases.request import AppRequest
from cases.ui.forms import ReasonForm
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


@case_views.of_case(Permission.EDIT_CASE)
def citizen(request: AppRequest, case: Case) -> HttpResponse:
    contact = case.contact_of(request.user.workplace)
    now = {
        "version": case.version,
        **{name: getattr(case.citizen, name) for name in SHARED_FIELDS},
        **{name: getattr(contact, name) for name in CONTACT_FIELDS},
    }
    may_lift = access.has(request.user, Permission.LIFT_PROTECTION)
    form = CitizenForm(case_views.typed(request), initial=now, may_lift_protection=may_lift)
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            contacts_services.update_citizen(
                case_id=case.pk,
                version=form.cleaned_data["version"],
                changes={name: form.cleaned_data[name] for name in CITIZEN_FIELDS},
                reason=form.cleaned_data.get("reason", ""),
                by=request.user,
                at=clock.now(),
            )
            return case_views.done(request, case, "Borgerens oplysninger er gemt.")
    return case_views.show(
        request,
        case,
        form=form,
        title="Borgerens oplysninger",
        intro=(
            "Navn, adressebeskyttelse og Digital Post gælder for alle parter. Resten er jeres egne oplysninger: "
            "andre organisationer har deres."
        ),
    )


@case_views.of_case(Permission.ASSIGN_CASE)
def assign(request: AppRequest, case: Case) -> HttpResponse:
    organisation = request.user.workplace
    form = WorkerForm(
        case_views.typed(request), initial={"worker": case.worker_at(organisation)}, organisation=organisation
    )
    if form.is_bound and form.is_valid():
        worker = form.cleaned_data["worker"]
        with case_views.refusals_in(form):
            services.assign(case_id=case.pk, worker_id=worker.pk, by=request.user, at=clock.now())
            return case_views.done(request, case, f"{worker} har nu sagen.")
    return case_views.show(
        request,
        case,
        form=form,
        title="Tildel sagen",
        submit="Tildel",
        intro=f"Vælg den medarbejder i {organisation}, der skal have sagen.",
    )


@case_views.of_case(Permission.EDIT_CASE)
def close(request: AppRequest, case: Case) -> HttpResponse:
    today, at = clock.today(), clock.now()
    form = CloseForm(case_views.typed(request), initial={"version": case.version, "closed_on": today}, today=today)
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            intake_services.close_case(
                case_id=case.pk,
                version=form.cleaned_data["version"],
                reason=form.cleaned_data["reason"],
                closed_on=form.cleaned_data["closed_on"],
                accepted=form.accepted,
                by=request.user,
                at=at,
            )
            return case_views.done(request, case, "Sagen er afsluttet. Den kan stadig læses.")
    doubts = extensions.closing_doubts(case, closed_on=today, user=request.user, at=at)
    if not form.is_bound:
        form.ask(doubts.texts)
    return case_views.show(
        request,
        case,
        form=form,
        links=doubts.links,
        title="Afslut sagen",
        submit="Afslut sagen",
        intro=(
            "Bookede samtaler, der ikke er begyndt, bliver aflyst, og borgeren får besked. "
            "En afsluttet sag kan læses. Var det en fejl, kan den åbnes igen."
        ),
    )


@case_views.of_case(Permission.EDIT_CASE, is_open=False)
def reopen(request: AppRequest, case: Case) -> HttpResponse:
    if case.is_open:
        return case_views.done(request, case, "Sagen er åben.")
    form = ReasonForm(case_views.typed(request), initial={"version": case.version})
    if form.is_bound and form.is_valid():
        at = clock.now()
        with case_views.refusals_in(form):
            intake_services.reopen_case(case_id=case.pk, by=request.user, at=at, **form.cleaned_data)
            return case_views.done(request, case, f"Sagen er åben igen. {case_views.what_moved(case, at)}")
    return case_views.show(
        request,
        case,
        form=form,
        title="Åbn sagen igen",
        submit="Åbn sagen igen",
        intro=(
            f"Sagen blev afsluttet den {case.closed_on:%d-%m-%Y}: {case.get_close_reason_display()}. Forløbet går "
            "videre, som det var, og fristerne beregnes igen. Samtaler og tilbud, der blev aflyst, er stadig aflyst: "
            "book dem på ny. Har borgeren været væk i mellemtiden, så registrér dagene som en pause."
        ),
    )
