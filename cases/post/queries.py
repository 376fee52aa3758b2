"""What a case has in its post book, and which messages nobody has received. A reading: nothing is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db.models import Q
from django.utils import timezone

from cases.links import address, link_to
from cases.models import Case, Dispatch, Reminder, ReminderState, User, scopes
from cases.models.cases import CloseReason
from cases.models.reminders import DispatchQuerySet
from cases.models.scopes import Scope
from cases.reminders import owing
from cases.seam import Part, RowsOfTile, Tile
from cases.statements import Statement, midnight


@dataclass(frozen=True)
class Entry:
    """One message to the citizen, its text only for the sender's own people; or one from office to office."""

    reminder: Reminder
    label: str
    moment: datetime
    dispatch: Dispatch | None
    is_others: bool
    is_between_offices: bool
    is_not_reached: bool

    @property
    def variant(self) -> str:
        if self.is_not_reached:
            return "error"
        return "success" if self.reminder.is_gone else "info" if self.reminder.state == ReminderState.OWED else ""


def entries_of(case: Case, user: User, *, to_citizen_alone: bool = False, size: int | None = None) -> Sequence[Entry]:
    """Every message to the citizen of the case and from office to office, or so many, the newest first."""
    labels = owing.kind_labels()
    shown = Q(user=None, organisation=None)
    if not to_citizen_alone:
        shown |= Q(kind__in=owing.kinds_between_offices())
    rows = Reminder.objects.filter(shown, case=case).select_related("dispatch__sender")
    # A letter is a whole PDF: only its own page loads it.
    rows = rows.defer("dispatch__letter")
    return [_entry(row, labels.get(row.kind, row.kind), user) for row in rows.order_by("-recorded_at", "-pk")[:size]]


def _entry(row: Reminder, label: str, user: User) -> Entry:
    dispatch: Dispatch | None = getattr(row, "dispatch", None)
    is_others = dispatch is not None and dispatch.sender_id != user.organisation_id
    is_failed = row.state == ReminderState.FAILED
    is_lost = dispatch is not None and not dispatch.is_reached and dispatch.settled_at is None
    return Entry(
        reminder=row,
        label=label,
        moment=row.closed_at or row.due_at,
        dispatch=None if is_others else dispatch,
        is_others=is_others,
        is_between_offices=row.user_id is not None or row.organisation_id is not None,
        is_not_reached=not row.is_gone and (is_failed or is_lost),
    )


def not_reached(user: User, *, today: date, scope: Scope = Scope.ORGANISATION) -> DispatchQuerySet:
    """What the user's organisation must bring to citizens in another way, in the cases of the scope."""
    rows = Dispatch.objects.visible_to(user).not_reached(midnight(today))
    rows = rows.exclude(reminder__case__close_reason=CloseReason.DEATH)
    return rows.filter(scopes.of_cases(user, scope, today=today, path="reminder__case__"))


def tile_of(user: User, scope: Scope) -> RowsOfTile | None:
    """On the worklist: how many messages did not reach a citizen."""
    if user.organisation is None:
        return None
    rows = partial(not_reached, scope=scope)
    url = scopes.within(address("cases:not_reached"), scope)
    return RowsOfTile(label="Kunne ikke nås", rows=rows, url=url, variant="error")


#: So many messages stand on the page of a case; the post book has them all.
_LATEST = 5


def part_of(case: Case, user: User, at: datetime) -> Part:
    """The newest messages to the citizen, on the page of the case."""
    entries = entries_of(case, user, to_citizen_alone=True, size=_LATEST)
    return Part("cases/post/post_block.html", {"case": case, "entries": entries})


_NOT_REACHED = Statement(
    lambda user, *, today, case: not_reached(user, today=today).filter(reminder__case=case).values_list("pk")
)


def matter_of(case: Case, user: User, at: datetime) -> Tile | None:
    """How many messages of the case its citizen did not get."""
    count = len(_NOT_REACHED.rows(user, today=timezone.localtime(at).date(), case=case.pk))
    url = link_to("cases:post_book", case.public_id)
    return Tile("Kunne ikke nås", count, url, variant="error") if count else None
