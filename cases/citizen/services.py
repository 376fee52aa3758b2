"""What is known of a citizen: some of it shared by all parties, the ways to reach him kept by each party for itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from cases import bulk_rows, wall
from cases.accounts import access
from cases.changing import CitizenHasOpenCase, check_version, label_of, lock, lock_people, touch
from cases.history import events as history_events
from cases.models import Case, Citizen, CitizenContact, CitizenNumber, Event, User
from cases.people import cpr, name_order, phones
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
#: What a citizen is sorted and found by, which goes with the name.
_KEYS_OF_NAME = ("name_key", "search_key")


class ProtectionKept(Refused):
    """The protection of an address is lifted by few, and with a reason."""


class _NumberMoved(Exception):
    """While the locks were waited for, a number came to a citizen who is not among the locked ones."""


def people_of(told: Sequence[CitizenDetails]) -> dict[str, Citizen]:
    """By the index of each number that somebody has or had: that citizen, locked after all of his cases.

    To be called before anything else is locked, in the caller's transaction.
    """
    numbers = [details.number for details in told]
    while True:
        try:
            # What was locked in vain is let go with the savepoint: else the next ones were locked out of order.
            with transaction.atomic():
                return _lock_holders(numbers)
        except _NumberMoved:
            continue


def _lock_holders(numbers: Sequence[cpr.Cpr]) -> dict[str, Citizen]:
    people = lock_people(set(CitizenNumber.objects.holders(numbers).values()))
    # Asked again: whoever joined two records, or told them apart, before the locks were ours moved their numbers.
    holders = CitizenNumber.objects.holders(numbers)
    if not people.keys() >= set(holders.values()):
        raise _NumberMoved
    return {index: people[citizen] for index, citizen in holders.items()}


def save_citizens(told: Sequence[tuple[Citizen, CitizenDetails]], *, by: User, at: datetime) -> None:
    """Make these citizens of new cases or bring them up to date; what changes for other cases is told on them.

    Raises CitizenHasOpenCase where somebody else has made one of them meanwhile.
    """
    made: list[Citizen] = []
    changed: dict[Citizen, list[str]] = {}
    for citizen, details in told:
        # A number that the citizen had before finds the citizen, and does not come into force again.
        if citizen.pk is None:
            citizen.set_cpr(details.number)
        # Protection and exemption are taken away only where somebody asks for it.
        values = {
            "name": name_order.normal(details.name),
            "has_protected_address": citizen.has_protected_address or details.has_protected_address,
            "is_exempt_from_digital_post": citizen.is_exempt_from_digital_post or details.is_exempt_from_digital_post,
        }
        labels = _set(citizen, values)
        citizen.set_name(citizen.name)
        if citizen.pk is None:
            made.append(citizen)
        elif labels:
            changed[citizen] = labels
    try:
        with transaction.atomic():
            bulk_rows.insert_instances(Citizen, made)
    except IntegrityError:
        # Somebody else made the citizen between our look and our save, and a case with it.
        raise CitizenHasOpenCase(HAS_OPEN_CASE) from None
    columns = [*SHARED_FIELDS, *_KEYS_OF_NAME]
    bulk_rows.update_rows(Citizen, columns, [(one.pk, *(getattr(one, name) for name in columns)) for one in changed])
    _tell_elsewhere({citizen.pk: labels for citizen, labels in changed.items()}, by=by, at=at)


def _tell_elsewhere(labels: Mapping[int, Sequence[str]], *, by: User, at: datetime) -> None:
    if labels:
        cases = Case.objects.filter(citizen__in=labels)
        history_events.record_all([_told(case, _elsewhere(labels[case.citizen_id]), by=by, at=at) for case in cases])


def save_contacts(
    told: Sequence[tuple[int | None, Citizen, CitizenDetails]], *, own_id: int | None
) -> list[CitizenContact | None]:
    """How each organisation reaches the citizen of a new case: by what was typed, unless it knows better itself.

    `own_id` is the organisation of who typed it; a case without the other party has no contact of that.
    """
    rows = CitizenContact.objects.filter(citizen__in=[citizen.pk for _, citizen, _ in told])
    kept = {(contact.organisation_id, contact.citizen_id): contact for contact in rows}
    contacts: list[CitizenContact | None] = []
    made: list[CitizenContact] = []
    changed: list[CitizenContact] = []
    for organisation_id, citizen, details in told:
        contact = kept.get((organisation_id, citizen.pk)) if organisation_id is not None else None
        if organisation_id is not None and (contact is None or organisation_id == own_id):
            contact = contact or CitizenContact(citizen=citizen, organisation_id=organisation_id)
            # What was left empty is unknown, not gone.
            labels = _set(contact, {name: getattr(details, name) or getattr(contact, name) for name in CONTACT_FIELDS})
            contact.phone = phones.tidy(contact.phone)
            if contact.pk is None:
                made.append(contact)
            elif labels:
                changed.append(contact)
        contacts.append(contact)
    bulk_rows.insert_instances(CitizenContact, made)
    columns = CONTACT_FIELDS
    values = [(one.pk, *(getattr(one, name) for name in columns)) for one in changed]
    bulk_rows.update_rows(CitizenContact, columns, values)
    return contacts


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
    citizen.save(update_fields=[*SHARED_FIELDS, *_KEYS_OF_NAME])
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
    history_events.record_all([_told(case, text, by=by, at=at) for case in cases])


def _told(case: Case, text: str, *, by: User, at: datetime) -> Event:
    return Event(case=case, kind="cases.citizen_updated", by=by, at=at, text=text)
