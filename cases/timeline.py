"""Where the marks of a case's timeline stand. Plain geometry: no Django, no clock.

Across is in percent of the drawing, so that it can be stretched without making its text
smaller; down is in pixels. Every number is written with a point, whatever the language.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

MARGIN = 1.5
# Labels are packed for the narrowest screen that shows the drawing; on a wider one there is only more room.
NARROWEST = 690
CHARACTER = 7.0
LANE = 36
BAND = 16
LONGEST_LABEL = 24
MONTHS = ("jan.", "feb.", "mar.", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec.")
PARTIES = {"fund": "A-kasse", "municipality": "Jobcenter", "both": "Begge"}


class Kind(StrEnum):
    PAST = "past"
    NOW = "now"
    NEXT = "next"
    DEADLINE = "deadline"
    PAUSE = "pause"
    PHASE = "phase"


KIND_LABELS = {
    Kind.PAST: "Tidligere",
    Kind.NOW: "I dag",
    Kind.NEXT: "Kommende",
    Kind.DEADLINE: "Frist",
    Kind.PAUSE: "Pause",
    Kind.PHASE: "Ansvar",
}


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
class Tick:
    x: str
    label: str


@dataclass(frozen=True)
class Timeline:
    height: str
    band_y: str
    band_middle: str
    band_end: str
    tick_y: str
    today_x: str
    points: tuple[Mark, ...]
    bars: tuple[Mark, ...]
    listed: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    description: str


def draw(events: Iterable[Mapping[str, Any]], *, start: date, end: date, today: date) -> Timeline:
    """Place the events, which are dicts of date, label, kind, and perhaps end, party and url."""
    rows = sorted(events, key=lambda event: event["date"])
    first = min([start, *(row["date"] for row in rows)])
    last = max([end, *(row.get("end") or row["date"] for row in rows)])
    days = max((last - first).days, 1)

    def across(day: date) -> float:
        return MARGIN + (100 - 2 * MARGIN) * (day - first).days / days

    is_bar = [Kind(row["kind"]) in (Kind.PAUSE, Kind.PHASE) for row in rows]
    lanes, placed = _pack(
        [(across(row["date"]), _shorten(row["label"])) for row, bar in zip(rows, is_bar, strict=True) if not bar]
    )
    band_y = 10 + lanes * LANE
    places = iter(placed)
    points, bars = [], []
    for row, bar in zip(rows, is_bar, strict=True):
        x = across(row["date"])
        if bar:
            until = across(row.get("end") or last)
            bars.append(_mark(row, x=x, width=until - x, text_y=0, stem_y=0, anchor="start"))
        else:
            lane, anchor = next(places)
            text_y = band_y - 26 - lane * LANE
            points.append(_mark(row, x=x, width=0, text_y=text_y, stem_y=text_y + 19, anchor=anchor))
    # The bars of a pause lie over those of who holds the course.
    bars.sort(key=lambda mark: mark.kind != Kind.PHASE)
    tick_y = band_y + BAND + 18
    return Timeline(
        height=_px(tick_y + 8),
        band_y=_px(band_y),
        band_middle=_px(band_y + BAND / 2),
        band_end=_px(band_y + BAND),
        tick_y=_px(tick_y),
        today_x=_percent(across(today)) if first <= today <= last else "",
        points=tuple(points),
        bars=tuple(bars),
        listed=tuple(sorted([*points, *bars], key=lambda mark: mark.day)),
        ticks=tuple(Tick(_percent(across(day)), _month(day)) for day in _months(first, last)),
        description=_describe(points),
    )


def _mark(row: Mapping[str, Any], *, x: float, width: float, text_y: float, stem_y: float, anchor: str) -> Mark:
    kind = Kind(row["kind"])
    party = row.get("party") or ""
    return Mark(
        label=row["label"],
        short=_shorten(row["label"]),
        day=row["date"],
        last_day=row["end"] - timedelta(days=1) if row.get("end") else None,
        kind=str(kind),
        kind_label=KIND_LABELS[kind],
        party=party,
        party_label=PARTIES.get(party, ""),
        url=row.get("url") or "",
        x=_percent(x),
        width=_percent(max(width, 0.4)),
        text_y=_px(text_y),
        date_y=_px(text_y + 15),
        stem_y=_px(stem_y),
        anchor=anchor,
    )


def _pack(labels: Sequence[tuple[float, str]]) -> tuple[int, list[tuple[int, str]]]:
    """Give each label the lowest lane where it touches no other, and the side it hangs from its mark."""
    taken: list[float] = []
    placed = []
    for percent, label in labels:
        middle = percent / 100 * NARROWEST
        width = max(len(label), len("00-00-0000")) * CHARACTER + 12
        if middle - width / 2 < 0:
            anchor, left = "start", middle
        elif middle + width / 2 > NARROWEST:
            anchor, left = "end", middle - width
        else:
            anchor, left = "middle", middle - width / 2
        lane = next((n for n, right in enumerate(taken) if right <= left), len(taken))
        taken[lane : lane + 1] = [left + width]
        placed.append((lane, anchor))
    return len(taken), placed


def _months(first: date, last: date) -> list[date]:
    """The first days of months to name under the line: at most a dozen."""
    numbers = range(first.year * 12 + first.month, last.year * 12 + last.month)
    step = -(-len(numbers) // 12) or 1
    return [date(number // 12, number % 12 + 1, 1) for number in numbers[::step]]


def _month(day: date) -> str:
    name = MONTHS[day.month - 1]
    return f"{name} {day.year}" if day.month == 1 else name


def _describe(points: Sequence[Mark]) -> str:
    waiting = [point for point in points if point.kind in (Kind.NOW, Kind.NEXT, Kind.DEADLINE)]
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
