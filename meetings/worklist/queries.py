"""What an organisation has to do next, by deadline: the first screen of the day. A reading: nothing is saved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from cases.models import CitizenContact, Organisation, User
from cases.models.scopes import Scope, looked_after
from cases.rules.labelled import Labelled
from cases.rules.rule_book import RuleBook
from cases.statements import Statement
from cases.ui import keyset
from cases.ui.keyset import CappedCount, Page
from meetings.models import Meeting, RequiredMeeting, WorklistEntry
from meetings.rules.lead_times import due_soon_until
from meetings.rules.spans import Span

Entries = QuerySet[WorklistEntry]


class Tile(Labelled):
    """The parts of the list that have a count of their own."""

    ALL = "all", "Alle frister"
    OVERDUE = "overdue", "Overskredet"
    DUE_SOON = "due_soon", "Frist snart"
    TO_BOOK = "to_book", "Skal bookes"
    TODAY = "today", "Samtaler i dag"
    OUTCOME = "outcome", "Mangler udfald"
    NEW = "new", "Nye"


#: What each part is sorted by; always filled in its rows, and followed by an index.
ORDER = {
    Tile.ALL: "due_on",
    Tile.OVERDUE: "due_on",
    Tile.DUE_SOON: "unbooked_due_on",
    Tile.TO_BOOK: "unbooked_due_on",
    Tile.TODAY: "meeting_ends_at",
    Tile.OUTCOME: "meeting_ends_at",
    Tile.NEW: "due_on",
}


class Order(Labelled):
    """What the list can be sorted by; the deadline is what its part is sorted by."""

    DEADLINE = "frist", "Frist"
    NAME = "navn", "Navn"


def order_of(tile: Tile, order: Order) -> str:
    return "case__citizen__name_key" if order is Order.NAME else ORDER[tile]


@dataclass(frozen=True)
class WorklistTimes:
    """The moment of looking, its day in Denmark, and the last day that is called soon; the law says how far that is."""

    now: datetime
    today: date
    soon: date
    #: Of today, and of the next day.
    midnight: datetime
    next_midnight: datetime

    @classmethod
    def of(cls, *, now: datetime, book: RuleBook) -> "WorklistTimes":
        today = timezone.localtime(now).date()
        day = Span.of_days(today, today)
        soon = due_soon_until(today, book)
        return cls(now=now, today=today, soon=soon, midnight=day.starts_at, next_midnight=day.ends_at)


@dataclass(frozen=True)
class Row:
    """One case on the list, as the page and the export show it."""

    case: Any
    worker: User | None
    requirement: RequiredMeeting | None
    due_on: date | None
    urgency: str
    why: Mapping[str, Any] | None
    meeting: Meeting | None
    contact: CitizenContact
    #: The way into the talk, until it is over.
    video_link: str
    to_book: str
    lacks: tuple[str, ...]
    may_be_booked: bool
    may_be_registered: bool
    is_received: bool


def entries_of(user: User, *, today: date) -> Entries:
    """What the user's organisation still has to act on."""
    return WorklistEntry.objects.visible_to(user).active(today)


def in_scope(entries: Entries, scope: Scope, *, user: User, today: date) -> Entries:
    """Those of the scope; one's own are also those of whom one stands in for that day."""
    return entries.filter(looked_after(user, scope, worker="worker", today=today))


@dataclass(frozen=True)
class Chosen:
    """What the list is kept to, beside its tile; None where that is everything."""

    scope: Scope
    kind: str | None = None
    channel: str | None = None
    worker: int | None = None


def chosen_of(user: User, chosen: Chosen, *, today: date) -> Entries:
    """What the user's organisation still has to act on, kept to what is chosen."""
    entries = in_scope(entries_of(user, today=today), chosen.scope, user=user, today=today)
    if chosen.kind:
        entries = entries.filter(kind=chosen.kind)
    if chosen.channel:
        entries = entries.filter(channel=chosen.channel)
    return entries.filter(worker=chosen.worker) if chosen.worker else entries


def in_tile(entries: Entries, tile: Tile, *, user: User, times: WorklistTimes) -> Entries:
    if tile is Tile.NEW:
        return entries.filter(_new(times, is_fund=user.organisation is not None and user.organisation.is_fund))
    return entries.filter(_CONDITIONS[tile](times))


def counts(user: User, chosen: Chosen, *, times: WorklistTimes) -> tuple[dict[Tile, int], int]:
    """How many rows each part has, and how many nobody in the whole organisation has taken on; all in one query."""
    counts = _COUNTS if chosen == Chosen(Scope.MINE) else _COUNTS_OF_MANY
    ((*found, untaken),) = counts.rows(user, chosen, **vars(times))
    return dict(zip(Tile, found, strict=True)), untaken


def _counts(user: User, chosen: Chosen, **moments: Any) -> QuerySet[Organisation, tuple[int, ...]]:
    times = WorklistTimes(**moments)
    entries, everybodys = chosen_of(user, chosen, today=times.today), entries_of(user, today=times.today)
    parts = [in_tile(entries, tile, user=user, times=times) for tile in Tile]
    parts.append(in_tile(everybodys, Tile.NEW, user=user, times=times))
    return Organisation.objects.filter(pk=user.workplace.pk).values_list(*map(CappedCount, parts))


_COUNTS = Statement(_counts)
_COUNTS_OF_MANY = Statement(_counts, is_planned_once=False)


def page_of(
    user: User, chosen: Chosen, tile: Tile, *, order: Order, times: WorklistTimes, params: Mapping[str, str]
) -> Page[WorklistEntry]:
    """The rows of one page, with all that a row shows."""
    column, public_id = order_of(tile, order), "case__public_id"
    if params.keys().isdisjoint(keyset.PLACES):
        found = _FIRST_PAGE.rows(user, chosen, tile, order, **vars(times))
        return keyset.first_page(found, order=column, public_id=public_id)
    rows = with_details(in_tile(chosen_of(user, chosen, today=times.today), tile, user=user, times=times))
    among = entries_of(user, today=times.today)
    return keyset.page(rows, among=among, order=column, public_id=public_id, params=params)


def _first_page(user: User, chosen: Chosen, tile: Tile, order: Order, **moments: Any) -> Entries:
    times = WorklistTimes(**moments)
    rows = in_tile(chosen_of(user, chosen, today=times.today), tile, user=user, times=times)
    return keyset.in_order(with_details(rows), order_of(tile, order))


_FIRST_PAGE = Statement(_first_page)


#: What somebody goes on with: what waits for an outcome, today's talks, and what is to be booked.
_WORK_IN_ORDER = (Tile.OUTCOME, Tile.TODAY, Tile.TO_BOOK)


def next_of(user: User, *, times: WorklistTimes, past: str) -> WorklistEntry | None:
    """The first of the user's own rows to go on with, but for the case of that public id; None when all is done."""
    own = in_scope(entries_of(user, today=times.today), Scope.MINE, user=user, today=times.today).select_related(
        "case", "meeting"
    )
    for tile in _WORK_IN_ORDER:
        rows = in_tile(own, tile, user=user, times=times).order_by(ORDER[tile], "pk")
        found = next((entry for entry in rows[:2] if str(entry.case.public_id) != past), None)
        if found is not None:
            return found
    return None


def with_details(entries: Entries) -> Entries:
    return entries.select_related(
        "case__citizen",
        "case__fund_contact",
        "case__municipality_contact",
        "worker",
        "requirement__act",
        "requirement__explanation",
        "meeting",
    )


def row_of(entry: WorklistEntry, *, times: WorklistTimes, organisation: Organisation) -> Row:
    """The row of an entry of that organisation's list."""
    meeting, due_on = entry.meeting, entry.due_on
    contact = entry.case.contact_of(organisation)
    urgency = ""
    if due_on is not None and due_on <= times.soon:
        urgency = "error" if due_on < times.today else "warning"
    return Row(
        case=entry.case,
        worker=entry.worker,
        requirement=entry.requirement,
        due_on=due_on,
        urgency=urgency,
        why=entry.requirement.why if entry.requirement else None,
        meeting=meeting,
        contact=contact,
        video_link=meeting.video_link if meeting is not None and not _needs_outcome(entry, times) else "",
        to_book=_to_book(entry, times=times),
        lacks=tuple(_lacks(entry, contact, times=times, is_fund=organisation.is_fund)),
        # The outcome's own page books the next one too.
        may_be_booked=entry.unbooked_due_on is not None and not _needs_outcome(entry, times),
        may_be_registered=meeting is not None and meeting.starts_at <= times.now,
        is_received=not entry.awaits_receipt,
    )


def _lacks(entry: WorklistEntry, contact: CitizenContact, *, times: WorklistTimes, is_fund: bool) -> list[str]:
    found = []
    if _needs_outcome(entry, times):
        found.append(Tile.OUTCOME.label)
    if entry.awaits_receipt:
        found.append("Ikke modtaget")
    elif entry.worker_id is None and _is_held_here(entry, times=times, is_fund=is_fund):
        found.append("Ingen rådgiver" if is_fund else "Ingen sagsbehandler")
    if entry.meeting is not None and entry.meeting.lacks_link and not _needs_outcome(entry, times):
        found.append("Mangler link til videomøde")
    if not contact.phone and not contact.email:
        found.append("Mangler telefon og e-mail")
    return found


def _to_book(entry: WorklistEntry, *, times: WorklistTimes) -> str:
    """What is still to be booked, in words."""
    if entry.unbooked_from is None or entry.unbooked_due_on is None:
        return ""
    if entry.unbooked_from > times.today:
        return f"Kan bookes fra {entry.unbooked_from:%d-%m-%Y}"
    if entry.unbooked_due_on == entry.due_on and entry.meeting is None:
        return "Skal bookes"
    return f"En mere skal bookes, frist {entry.unbooked_due_on:%d-%m-%Y}"


def _needs_outcome(entry: WorklistEntry, times: WorklistTimes) -> bool:
    return entry.meeting_ends_at is not None and entry.meeting_ends_at <= times.now


def _is_held_here(entry: WorklistEntry, *, times: WorklistTimes, is_fund: bool) -> bool:
    return is_fund or entry.held_from is not None and entry.held_from <= times.today


def _new(times: WorklistTimes, *, is_fund: bool) -> Q:
    """What nobody in the organisation has taken on: a handover without receipt, a course without a worker."""
    if is_fund:
        return Q(due_on__isnull=False, worker=None)
    return Q(due_on__isnull=False) & (Q(awaits_receipt=True) | Q(worker=None, held_from__lte=times.today))


_CONDITIONS: dict[Tile, Callable[[WorklistTimes], Q]] = {
    Tile.ALL: lambda times: Q(due_on__isnull=False),
    Tile.OVERDUE: lambda times: Q(due_on__lt=times.today),
    Tile.DUE_SOON: lambda times: Q(unbooked_due_on__gte=times.today, unbooked_due_on__lte=times.soon),
    Tile.TO_BOOK: lambda times: Q(unbooked_from__lte=times.today, unbooked_due_on__isnull=False),
    Tile.TODAY: lambda times: Q(meeting_ends_at__gt=times.midnight, meeting_ends_at__lte=times.next_midnight),
    Tile.OUTCOME: lambda times: Q(meeting_ends_at__lte=times.now),
}
