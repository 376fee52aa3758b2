"""The rows behind a figure, as a page and a file show them. A reading: nothing is saved."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cases.models import Case, User
from cases.ui.keyset import Page, page
from cases.ui.spreadsheet import Cells, Sheet
from meetings.models import Meeting, RequiredMeeting, RequirementState, WorklistEntry
from meetings.overview.figures import Choice, Figure, rows_of

SHEET = Sheet("Overblik", ("Borger", "Sagsnummer", "Hvad", "Dag", "Status", "Medarbejder"))


@dataclass(frozen=True)
class Line:
    """One row: a case, and the talk or day in it that the figure counts."""

    case: Case
    what: str
    day: date | None
    state: str
    worker: User | None
    may_be_booked: bool = False
    may_be_assigned: bool = False


def page_of(figure: Figure, choice: Choice, *, params: Mapping[str, str]) -> Page[Any]:
    """One page of the rows that the figure counts; `params` is the address, which names the page."""
    rows = rows_of(figure, choice)
    order, public_id, with_details, _ = _SHOWN[rows.model]
    return page(with_details(rows, choice), among=rows, order=order, public_id=public_id, params=params)


def cases_of(figure: Figure, choice: Choice) -> list[int]:
    """The internal id of the case of each row that the figure counts; a case with two rows is there twice."""
    rows = rows_of(figure, choice)
    return list(rows.order_by().values_list("pk" if rows.model is Case else "case_id", flat=True))


def cells(figure: Figure, choice: Choice) -> Iterator[Cells]:
    """Each row that the figure counts as the cells of `SHEET`."""
    rows = rows_of(figure, choice)
    order, _, with_details, _ = _SHOWN[rows.model]
    for line in lines_of(with_details(rows, choice).order_by(order, "pk").iterator(chunk_size=500), choice):
        yield line.case.citizen.name, line.case.label, line.what, line.day, line.state, str(line.worker or "")


def lines_of(rows: Iterator[Any] | Sequence[Any], choice: Choice) -> Iterator[Line]:
    """Each row in the words of the list. Load the rows by `page_of`, with what they are shown with."""
    for row in rows:
        yield _SHOWN[type(row)][3](row, choice)


def case_of(row: Any) -> int:
    """The internal id of the case of one row."""
    key: int = row.pk if isinstance(row, Case) else row.case_id
    return key


def _of_entry(entry: WorklistEntry, choice: Choice) -> Line:
    requirement = entry.requirement
    return Line(
        case=entry.case,
        what=requirement.title if requirement else "Ingen frist",
        day=entry.due_on,
        state=_next_talk(entry.meeting),
        worker=entry.worker,
        may_be_booked=entry.unbooked_due_on is not None,
        may_be_assigned=True,
    )


def _of_requirement(row: RequiredMeeting, choice: Choice) -> Line:
    meeting = row.meeting
    state = _booked(meeting)
    if row.state == RequirementState.FULFILLED and meeting is not None:
        state = f"holdt {meeting.day:%d-%m-%Y}{', for sent' if row.is_met_late else ''}"
    is_open = row.state == RequirementState.OPEN and row.case.is_open
    return Line(
        case=row.case,
        what=row.title,
        day=row.due_on,
        state=state,
        worker=_worker(row.case, choice),
        may_be_booked=is_open and meeting is None,
        may_be_assigned=is_open,
    )


def _of_meeting(meeting: Meeting, choice: Choice) -> Line:
    return Line(
        case=meeting.case,
        what=meeting.get_kind_display().capitalize(),
        day=meeting.day,
        state=meeting.channel_in_words,
        worker=meeting.adviser,
    )


def _of_case(case: Any, choice: Choice) -> Line:
    return Line(
        case=case,
        what=_passed(case) if hasattr(case, "held_before") else f"Forløb fra {case.placed_on:%d-%m-%Y}",
        day=case.municipality_from if hasattr(case, "held_before") else None,
        state="" if case.is_open else case.get_status_display(),
        worker=_worker(case, choice),
        may_be_assigned=case.is_open,
    )


def _passed(case: Any) -> str:
    return f"{case.held_before} holdt før overgangen, loven kræver {case.demanded}"


def _booked(meeting: Meeting | None) -> str:
    return f"booket {_moment(meeting)}" if meeting else "ikke booket"


def _next_talk(meeting: Meeting | None) -> str:
    return f"næste samtale {_moment(meeting)}" if meeting else "ingen samtale booket"


def _moment(meeting: Meeting) -> str:
    return f"{timezone.localtime(meeting.starts_at):%d-%m-%Y kl. %H.%M}"


def _worker(case: Case, choice: Choice) -> User | None:
    worker: User | None = getattr(case, choice.case_worker)
    return worker


# What each kind of row is listed with


def _entries(rows: QuerySet[Any], choice: Choice) -> QuerySet[Any]:
    return rows.select_related("case__citizen", "requirement", "meeting", "worker")


def _requirements(rows: QuerySet[Any], choice: Choice) -> QuerySet[Any]:
    return rows.select_related("case__citizen", f"case__{choice.case_worker}", "meeting")


def _meetings(rows: QuerySet[Any], choice: Choice) -> QuerySet[Any]:
    return rows.select_related("case__citizen", "adviser")


def _cases(rows: QuerySet[Any], choice: Choice) -> QuerySet[Any]:
    return rows.select_related("citizen", choice.case_worker)


#: What a row is sorted by, which is never empty; its public id; what is read with it; and how it is told.
_SHOWN: dict[Any, tuple[str, str, Callable[[QuerySet[Any], Choice], QuerySet[Any]], Callable[[Any, Choice], Line]]] = {
    WorklistEntry: ("case__placed_on", "case__public_id", _entries, _of_entry),
    RequiredMeeting: ("due_on", "public_id", _requirements, _of_requirement),
    Meeting: ("starts_at", "public_id", _meetings, _of_meeting),
    Case: ("placed_on", "public_id", _cases, _of_case),
}
