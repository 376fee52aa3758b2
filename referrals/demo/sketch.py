"""One course while it is drawn, and what everything in the drawing needs."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from cases.models import Case, User
from cases.rules.workdays import closed_day
from meetings.models import Meeting
from meetings.rules.kinds import Channel

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cohort:
    """A number of courses that began between two days."""

    size: int
    first: date
    last: date
    is_open: bool = False
    target_group: int = 1
    is_trial: bool = False
    #: What is special about the open ones: "", "overdue", "outcome", "unbooked", "extra", "paused", "exempt".
    fate: str = ""


@dataclass
class Sketch:
    """One course while it is drawn."""

    case: Case
    cohort: Cohort
    until: date
    #: What the citizen has chosen; half of those who come in person never said so.
    channel: Channel | None = None
    meetings: list[Meeting] = field(default_factory=list)


def working_day(day: date) -> date:
    while closed_day(day):
        day += ONE_DAY
    return day


def worker_of(case: Case) -> User:
    worker = case.fund_adviser or case.municipality_caseworker
    assert worker is not None
    return worker
