"""The one reading of free time: for one booking, a page of days, or the advisers of a whole office at once."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from cases.models import Organisation, Role, User
from cases.rules.period import Period
from cases.statements import IsOneOf, Parameter, Statement
from meetings.models import BusyTime, ClosingDay, Meeting, StaffAbsence, TalkCap, WorkingHours
from meetings.rules.availability import Availability, Hours, Talk, closing_name
from meetings.rules.kinds import Channel
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.spans import Span

#: What takes time: a talk that is moved, cancelled or missed takes none.
TAKES_TIME = (MeetingStatus.BOOKED, MeetingStatus.HELD)


def free_spans(advisers: Collection[User], days: Period) -> dict[int, dict[date, list[Span]]]:
    """When each of the advisers (by their internal id) is free on each day of a period; every day is there.

    As many queries for three hundred advisers as for one. Load their organisations first. The caps by channel are
    `Availability.room`'s: whoever gives out these spans asks `availabilities` for them.
    """
    every_day = days.each_day()
    known = availabilities(advisers, first=every_day[0], last=every_day[-1])
    return {pk: {day: one.free_spans(day) for day in every_day} for pk, one in known.items()}


def availabilities(
    advisers: Collection[User], *, first: date, last: date, instead_of: Meeting | None = None
) -> dict[int, Availability]:
    """All that is known of the advisers' time from the first day to the last, both included, by their internal id.

    As many queries for three hundred advisers as for one. A meeting that is moved does not stand in its own way.
    """
    days, people = Span.of_days(first, last), {one.pk: one for one in advisers}
    offices = {office.pk: office for one in people.values() if (office := one.organisation)}
    hours, absences = _hours([*people]), _absences([*people], days)
    closing, caps = _closing_days([*offices], first, last), _caps(people, [*offices])
    talks, elsewhere = _talks([*people], days, instead_of), _elsewhere([*people], days)
    return {
        pk: Availability(
            name=str(one),
            opens=office.opens_at,
            closes=office.closes_at,
            own_hours=hours[pk],
            absences=absences[pk],
            closing_days=closing[office.pk],
            caps=caps[pk],
            talks=talks[pk],
            elsewhere=elsewhere[pk],
        )
        for pk, one in people.items()
        if (office := one.organisation)
    }


def availability_of(adviser: User, *, first: date, last: date, instead_of: Meeting | None = None) -> Availability:
    """All that is known of one adviser's time from the first day to the last, both included.

    KeyError for somebody without an office.
    """
    return availabilities([adviser], first=first, last=last, instead_of=instead_of)[adviser.pk]


def _during(begins: Parameter, ends: Parameter) -> Q:
    return Q(starts_at__lt=ends, ends_at__gt=begins)


def _taken(_: None, *, people: Parameter, begins: Parameter, ends: Parameter) -> QuerySet[Meeting, Any]:
    rows = Meeting.objects.filter(_during(begins, ends), IsOneOf("adviser", people), status__in=TAKES_TIME)
    return rows.order_by("starts_at", "pk").values_list("pk", "adviser_id", "starts_at", "ends_at", "channel")


def _busy(_: None, *, people: Parameter, begins: Parameter, ends: Parameter) -> QuerySet[BusyTime, Any]:
    rows = BusyTime.objects.filter(_during(begins, ends), IsOneOf("calendar__user", people))
    return rows.values_list("calendar__user_id", "starts_at", "ends_at")


def _closed(_: None, *, offices: Parameter, first: Parameter, last: Parameter) -> QuerySet[ClosingDay, Any]:
    rows = ClosingDay.objects.filter(IsOneOf("organisation", offices), day__range=(first, last))
    return rows.values_list("organisation_id", "day", "name", "is_open")


def _capped(_: None, *, people: Parameter, offices: Parameter) -> QuerySet[TalkCap, Any]:
    rows = TalkCap.objects.filter(IsOneOf("user", people) | Q(IsOneOf("organisation", offices), user=None))
    return rows.values_list("organisation_id", "user_id", "channel", "most")


# Whoever looks for a time or books one asks all of these, some more than once.
_HOURS = Statement(lambda _, *, people: WorkingHours.objects.filter(IsOneOf("user", people)))
_ABSENCES = Statement(
    lambda _, *, people, begins, ends: StaffAbsence.objects.filter(IsOneOf("user", people)).overlapping(
        Span(begins, ends)
    )
)
_TAKEN, _BUSY, _CLOSED, _CAPPED = Statement(_taken), Statement(_busy), Statement(_closed), Statement(_capped)


def _hours(people: list[int]) -> Mapping[int, Sequence[Hours]]:
    found = defaultdict(list)
    for row in _HOURS.rows(None, people=people):
        found[row.user_id].append(row.as_hours())
    return found


def _absences(people: list[int], days: Span) -> Mapping[int, Sequence[Span]]:
    found = defaultdict(list)
    for row in _ABSENCES.rows(None, people=people, begins=days.starts_at, ends=days.ends_at):
        found[row.user_id].append(row.span)
    return found


def closing_days(office: Organisation, *, first: date, last: date) -> Mapping[date, str | None]:
    """What the office says of days from the first to the last, both included: a name, or None where it is open.

    `closing_name` reads it together with the days on which every office is closed.
    """
    return _closing_days([office.pk], first, last)[office.pk]


def _closing_days(offices: list[int], first: date, last: date) -> Mapping[int, Mapping[date, str | None]]:
    found: dict[int, dict[date, str | None]] = defaultdict(dict)
    for office, day, name, is_open in _CLOSED.rows(None, offices=offices, first=first, last=last):
        found[office][day] = None if is_open else name
    return found


def _caps(people: Mapping[int, User], offices: list[int]) -> Mapping[int, Mapping[Channel | None, int]]:
    """Each one's own cap of a channel, or else that of the office."""
    own: dict[tuple[int | None, int | None], dict[Channel | None, int]] = defaultdict(dict)
    for office, user, channel, most in _CAPPED.rows(None, people=[*people], offices=offices):
        own[office, user][Channel(channel) if channel else None] = most
    return {pk: {**own[one.organisation_id, None], **own[one.organisation_id, pk]} for pk, one in people.items()}


def _elsewhere(people: list[int], days: Span) -> Mapping[int, Sequence[Span]]:
    """When a calendar of their own says that they are busy."""
    found = defaultdict(list)
    for user, starts_at, ends_at in _BUSY.rows(None, people=people, begins=days.starts_at, ends=days.ends_at):
        found[user].append(Span(starts_at, ends_at))
    return found


def _talks(people: list[int], days: Span, instead_of: Meeting | None) -> Mapping[int, Sequence[Talk]]:
    gone, found = instead_of.pk if instead_of else None, defaultdict(list)
    for pk, adviser, starts_at, ends_at, channel in _TAKEN.rows(
        None, people=people, begins=days.starts_at, ends=days.ends_at
    ):
        if pk != gone:
            found[adviser].append(Talk(Span(starts_at, ends_at), Channel(channel)))
    return found


@dataclass(frozen=True)
class ClosedDay:
    """A day on which an office is closed, or says that it is open; without an id it is as for every office."""

    day: date
    name: str
    is_open: bool = False
    public_id: uuid.UUID | None = None


def closed_days(office: Organisation, *, first: date, last: date) -> list[ClosedDay]:
    """The days on which the office is closed or says that it is open, from the first to the last, both included.

    Weekends and holidays are not among them.
    """
    every_day = Period.of_days_inclusive(first, last).each_day()
    usual = {day: name for day in every_day if (name := closing_name(day, {}))}
    found = {day: ClosedDay(day, name) for day, name in usual.items()}
    for said in ClosingDay.objects.filter(organisation=office, day__range=(first, last)):
        found[said.day] = ClosedDay(said.day, said.name, said.is_open, said.public_id)
    return [found[day] for day in sorted(found)]


@dataclass(frozen=True)
class TalkInAbsence:
    """A talk that somebody who is away has, and the colleagues who are free then."""

    meeting: Meeting
    colleagues: Sequence[User]


def talks_in(absence: StaffAbsence, *, seen_by: User, at: datetime) -> list[TalkInAbsence]:
    """The talks that the absence lies over and that have not begun, the first first."""
    span = absence.span
    found = list(
        Meeting.objects.visible_to(seen_by)
        .booked()
        .filter(adviser=absence.user_id, starts_at__gt=at, starts_at__lt=span.ends_at, ends_at__gt=span.starts_at)
        .select_related("case__citizen")
        .order_by("starts_at", "pk")
    )
    if not found:
        return []
    others = list(colleagues(seen_by).exclude(pk=absence.user_id))
    known = availabilities(others, first=found[0].day, last=found[-1].day)

    def is_free(one: User, meeting: Meeting) -> bool:
        span = Span(meeting.starts_at, meeting.ends_at)
        return any(free.holds(span) for free in known[one.pk].free_spans(meeting.day))

    return [TalkInAbsence(one, [other for other in others if is_free(other, one)]) for one in found]


def colleagues(user: User) -> QuerySet[User]:
    """Those who work in the user's own office and hold talks, the user among them."""
    own = User.objects.filter(organisation=user.workplace, is_active=True).exclude(role=Role.ADMINISTRATOR)
    return own.select_related("organisation").order_by("first_name", "last_name", "pk")


def not_over(at: datetime) -> Q:
    """The condition on absences that last still, or are to come."""
    return Q(ends_at=None) | Q(ends_at__gt=at)
