"""A picture that a telephone reads, drawn as one path: no image leaves the server, and no markup is vouched for."""

from dataclasses import dataclass

import segno

#: The quiet border that a reader needs around it.
_BORDER = 4


@dataclass(frozen=True)
class Picture:
    """How wide it is in squares, and the path that fills the dark ones."""

    width: int
    path: str


def of(text: str) -> Picture:
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix]
    dark = ((x + _BORDER, y + _BORDER) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return Picture(len(rows) + 2 * _BORDER, "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))
