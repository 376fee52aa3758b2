"""How much time is left for talks: the working hours without absences, closing days and what is booked."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from cases.models import User
from cases.rules.period import Period
from meetings.rules.availability import Availability
from meetings.rules.spans import Span
from meetings.working_time import queries as working_time_queries

#: What a talk takes where nobody says otherwise.
TALK = timedelta(minutes=30)
#: By adviser and day.
FreeTime = Mapping[int, Mapping[date, list[Span]]]


def by_day(advisers: Collection[User], *, days: Period) -> FreeTime:
    """The free spans of each adviser on each day of a period that has an end, as suggestions are made of them.

    As many queries for a whole office and many weeks as for one adviser's day.
    """
    first, last = days.first_and_last
    known = working_time_queries.availabilities(advisers, first=first, last=last)
    return {pk: dict(_free(one, days)) for pk, one in known.items()}


def _free(one: Availability, days: Period) -> Iterator[tuple[date, list[Span]]]:
    # Each day is asked with its own talks only: twelve weeks of an office have thousands of them.
    talks = defaultdict(list)
    for talk in one.talks:
        talks[talk.span.day].append(talk)
    without = replace(one, talks=())
    for day in days.each_day():
        yield day, (replace(one, talks=talks[day]) if day in talks else without).free_spans(day)


def room_by_week(free: FreeTime) -> Mapping[date, int]:
    """How many talks of half an hour the free spans have room for, by the Monday of each week."""
    room: Counter[date] = Counter()
    for days in free.values():
        for day, spans in days.items():
            room[day - timedelta(days=day.weekday())] += sum((span.ends_at - span.starts_at) // TALK for span in spans)
    return room


def until(free: FreeTime, end: date) -> dict[int, timedelta]:
    """How much time each adviser has free before that day, the day itself not among it."""
    return {
        pk: sum(
            (span.ends_at - span.starts_at for day, spans in days.items() if day < end for span in spans), timedelta()
        )
        for pk, days in free.items()
    }
