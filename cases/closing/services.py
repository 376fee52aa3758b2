"""Closes a case, and opens it again where that was a mistake."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from cases import seam, wall
from cases.changing import CitizenHasOpenCase, check_version, lock, locked, save
from cases.citizen.services import HAS_OPEN_CASE
from cases.history import events as history_events
from cases.models import Case, CaseStatus, Citizen, Event, Reminder, User
from cases.models.cases import CloseReason
from cases.reminders import owing
from cases.rules.refusal import Refused, require_accepted

IS_DEAD = (
    "Du har valgt, at borgeren er død. Så sendes der ikke flere beskeder til borgeren, heller ikke dem, der venter, og "
    "en ny sag oprettes kun med en begrundelse. Se efter, at det er den rigtige borger."
)


@wall.lifted()
@transaction.atomic(durable=True)
def close_case(
    *,
    case_id: int,
    version: int,
    reason: CloseReason,
    closed_on: date,
    by: User,
    at: datetime,
    accepted: str | None = None,
) -> Case:
    """Close the case; future bookings are cancelled and nothing more is owed.

    `accepted` stands for the doubts that the user has seen; without it they have been weighed elsewhere.
    Raises StaleForm, AlreadyClosed, NeedsConfirmation, and Refused when the day lies before the course began.
    """
    case = lock(case_id, version)
    weigh_doubts(case, reason=reason, closed_on=closed_on, accepted=accepted, by=by, at=at)
    close(case, reason=reason, closed_on=closed_on, by=by, at=at)
    return case


def weigh_doubts(
    case: Case, *, reason: CloseReason, closed_on: date, accepted: str | None, by: User, at: datetime
) -> None:
    """Ask about meetings without an outcome or held after the end, and about a death. Raises NeedsConfirmation."""
    if accepted is not None:
        doubts = seam.closing_doubts(case, closed_on=closed_on, user=by, at=at)
        require_accepted([*doubts.texts, *([IS_DEAD] if reason == CloseReason.DEATH else [])], accepted)


def close_one_of_many(*, case_id: int, closed_on: date, by: User, at: datetime) -> None:
    """Close a case that was opened by mistake, with the meetings entered in it, for a caller that closes many."""
    case = lock(case_id)
    seam.take_back_held(case, by=by, at=at)
    close(case, reason=CloseReason.MISTAKE, closed_on=closed_on, by=by, at=at)


def close(case: Case, *, reason: CloseReason, closed_on: date, by: User, at: datetime) -> None:
    if closed_on < case.registered_on:
        raise Refused(
            f"Borgeren blev tilmeldt den {case.registered_on:%d-%m-%Y}. Sagen kan tidligst afsluttes den dag."
        )
    case.status, case.closed_on, case.close_reason = CaseStatus.CLOSED, closed_on, str(reason)
    save(case, ["status", "closed_on", "close_reason"])
    history_events.record(
        case=case,
        kind="cases.closed",
        by=by,
        at=at,
        text=f"Sagen er afsluttet den {closed_on:%d-%m-%Y}: {CloseReason(reason).label}.",
    )


@wall.lifted()
@transaction.atomic(durable=True)
def reopen_case(*, case_id: int, version: int, reason: str, by: User, at: datetime) -> Case:
    """Open a closed case again, in its old course: it is planned anew, and counts what it counted.

    What the closing cancelled stays cancelled, since it may have been told; what it kept from being sent is owed again,
    where it is still wanted. Raises Refused when the course went on in
    a later case, CitizenHasOpenCase and StaleForm. A case that is open already is left as it is.
    """
    case = lock_with_citizen(case_id)
    if case.is_open:
        return case
    check_version(case, version)
    _require_that_it_may_open(case)
    text = f"Den var afsluttet den {case.last_day:%d-%m-%Y}: {case.get_close_reason_display()}. Begrundelse: {reason}"
    open_again(case, text=text, by=by, at=at)
    _owe_what_the_closing_skipped(case)
    return case


def take_back_closing(event: Event, case: Case, *, by: User, at: datetime) -> None:
    """Open the case that was just closed, in the caller's transaction; what hung on it follows.

    Raises Refused and CitizenHasOpenCase as `reopen_case` does.
    """
    case = lock_with_citizen(case.pk)
    if not case.is_open:
        _require_that_it_may_open(case)
        open_again(case, text="Afslutningen er fortrudt.", by=by, at=at, undoes=event.pk)
        _owe_what_the_closing_skipped(case)


def _owe_what_the_closing_skipped(case: Case) -> None:
    closed_at = case.events.filter(kind="cases.closed").latest("pk").at
    owing.owe_again(Reminder.objects.filter(case=case, closed_at__gte=closed_at))


def _require_that_it_may_open(case: Case) -> None:
    if later := Case.objects.filter(previous=case).first():
        raise Refused(f"Forløbet gik videre i {later.label} ved en ny indplacering. Åbn den sag i stedet.")
    if dead := case.citizen.cases.filter(close_reason=CloseReason.DEATH).exclude(pk=case.pk).first():
        raise Refused(f"Borgerens sag {dead.label} er afsluttet med grunden »død«. Er det en fejl, så åbn den først.")
    if case.citizen.cases.open().exists():
        raise CitizenHasOpenCase(HAS_OPEN_CASE)


def lock_with_citizen(case_id: int) -> Case:
    """The case and then its citizen, as a booking locks them: whoever opens another case for him waits."""
    case = locked(case_id)
    Citizen.objects.select_for_update(of=("self",), no_key=True).get(pk=case.citizen_id)
    return case


def open_again(
    case: Case,
    *,
    text: str,
    by: User,
    at: datetime,
    fields: Sequence[str] = (),
    was: Mapping[str, Any] | None = None,
    **data: Any,
) -> None:
    """Open the locked case again in the caller's transaction, with what else changes of it and what that was."""
    before = {"closed_on": case.last_day.isoformat(), "close_reason": case.close_reason, **(was or {})}
    case.status, case.closed_on, case.close_reason = CaseStatus.OPEN, None, ""
    save(case, ["status", "closed_on", "close_reason", *fields])
    text = f"Sagen er åbnet igen. {text}"
    history_events.record(case=case, kind="cases.reopened", by=by, at=at, text=text, before=before, **data)
