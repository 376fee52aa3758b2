"""Hours, caps, absences and closing days are kept. What is booked already stays as it is: a person decides about it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from cases.models import Organisation, User
from cases.rules.refusal import Refused, Stale, require_seen, version_of
from meetings.models import AbsenceKind, ClosingDay, StaffAbsence, TalkCap, WorkingHours
from meetings.rules.availability import Hours
from meetings.rules.kinds import Channel
from meetings.rules.spans import FOREVER, Span

Caps = Mapping[Channel | None, int]


class AbsentAlready(Refused):
    """Somebody cannot be away twice at the same time."""

    field = "first"


@transaction.atomic(durable=True)
def set_hours(*, user_id: int, hours: Iterable[Hours], version: int | None = None) -> None:
    """Let these be all the hours that somebody works; with none of them the office's hold.

    `version` is that of the hours that were seen, here and below. Raises Stale.
    """
    _lock(user_id)
    hours = sorted(hours)
    rows = WorkingHours.objects.filter(user=user_id)
    before = sorted(row.as_hours() for row in rows)
    if hours == before:
        return
    require_seen(version, *before)
    rows.delete()
    WorkingHours.objects.bulk_create(
        WorkingHours(user_id=user_id, weekday=one.weekday, begins=one.begins, ends=one.ends) for one in hours
    )


@transaction.atomic(durable=True)
def set_caps(*, organisation: Organisation, user: User | None, caps: Caps, version: int | None = None) -> None:
    """Let these be all the caps of somebody, or without a user of each in the office; what is left out has none.

    Raises Stale.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    before = caps_of(organisation, user)
    if caps == before:
        return
    require_seen(version, *_sorted(before))
    TalkCap.objects.filter(organisation=organisation, user=user).delete()
    TalkCap.objects.bulk_create(
        TalkCap(organisation=organisation, user=user, channel=channel or "", most=most)
        for channel, most in caps.items()
    )


@transaction.atomic(durable=True)
def add_absence(*, user_id: int, kind: AbsenceKind, span: Span, by: User, at: datetime) -> StaffAbsence:
    """Keep that somebody is away in the half-open span. The same once more changes nothing. Raises AbsentAlready."""
    _lock(user_id)
    same = StaffAbsence.objects.filter(user=user_id, starts_at=span.starts_at, ends_at=_end(span), kind=kind).first()
    return same or _save(StaffAbsence(user_id=user_id), kind, span, by=by, at=at)


@transaction.atomic(durable=True)
def change_absence(
    *, absence_id: int, kind: AbsenceKind, span: Span, by: User, at: datetime, version: int | None = None
) -> StaffAbsence:
    """Let an absence be of another kind or at another time.

    Raises AbsentAlready and Stale, and DoesNotExist when it is gone.
    """
    absence = StaffAbsence.objects.select_for_update().get(pk=absence_id)
    _lock(absence.user_id)
    if (absence.kind, absence.span) == (kind, span):
        return absence
    require_seen(version, *_said_of(absence))
    return _save(absence, kind, span, by=by, at=at)


@transaction.atomic(durable=True)
def remove_absence(*, absence_id: int) -> None:
    """Remove an absence, since somebody is there after all; removed twice is removed once."""
    StaffAbsence.objects.filter(pk=absence_id).delete()


@transaction.atomic(durable=True)
def say_of_day(
    *, organisation: Organisation, day: date, name: str, is_open: bool, version: int | None = None
) -> ClosingDay:
    """Let the office be closed that day, or open though others are closed; said anew, the last word counts.

    Raises Stale where something else is said of the day than what was seen.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    before = ClosingDay.objects.filter(organisation=organisation, day=day).first()
    if before is None and version:
        raise Stale("Dagen står ikke på listen nu. Skal den stå der, så gem igen.", newest=0)
    if before is not None and (before.name, before.is_open) != (name, is_open):
        require_seen(version, before.day, before.name, before.is_open)
    said, _ = ClosingDay.objects.update_or_create(
        organisation=organisation, day=day, defaults={"name": name, "is_open": is_open}
    )
    return said


@transaction.atomic(durable=True)
def forget_day(*, closing_day_id: int) -> None:
    """Forget what the office says of the day: it is open or closed as for every office."""
    ClosingDay.objects.filter(pk=closing_day_id).delete()


# What was seen


def version_of_hours(hours: Iterable[Hours]) -> int:
    return version_of(*sorted(hours))


def caps_of(organisation: Organisation, user: User | None) -> dict[Channel | None, int]:
    """The caps that somebody has, or without a user those of each in the office."""
    rows = TalkCap.objects.filter(organisation=organisation, user=user)
    return {Channel(row.channel) if row.channel else None: row.most for row in rows}


def version_of_caps(caps: Caps) -> int:
    return version_of(*_sorted(caps))


def version_of_absence(absence: StaffAbsence) -> int:
    return version_of(*_said_of(absence))


def version_of_day(said: ClosingDay | None) -> int:
    return version_of(said.day, said.name, said.is_open) if said else 0


def _sorted(caps: Caps) -> list[tuple[str, int]]:
    return sorted((str(channel or ""), most) for channel, most in caps.items())


def _said_of(absence: StaffAbsence) -> tuple[Any, ...]:
    return absence.kind, absence.starts_at, absence.ends_at


def _lock(user_id: int) -> None:
    # As a booking does: what is booked at the same moment has seen the absence, or stands on its page.
    User.objects.select_for_update(no_key=True).get(pk=user_id)


def _end(span: Span) -> datetime | None:
    return None if span.ends_at == FOREVER else span.ends_at


def _save(absence: StaffAbsence, kind: AbsenceKind, span: Span, *, by: User, at: datetime) -> StaffAbsence:
    others = StaffAbsence.objects.filter(user=absence.user_id).exclude(pk=absence.pk).overlapping(span)
    if (other := others.first()) is not None:
        raise AbsentAlready(f"Der er allerede registreret fravær {other.text}. Ret det i stedet.")
    absence.kind, absence.starts_at, absence.ends_at = str(kind), span.starts_at, _end(span)
    absence.recorded_by, absence.recorded_at = by, at
    absence.save()
    return absence
