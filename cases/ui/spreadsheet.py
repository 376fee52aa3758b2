"""Lists as files for a spreadsheet, the worklist first: text stays text, and no CPR number is in them."""

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

_CHUNK = 500
# A spreadsheet reads a cell that begins like this as a formula; the wide forms are turned into the narrow ones.
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cells = Sequence[Any]


@dataclass(frozen=True)
class Sheet:
    """What stands around the rows: the heads of the columns, and the name of the sheet."""

    title: str
    columns: Sequence[str]


def answer(fmt: str, rows: Iterable[Cells], *, name: str, sheet: Sheet) -> HttpResponseBase:
    """The file, as one of FORMATS."""
    return FORMATS[fmt](rows, name, sheet)


def _csv(rows: Iterable[Cells], name: str, around: Sheet) -> StreamingHttpResponse:
    writer = csv.writer(_Echo(), delimiter=";")

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(around.columns)
        for row in rows:
            yield writer.writerow([_as_text(cell) for cell in row])

    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _xlsx(rows: Iterable[Cells], name: str, around: Sheet) -> FileResponse:
    # What writes workbooks is as large as Django, and most processes write none.
    from cases.ui import workbook

    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    workbook.write(rows, file, title=around.title, columns=around.columns)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")


#: The shapes that a list can be taken out in.
FORMATS: dict[str, Callable[[Iterable[Cells], str, Sheet], HttpResponseBase]] = {"csv": _csv, "xlsx": _xlsx}


def _as_text(cell: Any) -> str | int:
    if isinstance(cell, datetime):
        return f"{cell:%d-%m-%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d-%m-%Y}"
    if isinstance(cell, int):
        return cell
    return _defused(cell or "")


def _defused(text: str) -> str:
    return f"'{text}" if text.startswith(_LIVE) else text


class _Echo:
    """A file that gives back each line instead of keeping it."""

    def write(self, line: str) -> str:
        return line
