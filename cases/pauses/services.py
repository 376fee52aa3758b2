"""Pauses, in which the clock stands still, are added, changed and removed; the hours of benefit of a month are kept."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from cases import bulk_rows
from cases.changing import StaleForm, check_version, lock, touch
from cases.history import events as history_events
from cases.history.before import hours_of, pauses_of
from cases.models import BenefitHours, Case, Pause, User
from cases.rules.facts import PauseFact
from cases.rules.period import Period
from cases.rules.refusal import Refused
from cases.rules.wording import day_text


@transaction.atomic(durable=True)
def add_pause(
    *, case_id: int, kind: str, span: Period, source: str, by: User, at: datetime, version: int | None = None
) -> Pause:
    """Register a pause, both days included; the plan is computed again. The same pause once more changes nothing.

    Raises StaleForm, AlreadyClosed, Refused before the course, ValidationError on an overlap.
    """
    case = lock(case_id)
    same = case.pauses.filter(kind=kind, span=DateRange(span.start, span.end)).first()
    if same is not None:
        return same
    check_version(case, version)
    pause = Pause(case=case, kind=kind, span=DateRange(span.start, span.end), source=source)
    pause.recorded_by, pause.recorded_at = by, at
    _check_pause(pause)
    kept = pauses_of(case)
    pause.save()
    touch(case)
    text = f"Pause registreret: {pause}. Kilde: {source}."
    history_events.record(case=case, kind="cases.paused", by=by, at=at, text=text, before=kept)
    return pause


@transaction.atomic(durable=True)
def change_pause(
    *, pause_id: int, kind: str, span: Period, source: str, by: User, at: datetime, version: int | None = None
) -> Pause:
    """Correct a pause; the plan is computed again. Raises what `add_pause` raises."""
    pause = _lock_pause(pause_id)
    before = f"{pause}, kilde: {pause.source}"
    pause.kind, pause.span, pause.source = kind, DateRange(span.start, span.end), source
    after = f"{pause}, kilde: {source}"
    if after == before:
        return pause
    check_version(pause.case, version)
    _check_pause(pause)
    kept = pauses_of(pause.case)
    pause.save()
    touch(pause.case)
    text = f"Pause rettet fra {before} til {after}."
    history_events.record(case=pause.case, kind="cases.pause_changed", by=by, at=at, text=text, before=kept)
    return pause


@transaction.atomic(durable=True)
def remove_pause(*, pause_id: int, reason: str, by: User, at: datetime, version: int | None = None) -> Case:
    """Take a pause away that was registered by mistake; the history keeps it."""
    pause = _lock_pause(pause_id)
    check_version(pause.case, version)
    _remove(pause, reason=reason, by=by, at=at)
    return pause.case


def _remove(pause: Pause, *, reason: str, by: User, at: datetime) -> None:
    case, kept = pause.case, pauses_of(pause.case)
    text = f"Pause fjernet: {pause}. Begrundelse: {reason}"
    pause.delete()
    touch(case)
    history_events.record(case=case, kind="cases.pause_removed", by=by, at=at, text=text, before=kept)


def add_with_cases(
    pauses_of_cases: Sequence[tuple[Case, Iterable[PauseFact]]], *, source: str, by: User, at: datetime
) -> list[str]:
    """Save the pauses of cases that open, in the transaction and for the events of that: them, in Danish, by case."""
    pauses = [
        [
            Pause(
                case=case,
                kind=fact.kind,
                span=DateRange(fact.span.start, fact.span.end),
                source=source,
                recorded_by=by,
                recorded_at=at,
            )
            for fact in facts
        ]
        for case, facts in pauses_of_cases
    ]
    bulk_rows.insert_instances(Pause, [*chain.from_iterable(pauses)])
    return [" ".join(f"Pause registreret: {pause}." for pause in of_case) for of_case in pauses]


def take_back_all(*, case_id: int, by: User, at: datetime) -> None:
    """Take the pauses away of a case that was opened by mistake, in the transaction of a caller that closes it."""
    for pause in lock(case_id).pauses.all():
        _remove(pause, reason="Den er taget tilbage med sagen.", by=by, at=at)


def _lock_pause(pause_id: int) -> Pause:
    # The case is locked first everywhere, so that two changes of one case never wait for each other.
    case_id = Pause.objects.filter(pk=pause_id).values_list("case", flat=True).first()
    case = lock(case_id) if case_id is not None else None
    pause = Pause.objects.filter(pk=pause_id).first()
    if case is None or pause is None:
        raise StaleForm("Pausen er fjernet, efter at du åbnede siden.")
    pause.case = case
    return pause


def _check_pause(pause: Pause) -> None:
    require_in_course(pause.period, registered_on=pause.case.registered_on)
    pause.validate_constraints()


def require_in_course(span: Period, *, registered_on: date) -> None:
    """Refuse a pause that is over before the course begins."""
    if span.last_day is not None and span.last_day < registered_on:
        raise Refused(
            f"Pausen ligger før tilmeldingen den {day_text(registered_on)}. Ret pausens dage, eller ret tilmeldingen."
        )


@transaction.atomic(durable=True)
def record_hours(
    *, case_id: int, month: date, hours: Decimal | None, by: User, at: datetime, version: int | None = None
) -> Case:
    """Record the hours of benefit paid for a month; hours already there are corrected, and without hours taken away.

    Raises StaleForm, AlreadyClosed, ValidationError on hours that no month has.
    """
    case = lock(case_id)
    month = month.replace(day=1)
    row = case.benefit_hours.filter(month=month).first()
    if hours == (row.hours if row else None):
        return case
    check_version(case, version)
    kept = hours_of(case)
    if hours is None:
        case.benefit_hours.filter(month=month).delete()
        text = f"Timerne for {month:%m-%Y} er fjernet."
    else:
        row = row or BenefitHours(case=case, month=month)
        row.hours = hours
        row.validate_constraints()
        row.save()
        text = f"{hours_text(hours)} timer med dagpenge er registreret for {month:%m-%Y}."
    touch(case)
    history_events.record(case=case, kind="cases.hours_recorded", by=by, at=at, text=text, before=kept)
    return case


def hours_text(hours: Decimal) -> str:
    """160,33"""
    return f"{hours:f}".replace(".", ",")
