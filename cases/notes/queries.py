"""The notes and tasks of one's own party: on the case, and when a day has come. A reading: nothing is saved."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.utils import timezone

from cases.accounts.access import Permission, has
from cases.links import address
from cases.models import Case, CaseNote, User, scopes
from cases.models.notes import CaseNoteQuerySet
from cases.models.scopes import Scope
from cases.seam import Part, RowsOfTile
from cases.statements import Statement

#: So many that are done stay in sight, where one can be opened again.
_DONE = 3


@dataclass(frozen=True)
class NotesPart:
    """What a case shows of them: what is open, the tasks by day and then the notes, and what was done last."""

    case: Case
    open: list[CaseNote]
    done: list[CaseNote]
    may_write: bool
    may_finish: bool
    today: date


def part_of(case: Case, user: User, at: datetime) -> Part:
    """The notes and tasks on the page of a case."""
    found = _OF_CASE.rows(user, case=case.pk)
    done = sorted((one for one in found if one.done_at), key=lambda one: one.done_at or at, reverse=True)
    may = has(user, Permission.EDIT_CASE)
    data = NotesPart(
        case=case,
        open=[one for one in found if not one.done_at],
        done=done[:_DONE],
        may_write=may and case.is_open,
        may_finish=may,
        today=timezone.localtime(at).date(),
    )
    return Part("cases/notes/note_block.html", data)


def _of_case(user: User, *, case: int) -> CaseNoteQuerySet:
    rows = CaseNote.objects.visible_to(user).filter(case=case).select_related("worker", "written_by", "done_by")
    return rows.order_by("due_on", "-pk")


_OF_CASE = Statement(_of_case)


def due(user: User, *, today: date, scope: Scope = Scope.ORGANISATION) -> CaseNoteQuerySet:
    """The tasks whose day has come, the oldest first: those the user looks after, the team's, or anybody's."""
    rows = (
        CaseNote.objects.visible_to(user)
        .due(today)
        .filter(scopes.looked_after(user, scope, worker="worker", today=today))
    )
    return rows.select_related("case__citizen", "worker").order_by("due_on", "pk")


def tile_of(user: User, scope: Scope) -> RowsOfTile | None:
    """On the worklist: how many tasks wait."""
    if user.organisation is None:
        return None
    rows = partial(due, scope=scope)
    return RowsOfTile(label="Opgaver", rows=rows, url=scopes.within(address("cases:tasks"), scope), variant="warning")
