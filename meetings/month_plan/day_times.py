"""The free times of a group of advisers, and what is put into them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from meetings.month_plan.rows import Capacity, Placement, Span, Talk

#: Talks begin on the quarter.
_QUARTER = timedelta(minutes=15)


def times_in(spans: Iterable[Span], length: timedelta) -> list[Span]:
    """The times of that length that fit into the spans, one after the other."""
    found: list[Span] = []
    for starts_at, ends_at in sorted(spans):
        at = _on_the_quarter(max(starts_at, found[-1].ends_at) if found else starts_at)
        while at + length <= ends_at:
            found.append(Span(at, at + length))
            at = _on_the_quarter(at + length)
    return found


def _on_the_quarter(moment: datetime) -> datetime:
    past = timedelta(minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond) % _QUARTER
    return moment + (_QUARTER - past) if past else moment


class DayTimes:
    """The times of one group that are still free. A citizen meets somebody once a day."""

    def __init__(
        self,
        group: Sequence[int],
        times: Mapping[tuple[int, date], list[Span]],
        capacity: Capacity,
        met: set[tuple[int, date]],
    ) -> None:
        self.group, self.members = list(group), set(group)
        self.kept_open = capacity.kept_open
        self.free = {place: list(spans) for place, spans in times.items() if place[0] in self.members and spans}
        self.days = sorted({day for _, day in self.free})
        self.caps = {place: cap for place, cap in capacity.caps.items() if place[0] in self.members}
        self._capped = {channel for _, _, channel in self.caps}
        # Which citizens have a talk on which days, also with the other groups.
        self._met = met

    def caps_of(self, adviser: int, day: date) -> list[tuple[tuple[int, date, str], int]]:
        """The caps of the adviser's day, by channel."""
        return [(place, cap) for place, cap in self.caps.items() if place[:2] == (adviser, day)]

    def channel_of(self, talk: Talk) -> str:
        """The channel of the talk, where anybody's talks of it are counted."""
        return talk.channel if talk.channel in self._capped else ""

    def put(self, talk: Talk, adviser: int, day: date) -> Placement | None:
        """The talk at the adviser's next time of the day; None when there is none that it can have."""
        free = self.free.get((adviser, day))
        return self._put(talk, adviser, day, free[0]) if free and self._may(talk, adviser, day) else None

    def put_as_told(self, talk: Talk, adviser: int, day: date) -> Placement | None:
        """The talk at the time that the citizen was told; None when the adviser has no such time."""
        is_free = talk.told is not None and talk.told in self.free.get((adviser, day), ())
        return self._put(talk, adviser, day, talk.told) if is_free and self._may(talk, adviser, day) else None

    def _may(self, talk: Talk, adviser: int, day: date) -> bool:
        has_room = self.caps.get((adviser, day, talk.channel), 1) > 0
        return has_room and talk.can_be_on(day) and (talk.citizen, day) not in self._met

    def _put(self, talk: Talk, adviser: int, day: date, span: Span | None) -> Placement:
        assert span is not None
        self.free[adviser, day].remove(span)
        self._met.add((talk.citizen, day))
        if (adviser, day, talk.channel) in self.caps:
            self.caps[adviser, day, talk.channel] -= 1
        return Placement(talk, adviser, day, span)
