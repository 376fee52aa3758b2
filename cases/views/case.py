"""A case is kept right: its facts, its citizen, who has it, and its end."""

from django.http import HttpRequest, HttpResponse

from cases import access, clock
from cases.access import Permission
from cases.forms import CITIZEN_FIELDS, COURSE_FIELDS, CitizenForm, CloseForm, CorrectForm, WorkerForm
from cases.models import Case
from cases.services import cases as services
from cases.views import pages


@pages.of_case(Permission.EDIT_CASE)
def correct(request: HttpRequest, case: Case) -> HttpResponse:
    now = {"version": case.version, **{name: getattr(case, name) for name in COURSE_FIELDS}}
    form = CorrectForm(pages.typed(request), initial=now, today=clock.today())
    if form.is_bound and form.is_valid():
        at = clock.now()
        with pages.refusals_in(form):
            services.correct_course(
                case_id=case.pk,
                version=form.cleaned_data["version"],
                changes={name: form.cleaned_data[name] for name in COURSE_FIELDS},
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=at,
            )
            return pages.done(request, case, f"Oplysningerne er gemt. {pages.what_moved(case, at)}")
    return pages.show(
        request,
        case,
        form=form,
        title="Ret sagens oplysninger",
        intro="Fristerne beregnes igen. Holdte og bookede samtaler bliver stående.",
    )


@pages.of_case(Permission.EDIT_CASE)
def citizen(request: HttpRequest, case: Case) -> HttpResponse:
    contact = case.contact_of(request.user.organisation)
    now = {
        "version": case.version,
        **{name: getattr(case.citizen, name) for name in services.SHARED_FIELDS},
        **{name: getattr(contact, name) for name in services.CONTACT_FIELDS},
    }
    may_lift = access.has(request.user, Permission.LIFT_PROTECTION)
    form = CitizenForm(pages.typed(request), initial=now, may_lift_protection=may_lift)
    if form.is_bound and form.is_valid():
        with pages.refusals_in(form):
            services.update_citizen(
                case_id=case.pk,
                version=form.cleaned_data["version"],
                changes={name: form.cleaned_data[name] for name in CITIZEN_FIELDS},
                reason=form.cleaned_data.get("reason", ""),
                by=request.user,
                at=clock.now(),
            )
            return pages.done(request, case, "Borgerens oplysninger er gemt.")
    return pages.show(
        request,
        case,
        form=form,
        title="Borgerens oplysninger",
        intro=(
            "Navn, adressebeskyttelse og Digital Post gælder for alle parter. Resten er jeres egne oplysninger: "
            "andre organisationer har deres."
        ),
    )


@pages.of_case(Permission.ASSIGN_CASE)
def assign(request: HttpRequest, case: Case) -> HttpResponse:
    organisation = request.user.organisation
    form = WorkerForm(pages.typed(request), initial={"worker": case.worker_at(organisation)}, organisation=organisation)
    if form.is_bound and form.is_valid():
        worker = form.cleaned_data["worker"]
        with pages.refusals_in(form):
            services.assign(case_id=case.pk, worker_id=worker.pk, by=request.user, at=clock.now())
            return pages.done(request, case, f"{worker} har nu sagen.")
    return pages.show(
        request,
        case,
        form=form,
        title="Tildel sagen",
        submit="Tildel",
        intro=f"Vælg den medarbejder i {organisation}, der skal have sagen.",
    )


@pages.of_case(Permission.EDIT_CASE)
def close(request: HttpRequest, case: Case) -> HttpResponse:
    today = clock.today()
    form = CloseForm(pages.typed(request), initial={"version": case.version, "closed_on": today}, today=today)
    if form.is_bound and form.is_valid():
        with pages.refusals_in(form):
            services.close_case(case_id=case.pk, by=request.user, at=clock.now(), **form.cleaned_data)
            return pages.done(request, case, "Sagen er afsluttet. Den kan stadig læses.")
    return pages.show(
        request,
        case,
        form=form,
        title="Afslut sagen",
        submit="Afslut sagen",
        intro=(
            "Bookede samtaler, der ikke er begyndt, bliver aflyst, og borgeren får besked. "
            "En afsluttet sag kan læses, men ikke åbnes igen."
        ),
    )
