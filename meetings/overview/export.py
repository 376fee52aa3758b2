"""The figures as rows of a file: what each is, the part, the whole and the share."""

from collections.abc import Iterator, Mapping
from typing import Any

from cases.ui.spreadsheet import Cells, Sheet

FIGURES = Sheet("Overblik", ("Hvad", "Hvem eller hvornår", "Antal", "Af", "Andel"))


def figures(told: Mapping[str, Any], *, in_words: str) -> Iterator[Cells]:
    """Each figure that the page tells as the cells of `FIGURES`; `in_words` says what was chosen."""
    yield "Overblik", in_words, None, None, ""
    for part in told["shares"]:
        yield part.heading, "", part.part.count, part.whole.count, part.share
    for cell in told["overdue"]:
        yield cell.label, "", cell.count, None, ""
    for row in (*told["workers"], told["total"]):
        for cell in row.load:
            yield cell.label, row.name, cell.count, None, ""
        yield row.in_time.label, row.name, row.in_time.count, row.due.count, row.share
        yield "Ledige timer de næste to uger", row.name, None, None, row.free
    for chart in (told["channels"], told["weeks"]):
        for bar in chart.rows:
            for head, number in zip(chart.series, bar.numbers, strict=True):
                yield head, bar.label, number.value, None, ", ".join(bar.beside)
