"""What colleagues hold already, and which booked talks go with a case to its new owner. A reading: nothing is saved."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from cases.models import Case, Organisation, User
from meetings.models import ListJob, Meeting
from meetings.rules.spans import Span
from meetings.rules.spreading import Colleague
from meetings.working_time import queries as working_time


def span_of(meeting: Meeting) -> Span:
    """The half-open time that the meeting takes."""
    return Span(meeting.starts_at, meeting.ends_at)


def receivers_of(job: ListJob) -> list[User]:
    """The colleagues that were chosen to share the cases."""
    people = User.objects.filter(public_id__in=job.terms["receivers"], organisation=job.organisation_id)
    return list(people.select_related("organisation").order_by("first_name", "last_name", "pk"))


def talks_that_follow(cases: Collection[Case], *, at: datetime, office: Organisation) -> Mapping[int, list[Meeting]]:
    """By case the booked talks that go with it: those of whoever has it now, and of people who have left.

    A talk that another colleague holds stays with that one.
    """
    owners = {case.pk: case.worker_at(office) for case in cases}
    return {
        case: [talk for talk in talks if talk.adviser == owners[case] or not talk.adviser.works_at(office.pk)]
        for case, talks in talks_of(cases, at=at, office=office).items()
    }


def talks_of(cases: Collection[Case], *, at: datetime, office: Organisation) -> Mapping[int, list[Meeting]]:
    """By case what the office has booked from now on, the nearest first."""
    booked = Meeting.objects.booked().filter(case__in=cases, organisation=office, starts_at__gt=at)
    found: defaultdict[int, list[Meeting]] = defaultdict(list)
    for talk in booked.select_related("adviser", "organisation").order_by("starts_at", "pk"):
        found[talk.case_id].append(talk)
    return found


def colleagues_of(receivers: Sequence[User], spans: Collection[Span], *, today: date) -> list[Colleague]:
    """The receivers with what is known of their time while these talks are held, in their order."""
    first = min((span.day for span in spans), default=today)
    last = max((span.last_day for span in spans), default=today)
    known = working_time.availabilities(receivers, first=first, last=last)
    return [Colleague(receiver.pk, known[receiver.pk]) for receiver in receivers]
