"""Two records of one person become one, and are told apart again within a day where that was a mistake."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from cases import wall
from cases.changing import check_version, lock_people, lock_people_of, touch, with_parties
from cases.citizen.services import SHARED_FIELDS
from cases.history import events as history_events
from cases.joining import contacts
from cases.joining.overlap import why_not
from cases.models import Case, CitizenJoin, CitizenNumber, Event, User
from cases.numbers.services import put_in_force
from cases.rules.refusal import Refused

#: Changes of a person after which two records are not told apart as they were.
_OF_THE_PERSON = (
    "cases.citizen_updated",
    "cases.number_changed",
    "cases.opened",
    "cases.party_changed",
    "cases.persons_joined",
    "cases.persons_separated",
)


class CannotBeJoined(Refused):
    """The cases of the two records show that they are two persons."""


class CannotBeSeparated(Refused):
    """It is too late, or somebody went on with the one person."""


@wall.lifted()
@transaction.atomic(durable=True)
def join(
    *,
    case_id: int,
    other_id: int,
    version: int,
    takes_number: bool,
    takes_name: bool,
    takes_contact: bool,
    reason: str,
    by: User,
    at: datetime,
) -> CitizenJoin:
    """Let the citizen of the case have all that the other record has; each case of both is told.

    `takes_...` says that the other record's number, name or contact data are the right ones; what is not taken stays
    in the database. Protection and exemption hold where one of the two has them.
    Raises StaleForm, CannotBeJoined, and what the apps above raise on meetings at the same time.
    """
    kept, other = lock_people_of(case_id, other_id)
    case = with_parties(case_id)
    if kept.pk == other.pk and (done := CitizenJoin.objects.filter(kept=kept, by=by).separable(at).first()):
        return done
    check_version(case, version)
    if problem := why_not(kept, other, by=by):
        raise CannotBeJoined(problem)
    of_kept, of_other = list(kept.cases.all()), list(other.cases.all())
    numbers = list(other.numbers.all())
    in_force = [CitizenNumber.objects.get(cpr_index=one.cpr_index, withdrawn_at=None) for one in (kept, other)]
    moved: dict[str, Any] = {
        "cases": [one.pk for one in of_other],
        "numbers": [one.pk for one in numbers],
        "number_was": in_force[0].pk,
        "was": {name: getattr(kept, name) for name in SHARED_FIELDS},
        "contacts_of_cases": {one.pk: (one.fund_contact_id, one.municipality_contact_id) for one in of_other},
        **contacts.merge(kept, other, own=by.organisation_id, is_others_chosen=takes_contact),
    }
    other.numbers.update(citizen=kept)
    other.cases.update(citizen=kept)
    kept.name = other.name if takes_name else kept.name
    kept.has_protected_address = kept.has_protected_address or other.has_protected_address
    kept.is_exempt_from_digital_post = kept.is_exempt_from_digital_post or other.is_exempt_from_digital_post
    put_in_force(kept, in_force[1] if takes_number else in_force[0])
    done = CitizenJoin.objects.create(kept=kept, joined=other, at=at, by=by, moved=moved)
    case = with_parties(case_id)
    touch(case)
    text = f"Borgeren stod her to gange, og de to poster er samlet. Begrundelse: {reason}"
    for cases, number in ((of_kept, in_force[0]), (of_other, in_force[1])):
        _tell(cases, "cases.persons_joined", text, by=by, at=at, join=done.pk, before=_before(number))
    return done


@wall.lifted()
@transaction.atomic(durable=True)
def separate(*, join_id: int, reason: str, by: User, at: datetime) -> CitizenJoin:
    """Give each of two records its own again, as it was before they were joined; each case of both is told.

    Asked for twice, it is done once. Raises CannotBeSeparated.
    """
    joins = CitizenJoin.objects.filter(pk=join_id)
    people = lock_people(joins.values_list("kept", "joined").get())
    done = joins.get()
    if done.separated_at is not None:
        return done
    kept, joined = people[done.kept_id], people[done.joined_id]
    if at > done.separable_until:
        raise CannotBeSeparated("Posterne blev samlet for mere end et døgn siden og kan ikke skilles ad mere.")
    _require_that_nobody_went_on(done, by=by)
    moved, number = done.moved, CitizenNumber.objects.get(citizen=kept, cpr_index=kept.cpr_index, withdrawn_at=None)
    CitizenNumber.objects.filter(pk__in=moved["numbers"]).update(citizen=joined)
    Case.objects.filter(pk__in=moved["cases"]).update(citizen=joined)
    contacts.part(moved, joined=joined)
    for name, value in moved["was"].items():
        setattr(kept, name, value)
    put_in_force(kept, CitizenNumber.objects.get(pk=moved["number_was"]))
    done.separated_at = at
    done.save(update_fields=["separated_at"])
    text = f"De to poster er skilt ad igen, som de var. Begrundelse: {reason}"
    cases = Case.objects.filter(citizen__in=(kept, joined))
    _tell(cases, "cases.persons_separated", text, by=by, at=at, join=done.pk, before=_before(number))
    return done


def _require_that_nobody_went_on(done: CitizenJoin, *, by: User) -> None:
    of_person = Event.objects.filter(case__citizen=done.kept)
    last = of_person.filter(kind="cases.persons_joined").of("join", done.pk).latest("pk")
    later = of_person.filter(kind__in=_OF_THE_PERSON, pk__gt=last.pk).order_by("pk")
    if not later.exists():
        return
    newer = later.filter(case__in=Case.objects.visible_to(by)).select_related("case").first()
    what = f"i sag {newer.case.label}: {newer.text}" if newer else "af en anden part."
    raise CannotBeSeparated(f"Borgeren er ændret, siden posterne blev samlet, {what} De kan ikke skilles ad mere.")


def _before(number: CitizenNumber) -> dict[str, str]:
    return {"number": str(number), "born_on": number.born_on.isoformat()}


def _tell(cases: Iterable[Case], kind: str, text: str, *, by: User, at: datetime, **data: Any) -> None:
    for case in cases:
        history_events.record(case=case, kind=kind, by=by, at=at, text=text, **data)
