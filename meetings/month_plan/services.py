"""Asks for a plan, and books, leaves or takes back what it proposes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from cases.models import User
from cases.rules.refusal import Refused
from cases.rules.undo_time import UNDO_WITHIN
from cases.rules.wording import day_text
from meetings.booking.free_times import HORIZON
from meetings.models import Meeting, MonthPlan, PlanProposal, PlanScope, PlanState, ProposalState
from meetings.models.month_plans import OPEN_STATES
from meetings.month_plan.due import booked_in_absence, due_of, next_booked
from meetings.rules.spans import ONE_DAY
from meetings.worklist.queries import entries_of


class NothingToPlan(Refused):
    """There is no day or no talk that a plan could be about."""


class NothingChosen(Refused):
    """None of the proposals can be booked, left or taken back."""


@dataclass(frozen=True)
class Wish:
    """Which talks, in which month, and how."""

    scope: PlanScope
    month: date
    minutes: int = 30
    kept_open: int = 0


@transaction.atomic(durable=True)
def ask_for(*, wish: Wish, by: User, at: datetime) -> MonthPlan:
    """Ask for a plan of the month; a worker makes it. Asked twice while it waits it is the same plan."""
    first = max(wish.month.replace(day=1), timezone.localtime(at).date() + ONE_DAY)
    last = (wish.month.replace(day=1) + timedelta(days=31)).replace(day=1) - ONE_DAY
    if first > last:
        raise NothingToPlan(f"Måneden er forbi den {day_text(last)}. Vælg en senere måned.")
    what = {"minutes": wish.minutes, "kept_open": wish.kept_open}
    return _waiting(by=by, at=at, scope=str(wish.scope), first=first, last=last, **what)


@transaction.atomic(durable=True)
def ask_for_absent(*, absent: User, by: User, at: datetime) -> MonthPlan:
    """Ask for new times or colleagues for the talks that lie in somebody's absence, and for no others."""
    meetings = booked_in_absence(absent, at=at)
    if not meetings:
        raise NothingToPlan(f"{absent} har ingen bookede samtaler i sit fravær.")
    minutes = _longest(meetings)
    first = timezone.localtime(at).date()
    last = max(one.day for one in meetings) + HORIZON
    return _waiting(by=by, at=at, scope=str(PlanScope.ABSENT), absent=absent, first=first, last=last, minutes=minutes)


@transaction.atomic(durable=True)
def ask_to_book(*, cases: Sequence[int], since: date, minutes: int, by: User, at: datetime) -> MonthPlan:
    """Ask for the first free time from that day on for the next talk that each of the chosen cases owes."""
    today = timezone.localtime(at).date()
    last = entries_of(by, today=today).filter(case__in=cases).aggregate(last=Max("unbooked_due_on"))["last"]
    if last is None:
        raise NothingToPlan("Ingen af sagerne har en samtale, der skal bookes.")
    return _of_chosen(PlanScope.CHOSEN, cases, since=since, last=last, minutes=minutes, by=by, at=at)


@transaction.atomic(durable=True)
def ask_to_move(*, cases: Sequence[int], since: date, by: User, at: datetime) -> MonthPlan:
    """Ask for the first free time on another day, from that one on, for the next booked talk of each chosen case."""
    meetings = next_booked(cases, by=by, at=at)
    if not meetings:
        raise NothingToPlan("Ingen af sagerne har en booket samtale.")
    last, minutes = max(due_of(one) for one in meetings), _longest(meetings)
    return _of_chosen(PlanScope.MOVED, cases, since=since, last=last, minutes=minutes, by=by, at=at)


def _of_chosen(
    scope: PlanScope, cases: Sequence[int], *, since: date, last: date, minutes: int, by: User, at: datetime
) -> MonthPlan:
    days = {"first": since, "last": max(last, since + HORIZON)}
    return _waiting(by=by, at=at, scope=str(scope), cases=list(cases), minutes=minutes, **days)


def _longest(meetings: Collection[Meeting]) -> int:
    return max(int((one.ends_at - one.starts_at).total_seconds() // 60) for one in meetings)


def _waiting(*, by: User, at: datetime, **about: object) -> MonthPlan:
    own = MonthPlan.objects.filter(made_by=by)
    same = own.filter(state=PlanState.WAITING, **about).first()
    return same or MonthPlan.objects.create(organisation=by.workplace, made_by=by, made_at=at, **about)


@transaction.atomic(durable=True)
def accept(*, plan: MonthPlan, chosen: Collection[str] | None, by: User, at: datetime) -> int:
    """Let the worker book these proposals, or all that nobody has left out; gives how many."""
    rows = plan.proposals.filter(state__in=OPEN_STATES)
    rows = _chosen(rows, chosen) if chosen is not None else rows.exclude(state=ProposalState.DECLINED)
    return _decide(rows, ProposalState.ACCEPTED, by=by, at=at)


@transaction.atomic(durable=True)
def decline(*, plan: MonthPlan, chosen: Collection[str] | None, by: User, at: datetime) -> int:
    """Leave these proposals out, or all; gives how many. They can still be booked."""
    rows = plan.proposals.filter(state__in=OPEN_STATES).exclude(state=ProposalState.DECLINED)
    return _decide(_chosen(rows, chosen) if chosen is not None else rows, ProposalState.DECLINED, by=by, at=at)


@transaction.atomic(durable=True)
def take_back(*, plan: MonthPlan, by: User, at: datetime) -> int:
    """Take back what one has just had booked, while the citizens are not told; what still waits is not booked."""
    waiting = plan.proposals.filter(state=ProposalState.ACCEPTED, decided_by=by)
    stopped = waiting.filter(claimed_at=None).update(state=ProposalState.PROPOSED)
    # What a worker has in hand is booked in this very moment, and taken back after that.
    stopped += waiting.update(state=ProposalState.UNDOING, decided_at=at)
    return stopped + _decide(
        can_be_taken_back(plan, by=by, at=at), ProposalState.UNDOING, by=by, at=at, least=1 - stopped
    )


def can_be_taken_back(plan: MonthPlan, *, by: User, at: datetime) -> QuerySet[PlanProposal]:
    """What the user has had booked so short a time ago that it can be undone."""
    return plan.proposals.filter(state=ProposalState.BOOKED, decided_by=by, done_at__gt=at - UNDO_WITHIN)


def _chosen(rows: QuerySet[PlanProposal], chosen: Collection[str]) -> QuerySet[PlanProposal]:
    return rows.filter(public_id__in=chosen)


def _decide(rows: QuerySet[PlanProposal], state: ProposalState, *, by: User, at: datetime, least: int = 1) -> int:
    number = rows.filter(~Q(state=state)).update(state=state, decided_by=by, decided_at=at, problem="")
    if number < least:
        raise NothingChosen("Ingen af forslagene er valgt, eller nogen har allerede taget stilling til dem.")
    return number
