"""Counts the figures of the overview, each kind of row in one query. A reading: nothing is saved."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncWeek

from cases.models import Act, Role, User
from cases.people.name_order import sort_key
from cases.rules.declaring import CaseDates
from cases.rules.period import Period
from meetings.overview.figures import (
    OF_CHANNEL,
    PARTS,
    WEEKS,
    Choice,
    Figure,
    active_entries,
    coming,
    condition_of,
    due,
    entries,
    held,
    is_booked,
    passed,
    rows_of,
)
from meetings.rules.kinds import Channel
from meetings.rules.parameters import EXEMPT_QUOTA_PERCENT
from meetings.rules.shares import Share, shares_by_channel
from meetings.working_time import free_time

#: Of each adviser, and of nobody: the figures of the load, and of the deadlines that have passed.
OF_WORKERS = (
    Figure.CASES,
    Figure.TO_BOOK,
    Figure.OVERDUE,
    Figure.OVERDUE_WEEK,
    Figure.OVERDUE_MONTH,
    Figure.OVERDUE_LONGER,
    Figure.DUE,
    Figure.IN_TIME,
    Figure.LATE,
    Figure.NOT_HELD,
)
Counts = dict[Figure, int]
#: So far ahead reaches the free time of each adviser.
SOON = timedelta(weeks=2)


@dataclass(frozen=True)
class Week:
    """The talks that fall due in one week, and how many of them are booked."""

    first: date
    due: int
    booked: int
    #: How many talks there is still room for in the advisers' free time.
    room: int = 0

    @property
    def missing(self) -> int:
        """How many of the talks that are not booked there is no room for."""
        return max(self.due - self.booked - self.room, 0)


@dataclass(frozen=True)
class Figures:
    """All that the overview tells of one choice."""

    workers: Sequence[User]
    #: By the adviser's key; None is for what nobody has.
    of_workers: dict[int | None, Counts]
    channels: dict[Channel | None, Share]
    weeks: Sequence[Week]
    #: The free time of each adviser in the days that `SOON` says.
    free_soon: Mapping[int, timedelta]
    exempted: Share
    #: What the law lets the unit exempt, in percent; 0 where it gives no share.
    quota: int
    totals: Counts

    def share(self, part: Figure, whole: Figure) -> Share:
        return Share(self.totals[part], self.totals[whole])


def figures_of(choice: Choice) -> Figures:
    """Count everything anew."""
    of_workers = _of_workers(choice)
    workers = workers_of(choice, of_workers)
    days = Period(choice.today, choice.first_week + timedelta(weeks=WEEKS))
    free = free_time.by_day([one for one in workers if one.is_active], days=days)
    channels = _channels(choice)
    passed_on = _passed(choice)
    totals = {figure: sum(counts[figure] for counts in of_workers.values()) for figure in OF_WORKERS}
    totals |= passed_on
    totals[Figure.HELD] = next(iter(channels.values())).whole
    exempted = _exempted(choice)
    totals[Figure.CITIZENS] = exempted.whole
    totals |= {OF_CHANNEL[way]: share.part for way, share in channels.items()}
    return Figures(
        workers=workers,
        of_workers=of_workers,
        channels=channels,
        weeks=_weeks(choice, room=free_time.room_by_week(free)),
        free_soon=free_time.until(free, choice.today + SOON),
        exempted=exempted,
        quota=Act.objects.rule_book().in_force(EXEMPT_QUOTA_PERCENT, CaseDates(event=choice.today)).value,
        totals=totals,
    )


def _of_workers(choice: Choice) -> dict[int | None, Counts]:
    found: dict[int | None, Counts] = defaultdict(lambda: dict.fromkeys(OF_WORKERS, 0))
    of_case = f"case__{choice.case_worker}"
    for rows, worker in ((entries, "worker"), (active_entries, "worker"), (due, of_case)):
        figures = [figure for figure in OF_WORKERS if PARTS[figure][0] is rows]
        counted: Any = rows(choice).order_by().values(key=F(worker)).annotate(**_numbers(choice, figures))
        for row in counted:
            found[row["key"]] |= {figure: row[figure.name] for figure in figures}
    return dict(found)


def _numbers(choice: Choice, figures: Sequence[Figure]) -> dict[str, Count]:
    return {figure.name: Count("pk", filter=condition_of(figure, choice)) for figure in figures}


def _channels(choice: Choice) -> dict[Channel | None, Share]:
    rows = held(choice).order_by().values("held_as").annotate(number=Count("pk"))
    return shares_by_channel(dict(rows.values_list("held_as", "number")))


def _passed(choice: Choice) -> Counts:
    figures = [figure for figure, (rows, _) in PARTS.items() if rows is passed]
    found = passed(choice).order_by().aggregate(**_numbers(choice, figures))
    return {figure: found[figure.name] for figure in figures}


def _exempted(choice: Choice) -> Share:
    """Of the whole unit, whichever team is looked at: the law's share is the unit's."""
    unit = replace(choice, team=None)
    return Share(rows_of(Figure.EXEMPTED, unit).count(), rows_of(Figure.CITIZENS, unit).count())


def _weeks(choice: Choice, *, room: Mapping[date, int]) -> list[Week]:
    rows = coming(choice).order_by().annotate(is_booked=is_booked()).values(first=TruncWeek("due_on"))
    counted = rows.annotate(due=Count("pk"), booked=Count("pk", filter=Q(is_booked=True)))
    found = {row["first"]: Week(**row) for row in counted}
    weeks = [choice.first_week + timedelta(weeks=number) for number in range(WEEKS)]
    return [replace(found.get(first, Week(first, 0, 0)), room=room.get(first, 0)) for first in weeks]


def workers_of(choice: Choice, keys: Collection[int | None]) -> list[User]:
    """The advisers at work in the office or team, and whoever else has something, by name: nobody is ranked."""
    people = User.objects.filter(organisation=choice.user.organisation_id).select_related("organisation")
    is_adviser = Q(is_active=True, role__in=(Role.ADVISER, Role.CASEWORKER))
    if choice.team:
        is_adviser &= Q(team=choice.team)
    has_something = Q(pk__in=[key for key in keys if key is not None])
    return sorted(people.filter(is_adviser | has_something), key=lambda user: sort_key(str(user)))
