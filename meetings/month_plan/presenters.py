"""A plan as its page shows it: the sums, the advisers, the days of one of them, and what lacks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Count, F, Q

from cases.models import Case, User
from cases.rules.wording import counted
from meetings.models import MonthPlan, PlanProposal, PlanState, ProposalState
from meetings.models.month_plans import OPEN_STATES
from meetings.month_plan import services
from meetings.owing import meeting_news

#: So many cases without a talk are named.
_SHOWN = 50


@dataclass(frozen=True)
class Words:
    """What is done with the proposals of a plan."""

    do: str
    doing: str
    done: str
    deed: str
    deeds: str


_BOOKED = Words(do="book", doing="bookes", done="booket", deed="booking", deeds="bookinger")
_MOVED = Words(do="flyt", doing="flyttes", done="flyttet", deed="flytning", deeds="flytninger")


def words(plan: MonthPlan) -> Words:
    """The words for what this plan does: it books talks, or moves booked ones."""
    return _MOVED if plan.is_moving else _BOOKED


@dataclass(frozen=True)
class Share:
    """What a plan gives one adviser."""

    adviser: User | None
    number: int
    left: int
    is_current: bool

    @property
    def key(self) -> str:
        return str(self.adviser.public_id) if self.adviser else ""


@dataclass(frozen=True)
class Sums:
    """How many proposals a plan has of each sort."""

    total: int
    open: int
    near: int
    late: int
    left: int
    booked: int
    refused: int
    accepted: int
    undoing: int
    to_take_back: int

    @property
    def is_under_way(self) -> bool:
        return self.accepted + self.undoing > 0

    @property
    def may_decide(self) -> bool:
        return self.open + self.to_take_back > 0

    @property
    def text(self) -> str:
        """The numbers in a sentence: »12 samtaler har et forslag, 2 af dem efter fristen. 3 har ingen tid.«"""
        placed = self.total - self.left
        late = f", {self.late} af dem efter fristen" if self.late else ""
        left = f" {self.left} har ingen tid." if self.left else ""
        return f"{counted(placed, 'samtale', 'samtaler')} har et forslag{late}.{left}"


def sums(plan: MonthPlan, *, user: User, at: datetime) -> Sums:
    """Count the proposals of the plan in one query, and those that this user can still take back at that moment."""
    own = services.can_be_taken_back(plan, by=user, at=at).values("pk")
    is_open = Q(state__in=OPEN_STATES) & ~Q(state=ProposalState.DECLINED)
    found = plan.proposals.order_by().aggregate(
        total=Count("pk"),
        open=Count("pk", filter=is_open),
        near=Count("pk", filter=is_open & Q(starts_at__lte=at + meeting_news.NEAR)),
        late=Count("pk", filter=Q(starts_at__date__gt=F("due_on"))),
        left=Count("pk", filter=Q(state=ProposalState.LEFT)),
        booked=Count("pk", filter=Q(state=ProposalState.BOOKED)),
        refused=Count("pk", filter=Q(state=ProposalState.REFUSED)),
        accepted=Count("pk", filter=Q(state=ProposalState.ACCEPTED)),
        undoing=Count("pk", filter=Q(state=ProposalState.UNDOING)),
        to_take_back=Count("pk", filter=Q(pk__in=own)),
    )
    return Sums(**found)


def shares(plan: MonthPlan, *, chosen: str) -> list[Share]:
    """Each adviser with how many talks the plan gives; `is_current` is the one whose talks are shown.

    `chosen` is that one's public id, or "ingen" for the talks of nobody; otherwise the first is current.
    """
    rows = (
        plan.proposals.order_by()
        .values("adviser")
        .annotate(number=Count("pk"), left=Count("pk", filter=Q(state=ProposalState.LEFT)))
    )
    people = User.objects.in_bulk([row["adviser"] for row in rows if row["adviser"]])
    found = sorted(
        ((people.get(row["adviser"]), row["number"], row["left"]) for row in rows),
        key=lambda row: (row[0] is None, str(row[0])),
    )
    current = next((one for one, *_ in found if one and str(one.public_id) == chosen), found[0][0] if found else None)
    if chosen == "ingen":
        current = None
    return [Share(one, number, left, is_current=one == current) for one, number, left in found]


def days(plan: MonthPlan, share: Share, *, user: User) -> list[tuple[date | None, list[PlanProposal]]]:
    """The proposals of one adviser by day; those without a time last. Only of cases that the user may see."""
    rows = plan.proposals.filter(adviser=share.adviser, case__in=Case.objects.visible_to(user))
    rows = rows.select_related("case__citizen", "moving__adviser").order_by(
        F("starts_at").asc(nulls_last=True), "due_on", "pk"
    )
    return [(day, list(of_day)) for day, of_day in groupby(rows, key=lambda row: row.day)]


def lacking(plan: MonthPlan) -> Iterator[tuple[str, str]]:
    """Each week with the hours that lack in it, in words: »uge 49«, »7,5 timer«.

    Nothing for cases that somebody chose: there each late talk says so itself.
    """
    for week in [] if plan.is_of_chosen else plan.missing:
        hours = f"{week['minutes'] / 60:.1f}".replace(".", ",").removesuffix(",0")
        yield f"uge {week['week']}", f"{hours} {'time' if hours == '1' else 'timer'}"


def without(plan: MonthPlan, *, user: User) -> list[Case]:
    """The first of the chosen cases that had no talk to give a time."""
    if plan.state != PlanState.MADE or not plan.cases:
        return []
    cases = Case.objects.visible_to(user).filter(pk__in=plan.cases).exclude(pk__in=plan.proposals.values("case"))
    return list(cases.select_related("citizen").order_by("citizen__name_key", "pk")[:_SHOWN])


def empty_text(plan: MonthPlan, of: Sums) -> str:
    """Why there is nothing to book; empty where there is something."""
    if of.total == 0:
        return "Ingen samtaler skal bookes i de dage."
    if of.total == of.left:
        return "Der er ingen ledig tid i de dage, som nogen af samtalerne kan få."
    return ""


def chosen_of(values: Sequence[str]) -> list[str]:
    """The public ids among the values that were posted; anything else is passed over."""
    return [value for value in values if _is_id(value)]


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
