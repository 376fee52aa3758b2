"""What the pages of a case say about it at a glance; the contact course itself is told by the app above.

An upper app says what it knows through `tell_with`, and adds a block to the page of a case through `add_part`,
as it acts on events through `events.subscribe`: cases draws the page and knows nothing of what stands above it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.history.before import Later
from cases.models import Case, User
from cases.rules.facts import Course


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


#: For many cases at once, by their internal id, at the cost of one.
NextSteps = Callable[[Sequence[Case]], Mapping[int, NextStep]]
#: The first deadline of courses that are not cases yet; None where the law demands no meeting.
FirstDeadlines = Callable[[Sequence[Course]], Sequence[date | None]]
HandoverChecks = Callable[[Case, datetime], Sequence[Check]]


@dataclass(frozen=True)
class Part:
    """One block on the page of a case: its template, what that reads as `part`, and whether it stands at the side."""

    template: str
    data: Any
    is_aside: bool = False


#: What a case says in one block, for this user at this moment; None where it has nothing to say.
PartTeller = Callable[[Case, User, datetime], Part | None]


@dataclass(frozen=True)
class Tile:
    """One count above the worklist that opens a list of an upper app."""

    label: str
    count: int
    url: str
    variant: str = ""


#: What waits elsewhere for this user today; None where the list is not the user's.
TileTeller = Callable[[User, date], Tile | None]

#: What a case said in one block at the end of a day that has passed; None where it had nothing to say.
DayTeller = Callable[[Case, User, datetime, Later], Part | None]

_TELLERS: dict[str, Any] = {}
_DAY_PARTS: list[DayTeller] = []
_PARTS: list[PartTeller] = []
_TILES: list[TileTeller] = []


def tell_with(*, next_steps: NextSteps, handover_checks: HandoverChecks, first_deadlines: FirstDeadlines) -> None:
    """Let an upper app tell what it knows of a case."""
    _TELLERS.update(next_steps=next_steps, handover_checks=handover_checks, first_deadlines=first_deadlines)


def add_part(tell: PartTeller) -> None:
    """Let an upper app add a block to the page of a case; the blocks stand in the order in which they were added."""
    if tell not in _PARTS:
        _PARTS.append(tell)


def parts(case: Case, *, user: User, at: datetime) -> list[Part]:
    """The blocks that the upper apps add to the page of a case."""
    return [part for tell in _PARTS if (part := tell(case, user, at)) is not None]


def add_part_on_day(tell: DayTeller) -> None:
    """Let an upper app add a block to the page of a case as it stood on a day."""
    if tell not in _DAY_PARTS:
        _DAY_PARTS.append(tell)


def parts_on_day(case: Case, *, user: User, last: datetime, later: Later) -> list[Part]:
    """The blocks of the upper apps as they stood at the last moment of a day; `later` is what came after it."""
    return [part for tell in _DAY_PARTS if (part := tell(case, user, last, later)) is not None]


def add_tile(tell: TileTeller) -> None:
    """Let an upper app count on the worklist what waits on a list of its own."""
    if tell not in _TILES:
        _TILES.append(tell)


def tiles(user: User, *, today: date) -> list[Tile]:
    """The counts that the upper apps add to the worklist."""
    return [tile for tell in _TILES if (tile := tell(user, today)) is not None]


def next_steps(cases: Sequence[Case]) -> Mapping[int, NextStep]:
    """The next step of each case, by its internal id."""
    return _TELLERS["next_steps"](cases)


def first_deadlines(courses: Sequence[Course]) -> Sequence[date | None]:
    """The day of the first deadline of each course, before it is a case."""
    return _TELLERS["first_deadlines"](courses)


def handover_checks(case: Case, at: datetime) -> Sequence[Check]:
    """What the a-kasse has done, and what is still open, before the course passes on."""
    return _TELLERS["handover_checks"](case, at)
