"""Reads the busy times out of a calendar: when, and nothing of what."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import recurring_ical_events  # type: ignore[import-untyped]  # brings no types
from icalendar import Calendar

from cases.rules.refusal import Refused
from meetings.calendar_links.limit import TookTooLong, at_most
from meetings.rules.spans import COPENHAGEN, Span

#: What the two packages raise on what is not as it should be.
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
#: So many busy times of three months are read; whoever has more has shared something else than a calendar.
MOST = 2000
#: So much of the processor's time one calendar takes; a large one of many years takes one second.
SECONDS = 5
#: What repeats more often than each hour is no appointment, and would take for ever to count out.
_TOO_OFTEN = ("SECONDLY", "MINUTELY")


class NotReadable(Refused):
    """What the address gives is no calendar that can be read."""

    field = "address"


def busy_spans(calendars: Sequence[bytes], *, first: datetime, last: datetime) -> list[Span]:
    """When the calendars of one person are busy between two moments. Raises NotReadable with one Danish sentence."""
    try:
        with at_most(SECONDS):
            read = (span for data in calendars for span in _read(data, first=first, last=last))
            found = list(islice(read, MOST + 1))
    except TookTooLong:
        raise NotReadable("Kalenderen tager for lang tid at læse. Del en mindre kalender.") from None
    if len(found) > MOST:
        raise NotReadable(f"Kalenderen har over {MOST} aftaler på tre måneder og læses ikke. Del en mindre kalender.")
    return found


def _read(data: bytes, *, first: datetime, last: datetime) -> list[Span]:
    try:
        calendar = Calendar.from_ical(data)
    except _BROKEN:
        raise NotReadable("Adressen giver ikke en kalender. Kopiér adressen på kalenderens ICS-fil.") from None
    try:
        _require_known(calendar.walk("VEVENT"))
        return list(islice(_spans(calendar, first=first, last=last), MOST + 1))
    except _BROKEN:
        raise NotReadable("Kalenderen har en aftale, der ikke kan læses. Ret den i kalenderen.") from None


def _is_busy(event: Any) -> bool:
    return str(event.get("TRANSP", "")).upper() != "TRANSPARENT" and str(event.get("STATUS", "")).upper() != "CANCELLED"


def _require_known(events: Iterable[Any]) -> None:
    """Raises NotReadable for a zone that nobody knows, an end before the beginning, or what repeats at once."""
    for event in events:
        begins = event.get("DTSTART")
        zone = begins.params.get("TZID") if begins is not None else None
        if zone and isinstance(begins.dt, datetime) and begins.dt.tzinfo is None:
            raise NotReadable(f"Kalenderen bruger tidszonen »{zone[:60]}«, som ikke findes. Ret den i kalenderen.")
        ends = event.get("DTEND")
        if begins is not None and ends is not None and ends.dt < begins.dt:
            raise NotReadable("Kalenderen har en aftale, der slutter, før den begynder. Ret den i kalenderen.")
        rule = event.get("RRULE")
        rules = rule if isinstance(rule, list) else [rule] if rule else []
        if any(str(each).upper() in _TOO_OFTEN for one in rules for each in one.get("FREQ", [])):
            raise NotReadable("Kalenderen har en aftale, der gentages hvert minut eller oftere. Ret den i kalenderen.")


def _spans(calendar: Any, *, first: datetime, last: datetime) -> Iterator[Span]:
    # Asked for at once: `after` counts what repeats from its beginning again for each day.
    for event in recurring_ical_events.of(calendar).between(first, last):
        span = Span(_moment(event.start), _moment(event.end))
        if _is_busy(event) and span.starts_at < span.ends_at:
            yield span


def _moment(value: date | datetime) -> datetime:
    """A moment, also of a whole day and of a time without a zone, which are Denmark's."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=COPENHAGEN)
    elif value.tzinfo is None:
        value = value.replace(tzinfo=COPENHAGEN)
    return value.astimezone(UTC)
