"""A case is kept right: its facts, and who has it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from cases.changing import (
    check_course,
    check_version,
    find_worker,
    label_of,
    lock,
    save,
    set_worker,
    set_worker_of,
    shown,
)
from cases.history import events as history_events
from cases.models import Case, Event, User


@transaction.atomic(durable=True)
def assign(*, case_id: int, worker_id: int, by: User, at: datetime, version: int | None = None) -> Case:
    """Give the case to another adviser or caseworker of the user's own organisation.

    Whoever has it already keeps it. Raises StaleForm, AlreadyClosed and WrongParty.
    """
    case = lock(case_id)
    worker = find_worker(worker_id, among=(by.organisation_id,))
    if worker not in (case.fund_adviser, case.municipality_caseworker):
        check_version(case, version)
        assign_one_of_many(case=case, worker=worker, by=by, at=at)
    return case


def assign_one_of_many(*, case: Case, worker: User, by: User, at: datetime) -> None:
    """Give the locked case to somebody of one of its offices, in the caller's transaction."""
    before = case.worker_at(worker.workplace)
    set_worker(case, worker)
    save(case, ["fund_adviser", "municipality_caseworker"])
    text, was = f"{worker} har nu sagen.", before.pk if before else None
    history_events.record(case=case, kind="cases.assigned", by=by, at=at, text=text, was=was)


def take_back_assignment(event: Event, case: Case, *, by: User, at: datetime) -> None:
    """Give the case back to whoever had it, in the caller's transaction."""
    before = User.objects.filter(pk=event.data["was"]).first()
    set_worker_of(by.organisation_id, case, before)
    save(case, ["fund_adviser", "municipality_caseworker"])
    text = f"Tildelingen er fortrudt: {before or 'ingen'} har igen sagen."
    history_events.record(case=case, kind="cases.assigned", by=by, at=at, text=text, undoes=event.pk)


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
    case = lock(case_id)
    lines = []
    kept: dict[str, Any] = {}
    for field, value in changes.items():
        if field not in CORRECTABLE:
            raise ValueError(f"{field} is not corrected here.")
        if getattr(case, field) != value:
            label = label_of(Case, field)
            before, was = shown(case, field), getattr(case, field)
            kept[field] = was.isoformat() if isinstance(was, date) else was
            setattr(case, field, value)
            lines.append(f"{label}: {before} er rettet til {shown(case, field)}")
    # The same form sent twice has nothing left to change.
    if not lines:
        return case
    check_version(case, version)
    check_course(case, changed=kept)
    save(case, list(CORRECTABLE))
    text = f"Rettet: {'; '.join(lines)}. Begrundelse: {reason}"
    history_events.record(case=case, kind="cases.corrected", by=by, at=at, text=text, before=kept)
    return case
