"""The free times of a group of advisers, and what is put into them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property

from meetings.month_plan.rows import Capacity, Placement, Talk
from meetings.rules.spans import Span, without

#: Talks begin on the quarter.
_QUARTER = timedelta(minutes=15)


def times_in(spans: Iterable[Span], length: timedelta) -> list[Span]:
    """The half-open times of that length that fit into the spans, each from a full quarter of an hour, in order."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: span.starts_at):
        at = _on_the_quarter(max(span.starts_at, found[-1].ends_at) if found else span.starts_at)
        while at + length <= span.ends_at:
            found.append(Span(at, at + length))
            at = _on_the_quarter(at + length)
    return found


def _on_the_quarter(moment: datetime) -> datetime:
    past = timedelta(minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond) % _QUARTER
    return moment + (_QUARTER - past) if past else moment


class DayTimes:
    """The times of one group of advisers that are still free; no citizen is given two talks on one day.

    `met` holds the citizens with the days on which they have a talk, and is filled with those that are put here.
    """

    def __init__(
        self, group: Sequence[int], capacity: Capacity, *, length: timedelta, met: set[tuple[int, date]]
    ) -> None:
        self.group, self.members = list(group), set(group)
        self.kept_open = capacity.kept_open
        self.caps = {place: cap for place, cap in capacity.caps.items() if place[0] in self.members}
        self._most = dict(capacity.most)
        self._spans = {place: list(spans) for place, spans in capacity.free.items() if place[0] in self.members}
        self._length = length
        self._capped = {channel for _, _, channel in self.caps}
        # Which citizens have a talk on which days, also with the other groups.
        self._met = met

    @cached_property
    def free(self) -> dict[tuple[int, date], list[Span]]:
        """The times of each adviser's day, once what was told is put in its place."""
        cut = ((place, times_in(spans, self._length)) for place, spans in sorted(self._spans.items()))
        limited = ((place, times[: self._most.get(place)]) for place, times in cut)
        return {place: times for place, times in limited if times}

    @cached_property
    def days(self) -> list[date]:
        """The days on which anybody has a free time, in order."""
        return sorted({day for _, day in self.free})

    def caps_of(self, adviser: int, day: date) -> list[tuple[tuple[int, date, str], int]]:
        """The caps of the adviser's day, by channel."""
        return [(place, cap) for place, cap in self.caps.items() if place[:2] == (adviser, day)]

    def channel_of(self, talk: Talk) -> str:
        """The channel of the talk, where anybody's talks of it are counted."""
        return talk.channel if talk.channel in self._capped else ""

    def put_as_told(self, talk: Talk) -> Placement | None:
        """Put the talk at the time that the citizen was told, with whoever is free then; before all others are put."""
        told = talk.told
        if told is None:
            return None
        for adviser in self.group:
            spans = self._spans.get((adviser, told.day), ())
            is_free = self._most.get((adviser, told.day), 1) > 0 and any(span.holds(told) for span in spans)
            if is_free and self._has_room(talk, adviser, told.day):
                self._spans[adviser, told.day] = without(spans, [told])
                if (adviser, told.day) in self._most:
                    self._most[adviser, told.day] -= 1
                return self._put(talk, adviser, told)
        return None

    def put(self, talk: Talk, adviser: int, day: date) -> Placement | None:
        """Put the talk at the adviser's next free time of the day; None when there is none."""
        times = self.free.get((adviser, day))
        if not times or not talk.can_be_on(day) or not self._has_room(talk, adviser, day):
            return None
        return self._put(talk, adviser, times.pop(0))

    def _has_room(self, talk: Talk, adviser: int, day: date) -> bool:
        return self.caps.get((adviser, day, talk.channel), 1) > 0 and (talk.citizen, day) not in self._met

    def _put(self, talk: Talk, adviser: int, span: Span) -> Placement:
        placement = Placement(talk, adviser, span)
        self._met.add((talk.citizen, placement.day))
        if (place := (adviser, placement.day, talk.channel)) in self.caps:
            self.caps[place] -= 1
        return placement
