"""Counts the figures of the overview, each kind of row in one query. A reading: nothing is saved."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncWeek

from cases.models import Act, User
from cases.people.name_order import sort_key
from cases.rules.parameter import CaseDates
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


@dataclass(frozen=True)
class Week:
    """The talks that fall due in one week, and how many of them are booked."""

    first: date
    due: int
    booked: int


@dataclass(frozen=True)
class Figures:
    """All that the overview tells of one choice."""

    #: By the adviser's key; None is for what nobody has.
    of_workers: dict[int | None, Counts]
    channels: dict[Channel | None, Share]
    weeks: Sequence[Week]
    exempted: Share
    #: What the law lets the unit exempt, in percent; 0 where it gives no share.
    quota: int
    totals: Counts

    def share(self, part: Figure, whole: Figure) -> Share:
        return Share(self.totals[part], self.totals[whole])


def figures_of(choice: Choice) -> Figures:
    """Count everything anew."""
    of_workers = _of_workers(choice)
    channels = _channels(choice)
    passed_on = _passed(choice)
    totals = {figure: sum(counts[figure] for counts in of_workers.values()) for figure in OF_WORKERS}
    totals |= passed_on
    totals[Figure.HELD] = next(iter(channels.values())).whole
    totals |= {OF_CHANNEL[way]: share.part for way, share in channels.items()}
    return Figures(
        of_workers=of_workers,
        channels=channels,
        weeks=_weeks(choice),
        exempted=_exempted(choice),
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


def _weeks(choice: Choice) -> list[Week]:
    rows = coming(choice).order_by().annotate(is_booked=is_booked()).values(first=TruncWeek("due_on"))
    counted = rows.annotate(due=Count("pk"), booked=Count("pk", filter=Q(is_booked=True)))
    found = {row["first"]: Week(**row) for row in counted}
    weeks = [choice.first_week + timedelta(weeks=number) for number in range(WEEKS)]
    return [found.get(first, Week(first, 0, 0)) for first in weeks]


def workers_of(choice: Choice, keys: Sequence[int]) -> list[User]:
    """The advisers of the office or team, and whoever else has something, by name: nobody is ranked."""
    rows = User.objects.filter(organisation=choice.user.organisation_id)
    at_work = Q(is_active=True, team=choice.team) if choice.team else Q(is_active=True)
    return sorted(rows.filter(at_work | Q(pk__in=keys)), key=lambda user: sort_key(str(user)))
