"""What is known of a citizen: some of it shared by all parties, the ways to reach him kept by each party for itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from cases import wall
from cases.accounts import access
from cases.changing import CitizenHasOpenCase, check_version, label_of, lock, touch
from cases.history import events as history_events
from cases.models import Case, CaseStatus, Citizen, CitizenContact, User
from cases.people import cpr, name_order
from cases.rules.refusal import Refused

HAS_OPEN_CASE = (
    "Borgeren har allerede en åben sag. Søg på CPR-nummeret, og afslut sagen, før du opretter en ny. "
    "Finder du den ikke, så spørg borgerens a-kasse eller jobcenter."
)


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


#: Every party sees these, and each change of them is told on every case of the citizen.
SHARED_FIELDS = ("name", "has_protected_address", "is_exempt_from_digital_post")
#: Each party has these for itself.
CONTACT_FIELDS = ("email", "phone", "address", "interpreter_language")


class ProtectionKept(Refused):
    """The protection of an address is lifted by few, and with a reason."""


def save_citizen(details: CitizenDetails, *, by: User, at: datetime) -> Citizen:
    """The citizen of a new case, made or brought up to date; what changes for other cases is told on them."""
    known = Citizen.objects.with_cpr(details.number)
    # The cases before the citizen, as every change of a case locks them.
    list(Case.objects.select_for_update(of=("self",)).filter(citizen__in=known).order_by("pk"))
    citizen = known.select_for_update(of=("self",)).first() or Citizen()
    if citizen.pk and citizen.cases.filter(status=CaseStatus.OPEN).exists():
        raise CitizenHasOpenCase(HAS_OPEN_CASE)
    # A number that the citizen had before finds the citizen, and does not come into force again.
    if citizen.pk is None:
        citizen.set_cpr(details.number)
    # Protection and exemption are taken away only where somebody asks for it.
    told = {
        "name": name_order.normal(details.name),
        "has_protected_address": citizen.has_protected_address or details.has_protected_address,
        "is_exempt_from_digital_post": citizen.is_exempt_from_digital_post or details.is_exempt_from_digital_post,
    }
    labels = _set(citizen, told)
    try:
        with transaction.atomic():
            citizen.save()
    except IntegrityError:
        # Somebody else made the citizen between our look and our save, and a case with it.
        raise CitizenHasOpenCase(HAS_OPEN_CASE) from None
    if labels:
        _tell(citizen.cases.all(), _elsewhere(labels), by=by, at=at)
    return citizen


def contact_at(
    organisation_id: int | None, *, of: Citizen, told: CitizenDetails, is_own: bool
) -> CitizenContact | None:
    """How this party of a new case reaches the citizen: by what was typed, unless it knows better itself."""
    if organisation_id is None:
        return None
    contact = CitizenContact.objects.filter(citizen=of, organisation_id=organisation_id).first()
    if contact is not None and not is_own:
        return contact
    contact = contact or CitizenContact(citizen=of, organisation_id=organisation_id)
    # What was left empty is unknown, not gone.
    _set(contact, {name: getattr(told, name) or getattr(contact, name) for name in CONTACT_FIELDS})
    contact.save()
    return contact


def is_known(told: CitizenDetails, *, of: Citizen, contact: CitizenContact) -> bool:
    """Whether the details say nothing that is not stored already."""
    return of.name == name_order.normal(told.name) and all(
        getattr(told, name) in ("", False, getattr(row, name))
        for row, names in ((of, SHARED_FIELDS[1:]), (contact, CONTACT_FIELDS))
        for name in names
    )


@wall.lifted()
@transaction.atomic(durable=True)
def update_citizen(
    *, case_id: int, changes: Mapping[str, Any], by: User, at: datetime, version: int | None = None, reason: str = ""
) -> Citizen:
    """Bring what is shared of the citizen, and the user's own organisation's contact data, up to date.

    Raises StaleForm, AlreadyClosed, and ProtectionKept where a protection is lifted without the right or a reason.
    """
    if unknown := set(changes) - {*SHARED_FIELDS, *CONTACT_FIELDS}:
        raise ValueError(f"{', '.join(sorted(unknown))} is not changed here.")
    case = lock(case_id)
    citizen, organisation = case.citizen, by.workplace
    contact = case.contact_of(organisation)
    is_lifted = citizen.has_protected_address and not changes.get("has_protected_address", True)
    if is_lifted:
        _check_may_lift(by, reason)
    shared = _set(citizen, {name: value for name, value in changes.items() if name in SHARED_FIELDS})
    own = _set(contact, {name: value for name, value in changes.items() if name in CONTACT_FIELDS})
    if not shared and not own:
        return citizen
    check_version(case, version)
    # The number is not this form's: keys may be changed meanwhile (cases.operation.rotation).
    citizen.save(update_fields=[*SHARED_FIELDS, "name_key", "search_key"])
    _keep(contact, case)
    touch(case)
    # What is said here is read by both parties for ever: which, never what.
    why = f" Adressebeskyttelsen er fjernet: {reason}" if is_lifted else ""
    labels = [*shared, *(f"{label} hos {organisation}" for label in own)]
    _tell([case], f"Borgerens oplysninger er rettet: {', '.join(labels)}.{why}", by=by, at=at)
    if shared:
        _tell(citizen.cases.exclude(pk=case.pk), f"{_elsewhere(shared)}{why}", by=by, at=at)
    return citizen


def _check_may_lift(by: User, reason: str) -> None:
    if not access.has(by, access.Permission.LIFT_PROTECTION):
        raise ProtectionKept("Kun en teamleder kan fjerne adressebeskyttelsen. Bed din teamleder om det.")
    if not reason:
        raise ProtectionKept("Skriv, hvorfor adressebeskyttelsen skal fjernes.")


def _set(row: Citizen | CitizenContact, values: Mapping[str, Any]) -> list[str]:
    """The labels of the fields that had another value."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return [label_of(type(row), name) for name in changed]


def _keep(contact: CitizenContact, case: Case) -> None:
    contact.save()
    if contact.organisation_id == case.fund_id:
        case.fund_contact = contact
    else:
        case.municipality_contact = contact
    case.save(update_fields=["fund_contact", "municipality_contact"])


def _elsewhere(labels: Sequence[str]) -> str:
    return f"Borgerens oplysninger er rettet i en anden sag: {', '.join(labels)}."


def _tell(cases: Any, text: str, *, by: User, at: datetime) -> None:
    for case in cases:
        history_events.record(case=case, kind="cases.citizen_updated", by=by, at=at, text=text)
