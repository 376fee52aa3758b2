"""A citizen changes municipality or a-kasse while the case runs: the course goes on, with another party."""

from datetime import date, datetime

from django.db import transaction

from cases import wall
from cases.changing import HandoverRefused, WrongParty, check_course, check_version, lock, save
from cases.citizen.services import CONTACT_FIELDS
from cases.history import events as history_events
from cases.models import Case, CitizenContact, Event, FormerParty, Handover, Organisation, OrganisationKind, User
from cases.rules.former_party import was_a_party
from cases.rules.refusal import Refused
from cases.rules.wording import day_text

_WHAT = {"fund": "a-kasse", "municipality": "kommune"}
_FIELDS = ["fund", "municipality", "fund_adviser", "municipality_caseworker", "fund_contact", "municipality_contact"]


class DayOfChange(Refused):
    """The parties cannot have changed on that day."""

    field = "on"


@wall.lifted()
@transaction.atomic(durable=True)
def change_parties(
    *,
    case_id: int,
    version: int,
    fund_id: int | None,
    municipality_id: int,
    on: date,
    reason: str,
    by: User,
    at: datetime,
) -> Case:
    """Let the case have other parties: course, meetings and deadlines stay, and the old party's bookings are cancelled.

    The new party has its own contact data, and nobody there has the case yet; the old one reads for a while what it
    knew (`FormerParty`), unless it was put there by a slip. The same parties once more change nothing. Raises
    StaleForm, AlreadyClosed, WrongParty, DayOfChange and HandoverRefused, and Refused while a talk of the old party
    waits for its outcome.
    """
    case = lock(case_id)
    was: dict[str, Organisation | None] = {"fund": case.fund, "municipality": case.municipality}
    if (fund_id, municipality_id) == (case.fund_id, case.municipality_id):
        return case
    check_version(case, version)
    if on < case.registered_on:
        raise DayOfChange(
            f"Borgeren blev tilmeldt den {day_text(case.registered_on)}. Skiftet kan tidligst ske den dag."
        )
    gone = [party for party in was.values() if party is not None and party.pk not in (fund_id, municipality_id)]
    former = [_former(case, party, on=on, at=at) for party in gone if _was_a_party(case, party, on=on, at=at)]
    if municipality_id != case.municipality_id:
        _leave_municipality(case, on=on)
        case.municipality = _party(municipality_id, OrganisationKind.MUNICIPALITY)
        case.municipality_caseworker, case.municipality_contact = None, _contact(case, case.municipality)
    if fund_id != case.fund_id:
        if fund_id is None:
            _leave_fund(case, on=on)
        case.fund = _party(fund_id, OrganisationKind.FUND) if fund_id is not None else None
        case.fund_adviser, case.fund_contact = None, _contact(case, case.fund)
    check_course(case)
    save(case, _FIELDS)
    FormerParty.objects.bulk_create(former)
    left = [(name, party) for name, party in was.items() if party != getattr(case, name)]
    changes = "; ".join(
        f"{_WHAT[name]} fra {party or 'ingen'} til {getattr(case, name) or 'ingen'}" for name, party in left
    )
    text = f"Fra den {day_text(on)} er skiftet: {changes}. Forløbet går videre. Begrundelse: {reason}"
    history_events.record(
        case=case,
        kind="cases.party_changed",
        by=by,
        at=at,
        text=text,
        left=[party.pk for party in gone],
        came=[party.pk for name, _ in left if (party := getattr(case, name)) is not None],
        on=on.isoformat(),
        before={name: party.name if party else None for name, party in left},
    )
    return case


def _leave_municipality(case: Case, *, on: date) -> None:
    """A handover that was meant for the old municipality is received anew by the next one."""
    handover = Handover.objects.select_for_update().filter(case=case).first()
    if handover is None:
        return
    if on < handover.handed_over_on:
        raise HandoverRefused(
            f"Borgeren skifter kommune den {day_text(on)}, før forløbet overgår til {case.municipality} den "
            f"{day_text(handover.handed_over_on)}. Træk overgangen tilbage først, og overgiv forløbet til den nye "
            "kommune."
        )
    handover.received_by = handover.received_at = None
    handover.save(update_fields=["received_by", "received_at"])


def _leave_fund(case: Case, *, on: date) -> None:
    """Without an a-kasse nobody could mend a handover that is still to come; one that has happened stays."""
    handover = Handover.objects.select_for_update().filter(case=case).first()
    if handover is not None and on < handover.handed_over_on:
        raise HandoverRefused(
            f"Borgeren forlader {case.fund} den {day_text(on)}, før forløbet overgår til {case.municipality} den "
            f"{day_text(handover.handed_over_on)}. A-kassen skal trække overgangen tilbage først: uden a-kasse "
            "har jobcentret forløbet, og der er intet at overgive."
        )


def _was_a_party(case: Case, party: Organisation, *, on: date, at: datetime) -> bool:
    """By the change in which it came, and what it has done since; else it came with the case."""
    events = Event.objects.filter(case=case)
    came = events.filter(kind="cases.party_changed", data__came__contains=party.pk).order_by("pk").last()
    since, came_at = (date.fromisoformat(came.data["on"]), came.at) if came else (case.registered_on, case.created_at)
    has_worked = events.filter(by__organisation=party, at__gt=came_at).exists()
    return was_a_party(since=since, came_at=came_at, has_worked=has_worked, left_on=on, left_at=at)


def _former(case: Case, party: Organisation, *, on: date, at: datetime) -> FormerParty:
    """What the party that is left knew of the citizen: the data of its time, which it reads for a while."""
    citizen, contact = case.citizen, case.contact_of(party)
    return FormerParty(
        case=case,
        organisation=party,
        left_on=on,
        left_at=at,
        name=citizen.name,
        had_protected_address=citizen.has_protected_address,
        **{field: getattr(contact, field) for field in CONTACT_FIELDS},
    )


def _party(organisation_id: int, kind: OrganisationKind) -> Organisation:
    found = Organisation.objects.filter(pk=organisation_id, kind=kind).first()
    if found is None:
        raise WrongParty("Vælg en af de kommuner og a-kasser, der står på listen.")
    return found


def _contact(case: Case, organisation: Organisation | None) -> CitizenContact | None:
    return CitizenContact.objects.filter(citizen=case.citizen_id, organisation=organisation).first()
