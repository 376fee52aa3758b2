"""Hours, caps, absences and closing days are kept. What is booked already stays as it is: a person decides about it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction

from cases.models import Organisation, User
from cases.rules.refusal import Refused
from meetings.models import AbsenceKind, ClosingDay, StaffAbsence, TalkCap, WorkingHours
from meetings.rules.availability import Hours
from meetings.rules.kinds import Channel
from meetings.rules.spans import FOREVER, Span


class AbsentAlready(Refused):
    """Somebody cannot be away twice at the same time."""

    field = "first"


@transaction.atomic(durable=True)
def set_hours(*, user_id: int, hours: Iterable[Hours]) -> None:
    """Let these be all the hours that somebody works; with none of them the office's hold."""
    _lock(user_id)
    WorkingHours.objects.filter(user=user_id).delete()
    WorkingHours.objects.bulk_create(
        WorkingHours(user_id=user_id, weekday=one.weekday, begins=one.begins, ends=one.ends) for one in hours
    )


@transaction.atomic(durable=True)
def set_caps(*, organisation: Organisation, user: User | None, caps: Mapping[Channel | None, int]) -> None:
    """Let these be all the caps of somebody, or without a user of each in the office; what is left out has none."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
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
def change_absence(*, absence_id: int, kind: AbsenceKind, span: Span, by: User, at: datetime) -> StaffAbsence:
    """Let an absence be of another kind or at another time. Raises AbsentAlready, and DoesNotExist when it is gone."""
    absence = StaffAbsence.objects.select_for_update().get(pk=absence_id)
    _lock(absence.user_id)
    return _save(absence, kind, span, by=by, at=at)


@transaction.atomic(durable=True)
def remove_absence(*, absence_id: int) -> None:
    """Remove an absence, since somebody is there after all; removed twice is removed once."""
    StaffAbsence.objects.filter(pk=absence_id).delete()


@transaction.atomic(durable=True)
def say_of_day(*, organisation: Organisation, day: date, name: str, is_open: bool) -> ClosingDay:
    """Let the office be closed that day, or open though others are closed; said anew, the last word counts."""
    said, _ = ClosingDay.objects.update_or_create(
        organisation=organisation, day=day, defaults={"name": name, "is_open": is_open}
    )
    return said


@transaction.atomic(durable=True)
def forget_day(*, closing_day_id: int) -> None:
    """Let the day be as for every office again."""
    ClosingDay.objects.filter(pk=closing_day_id).delete()


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
