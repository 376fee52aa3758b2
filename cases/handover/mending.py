"""A handover that was registered wrongly: its day is corrected, or it is withdrawn; whoever received it is told."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from cases.changing import HandoverRefused, check_version, lock, touch
from cases.handover.services import require_day
from cases.history import events as history_events
from cases.models import Case, Event, Handover, Reminder, User
from cases.reminders.owing import DigestLine, PassOn, Send, Skip, Verdict, owe
from cases.reminders.passing_on import Asked, elsewhere
from cases.reminders.receivers import receiver_at
from cases.seam import ReminderSource

#: That the course passes on another day than what was received, or not yet, is a message owed.
TO_JOBCENTER = "cases.handover_mended"


@transaction.atomic(durable=True)
def correct_day(*, case_id: int, version: int, on: date, reason: str, by: User, at: datetime) -> Handover:
    """Let the course pass on another day; the plan is computed again. The same day once more changes nothing.

    Raises HandoverRefused, StaleForm and AlreadyClosed.
    """
    case, handover = _lock(case_id, by=by)
    handover = _require(handover)
    before = handover.handed_over_on
    if before == on:
        return handover
    check_version(case, version)
    require_day(case, on)
    handover.handed_over_on = on
    handover.save(update_fields=["handed_over_on"])
    text = f"Overgangen er rettet fra den {before:%d-%m-%Y} til den {on:%d-%m-%Y}. Begrundelse: {reason}"
    _tell(case, handover, "cases.handover_corrected", text, was=before, by=by, at=at)
    return handover


@transaction.atomic(durable=True)
def withdraw(*, case_id: int, version: int, reason: str, by: User, at: datetime) -> Case:
    """Let the course stay with the a-kasse; the history keeps the handover. Twice is once.

    Raises what `correct_day` raises.
    """
    case, handover = _lock(case_id, by=by)
    if handover is None and case.events.filter(kind="cases.handover_withdrawn").exists():
        return case
    handover = _require(handover)
    check_version(case, version)
    handover.delete()
    text = (
        f"Overgangen den {handover.handed_over_on:%d-%m-%Y} er trukket tilbage: {case.fund} har forløbet. "
        f"Begrundelse: {reason}"
    )
    _tell(case, handover, "cases.handover_withdrawn", text, was=handover.handed_over_on, by=by, at=at)
    return case


def _lock(case_id: int, *, by: User) -> tuple[Case, Handover | None]:
    case = lock(case_id)
    if by.organisation_id != case.fund_id:
        raise HandoverRefused("Det er a-kassen, der har overgivet forløbet. Kun den kan rette overgangen.")
    return case, Handover.objects.select_for_update().filter(case=case).first()


def _require(handover: Handover | None) -> Handover:
    if handover is None:
        raise HandoverRefused("Forløbet er ikke overgivet, så der er intet at rette eller trække tilbage.")
    return handover


def _tell(case: Case, handover: Handover, kind: str, text: str, *, was: date, by: User, at: datetime) -> None:
    touch(case)
    before = {"handed_over_on": was.isoformat()}
    event = history_events.record(case=case, kind=kind, by=by, at=at, text=text, before=before)
    if handover.received_at is None:
        return
    receiver = receiver_at(case.municipality, case, at=at)
    owe(kind=TO_JOBCENTER, case_id=case.pk, subject=event.pk, version=1, at=at, due_at=at, **receiver)


def verdicts(rows: Sequence[Reminder], at: datetime) -> dict[int, Verdict]:
    """For each row what the jobcenter is told, as long as the case is open and its own."""
    with_office = Event.objects.select_related("case__municipality", "case__municipality_caseworker")
    events = with_office.in_bulk([row.subject for row in rows])
    cases = {row.pk: events[row.subject].case for row in rows}
    moved = elsewhere([Asked(row, cases[row.pk], cases[row.pk].municipality) for row in rows], at=at)
    return {row.pk: _judge(events[row.subject], moved.get(row.pk)) for row in rows}


def _judge(event: Event, moved: Skip | PassOn | None) -> Verdict:
    case = event.case
    if not case.is_open:
        return Skip("Sagen er afsluttet.")
    if moved:
        return moved
    line = DigestLine("Overgangen er ændret", f"{case.label}: {event.text}", case.get_absolute_url())
    return Send(about=("handover_mended", event.pk), rank=0, content=line)


SOURCE = ReminderSource(
    kinds={TO_JOBCENTER: "overgang ændret"},
    record_due=lambda at: 0,
    verdicts=verdicts,
    between_offices=(TO_JOBCENTER,),
)
