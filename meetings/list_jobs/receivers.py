"""What colleagues hold already, and which booked talks go with a case to its new owner. A reading: nothing is saved."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from cases.models import Case, Organisation, User
from meetings.models import Meeting, StaffAbsence
from meetings.models.meetings import MeetingQuerySet
from meetings.rules.spans import Span
from meetings.rules.spreading import Colleague
from meetings.working_time import queries as working_time


def span_of(meeting: Meeting) -> Span:
    return Span(meeting.starts_at, meeting.ends_at)


def talks_that_follow(cases: Collection[Case], *, at: datetime, office: Organisation) -> Mapping[int, list[Meeting]]:
    """By case the booked talks that go with it: those of whoever has it now, and of people who have left.

    A talk that another colleague holds stays with that one.
    """
    found: defaultdict[int, list[Meeting]] = defaultdict(list)
    owners = {case.pk: case.worker_at(office) for case in cases}
    for talk in _booked(cases, at=at, office=office).select_related("adviser", "organisation").order_by("starts_at"):
        owner = owners[talk.case_id]
        if talk.adviser_id == (owner.pk if owner else None) or not talk.adviser.is_active:
            found[talk.case_id].append(talk)
    return found


def _booked(cases: Collection[Case], *, at: datetime, office: Organisation) -> MeetingQuerySet:
    return Meeting.objects.booked().filter(case__in=cases, organisation=office, starts_at__gt=at)


def colleagues_of(receivers: Sequence[User], spans: Collection[Span], *, today: date) -> list[Colleague]:
    """The receivers with what is known of their time while these talks are held, in their order."""
    first = min((span.day for span in spans), default=today)
    last = max((span.last_day for span in spans), default=today)
    people = User.objects.select_related("organisation").filter(pk__in=[receiver.pk for receiver in receivers])
    known = working_time.availabilities(people, first=first, last=last)
    return [Colleague(receiver.pk, known[receiver.pk]) for receiver in receivers]


def absences_of(receivers: Collection[User], *, at: datetime) -> list[str]:
    """Who among them is away now, in one sentence each."""
    now = Span(at, at + timedelta(minutes=1))
    away = StaffAbsence.objects.filter(user__in=receivers).overlapping(now).select_related("user")
    return [f"{one.user} er fraværende {one.text}." for one in away]
