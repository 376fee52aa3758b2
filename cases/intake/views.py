"""A case begins: by form, or by a new placement of a citizen who has one."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.changing import CitizenHasOpenCase, CitizenIsDead
from cases.citizen.forms import CITIZEN_FIELDS
from cases.citizen.services import CitizenDetails
from cases.history import access_log
from cases.intake import opening, services
from cases.intake.forms import COURSE_FIELDS, CreateForm, PlaceAnewForm
from cases.intake.new_case import CourseDetails, NewCase
from cases.intake.returning import CourseGoesOn
from cases.lookup import search as lookup_search
from cases.lookup import views as lookup_views
from cases.models import Act, Case, Purpose
from cases.request import AppRequest
from cases.rules.plausibility import doubts
from cases.web import case_views


@case_views.takes_form
def create(request: AppRequest) -> HttpResponse:
    access.require(request.user, Permission.OPEN_CASE)
    form = CreateForm(case_views.typed(request), user=request.user, today=clock.today(), book=Act.objects.rule_book())
    # "Ret" on the page that asks about a probable mistake: back to what was typed.
    if "edit" in request.POST:
        form.set_answers(death_weighed="", meanwhile="")
        return _page(request, form, status=200)
    if not form.is_bound or not form.is_valid():
        return _page(request, form)
    found = doubts(
        registered_on=form.cleaned_data["registered_on"],
        placed_on=form.cleaned_data["placed_on"],
        born_on=form.cleaned_data["cpr_number"].born_on,
        today=clock.today(),
    )
    if found and not form.cleaned_data["doubt_reason"]:
        return _ask(request, form, found, is_asked_again="doubt_reason" in request.POST)
    at = clock.now()
    # The answer tells whether the person has a case, also elsewhere: a look-up like a search by CPR number.
    with lookup_search.in_turn(request.user):
        if wait := lookup_search.seconds_to_wait(request.user, at):
            form.add_error("cpr_number", lookup_views.TOO_MANY)
            return lookup_views.too_many(request, _page(request, form), wait)
        access_log.record(request, purpose=Purpose.INTAKE, cases=[], detail=f"{lookup_search.By.CPR}: ny sag")
    with case_views.refusals_in(form):
        try:
            new = _new_case(form, request)
            case = services.open_case(new=new, by=request.user, at=at)
        except CitizenHasOpenCase:
            access_log.record(request, purpose=Purpose.INTAKE, cases=[], detail="åben sag findes")
            raise
        except CitizenIsDead:
            access_log.record(request, purpose=Purpose.INTAKE, cases=[], detail="en sag er afsluttet med dødsfald")
            is_asked_again = form.cleaned_data["death_weighed"]
            form.set_answers(death_weighed="on")
            return _ask(request, form, [_IS_DEAD], is_asked_again=is_asked_again)
        except CourseGoesOn as asked:
            access_log.record(request, purpose=Purpose.INTAKE, cases=[asked.left.case.pk])
            return _ask_what_he_did(request, form, asked)
        access_log.record(request, purpose=Purpose.INTAKE, cases=[case.pk])
        return case_views.done(request, case, _receipt(case, new, at=at))
    return _page(request, form)


def _receipt(case: Case, new: NewCase, *, at: datetime) -> str:
    is_new, told = case.created_at == at, opening.not_as_typed(case, new)
    done = "er oprettet" if is_new else "er åbnet igen, og forløbet går videre"
    text = " ".join(f"Sagen {case.label} {done}. {told} {case_views.what_moved(case, at)}".split())
    if is_new or not told:
        return text
    return format_html(
        '{} <a href="{}">Ret sagens oplysninger</a>', text, reverse("cases:correct", args=[case.public_id])
    )


def _new_case(form: CreateForm, request: AppRequest) -> NewCase:
    typed = form.cleaned_data
    own, other = request.user.workplace, typed["other_party"]
    fund, municipality = (own, other) if own.is_fund else (other, own)
    return NewCase(
        citizen=CitizenDetails(number=typed["cpr_number"], **{name: typed[name] for name in CITIZEN_FIELDS}),
        course=CourseDetails(**{name: typed[name] for name in COURSE_FIELDS}),
        fund_id=fund.pk if fund else None,
        municipality_id=municipality.pk,
        worker_id=typed["worker"].pk if typed["worker"] else None,
        note=typed["doubt_reason"],
        meanwhile=typed["meanwhile"],
        is_death_weighed=typed["death_weighed"] and bool(typed["doubt_reason"]),
    )


def _page(request: AppRequest, form: CreateForm, status: int | None = None) -> HttpResponse:
    context = {
        "case": None,
        "identity": None,
        "title": "Ny sag",
        "form": form,
        "submit": "Opret sag",
        "intro": "Når sagen er oprettet, beregner systemet straks, hvilke samtaler loven kræver og hvornår.",
        "cancel_url": reverse("meetings:worklist"),
    }
    return render(request, "cases/web/form.html", context, status=status or (422 if form.is_bound else 200))


_DAYS_AWAY = (
    "Fortsætter det, bliver dagene, borgeren har været væk, registreret som en pause, og fristerne flyttes efter loven."
)
_IS_DEAD = "En tidligere sag for borgeren er afsluttet med grunden »død«."


def _ask(request: AppRequest, form: CreateForm, found: list[str], *, is_asked_again: bool) -> HttpResponse:
    form.ask_only_for_a_reason()
    if is_asked_again:
        form.add_error("doubt_reason", "Skriv kort, hvorfor det er rigtigt. Eller vælg »Ret«.")
    return _interrupt(
        request,
        form,
        heading="Er oplysningerne rigtige?",
        text="Noget ser ud som en tastefejl. Sagen er ikke oprettet endnu.",
        reasons=found,
        proceed="Opret sagen alligevel",
    )


def _ask_what_he_did(request: AppRequest, form: CreateForm, asked: CourseGoesOn) -> HttpResponse:
    form.ask_what_he_did()
    if asked.missing:
        form.add_error("doubt_reason", asked.missing)
    return _interrupt(
        request,
        form,
        heading="Skal det gamle forløb fortsætte?",
        text="Der er ikke gemt noget endnu.",
        reasons=[asked.left.text, _DAYS_AWAY],
        proceed="Gem",
    )


def _interrupt(request: AppRequest, form: CreateForm, **card: Any) -> HttpResponse:
    card = {"back_url": "", "action": reverse("cases:create"), **card}
    return render(request, "cases/intake/create_doubts.html", {"card": card, "form": form}, status=422)


@case_views.of_case(Permission.OPEN_CASE, is_open=False)
def place_anew(request: AppRequest, case: Case) -> HttpResponse:
    form = PlaceAnewForm(case_views.typed(request), initial={"version": case.version}, today=clock.today())
    if not case.is_open:
        # The second of two clicks did what the first did; whoever was late to another's is told so.
        new = _begun_by(form, after=case)
        return case_views.done(request, new, _begun(new)) if new else case_views.turned_away(request, case)
    if form.is_bound and form.is_valid():
        at = clock.now()
        with case_views.refusals_in(form):
            new = services.place_anew(
                case_id=case.pk,
                version=form.cleaned_data["version"],
                registered_on=form.cleaned_data["registered_on"],
                placed_on=form.cleaned_data["placed_on"],
                reason=form.cleaned_data["reason"],
                accepted=form.accepted,
                by=request.user,
                at=at,
            )
            stopped = case_views.what_followed(case, at, on="cases.closed")
            return case_views.done(request, new, " ".join([_begun(new), *stopped, case_views.what_moved(new, at)]))
    return case_views.show(
        request,
        case,
        form=form,
        purpose=Purpose.INTAKE,
        title="Ny indplacering",
        submit="Begynd nyt forløb",
        intro=(
            f"Sag {case.label} bliver afsluttet og kan stadig læses. Et nyt forløb begynder med egne frister. "
            "Bookede samtaler, der ikke er begyndt, bliver aflyst, og borgeren får besked."
        ),
    )


def _begun_by(form: PlaceAnewForm, *, after: Case) -> Case | None:
    """The new course that this very form has begun."""
    if not form.is_bound or not form.is_valid():
        return None
    days = {name: form.cleaned_data[name] for name in ("registered_on", "placed_on")}
    return Case.objects.filter(previous=after, **days).first()


def _begun(new: Case) -> str:
    return f"Det nye forløb er oprettet i sag {new.label}."
