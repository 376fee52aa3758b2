"""Where the marks of a case's timeline stand. Plain geometry: no Django, no clock.

Across is in percent of the drawing, so that it can be stretched without making its text
smaller; down is in pixels. Every number is written with a point, whatever the language.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cases.rules.labelled import Labelled

MARGIN = 1.5
# Labels are packed for the narrowest screen that shows the drawing; on a wider one there is only more room.
NARROWEST = 690
CHARACTER = 7.0
LANE = 36
NOTE_LANE = 17
BAND = 16
LONGEST_LABEL = 24
MONTHS = ("jan.", "feb.", "mar.", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec.")
PARTIES = {"fund": "A-kasse", "municipality": "Jobcenter", "both": "Begge"}


class Kind(Labelled):
    PAST = "past", "Tidligere"
    UNREGISTERED = "unregistered", "Mangler udfald"
    NEXT = "next", "Kommende"
    DEADLINE = "deadline", "Frist"
    PAUSE = "pause", "Pause"
    PHASE = "phase", "Ansvar"
    WINDOW = "window", "Periode"


@dataclass(frozen=True)
class Mark:
    """One moment or span of the drawing, and its line in the list beneath."""

    label: str
    short: str
    day: date
    last_day: date | None
    kind: str
    kind_label: str
    party: str
    party_label: str
    url: str
    x: str
    width: str
    text_y: str
    date_y: str
    stem_y: str
    anchor: str


@dataclass(frozen=True)
class Note:
    """A few words under the band: a month, who holds the course, a pause, today."""

    x: str
    y: str
    label: str
    kind: str
    anchor: str


@dataclass(frozen=True)
class Timeline:
    height: str
    band_y: str
    band_middle: str
    band_end: str
    today_x: str
    today_y: str
    today_end: str
    points: tuple[Mark, ...]
    bars: tuple[Mark, ...]
    listed: tuple[Mark, ...]
    months: tuple[Note, ...]
    notes: tuple[Note, ...]
    description: str


def draw(events: Iterable[Mapping[str, Any]], *, start: date, end: date, today: date) -> Timeline:
    """Place the events, which are dicts of date, label, kind, and perhaps end, party and url."""
    rows = sorted(events, key=lambda event: event["date"])
    first = min([start, *(row["date"] for row in rows)])
    last = max([end, *(row.get("end") or row["date"] for row in rows)])
    days = max((last - first).days, 1)

    def across(day: date) -> float:
        share: float = (day - first).days / days
        return MARGIN + (100 - 2 * MARGIN) * share

    spans = [row for row in rows if Kind(row["kind"]) in (Kind.PAUSE, Kind.PHASE, Kind.WINDOW)]
    moments = [row for row in rows if row not in spans]
    lanes, placed = _pack([(across(row["date"]), _shorten(row["label"])) for row in moments], centred=True)
    band_y = 10 + lanes * LANE
    points = []
    for row, (lane, anchor) in zip(moments, placed, strict=True):
        text_y = band_y - 26 - lane * LANE
        points.append(_mark(row, x=across(row["date"]), text_y=text_y, anchor=anchor))
    bars = [_mark(row, x=across(row["date"]), until=across(row.get("end") or last)) for row in spans]
    # The bars of a pause lie over those of who holds the course.
    bars.sort(key=lambda mark: mark.kind != Kind.PHASE)

    month_y = band_y + BAND + 17
    months = [Note(_percent(across(day)), _px(month_y), _month(day), "month", "start") for day in _months(first, last)]
    # A window is named by the deadline at its end.
    said = [(across(row["date"]), _bar_note(row), str(row["kind"])) for row in spans if row["kind"] != Kind.WINDOW]
    today_x = ""
    if first <= today <= last:
        today_x = _percent(across(today))
        said.append((across(today), "I dag", "today"))
    said.sort()
    note_lanes, note_places = _pack([(x, label) for x, label, _ in said], centred=False)
    notes = [
        Note(_percent(x), _px(month_y + (lane + 1) * NOTE_LANE), label, kind, anchor)
        for (x, label, kind), (lane, anchor) in zip(said, note_places, strict=True)
    ]
    today_end = next((note.y for note in notes if note.kind == "today"), _px(month_y))
    return Timeline(
        height=_px(month_y + note_lanes * NOTE_LANE + 6),
        band_y=_px(band_y),
        band_middle=_px(band_y + BAND / 2),
        band_end=_px(band_y + BAND),
        today_x=today_x,
        today_y=_px(band_y - 12),
        today_end=today_end,
        points=tuple(points),
        bars=tuple(bars),
        listed=tuple(sorted([*points, *bars], key=lambda mark: mark.day)),
        months=tuple(months),
        notes=tuple(notes),
        description=_describe(points),
    )


def _mark(row: Mapping[str, Any], *, x: float, until: float = 0, text_y: float = 0, anchor: str = "start") -> Mark:
    kind = Kind(row["kind"])
    party = row.get("party") or ""
    return Mark(
        label=row["label"],
        short=_shorten(row["label"]),
        day=row["date"],
        last_day=row["end"] - timedelta(days=1) if row.get("end") else None,
        kind=str(kind),
        kind_label=kind.label,
        party=party,
        party_label=PARTIES.get(party, ""),
        url=row.get("url") or "",
        x=_percent(x),
        width=_percent(max(until - x, 0.4)),
        text_y=_px(text_y),
        date_y=_px(text_y + 15),
        stem_y=_px(text_y + 19),
        anchor=anchor,
    )


def _bar_note(row: Mapping[str, Any]) -> str:
    return PARTIES.get(row.get("party") or "", "") or _shorten(row["label"])


def _pack(labels: Sequence[tuple[float, str]], *, centred: bool) -> tuple[int, list[tuple[int, str]]]:
    """Give each label the nearest lane where it touches no other, and the side it hangs from its mark."""
    taken: list[float] = []
    placed = []
    for percent, label in labels:
        x = percent / 100 * NARROWEST
        width = (max(len(label), len("00-00-0000")) if centred else len(label)) * CHARACTER + 12
        if x + (width / 2 if centred else width) > NARROWEST:
            anchor, left = "end", x - width
        elif centred and x > width / 2:
            anchor, left = "middle", x - width / 2
        else:
            anchor, left = "start", x
        lane = next((n for n, right in enumerate(taken) if right <= left), len(taken))
        taken[lane : lane + 1] = [left + width]
        placed.append((lane, anchor))
    return len(taken), placed


def _months(first: date, last: date) -> list[date]:
    """The first days of months to name under the band: at most a dozen, none where the name would stick out."""
    numbers = range(first.year * 12 + first.month, last.year * 12 + last.month)
    step = -(-len(numbers) // 12) or 1
    days = [date(number // 12, number % 12 + 1, 1) for number in numbers[::step]]
    return [day for day in days if (last - day).days / max((last - first).days, 1) > 0.08]


def _month(day: date) -> str:
    name = MONTHS[day.month - 1]
    return f"{name} {day.year}" if day.month == 1 else name


def _describe(points: Sequence[Mark]) -> str:
    waiting = [point for point in points if point.kind in (Kind.NEXT, Kind.DEADLINE)]
    behind = len(points) - len(waiting)
    text = f"{behind} af {len(points)} punkter er passeret."
    if waiting:
        text += f" Næste: {waiting[0].label} {waiting[0].day:%d-%m-%Y}."
    return text


def _shorten(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1].rstrip() + "…"


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _px(value: float) -> str:
    return f"{value:g}"
