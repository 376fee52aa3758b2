"""When somebody can hold talks: working hours, absences, closing days, a cap of talks a day, and what else is busy.

A person may decide against each of these, so that they warn; a suggestion never lies outside them. That a citizen or
an adviser has another talk is no matter of availability: nobody is in two talks at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import NamedTuple

from cases.rules.wording import WEEKDAYS, counted, day_text, listed
from cases.rules.workdays import closed_day
from meetings.rules.kinds import Channel
from meetings.rules.spans import FOREVER, ONE_DAY, Span, without

#: The days on which every office is closed, unless it says that it is open: month and day, with the name.
USUALLY_CLOSED = {(12, 24): "juleaften", (12, 31): "nytårsaftensdag"}
#: The days on which an adviser without hours of his own works: Monday to Friday.
WORKING_WEEKDAYS = range(5)


class Hours(NamedTuple):
    """A stretch of a weekday in which somebody works; Monday is 0."""

    weekday: int
    begins: time
    ends: time

    @property
    def text(self) -> str:
        """09.00-12.00"""
        return f"{self.begins:%H.%M}-{self.ends:%H.%M}"


class Talk(NamedTuple):
    """A talk that is booked or held, as far as it takes time."""

    span: Span
    channel: Channel


@dataclass(frozen=True)
class Availability:
    """All that is known of one adviser's time on some days; outside of them it says nothing of what is taken."""

    name: str
    opens: time
    closes: time
    #: The adviser's own; without any the adviser works when the office is open.
    own_hours: Sequence[Hours] = ()
    absences: Sequence[Span] = ()
    #: What the office says of single days: the name of what closes it, or None where it is open all the same.
    closing_days: Mapping[date, str | None] = field(default_factory=dict)
    #: How many talks a day at most: by one channel, or under None by all of them together.
    caps: Mapping[Channel | None, int] = field(default_factory=dict)
    talks: Sequence[Talk] = ()
    #: Busy in a calendar of the adviser's own, and no more is known of it.
    elsewhere: Sequence[Span] = ()

    def hours_on(self, day: date) -> list[Hours]:
        """When the adviser works that day of the week."""
        if not self.own_hours:
            return [Hours(day.weekday(), self.opens, self.closes)]
        return sorted(hours for hours in self.own_hours if hours.weekday == day.weekday())

    def closed(self, day: date) -> str | None:
        """The name of what closes the office that day, beside weekends and holidays; None where it is open."""
        return closing_name(day, self.closing_days)

    def open_spans(self, day: date) -> list[Span]:
        """When the adviser is there that day, whatever is booked."""
        if closed_day(day) or self.closed(day):
            return []
        there = [Span.on(day, hours.begins, hours.ends) for hours in self.hours_on(day)]
        return without(there, self.absences)

    def free_spans(self, day: date) -> list[Span]:
        """When a talk can begin and end that day; nothing where the cap of all talks is reached."""
        if self.room(day, None) == 0:
            return []
        return without(self.open_spans(day), [*(talk.span for talk in self.talks), *self.elsewhere])

    def room(self, day: date, channel: Channel | None) -> int | None:
        """How many talks the cap of the channel (None: of all talks together) still leaves that day; None without one.

        Ask twice for a talk by a channel: its own cap, and that of all talks.
        """
        if channel not in self.caps:
            return None
        taken = sum(talk.span.day == day and channel in (None, talk.channel) for talk in self.talks)
        return max(self.caps[channel] - taken, 0)

    def is_capped(self, day: date) -> bool:
        """Whether any cap is reached that day: such a day is not suggested, whatever the channel will be."""
        return any(self.room(day, channel) == 0 for channel in self.caps)

    def against(self, span: Span) -> list[str]:
        """What speaks against a talk then, each in one sentence; the cap of its channel is asked with `over_cap`.

        Weekends and holidays are for the law's own check to name.
        """
        found = (
            self._outside_hours(span),
            f"{self.name} er optaget i sin egen kalender i det tidsrum."
            if any(one.overlaps(span) for one in self.elsewhere)
            else None,
            self.over_cap(span.day, None),
        )
        return [*self.away(span), *(text for text in found if text)]

    def away(self, span: Span) -> list[str]:
        """That nobody should have been there then: the office is closed, or the adviser is absent."""
        name = self.closed(span.day)
        absence = next((one for one in self.absences if one.overlaps(span)), None)
        found = (
            f"Kontoret har lukket den {day_text(span.day)} ({name})." if name else None,
            f"{self.name} er fraværende {absence_text(absence)}." if absence else None,
        )
        return [text for text in found if text]

    def _outside_hours(self, span: Span) -> str | None:
        day, hours = span.day, self.hours_on(span.day)
        if any(Span.on(day, one.begins, one.ends).holds(span) for one in hours):
            return None
        if not self.own_hours:
            return f"Tiden ligger uden for åbningstiden {hours[0].text}."
        if not hours:
            return None if closed_day(day) else f"{self.name} arbejder ikke om {WEEKDAYS[day.weekday()]}en."
        times = listed(one.text for one in hours)
        return f"Tiden ligger uden for arbejdstiden om {WEEKDAYS[day.weekday()]}en: {times}."

    def over_cap(self, day: date, channel: Channel | None) -> str | None:
        """That the cap of the channel (None: of all talks together) is reached that day."""
        if self.room(day, channel) != 0:
            return None
        talks = counted(self.caps[channel], "samtale", "samtaler")
        how = f" ({channel.label})" if channel else ""
        return f"{self.name} har nået loftet på {talks} om dagen{how} den {day_text(day)}."


def closing_name(day: date, said: Mapping[date, str | None]) -> str | None:
    """What closes an office on a day, by what it says itself, or else as every office; None where it is open."""
    return said[day] if day in said else USUALLY_CLOSED.get((day.month, day.day))


def absence_text(span: Span) -> str:
    """When an absence is, in words: its day, its times of one day, its first and last day, or from a day on."""
    if not _is_whole_days(span):
        return span.text
    if span.ends_at == FOREVER:
        return f"fra den {day_text(span.day)} og indtil videre"
    last = span.last_day - ONE_DAY
    if last == span.day:
        return f"den {day_text(span.day)}"
    return f"fra den {day_text(span.day)} til og med den {day_text(last)}"


def _is_whole_days(span: Span) -> bool:
    return span.ends_at == FOREVER or span == Span.of_days(span.day, span.last_day - ONE_DAY)
