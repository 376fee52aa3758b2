"""Gives the talks of a month their times, so that as few as possible come after their deadline.

Plain values in, plain values out: no database, no clock. A flow decides the day and the adviser of each talk, and the
times of a day are handed out in the order of the deadlines.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from meetings.month_plan.day_times import DayTimes
from meetings.month_plan.flowing import Flowing
from meetings.month_plan.rows import Capacity, Placement, Plan, Talk

#: So many advisers are planned at once; a larger group is divided, since the time it takes grows faster than it does.
_AT_ONCE = 24


def plan(talks: Iterable[Talk], capacity: Capacity, *, length: timedelta, is_soonest: bool = False) -> Plan:
    """Place the talks; the same talks and times give the same plan.

    Where the soonest time is wanted each takes its owner's first, in the order of the deadlines, and nobody helps.
    """
    place = _soonest if is_soonest else _placed
    ordered = sorted(talks, key=lambda talk: talk.order)
    met: set[tuple[int, date]] = set()
    placed = [
        one
        for group, own in _shared_out(ordered, capacity.groups)
        for one in _in_order(place(own, DayTimes(group, capacity, length=length, met=met)))
    ]
    have = {one.talk.key for one in placed}
    left = [talk for talk in ordered if talk.key not in have]
    return Plan(sorted(placed, key=lambda one: one.talk.order), left)


def missing_by_week(of: Plan, *, first: date, length: timedelta) -> dict[tuple[int, int], timedelta]:
    """How much time lacks for the talks that nobody has time for by their deadline, by (ISO year, ISO week).

    A week that lacks none is left out. For what is overdue on the plan's `first` day, time lacks only if it is not
    held in the week of that day.
    """
    missing: defaultdict[tuple[int, int], timedelta] = defaultdict(timedelta)
    for talk in (*(one.talk for one in of.placed if _lacks_time(one, first)), *of.left):
        week = max(talk.due, first).isocalendar()
        missing[week.year, week.week] += length
    return dict(sorted(missing.items()))


def _lacks_time(one: Placement, first: date) -> bool:
    if one.talk.due < first:
        return one.day.isocalendar()[:2] > first.isocalendar()[:2]
    return one.is_late


def _shared_out(
    talks: Sequence[Talk], groups: Sequence[Sequence[int]]
) -> Iterator[tuple[Sequence[int], Sequence[Talk]]]:
    """Each group, divided where it is large, with the talks of its advisers."""
    parts = [group[start : start + _AT_ONCE] for group in groups for start in range(0, len(group), _AT_ONCE)]
    part_of = {adviser: number for number, part in enumerate(parts) for adviser in part}
    own: defaultdict[int, list[Talk]] = defaultdict(list)
    for talk in talks:
        own[0 if talk.owner is None else part_of.get(talk.owner, 0)].append(talk)
    for number, part in enumerate(parts):
        yield part, own[number]


def _placed(talks: Sequence[Talk], times: DayTimes) -> list[Placement]:
    placed = [one for talk in talks if (one := times.put_as_told(talk)) is not None]
    rest = _without(talks, placed)
    for talk, adviser, day in Flowing(rest, times).assigned():
        if (one := times.put(talk, adviser, day)) is not None:
            placed.append(one)
    # Two talks of one citizen may have met on one day: the second looks for another.
    found = (_first_free(talk, times) for talk in _without(rest, placed))
    return [*placed, *(one for one in found if one is not None)]


def _in_order(placed: Iterable[Placement]) -> Iterator[Placement]:
    """Exchange times so that of two talks of one citizen the nearer deadline has the earlier, as a booking counts them.

    A booked talk counts for the citizen's nearest deadline, whichever of the two it was meant for.
    """
    alike: defaultdict[tuple[int, str, bool], list[Placement]] = defaultdict(list)
    for one in placed:
        alike[one.talk.citizen, one.talk.channel, one.talk.told is None].append(one)
    for (*_, is_new), group in alike.items():
        talks = sorted((one.talk for one in group), key=lambda talk: talk.order)
        times = sorted(group, key=lambda one: one.span.starts_at)
        turned = [Placement(talk, one.adviser, one.span) for talk, one in zip(talks, times, strict=True)]
        yield from turned if is_new and all(one.talk.can_be_on(one.day) for one in turned) else group


def _soonest(talks: Sequence[Talk], times: DayTimes) -> list[Placement]:
    found = (_first_free(talk, times) for talk in talks if talk.owner in times.members)
    return [one for one in found if one is not None]


def _without(talks: Sequence[Talk], placed: Iterable[Placement]) -> list[Talk]:
    have = {one.talk.key for one in placed}
    return [talk for talk in talks if talk.key not in have]


def _first_free(talk: Talk, times: DayTimes) -> Placement | None:
    own_first = sorted(times.group, key=lambda adviser: adviser != talk.owner)
    # In time with anybody rather than late with one's own.
    for days in ([day for day in times.days if day <= talk.due], [day for day in times.days if day > talk.due]):
        tried = (times.put(talk, adviser, day) for day in days for adviser in own_first)
        if (one := next((one for one in tried if one is not None), None)) is not None:
            return one
    return None
