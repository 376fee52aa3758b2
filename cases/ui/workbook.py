"""A list as a workbook of one sheet, written row by row."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE


def write(rows: Iterable[Sequence[Any]], file: IO[bytes], *, title: str, columns: Sequence[str]) -> None:
    """Write the rows beneath the heads of their columns to the file."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.append(columns)
    for row in rows:
        sheet.append([_as_cell(sheet, cell) for cell in row])
    book.save(file)


def _as_cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value=value.replace(tzinfo=None))
        cell.number_format = "DD-MM-YYYY HH:MM"
    elif isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]  # the stubs forget that a cell holds a day
        cell.number_format = "DD-MM-YYYY"
    elif isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
        # Otherwise a text that begins with an equals sign becomes a formula.
        cell.data_type = "s"
    else:
        cell = WriteOnlyCell(sheet, value=value)
    return cell
