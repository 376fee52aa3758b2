"""An act's table of required meetings as the agreement prints it: who holds how many of which meetings, and when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from cases.rules.declaring import CaseDates
from cases.rules.facts import Party
from cases.rules.rule_book import Act, NotInForce
from cases.rules.wording import counted
from meetings.planning.law import Law
from meetings.rules.contact_course import TableRow
from meetings.rules.kinds import MeetingKind
from meetings.rules.parameters import FUND_MAY_ATTEND_FIRST_MUNICIPALITY_MEETING

#: Table 1 of the agreement, row by row.
TABLE_ROWS = ((Party.FUND, "A-kasser"), (Party.MUNICIPALITY, "Jobcenter"), (Party.BOTH, "Jobcenter og a-kasser"))


@dataclass(frozen=True)
class TableInForce:
    """The table of required meetings of a day, row by row."""

    act: Act
    rows: tuple[TableRow, ...]

    @property
    def total(self) -> int:
        return sum(row.number for row in self.rows)

    @property
    def sums(self) -> list[tuple[str, str]]:
        """How many meetings each party holds, of those who hold any."""
        numbers = {party: sum(row.number for row in self.rows if row.responsible == party) for party, _ in TABLE_ROWS}
        return [(name, meetings_text(numbers[party])) for party, name in TABLE_ROWS if numbers[party]]

    @property
    def lines(self) -> list[dict[str, str]]:
        return [
            {
                "party": row.responsible.label.capitalize(),
                "what": counted(row.number, row.kind.label, row.kind.plural),
                "months": months_text(row.from_month, row.to_month),
                "first": first_due_text(row.due_days_after_registration),
                "legal_basis": row.legal_basis,
            }
            for row in self.rows
        ]

    @property
    def cites_the_table(self) -> bool:
        """Whether every row has its ground in the table that the agreement prints."""
        return all("tabel 1" in row.legal_basis for row in self.rows)


def table_on(day: date, law: Law) -> TableInForce | None:
    try:
        return TableInForce(*law.table.in_force(law.book, day, event=day))
    except NotInForce:
        return None


def meetings_text(number: int) -> str:
    return counted(number, "samtale", "samtaler")


def months_text(first: int, last: int) -> str:
    return f"{first}. måned" if first == last else f"{first}.-{last}. måned"


def first_due_text(days: int | None) -> str:
    return "" if days is None else f"senest {counted(days, 'dag', 'dage')} efter tilmeldingen"


@dataclass(frozen=True)
class TableLine:
    """What one party, or both together, hold by each of two laws."""

    party: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def tables_compared(
    before: tuple[date, Law], after: tuple[date, Law], *, as_the_agreement: bool = False
) -> list[TableLine]:
    """The two tables side by side, row by row or as the agreement prints them; each law is asked on its own day."""
    held = _held_by_kind if as_the_agreement else _held_by_row
    return [
        TableLine(name, _held_by(party, *before, held=held), _held_by(party, *after, held=held))
        for party, name in TABLE_ROWS
    ]


def _held_by(party: Party, day: date, law: Law, *, held: Callable[[Sequence[TableRow]], list[str]]) -> tuple[str, ...]:
    table = table_on(day, law)
    told = held([row for row in table.rows if row.responsible == party] if table else [])
    if party == Party.BOTH and table:
        if not told:
            told.append(f"Ingen krav til {MeetingKind.JOINT_INTERVIEW.plural}")
        if _may_attend(day, law):
            told.append("A-kassen kan deltage i 1. samtale i jobcentret")
    return tuple(told or ["Ingen"])


def _held_by_row(rows: Sequence[TableRow]) -> list[str]:
    told = []
    for row in rows:
        first = first_due_text(row.due_days_after_registration)
        told.append(
            f"{counted(row.number, row.kind.label, row.kind.plural)} i {months_text(row.from_month, row.to_month)}"
            + (f", den første {first}" if first else "")
        )
    return told


def _held_by_kind(rows: Sequence[TableRow]) -> list[str]:
    kinds: dict[MeetingKind, list[TableRow]] = {}
    for row in rows:
        kinds.setdefault(row.kind, []).append(row)
    return [_held(kind, of_kind) for kind, of_kind in kinds.items()]


def _may_attend(day: date, law: Law) -> bool:
    try:
        return bool(law.book.in_force(FUND_MAY_ATTEND_FIRST_MUNICIPALITY_MEETING, CaseDates(event=day)).value)
    except NotInForce:
        return False


def _held(kind: MeetingKind, rows: Sequence[TableRow]) -> str:
    what = counted(sum(row.number for row in rows), kind.label, kind.plural)
    first = min(row.from_month for row in rows)
    # From the first month on, the heading of the table says it.
    return what if first == 1 else f"{what} fra {months_text(first, max(row.to_month for row in rows))}"
