"""How each party reaches a person of whom it had two records: one row of it stays in use, and the other is kept."""

from typing import Any

from django.db.models import Q

from cases.citizen.services import CONTACT_FIELDS
from cases.models import Case, Citizen, CitizenContact

#: Instead of two addresses, where one of the two must not be shown.
_PROTECTED = ("adressen er beskyttet", "adressen er beskyttet")


def merge(kept: Citizen, other: Citizen, *, own: int | None, is_others_chosen: bool) -> dict[str, Any]:
    """Give `kept` the contact data of `other`, in the caller's transaction; gives what moved and was written over.

    What one record does not say, the other does. Where both say something, the user chose for the own organisation;
    for the others, who are not to be seen, the latest case decides. Call it while each has its own cases.
    """
    mine = {row.organisation_id: row for row in kept.contacts.all()}
    moved, was = [], {}
    for row in other.contacts.all():
        same = mine.get(row.organisation_id)
        if same is None:
            row.citizen = kept
            row.save()
            moved.append(row.pk)
            continue
        was[str(same.pk)] = _values(same)
        wins = is_others_chosen if row.organisation_id == own else _is_later(other, kept, row.organisation_id)
        first, second = (row, same) if wins else (same, row)
        for name in CONTACT_FIELDS:
            setattr(same, name, getattr(first, name) or getattr(second, name))
        same.save()
        other.cases.filter(fund_contact=row).update(fund_contact=same)
        other.cases.filter(municipality_contact=row).update(municipality_contact=same)
    return {"contacts": moved, "contacts_were": was}


def part(moved: dict[str, Any], *, joined: Citizen) -> None:
    """Give each record its own contact data again, in the caller's transaction."""
    CitizenContact.objects.filter(pk__in=moved["contacts"]).update(citizen=joined)
    for pk, values in moved["contacts_were"].items():
        CitizenContact.objects.filter(pk=pk).update(**values)
    for pk, (fund_contact, municipality_contact) in moved["contacts_of_cases"].items():
        Case.objects.filter(pk=pk).update(fund_contact=fund_contact, municipality_contact=municipality_contact)


def differ(kept: Citizen, other: Citizen, *, own: int | None) -> list[tuple[str, str]]:
    """What the own organisation was told of each, where it was told two things: to be chosen between."""
    rows = [one.contacts.filter(organisation=own).first() for one in (kept, other)]
    if None in rows:
        return []
    values = [{**_values(row), "phone": row.phone_text} for row in rows if row is not None]
    both = [(values[0][name], values[1][name]) for name in CONTACT_FIELDS]
    if not any(one and another and one != another for one, another in both):
        return []
    if kept.has_protected_address or other.has_protected_address:
        both[CONTACT_FIELDS.index("address")] = _PROTECTED
    return both


def _values(row: CitizenContact) -> dict[str, str]:
    return {name: getattr(row, name) for name in CONTACT_FIELDS}


def _is_later(other: Citizen, kept: Citizen, organisation_id: int) -> bool:
    party = Q(fund=organisation_id) | Q(municipality=organisation_id)
    latest = Case.objects.filter(party, citizen__in=(other, kept)).order_by("-status", "-pk").first()
    return latest is not None and latest.citizen_id == other.pk
