"""Everything that changes a case: one function, one durable transaction each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from cases import cpr
from cases.models import (
    Act,
    BenefitHours,
    Case,
    CaseStatus,
    Citizen,
    Handover,
    Organisation,
    OrganisationKind,
    Pause,
    User,
)
from cases.models.cases import CLOSE_REASON_LABELS, CloseReason, HandoverSource
from cases.rules.case_parameters import TARGET_GROUPS
from cases.rules.danish import day_text
from cases.rules.facts import Insurance
from cases.rules.parameters import CaseDates
from cases.rules.period import Period
from cases.rules.responsibility import municipality_from
from cases.services import events

HAS_OPEN_CASE = (
    "Borgeren har allerede en åben sag. Søg på CPR-nummeret, og afslut sagen, før du opretter en ny. "
    "Finder du den ikke, så spørg borgerens a-kasse eller jobcenter."
)


class Refused(Exception):
    """The change cannot be made; the message is one Danish sentence for the user."""


class CitizenHasOpenCase(Refused):
    """One spell of unemployment at a time."""


class StaleForm(Refused):
    """Somebody changed the case after the form was opened."""


class NoRules(Refused):
    """The course would have begun before any rule was in force."""


class AlreadyClosed(Refused):
    """A closed case is not changed."""


class HandoverRefused(Refused):
    """The course cannot pass on, or be received, like this."""


class WrongParty(Refused):
    """The organisation or the worker is no party to the case."""


@dataclass(frozen=True)
class CitizenDetails:
    """Who the case is about, as typed."""

    number: cpr.Cpr
    name: str
    email: str = ""
    phone: str = ""
    address: str = ""
    has_protected_address: bool = False
    is_exempt_from_digital_post: bool = False
    interpreter_language: str = ""


@dataclass(frozen=True)
class CourseDetails:
    """What decides the course, as typed."""

    registered_on: date
    placed_on: date
    target_group: int = 1
    insurance: Insurance = Insurance.FULL_TIME
    has_qualifying_education: bool = True
    has_children_at_home: bool = False
    is_trial: bool = False


@dataclass(frozen=True)
class NewCase:
    """All that is needed to open a case."""

    citizen: CitizenDetails
    course: CourseDetails
    fund_id: int | None
    municipality_id: int
    worker_id: int | None = None
    # Why something that looks like a mistake is right.
    note: str = ""


@transaction.atomic(durable=True)
def open_case(*, new: NewCase, by: User, at: datetime) -> Case:
    """Open a case for the citizen, who is made or brought up to date, and plan the course.

    Raises CitizenHasOpenCase, WrongParty, NoRules, ValidationError and BadFacts (with Danish sentences) on facts
    that cannot be.
    """
    return open_one_of_many(new=new, by=by, at=at)


def open_one_of_many(*, new: NewCase, by: User, at: datetime) -> Case:
    """As `open_case`, in the transaction of a caller that opens many."""
    worker = _worker(new.worker_id, among=(new.fund_id, new.municipality_id))
    case = Case(fund_id=new.fund_id, municipality_id=new.municipality_id)
    if worker is not None:
        _set_worker(case, worker)
    return _open(case=case, citizen=_save_citizen(new.citizen), course=new.course, note=new.note, by=by, at=at)


@transaction.atomic(durable=True)
def place_anew(
    *, case_id: int, version: int, registered_on: date, placed_on: date, reason: str, by: User, at: datetime
) -> Case:
    """Begin a new course at a new placement: the old case is closed and stays readable, the new one points to it.

    Raises StaleForm, AlreadyClosed, Refused when the new placement does not lie after the old, and what `open_case`
    raises.
    """
    old = _lock(case_id, version)
    if placed_on <= old.placed_on:
        raise Refused(
            f"Den nye indplacering skal ligge efter den gamle, {old.placed_on:%d-%m-%Y}. Ret datoen, eller ret den "
            "gamle sag."
        )
    _close(old, reason=CloseReason.NEW_PLACEMENT, closed_on=placed_on, by=by, at=at)
    course = CourseDetails(
        registered_on=registered_on,
        placed_on=placed_on,
        target_group=old.target_group,
        insurance=Insurance(old.insurance),
        has_qualifying_education=old.has_qualifying_education,
        has_children_at_home=old.has_children_at_home,
    )
    new = Case(fund_id=old.fund_id, municipality_id=old.municipality_id, previous=old)
    for worker in (old.fund_adviser, old.municipality_caseworker):
        if worker is not None and worker.is_active:
            _set_worker(new, worker)
    _open(
        case=new, citizen=old.citizen, course=course, note=f"Nyt forløb efter sag {old.label}: {reason}", by=by, at=at
    )
    events.record(
        case=old, kind="cases.placed_anew", by=by, at=at, text=f"Et nyt forløb er begyndt i sag {new.label}: {reason}"
    )
    return new


def _save_citizen(details: CitizenDetails) -> Citizen:
    citizen = Citizen.objects.with_cpr(details.number).select_for_update().first() or Citizen()
    if citizen.pk and citizen.cases.filter(status=CaseStatus.OPEN).exists():
        raise CitizenHasOpenCase(HAS_OPEN_CASE)
    citizen.set_cpr(details.number)
    citizen.name = details.name
    # What was left empty is unknown, not gone; and protection is taken away only where somebody asks for it.
    citizen.email = details.email or citizen.email
    citizen.phone = details.phone or citizen.phone
    citizen.address = details.address or citizen.address
    citizen.interpreter_language = details.interpreter_language or citizen.interpreter_language
    citizen.has_protected_address |= details.has_protected_address
    citizen.is_exempt_from_digital_post |= details.is_exempt_from_digital_post
    try:
        with transaction.atomic():
            citizen.save()
    except IntegrityError:
        # Somebody else made the citizen between our look and our save, and a case with it.
        raise CitizenHasOpenCase(HAS_OPEN_CASE) from None
    return citizen


def _open(*, case: Case, citizen: Citizen, course: CourseDetails, note: str, by: User, at: datetime) -> Case:
    case.citizen = citizen
    case.registered_on = course.registered_on
    case.placed_on = course.placed_on
    case.target_group = course.target_group
    case.insurance = str(course.insurance)
    case.has_qualifying_education = course.has_qualifying_education
    case.has_children_at_home = course.has_children_at_home
    case.is_trial = course.is_trial
    case.created_at = at
    _check_parties(case, by=by)
    _check_course(case)
    case.save()
    text = f"Sagen er oprettet. Tilmeldt {course.registered_on:%d-%m-%Y}, indplaceret {course.placed_on:%d-%m-%Y}."
    events.record(case=case, kind="cases.opened", by=by, at=at, text=f"{text} {note}".strip())
    return case


def _check_parties(case: Case, *, by: User) -> None:
    parties = Organisation.objects.in_bulk([pk for pk in (case.fund_id, case.municipality_id) if pk])
    municipality = parties.get(case.municipality_id)
    if municipality is None or municipality.kind != OrganisationKind.MUNICIPALITY:
        raise WrongParty("Vælg borgerens kommune.")
    if case.fund_id is not None and parties[case.fund_id].kind != OrganisationKind.FUND:
        raise WrongParty("Vælg borgerens a-kasse.")
    if by.organisation_id not in (case.fund_id, case.municipality_id):
        raise WrongParty("Din egen organisation skal være a-kasse eller kommune i sagen.")


def _check_course(case: Case) -> None:
    """Refuse, before anything is saved, what the database or the rules would refuse."""
    case.validate_constraints()
    book = Act.objects.rule_book()
    first_day = min((act.in_force_on for act in book.acts), default=None)
    if first_day is None or case.placed_on < first_day:
        since = f"De første gælder fra den {day_text(first_day)}. " if first_day else ""
        raise NoRules(f"Ingen regler er i kraft den {day_text(case.placed_on)}. {since}Ret indplaceringen.")
    groups = book.in_force(TARGET_GROUPS, CaseDates(course_start=case.placed_on))
    if case.fund_id is None and case.target_group in groups.value:
        raise WrongParty(
            f"Borgere i målgruppe »{case.get_target_group_display()}« er medlem af en a-kasse. Vælg a-kassen, eller "
            "ret målgruppen."
        )


def _worker(worker_id: int | None, *, among: tuple[int | None, ...]) -> User | None:
    if worker_id is None:
        return None
    worker = User.objects.filter(pk=worker_id, is_active=True, organisation_id__in=[pk for pk in among if pk]).first()
    if worker is None:
        raise WrongParty("Medarbejderen arbejder ikke i en af sagens to organisationer. Vælg en anden.")
    return worker


def _set_worker(case: Case, worker: User) -> None:
    if worker.organisation_id == case.fund_id:
        case.fund_adviser = worker
    else:
        case.municipality_caseworker = worker


@transaction.atomic(durable=True)
def assign(*, case_id: int, worker_id: int, by: User, at: datetime) -> Case:
    """Give the case to another adviser or caseworker of the user's own organisation."""
    case = _lock(case_id)
    worker = _worker(worker_id, among=(by.organisation_id,))
    assert worker is not None
    if worker in (case.fund_adviser, case.municipality_caseworker):
        return case
    _set_worker(case, worker)
    _save(case, ["fund_adviser", "municipality_caseworker"])
    events.record(case=case, kind="cases.assigned", by=by, at=at, text=f"{worker} har nu sagen.")
    return case


CORRECTABLE = (
    "registered_on",
    "placed_on",
    "target_group",
    "insurance",
    "has_qualifying_education",
    "has_children_at_home",
    "is_trial",
)


@transaction.atomic(durable=True)
def correct_course(
    *, case_id: int, version: int, changes: Mapping[str, Any], reason: str, by: User, at: datetime
) -> Case:
    """Correct what decides the course (the fields in CORRECTABLE); the plan is computed again from the facts.

    Raises StaleForm, AlreadyClosed, and what `open_case` raises on facts that cannot be.
    """
    case = _lock(case_id)
    lines = []
    for field, value in changes.items():
        if field not in CORRECTABLE:
            raise ValueError(f"{field} is not corrected here.")
        if getattr(case, field) != value:
            label = Case._meta.get_field(field).verbose_name
            before = _shown(case, field)
            setattr(case, field, value)
            lines.append(f"{label}: {before} er rettet til {_shown(case, field)}")
    # The same form sent twice has nothing left to change.
    if not lines:
        return case
    _check_version(case, version)
    _check_course(case)
    _save(case, list(CORRECTABLE))
    events.record(
        case=case, kind="cases.corrected", by=by, at=at, text=f"Rettet: {'; '.join(lines)}. Begrundelse: {reason}"
    )
    return case


def _shown(case: Case, field: str) -> str:
    display = getattr(case, f"get_{field}_display", None)
    value = display() if display else getattr(case, field)
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return f"{value:%d-%m-%Y}" if isinstance(value, date) else str(value)


CONTACT_FIELDS = (
    "name",
    "email",
    "phone",
    "address",
    "has_protected_address",
    "is_exempt_from_digital_post",
    "interpreter_language",
)


@transaction.atomic(durable=True)
def update_citizen(
    *, case_id: int, changes: Mapping[str, Any], by: User, at: datetime, version: int | None = None
) -> Citizen:
    """Bring the citizen's name and contact ways (CONTACT_FIELDS) up to date, never the CPR number."""
    case = _lock(case_id)
    citizen = case.citizen
    labels = []
    for field, value in changes.items():
        if field not in CONTACT_FIELDS:
            raise ValueError(f"{field} is not changed here.")
        if getattr(citizen, field) != value:
            setattr(citizen, field, value)
            labels.append(str(Citizen._meta.get_field(field).verbose_name))
    if not labels:
        return citizen
    _check_version(case, version)
    citizen.save()
    _touch(case)
    # What is said here is read by both parties for ever: which, never what.
    text = f"Borgerens oplysninger er rettet: {', '.join(labels)}."
    events.record(case=case, kind="cases.citizen_updated", by=by, at=at, text=text)
    return citizen


@transaction.atomic(durable=True)
def add_pause(
    *, case_id: int, kind: str, span: Period, source: str, by: User, at: datetime, version: int | None = None
) -> Pause:
    """Register a pause, both days included; the plan is computed again. The same pause once more changes nothing.

    Raises StaleForm, AlreadyClosed, Refused before the course, ValidationError on an overlap.
    """
    case = _lock(case_id)
    same = case.pauses.filter(kind=kind, span=DateRange(span.start, span.end)).first()
    if same is not None:
        return same
    _check_version(case, version)
    pause = Pause(case=case, kind=kind, span=DateRange(span.start, span.end), source=source)
    pause.recorded_by, pause.recorded_at = by, at
    _check_pause(pause)
    pause.save()
    _touch(case)
    events.record(case=case, kind="cases.paused", by=by, at=at, text=f"Pause registreret: {pause}. Kilde: {source}.")
    return pause


@transaction.atomic(durable=True)
def change_pause(
    *, pause_id: int, kind: str, span: Period, source: str, by: User, at: datetime, version: int | None = None
) -> Pause:
    """Correct a pause; the plan is computed again. Raises what `add_pause` raises."""
    pause = _lock_pause(pause_id)
    before = f"{pause}, kilde: {pause.source}"
    pause.kind, pause.span, pause.source = kind, DateRange(span.start, span.end), source
    after = f"{pause}, kilde: {source}"
    if after == before:
        return pause
    _check_version(pause.case, version)
    _check_pause(pause)
    pause.save()
    _touch(pause.case)
    events.record(
        case=pause.case, kind="cases.pause_changed", by=by, at=at, text=f"Pause rettet fra {before} til {after}."
    )
    return pause


@transaction.atomic(durable=True)
def remove_pause(*, pause_id: int, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    """Take a pause away that was registered by mistake; the history keeps it."""
    pause = _lock_pause(pause_id)
    case = pause.case
    _check_version(case, version)
    text = f"Pause fjernet: {pause}. Begrundelse: {reason}"
    pause.delete()
    _touch(case)
    events.record(case=case, kind="cases.pause_removed", by=by, at=at, text=text)
    return case


def _lock_pause(pause_id: int) -> Pause:
    # The case is locked first everywhere, so that two changes of one case never wait for each other.
    case_id = Pause.objects.filter(pk=pause_id).values_list("case", flat=True).first()
    case = _lock(case_id) if case_id is not None else None
    pause = Pause.objects.filter(pk=pause_id).first()
    if case is None or pause is None:
        raise StaleForm("Pausen er fjernet, efter at du åbnede siden.")
    pause.case = case
    return pause


def _check_pause(pause: Pause) -> None:
    if pause.period.last_day is not None and pause.period.last_day < pause.case.registered_on:
        raise Refused(
            f"Pausen ligger før tilmeldingen den {day_text(pause.case.registered_on)}. Ret pausens dage, eller ret "
            "tilmeldingen."
        )
    pause.validate_constraints()


@transaction.atomic(durable=True)
def record_hours(
    *, case_id: int, month: date, hours: Decimal | None, by: User, at: datetime, version: int | None = None
) -> Case:
    """Record the hours of benefit paid for a month; hours already there are corrected, and without hours taken away.

    Raises StaleForm, AlreadyClosed, ValidationError on hours that no month has.
    """
    case = _lock(case_id)
    month = month.replace(day=1)
    row = case.benefit_hours.filter(month=month).first()
    if hours == (row.hours if row else None):
        return case
    _check_version(case, version)
    if hours is None:
        assert row is not None
        row.delete()
        text = f"Timerne for {month:%m-%Y} er fjernet."
    else:
        row = row or BenefitHours(case=case, month=month)
        row.hours = hours
        row.validate_constraints()
        row.save()
        text = f"{hours_text(hours)} timer med dagpenge er registreret for {month:%m-%Y}."
    _touch(case)
    events.record(case=case, kind="cases.hours_recorded", by=by, at=at, text=text)
    return case


def hours_text(hours: Decimal) -> str:
    """160,33"""
    return f"{hours:f}".replace(".", ",")


@transaction.atomic(durable=True)
def hand_over(
    *,
    case_id: int,
    on: date,
    hours: Decimal | None,
    source: HandoverSource,
    note: str,
    by: User,
    at: datetime,
    version: int | None = None,
) -> Handover:
    """Pass the contact course from the a-kasse to the jobcenter from that day on; the jobcenter gives a receipt.

    Raises HandoverRefused when the course is handed over already, is the jobcenter's from the beginning, or the
    day lies before it began.
    """
    case = _lock(case_id)
    if case.fund_id is None:
        raise HandoverRefused("Sagen har ingen a-kasse. Jobcentret har forløbet fra begyndelsen.")
    if by.organisation_id != case.fund_id:
        raise HandoverRefused("Det er a-kassen, der overgiver forløbet.")
    if on < case.placed_on:
        raise HandoverRefused(f"Forløbet begyndte den {case.placed_on:%d-%m-%Y}. Overgangen kan tidligst ske den dag.")
    before = Handover.objects.filter(case=case).first()
    if before is not None:
        if before.handed_over_on == on:
            return before
        raise HandoverRefused("Forløbet er allerede overgivet til jobcentret.")
    _check_version(case, version)
    begins = municipality_from(case.as_course(), Act.objects.rule_book())
    if begins.day is not None and begins.day <= case.placed_on:
        raise HandoverRefused(begins.why[-1].text)
    handover = Handover.objects.create(
        case=case,
        handed_over_on=on,
        hours=hours,
        source=str(source),
        note=note,
        handed_over_by=by,
        handed_over_at=at,
    )
    _touch(case)
    events.record(
        case=case,
        kind="cases.handed_over",
        by=by,
        at=at,
        text=f"Forløbet overgår til {case.municipality} den {on:%d-%m-%Y}." + (f" {note}" if note else ""),
    )
    return handover


@transaction.atomic(durable=True)
def receive(*, case_id: int, worker_id: int, by: User, at: datetime) -> Handover:
    """The jobcenter's receipt: from now on a caseworker has the case."""
    case = _lock(case_id)
    handover = Handover.objects.select_for_update().filter(case=case).first()
    if handover is None:
        raise HandoverRefused("A-kassen har ikke overgivet forløbet endnu.")
    if by.organisation_id != case.municipality_id:
        raise HandoverRefused("Det er jobcentret, der modtager forløbet.")
    worker = _worker(worker_id, among=(case.municipality_id,))
    assert worker is not None
    if handover.received_at is not None:
        if worker == case.municipality_caseworker:
            return handover
        raise HandoverRefused("Forløbet er allerede modtaget. Vælg en anden sagsbehandler ved at tildele sagen.")
    handover.received_by, handover.received_at = by, at
    handover.save(update_fields=["received_by", "received_at"])
    case.municipality_caseworker = worker
    _save(case, ["municipality_caseworker"])
    events.record(
        case=case,
        kind="cases.received",
        by=by,
        at=at,
        text=f"{case.municipality} har modtaget forløbet. {worker} har sagen.",
    )
    return handover


@transaction.atomic(durable=True)
def close_case(*, case_id: int, version: int, reason: CloseReason, closed_on: date, by: User, at: datetime) -> Case:
    """Close the case; future bookings are cancelled and nothing more is owed.

    Raises StaleForm, AlreadyClosed, Refused when the day lies before the course began.
    """
    case = _lock(case_id, version)
    _close(case, reason=reason, closed_on=closed_on, by=by, at=at)
    return case


def _close(case: Case, *, reason: CloseReason, closed_on: date, by: User, at: datetime) -> None:
    if closed_on < case.registered_on:
        raise Refused(
            f"Borgeren blev tilmeldt den {case.registered_on:%d-%m-%Y}. Sagen kan tidligst afsluttes den dag."
        )
    case.status, case.closed_on, case.close_reason = CaseStatus.CLOSED, closed_on, str(reason)
    _save(case, ["status", "closed_on", "close_reason"])
    events.record(
        case=case,
        kind="cases.closed",
        by=by,
        at=at,
        text=f"Sagen er afsluttet den {closed_on:%d-%m-%Y}: {CLOSE_REASON_LABELS[reason]}.",
    )


def _lock(case_id: int, version: int | None = None) -> Case:
    """The open case, locked; with the version the user saw, it must still be that one."""
    case = Case.objects.select_for_update(of=("self",)).with_parties().get(pk=case_id)
    if not case.is_open:
        raise AlreadyClosed("Sagen er afsluttet og kan ikke ændres.")
    _check_version(case, version)
    return case


def _check_version(case: Case, version: int | None) -> None:
    if version is not None and version != case.version:
        raise StaleForm("En anden har rettet sagen, efter at du åbnede siden. Se de nye oplysninger, og prøv igen.")


def _touch(case: Case) -> None:
    """Something that belongs to the case was changed. Each version goes with exactly one event of ours."""
    _save(case, [])


def _save(case: Case, fields: list[str]) -> None:
    case.version += 1
    case.save(update_fields=[*fields, "version"])
