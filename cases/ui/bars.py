"""Bars with their numbers beside them, for templates. Plain geometry: no Django, no clock.

Across is in percent of the drawing, so that it can be stretched without making its text smaller; down is in pixels.
Every number is written with a point, whatever the language.
"""

from collections.abc import Sequence
from dataclasses import dataclass

#: Where the bars begin and end, in percent; the labels stand before, and the numbers after.
_FROM, _TO = 24.0, 92.0
_BAR, _GAP = 16, 14
_DANISH = str.maketrans(",.", ".,")


@dataclass(frozen=True)
class Number:
    """One number, and the list of what it counts."""

    value: float
    url: str = ""

    @property
    def shown(self) -> str:
        """1.204, or 7,5"""
        text = f"{self.value:,.0f}" if self.value == int(self.value) else f"{self.value:,.1f}"
        return text.translate(_DANISH)


@dataclass(frozen=True)
class Row:
    """The numbers of one thing, and what is only told of it."""

    label: str
    numbers: Sequence[Number]
    beside: Sequence[str] = ()


@dataclass(frozen=True)
class Bar:
    """One bar: the number of its series from 1, its place, and what stands at its end."""

    series: int
    y: str
    text_y: str
    width: str
    text_x: str
    text: str


@dataclass(frozen=True)
class Lane:
    label: str
    text_y: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Bars:
    """A chart: rows of one number for each series. The description says what it shows, not its shape."""

    name: str
    heading: str
    description: str
    #: What the labels are, then each series, and at last what is only told: the heads of the table.
    heads: Sequence[str]
    rows: Sequence[Row]

    @property
    def series(self) -> Sequence[str]:
        told = len(self.rows[0].beside) if self.rows else 0
        return self.heads[1 : len(self.heads) - told]

    @property
    def height(self) -> str:
        return f"{len(self.rows) * self._lane:g}"

    @property
    def start(self) -> str:
        return f"{_FROM:.2f}%"

    @property
    def key(self) -> Sequence[tuple[int, str]]:
        """Which bar is which, where there is more than one to a row."""
        return [*enumerate(self.series, 1)] if len(self.series) > 1 else []

    @property
    def lanes(self) -> Sequence[Lane]:
        most = max((number.value for row in self.rows for number in row.numbers), default=0) or 1
        return [self._drawn(row, place * self._lane, most) for place, row in enumerate(self.rows)]

    @property
    def _lane(self) -> int:
        return _BAR * len(self.series) + _GAP

    def _drawn(self, row: Row, top: int, most: float) -> Lane:
        bars = []
        for series, number in enumerate(row.numbers, 1):
            y, width = top + _BAR * (series - 1), (_TO - _FROM) * number.value / most
            bars.append(
                Bar(
                    series=series,
                    y=f"{y:g}",
                    text_y=f"{y + _BAR - 4:g}",
                    width=f"{width:.2f}%",
                    text_x=f"{_FROM + width:.2f}%",
                    text=", ".join((number.shown, *row.beside)) if len(row.numbers) == 1 else number.shown,
                )
            )
        return Lane(label=row.label, text_y=f"{top + _BAR - 4:g}", bars=bars)
