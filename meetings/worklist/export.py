"""Lists as files for a spreadsheet, the worklist first: text stays text, and no CPR number is in them."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils import timezone

from cases.models import Organisation
from cases.ui.spreadsheet import _CHUNK, Cells, Sheet
from meetings.worklist import queries
from meetings.worklist.queries import WorklistTimes

COLUMNS = (
    "Borger",
    "Sagsnummer",
    "Samtale",
    "Frist",
    "Dage til fristen",
    "Næste samtale",
    "Samtaleform",
    "Mangler",
    "Medarbejder",
)


WORKLIST = Sheet("Arbejdsliste", COLUMNS)


def rows(
    entries: queries.Entries, keys: Sequence[int], *, times: WorklistTimes, organisation: Organisation
) -> Iterator[Cells]:
    """The cells of each row, in the order of the keys, read a part at a time."""
    for start in range(0, len(keys), _CHUNK):
        part = keys[start : start + _CHUNK]
        found = queries.with_details(entries).in_bulk(part)
        for key in part:
            if key in found:
                yield _cells(queries.row_of(found[key], times=times, organisation=organisation), today=times.today)


def _cells(row: queries.Row, *, today: date) -> Cells:
    meeting = row.meeting
    return (
        row.case.citizen.name,
        row.case.label,
        row.requirement.title if row.requirement else "",
        row.due_on,
        (row.due_on - today).days if row.due_on else None,
        timezone.localtime(meeting.starts_at) if meeting else None,
        meeting.get_channel_display() if meeting else "",
        ", ".join(filter(None, (row.to_book, *row.lacks))),
        str(row.worker) if row.worker else "",
    )
