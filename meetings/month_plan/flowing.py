"""Which talk is held on which day and by whom, as the cheapest flow through a network.

A talk flows to its owner's desk on one of the days up to its deadline, or into the owner's queue of late ones, which
moves on a day at a time. From the desk of a day it flows to the owner's times of that day, or at a price to the
colleagues'. Talks wait in line together, so that the network stays small: who goes from where is decided afterwards.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from meetings.month_plan.day_times import DayTimes
from meetings.month_plan.network import Network, Node
from meetings.month_plan.rows import Talk

# What a flow pays, in no unit. A talk without a time costs most; then one that is late, and each day that it is; then
# a time that is better kept open; then a colleague; and least a day that is fuller than another.
_NO_TIME = 1_000_000
_LATE = 10_000
_DAY_LATE = 100
_KEPT_OPEN = 1_000
_COLLEAGUE = 40
#: So many talks of a day cost the same, before the next ones cost more.
_EVEN = 2

_SINK = "sink"
#: The desk of those whom nobody has.
_NOBODY = -1

#: An owner and a channel: whose talks wait in the same lines.
Line = tuple[int, str]


class Flowing:
    """The network of one group of advisers and its cheapest flow."""

    def __init__(self, talks: Sequence[Talk], times: DayTimes) -> None:
        self._talks, self._times = talks, times
        self._network = Network(_SINK)
        # Which arcs say who goes where.
        self._to_desk: list[tuple[int, Line, date, Talk]] = []
        self._to_queue: defaultdict[Line, list[tuple[int, date, Talk]]] = defaultdict(list)
        self._off_queue: dict[tuple[Line, date], int] = {}
        self._to_own: dict[tuple[Line, date], int] = {}
        self._to_shared: dict[tuple[str, date], list[tuple[int, int]]] = {}
        for talk in talks:
            self._add_talk(talk)
        lines = sorted({self._line(talk) for talk in talks})
        for line in lines:
            self._add_line(line)
        for channel in sorted({channel for _, channel in lines}):
            self._add_shared(channel)
        for adviser, day in times.free:
            self._add_times(adviser, day)
        self._flow = self._network.cheapest()

    def assigned(self) -> Iterator[tuple[Talk, int, date]]:
        """Each talk that has a time with its adviser and day."""
        shared: defaultdict[tuple[str, date], list[Talk]] = defaultdict(list)
        for (line, day), unordered in sorted(self._on_desks().items()):
            owner, channel = line
            talks = sorted(unordered, key=lambda talk: talk.order)
            own = self._flow[self._to_own[line, day]] if (line, day) in self._to_own else 0
            yield from ((talk, owner, day) for talk in talks[:own])
            shared[channel, day] += talks[own:]
        for (channel, day), talks in sorted(shared.items()):
            rest = iter(talks)
            for adviser, arc in self._to_shared[channel, day]:
                for _ in range(self._flow[arc]):
                    yield next(rest), adviser, day

    def _line(self, talk: Talk) -> Line:
        owner = talk.owner if talk.owner in self._times.members and talk.owner is not None else _NOBODY
        return (owner, self._times.channel_of(talk))

    # The network

    def _add_talk(self, talk: Talk) -> None:
        node, line, days = ("talk", talk.key), self._line(talk), self._times.days
        self._network.begin(node)
        self._network.arc(node, _SINK, room=1, price=_NO_TIME)
        late = [day for day in days if day > talk.due and day >= talk.first]
        can_wait = bool(late) and not talk.not_on and talk.last >= days[-1]
        for day in days:
            if talk.can_be_on(day) and (day <= talk.due or not can_wait):
                price = 0 if day <= talk.due else _LATE + _DAY_LATE * late.index(day)
                arc = self._network.arc(node, ("desk", line, day), room=1, price=price)
                self._to_desk.append((arc, line, day, talk))
        if can_wait:
            arc = self._network.arc(node, ("late", line, late[0]), room=1, price=_LATE)
            self._to_queue[line].append((arc, late[0], talk))

    def _add_line(self, line: Line) -> None:
        owner, channel = line
        everybody, days = len(self._talks), self._times.days
        for day, following in zip(days, [*days, None][1:], strict=True):
            late, desk = ("late", line, day), ("desk", line, day)
            self._off_queue[line, day] = self._network.arc(late, desk, room=everybody)
            if following is None:
                self._network.arc(late, _SINK, room=everybody, price=_NO_TIME)
            else:
                self._network.arc(late, ("late", line, following), room=everybody, price=_DAY_LATE)
            if (owner, day) in self._times.free:
                self._to_own[line, day] = self._network.arc(desk, self._seat(owner, day, channel), room=everybody)
            price = 0 if owner == _NOBODY else _COLLEAGUE
            self._network.arc(desk, ("shared", channel, day), room=everybody, price=price)

    def _add_shared(self, channel: str) -> None:
        for day in self._times.days:
            having = [adviser for adviser in self._times.group if (adviser, day) in self._times.free]
            self._to_shared[channel, day] = [
                (adviser, self._network.arc(("shared", channel, day), self._seat(adviser, day, channel), room=room))
                for adviser in having
                if (room := len(self._times.free[adviser, day]))
            ]

    def _add_times(self, adviser: int, day: date) -> None:
        number, times = len(self._times.free[adviser, day]), ("times", adviser, day)
        for (_, _, channel), cap in self._times.caps_of(adviser, day):
            self._network.arc(self._seat(adviser, day, channel), times, room=cap)
        kept_open = min(number, self._times.kept_open)
        for taken in range(0, number - kept_open, _EVEN):
            room = min(_EVEN, number - kept_open - taken)
            self._network.arc(times, _SINK, room=room, price=taken // _EVEN)
        if kept_open:
            self._network.arc(times, _SINK, room=kept_open, price=_KEPT_OPEN)

    def _seat(self, adviser: int, day: date, channel: str) -> Node:
        """Where talks of the channel go: past what counts them, if somebody does."""
        is_counted = (adviser, day, channel) in self._times.caps
        return ("seat", adviser, day, channel) if is_counted else ("times", adviser, day)

    # Its flow

    def _on_desks(self) -> dict[tuple[Line, date], list[Talk]]:
        found: defaultdict[tuple[Line, date], list[Talk]] = defaultdict(list)
        for arc, line, day, talk in self._to_desk:
            if self._flow[arc]:
                found[line, day].append(talk)
        for line, entries in self._to_queue.items():
            queue = [(since, talk) for arc, since, talk in entries if self._flow[arc]]
            for day in self._times.days:
                ready = [one for one in queue if one[0] <= day][: self._flow[self._off_queue[line, day]]]
                found[line, day] += [talk for _, talk in ready]
                queue = [one for one in queue if one not in ready]
        return found
