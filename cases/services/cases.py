"""Everything that changes a case: one function, one durable transaction each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from cases import cpr
from cases.models import BenefitHours, Case, CaseStatus, Citizen, Handover, Pause, User
from cases.models.cases import CLOSE_REASON_LABELS, CloseReason, HandoverSource
from cases.rules.facts import PAUSE_NAMES, Insurance
from cases.rules.period import Period
from cases.services import events


class Refused(Exception):
    """The change cannot be made; the message is one Danish sentence for the user."""


class CitizenHasOpenCase(Refused):
    """One spell of unemployment at a time."""


class StaleForm(Refused):
    """Somebody changed the case after the form was opened."""


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


@transaction.atomic(durable=True)
def open_case(*, new: NewCase, by: User, at: datetime) -> Case:
    """Open a case for the citizen, who is made or brought up to date, and plan the course.

    Raises CitizenHasOpenCase, WrongParty, and ValueError (with a Danish sentence) where no rule covers the dates.
    """
    return open_one_of_many(new=new, by=by, at=at)


def open_one_of_many(*, new: NewCase, by: User, at: datetime) -> Case:
    """As `open_case`, in the transaction of a caller that opens many."""
    return _open(
        citizen=_save_citizen(new.citizen),
        course=new.course,
        fund_id=new.fund_id,
        municipality_id=new.municipality_id,
        worker_id=new.worker_id,
        previous=None,
        by=by,
        at=at,
    )


@transaction.atomic(durable=True)
def place_anew(
    *, case_id: int, version: int, registered_on: date, placed_on: date, reason: str, by: User, at: datetime
) -> Case:
    """Begin a new course at a new placement: the old case is closed and stays readable, the new one points to it.

    Raises StaleForm, AlreadyClosed, Refused when the new placement does not lie after the old.
    """
    old = _lock(case_id, version)
    if placed_on <= old.placed_on:
        raise Refused("Den nye indplacering skal ligge efter den gamle. Ret datoen, eller ret den gamle sag.")
    _close(old, reason=CloseReason.NEW_PLACEMENT, closed_on=placed_on, by=by, at=at)
    course = CourseDetails(
        registered_on=registered_on,
        placed_on=placed_on,
        target_group=old.target_group,
        insurance=Insurance(old.insurance),
        has_qualifying_education=old.has_qualifying_education,
        has_children_at_home=old.has_children_at_home,
    )
    new = _open(
        citizen=old.citizen,
        course=course,
        fund_id=old.fund_id,
        municipality_id=old.municipality_id,
        worker_id=old.fund_adviser_id or old.municipality_caseworker_id,
        previous=old,
        by=by,
        at=at,
    )
    events.record(
        case=old, kind="cases.placed_anew", by=by, at=at, text=f"Et nyt forløb er begyndt i sag {new.label}: {reason}"
    )
    return new


def _save_citizen(details: CitizenDetails) -> Citizen:
    citizen = Citizen.objects.with_cpr(details.number).select_for_update().first() or Citizen()
    citizen.set_cpr(details.number)
    citizen.name = details.name
    citizen.email = details.email
    citizen.phone = details.phone
    citizen.address = details.address
    citizen.has_protected_address = details.has_protected_address
    citizen.is_exempt_from_digital_post = details.is_exempt_from_digital_post
    citizen.interpreter_language = details.interpreter_language
    if citizen.pk and citizen.cases.filter(status=CaseStatus.OPEN).exists():
        raise CitizenHasOpenCase("Borgeren har allerede en åben sag. Afslut den, før der oprettes en ny.")
    citizen.save()
    return citizen


def _open(
    *,
    citizen: Citizen,
    course: CourseDetails,
    fund_id: int | None,
    municipality_id: int,
    worker_id: int | None,
    previous: Case | None,
    by: User,
    at: datetime,
) -> Case:
    if by.organisation_id not in (fund_id, municipality_id):
        raise WrongParty("Din egen organisation skal være a-kasse eller kommune i sagen.")
    worker = _worker(worker_id, among=(fund_id, municipality_id))
    case = Case(
        citizen=citizen,
        fund_id=fund_id,
        municipality_id=municipality_id,
        registered_on=course.registered_on,
        placed_on=course.placed_on,
        target_group=course.target_group,
        insurance=str(course.insurance),
        has_qualifying_education=course.has_qualifying_education,
        has_children_at_home=course.has_children_at_home,
        is_trial=course.is_trial,
        previous=previous,
        created_at=at,
    )
    if worker is not None:
        _set_worker(case, worker)
    case.save()
    events.record(
        case=case,
        kind="cases.opened",
        by=by,
        at=at,
        text=f"Sagen er oprettet. Tilmeldt {course.registered_on:%d-%m-%Y}, indplaceret {course.placed_on:%d-%m-%Y}.",
    )
    return case


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

    Raises StaleForm, AlreadyClosed, and ValueError (Danish) where the new facts cannot be.
    """
    case = _lock(case_id, version)
    lines = []
    for field, value in changes.items():
        if field not in CORRECTABLE:
            raise ValueError(f"{field} is not corrected here.")
        if getattr(case, field) != value:
            label = Case._meta.get_field(field).verbose_name
            before = _shown(case, field)
            setattr(case, field, value)
            lines.append(f"{label}: {before} er rettet til {_shown(case, field)}")
    if not lines:
        return case
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


@transaction.atomic(durable=True)
def update_citizen(*, case_id: int, changes: Mapping[str, Any], by: User, at: datetime) -> Citizen:
    """Bring the citizen's contact ways up to date (never the CPR number)."""
    case = _lock(case_id)
    citizen = case.citizen
    for field, value in changes.items():
        setattr(citizen, field, value)
    citizen.save()
    events.record(case=case, kind="cases.citizen_updated", by=by, at=at, text="Borgerens kontaktoplysninger er rettet.")
    return citizen


@transaction.atomic(durable=True)
def add_pause(*, case_id: int, kind: str, span: Period, source: str, by: User, at: datetime) -> Pause:
    """Register a pause, both days included; the plan is computed again."""
    case = _lock(case_id)
    pause = Pause(case=case, kind=kind, span=DateRange(span.start, span.end), source=source)
    pause.recorded_by, pause.recorded_at = by, at
    pause.validate_constraints()
    pause.save()
    _touch(case)
    events.record(case=case, kind="cases.paused", by=by, at=at, text=f"Pause registreret: {pause}. Kilde: {source}.")
    return pause


@transaction.atomic(durable=True)
def change_pause(*, pause_id: int, kind: str, span: Period, source: str, by: User, at: datetime) -> Pause:
    """Correct a pause; the plan is computed again."""
    pause = Pause.objects.select_for_update(of=("self",)).get(pk=pause_id)
    case = _lock(pause.case_id)
    before = str(pause)
    pause.kind, pause.span, pause.source = kind, DateRange(span.start, span.end), source
    pause.validate_constraints()
    pause.save()
    _touch(case)
    events.record(case=case, kind="cases.pause_changed", by=by, at=at, text=f"Pause rettet fra {before} til {pause}.")
    return pause


@transaction.atomic(durable=True)
def remove_pause(*, pause_id: int, reason: str, by: User, at: datetime) -> Case:
    """Take a pause away that was registered by mistake; the history keeps it."""
    pause = Pause.objects.select_for_update(of=("self",)).get(pk=pause_id)
    case = _lock(pause.case_id)
    text = f"Pause fjernet: {PAUSE_NAMES[pause.kind]} {pause.period.start:%d-%m-%Y}. Begrundelse: {reason}"
    pause.delete()
    _touch(case)
    events.record(case=case, kind="cases.pause_removed", by=by, at=at, text=text)
    return case


@transaction.atomic(durable=True)
def record_hours(*, case_id: int, month: date, hours: Decimal, by: User, at: datetime) -> BenefitHours:
    """Record the hours of benefit paid for a month (its first day); hours already there are corrected."""
    case = _lock(case_id)
    row, _ = BenefitHours.objects.update_or_create(case=case, month=month.replace(day=1), defaults={"hours": hours})
    _touch(case)
    events.record(
        case=case,
        kind="cases.hours_recorded",
        by=by,
        at=at,
        text=f"{hours} timer med dagpenge er registreret for {month:%m-%Y}.",
    )
    return row


@transaction.atomic(durable=True)
def hand_over(
    *, case_id: int, on: date, hours: Decimal | None, source: HandoverSource, note: str, by: User, at: datetime
) -> Handover:
    """Pass the contact course from the a-kasse to the jobcenter from that day on; the jobcenter gives a receipt.

    Raises HandoverRefused when the course is handed over already, has no a-kasse, or the day lies before it began.
    """
    case = _lock(case_id)
    if case.fund_id is None:
        raise HandoverRefused("Sagen har ingen a-kasse. Jobcentret har forløbet fra begyndelsen.")
    if by.organisation_id != case.fund_id:
        raise HandoverRefused("Det er a-kassen, der overgiver forløbet.")
    if on < case.placed_on:
        raise HandoverRefused(f"Forløbet begyndte den {case.placed_on:%d-%m-%Y}. Overgangen kan tidligst ske den dag.")
    if Handover.objects.filter(case=case).exists():
        raise HandoverRefused("Forløbet er allerede overgivet til jobcentret.")
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
    if handover.received_at is not None:
        raise HandoverRefused("Forløbet er allerede modtaget.")
    worker = _worker(worker_id, among=(case.municipality_id,))
    assert worker is not None
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
    if version is not None and version != case.version:
        raise StaleForm("En anden har rettet sagen, efter at du åbnede siden. Se de nye oplysninger, og prøv igen.")
    return case


def _touch(case: Case) -> None:
    _save(case, [])


def _save(case: Case, fields: list[str]) -> None:
    case.version += 1
    case.save(update_fields=[*fields, "version"])
