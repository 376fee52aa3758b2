"""The one reading of free time: for one booking, a page of days, or the advisers of a whole office at once."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from cases.models import Organisation, Role, User
from cases.rules.period import Period
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
    hours, absences = _hours(people), _absences(people, days)
    closing, caps = _closing_days(offices, first, last), _caps(people)
    talks, elsewhere = _talks(people, days, instead_of), _elsewhere(people, days)
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


def _hours(people: Mapping[int, User]) -> Mapping[int, Sequence[Hours]]:
    found = defaultdict(list)
    for row in WorkingHours.objects.filter(user__in=people):
        found[row.user_id].append(row.as_hours())
    return found


def _absences(people: Mapping[int, User], days: Span) -> Mapping[int, Sequence[Span]]:
    found = defaultdict(list)
    for row in StaffAbsence.objects.filter(user__in=people).overlapping(days):
        found[row.user_id].append(row.span)
    return found


def closing_days(office: Organisation, *, first: date, last: date) -> Mapping[date, str | None]:
    """What the office says of days from the first to the last, both included: a name, or None where it is open.

    `closing_name` reads it together with the days on which every office is closed.
    """
    return _closing_days([office.pk], first, last)[office.pk]


def _closing_days(offices: Collection[int], first: date, last: date) -> Mapping[int, Mapping[date, str | None]]:
    found: dict[int, dict[date, str | None]] = defaultdict(dict)
    rows = ClosingDay.objects.filter(organisation__in=offices, day__range=(first, last))
    for office, day, name, is_open in rows.values_list("organisation_id", "day", "name", "is_open"):
        found[office][day] = None if is_open else name
    return found


def _caps(people: Mapping[int, User]) -> Mapping[int, Mapping[Channel | None, int]]:
    """Each one's own cap of a channel, or else that of the office."""
    rows = TalkCap.objects.filter(
        Q(user__in=people) | Q(user=None, organisation__in={one.organisation_id for one in people.values()})
    )
    own: dict[tuple[int | None, int | None], dict[Channel | None, int]] = defaultdict(dict)
    for office, user, channel, most in rows.values_list("organisation_id", "user_id", "channel", "most"):
        own[office, user][Channel(channel) if channel else None] = most
    return {pk: {**own[one.organisation_id, None], **own[one.organisation_id, pk]} for pk, one in people.items()}


def _elsewhere(people: Mapping[int, User], days: Span) -> Mapping[int, Sequence[Span]]:
    """When a calendar of their own says that they are busy."""
    found = defaultdict(list)
    rows = BusyTime.objects.filter(calendar__user__in=people, starts_at__lt=days.ends_at, ends_at__gt=days.starts_at)
    for user, starts_at, ends_at in rows.values_list("calendar__user_id", "starts_at", "ends_at"):
        found[user].append(Span(starts_at, ends_at))
    return found


def _talks(people: Mapping[int, User], days: Span, instead_of: Meeting | None) -> Mapping[int, Sequence[Talk]]:
    found = defaultdict(list)
    rows = Meeting.objects.filter(
        adviser__in=people, status__in=TAKES_TIME, starts_at__lt=days.ends_at, ends_at__gt=days.starts_at
    )
    if instead_of is not None:
        rows = rows.exclude(pk=instead_of.pk)
    for adviser, starts_at, ends_at, channel in rows.order_by("starts_at", "pk").values_list(
        "adviser_id", "starts_at", "ends_at", "channel"
    ):
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
