"""The one seam by which an app adds to the apps beneath it: what it acts on, owes, shows and says of the law.

Each app says what it adds in its own extension.py, as one `Extension`, and its apps.py installs it. Whoever asks reads
`INSTALLED` and does not know who answers; the test of the architecture asserts the whole of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import Any, Protocol

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from cases.models import Act, Case, Event, Organisation, Reminder, User
from cases.models.scopes import Scope
from cases.rules import rule_book
from cases.rules.consistency import Problem
from cases.rules.facts import Course, Party
from cases.rules.period import Period
from cases.rules.rule_book import RuleBook
from cases.statements import Statement
from cases.ui.case_tabs import Tab
from cases.ui.keyset import CappedCount


@dataclass(frozen=True)
class ReminderSource:
    """What an app owes: its kinds with their names, what makes them due, and the verdict on each row that is due."""

    kinds: Mapping[Any, str]
    record_due: Callable[[datetime], int]
    verdicts: Callable[[Sequence[Reminder], datetime], Mapping[int, Any]]
    #: The kinds that one office of a case sends to the other, and that stand in the post book beside the letters.
    between_offices: Sequence[str] = ()
    #: The kinds whose verdict is read by what has reached others: they are judged when nobody else is held, and all
    #: that goes with many has gone.
    judged_alone: Sequence[str] = ()


@dataclass(frozen=True)
class NextStep:
    """What comes next in a course: the earliest deadline that no held meeting fulfils, and the citizen's channel."""

    due_on: date | None = None
    channel: str = "ikke valgt"


@dataclass(frozen=True)
class Check:
    """One line of the checklist before the course passes on."""

    text: str
    is_done: bool


@dataclass(frozen=True)
class ClosingDoubts:
    """What is to be weighed before a case is closed on a day, and where it can be mended: each page with its label."""

    texts: Sequence[str]
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class HeldBefore:
    """What was held and chosen before a course was a case here, and what of it is to be weighed."""

    #: As the app that plans the contact course reads them.
    meetings: Sequence[Any]
    doubts: Sequence[str]
    #: How the citizen wished to be met, the latest last; and when each of the meetings began and ended.
    choices: Sequence[Any] = ()
    times: Sequence[tuple[datetime, datetime]] = ()

    @property
    def has_any(self) -> bool:
        return bool(self.meetings or self.choices)


class ReadHeld(Protocol):
    """What reads a text of meetings that were held, and one of choices; raises Refused on what cannot have been."""

    def __call__(
        self, text: str, *, choices: str, course: Course, party: Party, book: RuleBook, today: date
    ) -> HeldBefore: ...


@dataclass(frozen=True)
class HeldEntry:
    """The held meetings of one line of a file, and who held them; whether the line names that one."""

    line: int
    adviser_id: int
    is_named: bool
    held: HeldBefore


class FindCollisions(Protocol):
    """What finds, by line, who is in two meetings at once; of `earlier`, the lines before, only the times are known."""

    def __call__(self, entries: Sequence[HeldEntry], *, earlier: Iterable[HeldEntry]) -> Mapping[int, str]: ...


class EnterHeld(Protocol):
    """What enters them in a new case, in the transaction that opens it."""

    def __call__(self, case: Case, held: HeldBefore, *, reason: str, by: User, at: datetime) -> None: ...


class TakeBackHeld(Protocol):
    """What takes them back with a case that was opened by mistake, in the transaction that closes it."""

    def __call__(self, case: Case, *, by: User, at: datetime) -> None: ...


@dataclass(frozen=True)
class Deadline:
    """A day by which a meeting is to be held, and by whom."""

    due_on: date
    responsible: Party


@dataclass(frozen=True)
class ContactCourse:
    """What the app that plans the contact course says of it."""

    #: For many cases at once, by their internal id, at the cost of one.
    next_steps: Callable[[Sequence[Case]], Mapping[int, NextStep]]
    handover_checks: Callable[[Case, datetime], Sequence[Check]]
    #: For courses that are not cases yet, each with what was held before and by whom; None where nothing is demanded.
    next_deadlines: Callable[[Sequence[tuple[Course, HeldBefore, Party]]], Sequence[Deadline | None]]
    read_held: ReadHeld
    collisions: FindCollisions
    enter_held: EnterHeld
    take_back_held: TakeBackHeld


@dataclass(frozen=True)
class Part:
    """One block on a page of a lower app: its template, what that reads as `part`, and if it stands at the side."""

    template: str
    data: Any
    is_aside: bool = False


@dataclass(frozen=True)
class Tile:
    """One count above the worklist, or of what is open in a case, that opens the list of it."""

    label: str
    count: int
    url: str
    variant: str = ""


class RowsOfUser(Protocol):
    """What a tile counts; it is a part of a `Statement`, and so computes nothing with the user or the day."""

    def __call__(self, user: User, *, today: date) -> QuerySet[Any, Any]: ...


@dataclass(frozen=True)
class RowsOfTile:
    """A tile of the worklist before it is counted, so that all of them are counted at the cost of one."""

    label: str
    rows: RowsOfUser
    url: str
    variant: str = ""
    #: What comes up once a year is no tile the rest of it.
    is_shown_empty: bool = True


class Consequence(Protocol):
    """What an app makes of the cases under the law after: its changes, and in writing its rows as well."""

    def __call__(
        self,
        courses: Sequence[tuple[Case, Course]],
        *,
        before: Any,
        after: Any,
        run: Any,
        at: datetime,
        today: date,
        write: bool,
    ) -> Iterable[Any]: ...


class TablesOfMeetings(Protocol):
    """The tables of required meetings in one rule book, as the pages of the law show them."""

    def on_day(self, day: date) -> Part:
        """The table that holds for a course that begins on the day, or that there is none."""

    def compared(self, before: date, after: date) -> Part:
        """The tables of two days side by side, with a heading."""

    def of_act(self, act: rule_book.Act) -> Part | None:
        """The table that an act sets, whether it counts or not; None where it leaves the earlier table standing."""

    def grounds_of(self, act: rule_book.Act) -> Sequence[str]:
        """The legal basis of each row that the act sets."""

    def are_table_1(self, before: date, after: date) -> bool:
        """Whether the two days are the two columns of the agreement's table 1."""


@dataclass(frozen=True)
class ActAdminExtension:
    """What one app adds to the administration of the acts; what has no type here is in `cases.law.admin`."""

    draft_inlines: Sequence[type] = ()
    published_inlines: Sequence[type] = ()
    #: A `Panel` above the form of an act, and before the button on the pages that publish and withdraw it.
    panels: Sequence[Callable[[HttpRequest, Act], Any]] = ()
    #: Each an `ActPage`; its route begins after »cases/act/«.
    pages: Sequence[Any] = ()
    #: What more the buttons of a draft do when it is saved, by their names.
    buttons: Mapping[str, Callable[[HttpRequest, Act], None]] = field(default_factory=dict)
    #: What is told of a locked draft that is about to be deleted.
    before_deleting: Sequence[Callable[[Act], None]] = ()
    #: What shows the tables of two `Side`s in a `Panel`.
    tables: Sequence[Callable[[Any, Any], Any]] = ()
    #: Each a `Selection`, by the name in the address.
    selections: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LawExtension:
    """What one app adds to the law: what hangs on an act, what judges it, and what follows from a change."""

    #: What is copied with an act, by the name of the relation.
    parts: Sequence[str] = ()
    #: What finds the contradictions of an act in the law of its day, which has the act in it.
    problems: Sequence[Callable[[rule_book.Act, rule_book.RuleBook], Iterable[Problem]]] = ()
    #: What is told of an act that came to count, or no longer does, in the transaction that made it so.
    on_change: Sequence[Callable[[Act, User | None, datetime], None]] = ()
    #: What looks at a `LawOnDay`, and gives its findings.
    health: Sequence[Callable[[Any], Iterable[Any]]] = ()
    #: What waits for each draft whose day has passed, in words ("4 åbne krav i 2 sager"); one query for all drafts.
    waiting: Sequence[Callable[[Mapping[str, Sequence[Period]]], Mapping[str, str]]] = ()
    #: What follows a change of the law, in the transaction of each batch of cases.
    consequences: Sequence[Consequence] = ()
    #: The cases that an act can touch from a day on: a query that gives their numbers.
    touches: Sequence[Callable[[date], QuerySet[Any, Any]]] = ()
    #: The tables of meetings in a rule book; one app has them.
    tables: Callable[[rule_book.RuleBook], TablesOfMeetings] | None = None
    #: What the law can be asked without a case; each a `PageQuestion` of `cases.law.calculator`.
    questions: Sequence[Any] = ()
    act_admin: ActAdminExtension = ActAdminExtension()


#: A number that is watched, by the name under which a monitor finds it, with what it counts.
Figure = tuple[str, str, Callable[[datetime], float]]


@dataclass(frozen=True)
class Duty:
    """Something that somebody has while they work here, in words, and whether it can be given to another."""

    text: str
    is_handed_over: bool = True


#: Is told of the events that were recorded together: of one kind and moment and by one person, each of another case.
Subscriber = Callable[[Sequence[Event]], None]


def each(act: Callable[[Event], None]) -> Subscriber:
    """The subscriber that acts on one event after the other: for what seldom happens to many cases at once."""

    @wraps(act)
    def act_on_each(events: Sequence[Event]) -> None:
        for event in events:
            act(event)

    return act_on_each


class TakeBack(Protocol):
    """What undoes the change that an event tells of, in the caller's transaction; raises Refused where it cannot."""

    def __call__(self, event: Event, case: Case, *, by: User, at: datetime) -> None: ...


@dataclass(frozen=True)
class WayBack:
    """How a change is taken back by the one who made it, and the permission for the change itself."""

    permission: Any
    take_back: TakeBack
    #: Whether it is taken back on a case that has ended, too.
    may_be_closed: bool = False


@dataclass(frozen=True)
class Extension:
    """Everything that one app adds to the apps beneath it."""

    #: What acts on events of the kind, in the transaction that records them: see `Subscriber`, and `each`.
    events: Mapping[str, Sequence[Subscriber]] = field(default_factory=dict)
    #: What the app adds to the history, in Danish.
    event_names: Mapping[str, str] = field(default_factory=dict)
    reminders: Sequence[ReminderSource] = ()
    #: How the changes that can be undone are taken back, by the kind of their event.
    ways_back: Mapping[str, WayBack] = field(default_factory=dict)
    contact_course: ContactCourse | None = None
    #: What of a case speaks against closing it on the day, or stops with it, for this user at this moment.
    closing_doubts: Sequence[Callable[[Case, date, User, datetime], ClosingDoubts]] = ()
    #: What a case says in one block of a tab, for this user at this moment; None where it has nothing to say.
    case_blocks: Mapping[Tab, Sequence[Callable[[Case, User, datetime], Part | None]]] = field(default_factory=dict)
    #: What is open in a case, for this user at this moment; None where nothing is.
    case_matters: Sequence[Callable[[Case, User, datetime], Tile | None]] = ()
    #: The blocks at the end of a day that has passed; the last argument is what came `Later`.
    case_blocks_on_day: Sequence[Callable[[Case, User, datetime, Any], Part | None]] = ()
    #: What waits on a list of its own for this user today, in the cases of the scope; None where the list is not the
    #: user's.
    tiles: Sequence[Callable[[User, Scope], RowsOfTile | None]] = ()
    #: What one party keeps for itself: the database shows no row of it to the other one.
    of_one_party: Sequence[type[Model]] = ()
    figures: Sequence[Figure] = ()
    #: What clears away at night what is old, each in a transaction of its own.
    clearing: Sequence[Callable[[datetime], None]] = ()
    #: What a user has who is about to leave.
    duties: Sequence[Callable[[User, datetime], Sequence[Duty]]] = ()
    #: What gives the duties of one who leaves to these colleagues, in the caller's transaction; one app has it.
    hand_over: Callable[..., None] | None = None
    law: LawExtension = LawExtension()


INSTALLED: list[Extension] = []


def install(extension: Extension) -> None:
    """Add what an app says in its extension.py; called once by its apps.py."""
    INSTALLED.append(extension)


def parts(case: Case, *, tab: Tab, user: User, at: datetime) -> list[Part]:
    """The blocks that the apps add to one tab of a case, in the order of the apps; no others are read."""
    blocks = [block_of for app in INSTALLED for block_of in app.case_blocks.get(tab, ())]
    return [part for block_of in blocks if (part := block_of(case, user, at)) is not None]


def matters(case: Case, *, user: User, at: datetime) -> list[Tile]:
    """What is open in the case, in the order of the apps."""
    found = [matter_of for app in INSTALLED for matter_of in app.case_matters]
    return [matter for matter_of in found if (matter := matter_of(case, user, at)) is not None]


def parts_on_day(case: Case, *, user: User, last: datetime, later: Any) -> list[Part]:
    """The blocks of the apps as they stood at the last moment of a day; `later` is what came after it."""
    blocks = [block_of for app in INSTALLED for block_of in app.case_blocks_on_day]
    return [part for block_of in blocks if (part := block_of(case, user, last, later)) is not None]


def tiles(user: User, *, today: date, scope: Scope) -> list[Tile]:
    """The counts that the apps add to the worklist, over the cases of the scope."""
    found = _rows_of_tiles(user, scope)
    if not found:
        return []
    (counted,) = _TILES.rows(user, scope, today=today)
    return [
        Tile(tile.label, count, tile.url, tile.variant)
        for tile, count in zip(found, counted, strict=True)
        if count or tile.is_shown_empty
    ]


def _rows_of_tiles(user: User, scope: Scope) -> list[RowsOfTile]:
    of_apps = [tile_of for app in INSTALLED for tile_of in app.tiles]
    return [tile for tile_of in of_apps if (tile := tile_of(user, scope)) is not None]


def _counts_of_tiles(user: User, scope: Scope, *, today: date) -> QuerySet[Organisation, tuple[int, ...]]:
    counts = [CappedCount(tile.rows(user, today=today)) for tile in _rows_of_tiles(user, scope)]
    return Organisation.objects.filter(pk=user.workplace.pk).values_list(*counts)


_TILES = Statement(_counts_of_tiles)


def duties_of(user: User, *, at: datetime) -> list[Duty]:
    """What the user has that somebody else must take over, or that nobody can."""
    return [duty for app in INSTALLED for duties in app.duties for duty in duties(user, at)]


def hand_over(user: User, *, receivers: Sequence[User], by: User, at: datetime) -> None:
    """Give all that the user has to these colleagues, in the caller's transaction."""
    for app in INSTALLED:
        if app.hand_over is not None:
            app.hand_over(user, receivers=receivers, by=by, at=at)


def next_steps(cases: Sequence[Case]) -> Mapping[int, NextStep]:
    """The next step of each case, by its internal id."""
    return _contact_course().next_steps(cases)


def next_deadlines(courses: Sequence[tuple[Course, HeldBefore, Party]]) -> Sequence[Deadline | None]:
    """The next deadline of each course, before it is a case, after what the party has held."""
    return _contact_course().next_deadlines(courses)


def handover_checks(case: Case, at: datetime) -> Sequence[Check]:
    """What the a-kasse has done, and what is still open, before the course passes on."""
    return _contact_course().handover_checks(case, at)


def closing_doubts(case: Case, *, closed_on: date, user: User, at: datetime) -> ClosingDoubts:
    """What speaks against closing the case on that day, and what stops with it, in the order of the apps."""
    found = [doubts_of(case, closed_on, user, at) for app in INSTALLED for doubts_of in app.closing_doubts]
    return ClosingDoubts(
        texts=[text for doubts in found for text in doubts.texts],
        links=[link for doubts in found for link in doubts.links],
    )


def read_held(text: str, *, choices: str, course: Course, party: Party, book: RuleBook, today: date) -> HeldBefore:
    """What of a course was held and chosen before it came here, read from two texts. Raises Refused."""
    return _contact_course().read_held(text, choices=choices, course=course, party=party, book=book, today=today)


def held_collisions(entries: Sequence[HeldEntry], *, earlier: Iterable[HeldEntry]) -> Mapping[int, str]:
    """Why lines of a file cannot be entered beside each other, the lines before them and what is booked."""
    return _contact_course().collisions(entries, earlier=earlier)


def enter_held(case: Case, held: HeldBefore, *, reason: str, by: User, at: datetime) -> None:
    """Enter them in the new case, in the caller's transaction."""
    _contact_course().enter_held(case, held, reason=reason, by=by, at=at)


def take_back_held(case: Case, *, by: User, at: datetime) -> None:
    """Let them count no more, and their time be free, in the caller's transaction."""
    _contact_course().take_back_held(case, by=by, at=at)


def _contact_course() -> ContactCourse:
    return next(app.contact_course for app in INSTALLED if app.contact_course is not None)


def tables_of(book: rule_book.RuleBook) -> TablesOfMeetings:
    """The tables of required meetings in a rule book."""
    return next(app.law.tables for app in INSTALLED if app.law.tables is not None)(book)
