"""The course passes from a-kasse to jobcenter: handed over by one, received by the other."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from cases.changing import HandoverRefused, check_version, find_worker, lock, save, touch
from cases.history import events as history_events
from cases.models import Act, Case, Event, Handover, User
from cases.models.cases import HandoverSource
from cases.rules.responsibility import municipality_from


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
    case = lock(case_id)
    if case.fund_id is None:
        raise HandoverRefused("Sagen har ingen a-kasse. Jobcentret har forløbet fra begyndelsen.")
    if by.organisation_id != case.fund_id:
        raise HandoverRefused("Det er a-kassen, der overgiver forløbet.")
    require_day(case, on)
    before = Handover.objects.filter(case=case).first()
    if before is not None:
        if before.handed_over_on == on:
            return before
        raise HandoverRefused("Forløbet er allerede overgivet til jobcentret. Er dagen forkert, så ret overgangen.")
    check_version(case, version)
    if nothing := nothing_to_hand_over(case):
        raise HandoverRefused(nothing)
    handover = Handover.objects.create(
        case=case,
        handed_over_on=on,
        hours=hours,
        source=str(source),
        note=note,
        handed_over_by=by,
        handed_over_at=at,
    )
    touch(case)
    history_events.record(
        case=case,
        kind="cases.handed_over",
        by=by,
        at=at,
        text=f"Forløbet overgår til {case.municipality} den {on:%d-%m-%Y}." + (f" {note}" if note else ""),
        before={"handed_over_on": None},
    )
    return handover


def require_day(case: Case, on: date) -> None:
    """Raises HandoverRefused on a day before the course began."""
    if on < case.placed_on:
        raise HandoverRefused(f"Forløbet begyndte den {case.placed_on:%d-%m-%Y}. Overgangen kan tidligst ske den dag.")


def nothing_to_hand_over(case: Case) -> str:
    """Why the a-kasse has no part of the course to pass on; empty when it has."""
    begins = municipality_from(case.as_course(), Act.objects.rule_book())
    return begins.why[-1].text if begins.day is not None and begins.day <= case.placed_on else ""


@transaction.atomic(durable=True)
def receive(*, case_id: int, worker_id: int, by: User, at: datetime, version: int | None = None) -> Handover:
    """The jobcenter's receipt: from now on a caseworker has the case. Raises HandoverRefused, StaleForm, WrongParty."""
    case = lock(case_id)
    handover = Handover.objects.select_for_update().filter(case=case).first()
    if handover is None:
        raise HandoverRefused("A-kassen har ikke overgivet forløbet endnu.")
    if by.organisation_id != case.municipality_id:
        raise HandoverRefused("Det er jobcentret, der modtager forløbet.")
    worker = find_worker(worker_id, among=(case.municipality_id,))
    if handover.received_at is not None:
        if worker == case.municipality_caseworker:
            return handover
        raise HandoverRefused("Forløbet er allerede modtaget. Vælg en anden sagsbehandler ved at tildele sagen.")
    check_version(case, version)
    handover.received_by, handover.received_at = by, at
    handover.save(update_fields=["received_by", "received_at"])
    was = case.municipality_caseworker_id
    case.municipality_caseworker = worker
    save(case, ["municipality_caseworker"])
    history_events.record(
        case=case,
        kind="cases.received",
        by=by,
        at=at,
        text=f"{case.municipality} har modtaget forløbet. {worker} har sagen.",
        was=was,
    )
    return handover


def take_back_receipt(event: Event, case: Case, *, by: User, at: datetime) -> None:
    """Let the jobcenter not have received the course yet, in the caller's transaction."""
    Handover.objects.filter(case=case).update(received_by=None, received_at=None)
    case.municipality_caseworker = User.objects.filter(pk=event.data["was"]).first()
    save(case, ["municipality_caseworker"])
    text = f"Modtagelsen er fortrudt: {case.municipality} har ikke modtaget forløbet endnu."
    history_events.record(case=case, kind="cases.receipt_undone", by=by, at=at, text=text, undoes=event.pk)
