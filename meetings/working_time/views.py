"""The pages where people keep when they can hold talks: hours, caps, absences, and the office's closing days."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.models import Organisation, Purpose, User
from cases.request import AppRequest
from cases.rules.period import add_months
from cases.rules.wording import counted
from cases.ui.fields import DateField
from cases.ui.forms import PageForm
from cases.web import case_views
from cases.web.removal import removes
from meetings.models import AbsenceKind, ClosingDay, StaffAbsence, WorkingHours
from meetings.working_time import queries, services
from meetings.working_time.forms import AbsenceForm, CapsForm, ClosingDayForm, HoursForm, initial_of


@require_safe
def own(request: AppRequest) -> HttpResponse:
    """One's own time, and for a leader the way to everybody's."""
    access.require(request.user, Permission.KEEP_OWN_TIME)
    return _page(request, request.user)


@require_safe
def page(request: AppRequest, public_id: str) -> HttpResponse:
    """The time of one colleague."""
    return _page(request, _of(request, public_id))


def _page(request: AppRequest, whom: User) -> HttpResponse:
    office, today = request.user.workplace, clock.today()
    known = queries.availability_of(queries.colleagues(whom).get(pk=whom.pk), first=today, last=today)
    is_leader = access.has(request.user, Permission.KEEP_OFFICE_TIME)
    context = {
        "whom": whom,
        "is_own": whom == request.user,
        "availability": known,
        "weekdays": _weekdays(whom),
        "caps": [(channel.label if channel else "i alt", most) for channel, most in known.caps.items()],
        "absences": whom.absences.filter(queries.not_over(clock.now())),
        "closed_days": queries.closed_days(office, first=today, last=add_months(today, 13)),
        "is_leader": is_leader,
        "colleagues": queries.colleagues(request.user).exclude(pk=whom.pk) if is_leader else [],
        "office": office,
    }
    return render(request, "meetings/working_time/page.html", context)


def _weekdays(whom: User) -> list[tuple[Any, str]]:
    """Each working day of the week with its hours, as the form writes them; nothing where the office's hold."""
    hours = [row.as_hours() for row in whom.working_hours.all()]
    form = HoursForm(hours=hours)
    return [(field.label, form.initial.get(field.name, "")) for field in form.visible_fields()] if hours else []


@case_views.takes_form
def hours(request: AppRequest, public_id: str) -> HttpResponse:
    """Say when somebody works."""
    whom = _of(request, public_id)
    rows = WorkingHours.objects.filter(user=whom)
    form = HoursForm(case_views.typed(request), hours=[row.as_hours() for row in rows])
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            services.set_hours(user_id=whom.pk, hours=form.hours(), version=form.cleaned_data["version"])
            return _done(request, whom, "Arbejdstiden er gemt. Den gælder for de tider, der foreslås fra nu af.")
    office = request.user.workplace
    intro = (
        f"Står alle felter tomme, gælder kontorets åbningstid {office.opens_at:%H.%M}-{office.closes_at:%H.%M}. "
        "Ellers arbejdes der ikke på en dag, hvis felt er tomt."
    )
    return _form_page(request, form, whom, title=f"Arbejdstid for {whom}", intro=intro)


@case_views.takes_form
def caps(request: AppRequest, public_id: str) -> HttpResponse:
    """Say how many talks somebody has a day at most."""
    whom = _of(request, public_id)
    intro = "Et loft, der står tomt, er kontorets. Tider over loftet foreslås ikke, og den, der booker, bliver spurgt."
    return _caps(request, whom, title=f"Loft for {whom}", intro=intro)


@case_views.takes_form
def office_caps(request: AppRequest) -> HttpResponse:
    """Say how many talks each in the office has a day at most."""
    access.require(request.user, Permission.KEEP_OFFICE_TIME)
    intro = "Loftet gælder hver medarbejder, der ikke har sit eget."
    return _caps(request, None, title=f"Loft for {request.user.workplace}", intro=intro)


def _caps(request: AppRequest, whom: User | None, *, title: str, intro: str) -> HttpResponse:
    office = request.user.workplace
    form = CapsForm(case_views.typed(request), caps=services.caps_of(office, whom))
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            version = form.cleaned_data["version"]
            services.set_caps(organisation=office, user=whom, caps=form.caps(), version=version)
            return _done(request, whom, "Loftet er gemt.")
    return _form_page(request, form, whom, title=title, intro=intro)


@case_views.takes_form
def add_absence(request: AppRequest, public_id: str) -> HttpResponse:
    """Somebody will be away."""
    whom = _of(request, public_id)
    form = AbsenceForm(case_views.typed(request), initial={"version": 0, "kind": AbsenceKind.ABSENCE})
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            made = services.add_absence(user_id=whom.pk, by=request.user, at=clock.now(), **_absence(form))
            return _absence_kept(request, made)
    return _form_page(request, form, whom, title=f"Nyt fravær for {whom}", intro=_ABSENCE)


@case_views.takes_form
def absence(request: AppRequest, public_id: str) -> HttpResponse:
    """An absence with the talks that it lies over: each can be moved, given to a colleague, or kept."""
    kept = _of_absence(request, public_id)
    form = AbsenceForm(case_views.typed(request), initial=initial_of(kept))
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            changed = services.change_absence(
                absence_id=kept.pk,
                version=form.cleaned_data["version"],
                by=request.user,
                at=clock.now(),
                **_absence(form),
            )
            return _absence_kept(request, changed)
    talks = queries.talks_in(kept, seen_by=request.user, at=clock.now())
    if talks:
        access_log.record(request, purpose=Purpose.MEETING, cases=[one.meeting.case_id for one in talks])
    more = {"talks": talks, "absence": kept, "leads_back": True, "template": "meetings/working_time/absence.html"}
    return _form_page(request, form, kept.user, title=f"Fravær for {kept.user}", intro=_ABSENCE, **more)


@removes(StaffAbsence, "Fraværet står ikke længere på listen.", to="meetings:working_time")
@require_POST
def remove_absence(request: AppRequest, public_id: str) -> HttpResponse:
    """Somebody is there after all."""
    kept = _of_absence(request, public_id)
    services.remove_absence(absence_id=kept.pk)
    return _done(request, kept.user, f"Fraværet {kept.text} er fjernet.")


@case_views.takes_form
def close_day(request: AppRequest) -> HttpResponse:
    """Say that the office is closed on a day, or open though others are closed."""
    access.require(request.user, Permission.KEEP_OFFICE_TIME)
    office = request.user.workplace
    form = ClosingDayForm(case_views.typed(request), initial=_initial_of_day(office, request.GET.get("dag", "")))
    if form.is_bound and form.is_valid():
        if there := office.closing_days.filter(day=form.cleaned_data["day"]).first():
            form.standing = {"name": there.name, "is_open": there.is_open}
        with case_views.refusals_in(form):
            said = services.say_of_day(organisation=office, **form.cleaned_data)
            return _done(request, None, f"{said.day:%d-%m-%Y} er gemt som {'åben' if said.is_open else 'lukket'}.")
    intro = "På en lukkedag foreslås ingen tider. Det, der er booket, bliver stående."
    return _form_page(request, form, None, title="Lukkedag", intro=intro)


@removes(ClosingDay, "Dagen står ikke længere på listen.", to="meetings:working_time")
@require_POST
def forget_day(request: AppRequest, public_id: str) -> HttpResponse:
    """Forget what the office says of the day."""
    access.require(request.user, Permission.KEEP_OFFICE_TIME)
    said = get_object_or_404(ClosingDay, organisation=request.user.workplace, public_id=public_id)
    services.forget_day(closing_day_id=said.pk)
    return _done(request, None, f"{said} er fjernet.")


# What the pages share

_ABSENCE = (
    "Der foreslås ingen tider i fraværet, og den, der booker i det, bliver spurgt. "
    "Samtaler, der er booket, bliver stående, til nogen flytter dem."
)


def _of(request: AppRequest, public_id: str) -> User:
    """The user or a colleague of the same office: 404 for others, 403 for a colleague's unless one is a leader."""
    whom = get_object_or_404(queries.colleagues(request.user), public_id=public_id)
    is_own = whom == request.user
    access.require(request.user, Permission.KEEP_OWN_TIME if is_own else Permission.KEEP_OFFICE_TIME)
    return whom


def _of_absence(request: AppRequest, public_id: str) -> StaffAbsence:
    visible = StaffAbsence.objects.visible_to(request.user).select_related("user")
    found = get_object_or_404(visible, public_id=public_id)
    _of(request, str(found.user.public_id))
    return found


def _initial_of_day(office: Organisation, day: str) -> dict[str, Any]:
    """What the form of a closing day begins with: the day of the address, and what the office says of it already."""
    said = None
    with suppress(ValidationError):
        said = office.closing_days.filter(day=DateField().clean(day)).first()
    now = {"name": said.name, "is_open": said.is_open} if said else {}
    return {"version": services.version_of_day(said), "day": day, **now}


def _absence(form: AbsenceForm) -> dict[str, Any]:
    return {"kind": AbsenceKind(form.cleaned_data["kind"]), "span": form.cleaned_data["span"]}


def _absence_kept(request: AppRequest, kept: StaffAbsence) -> HttpResponse:
    """The way on: to the talks that it lies over, where there are any."""
    count = len(queries.talks_in(kept, seen_by=request.user, at=clock.now()))
    if count:
        talks = counted(count, "samtale", "samtaler")
        messages.warning(request, f"Fraværet er gemt. {talks} ligger i det: flyt, giv videre eller behold dem.")
        return redirect("meetings:staff_absence", kept.public_id)
    return _done(request, kept.user, f"Fraværet {kept.text} er gemt.")


def _address(request: AppRequest, whom: User | None) -> str:
    if whom is None or whom == request.user:
        return reverse("meetings:working_time")
    return reverse("meetings:working_time_of", args=[whom.public_id])


def _done(request: AppRequest, whom: User | None, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect(_address(request, whom))


def _form_page(request: AppRequest, form: PageForm, whom: User | None, *, title: str, **more: Any) -> HttpResponse:
    context = {
        "title": title,
        "form": form,
        "submit": "Gem",
        "cancel_url": _address(request, whom),
        "case": None,
        **more,
    }
    template = context.pop("template", "cases/web/form.html")
    return render(request, template, context, status=422 if form.is_bound else 200)
