"""Makes the plans that wait: reads, lets the planner place, and keeps each talk as a proposal."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from cases.models import User
from cases.rules.wording import counted, day_text
from meetings.channel import places as channel_places
from meetings.models import MonthPlan, PlanProposal, PlanState, ProposalState
from meetings.month_plan import planner
from meetings.month_plan.capacity import advisers_of, capacity_of
from meetings.month_plan.due import Due, days_of, due_talks
from meetings.month_plan.rows import Capacity, Placement
from meetings.planning import law as planning_law
from meetings.planning.law import Law
from meetings.rules.booking import Objection, ObjectionKind, check_booking
from meetings.rules.kinds import Channel
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.matching import COUNTING, MeetingFact

logger = logging.getLogger(__name__)

_NOBODYS_CASE = "Sagen har ingen medarbejder her. Tildel den først."
_NOBODYS_TALK = "Samtalens medarbejder arbejder her ikke mere. Tildel sagen først."


def make_next(*, at: datetime) -> bool:
    """Make the next plan that waits; gives whether there was one. A plan that cannot be made is FAILED, and logged.

    A worker that is killed leaves the plan waiting.
    """
    claimed: list[int] = []
    try:
        return _make(claimed, at=at)
    except Exception:
        if not claimed:
            raise
        logger.exception("Plan %s could not be made.", claimed)
        MonthPlan.objects.filter(pk__in=claimed).update(state=PlanState.FAILED, finished_at=at)
        return True


@transaction.atomic(durable=True)
def _make(claimed: list[int], *, at: datetime) -> bool:
    waiting = MonthPlan.objects.filter(state=PlanState.WAITING).select_for_update(of=("self",), skip_locked=True)
    plan = waiting.select_related("made_by__organisation", "absent").order_by("made_at", "pk").first()
    if plan is None:
        return False
    claimed.append(plan.pk)
    made = _Made(plan, law=planning_law.law_in_force(), at=at)
    PlanProposal.objects.bulk_create(made.proposals())
    plan.missing = made.missing()
    plan.state, plan.finished_at = PlanState.MADE, at
    plan.save(update_fields=["missing", "state", "finished_at"])
    return True


@dataclass
class _Made:
    """What was found for one plan, on its way into rows."""

    plan: MonthPlan
    law: Law
    at: datetime
    _more: defaultdict[int, list[MeetingFact]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.due = {one.talk.key: one for one in due_talks(self.plan, law=self.law, at=self.at)}
        owners = {one.talk.owner for one in self.due.values()}
        self.advisers = {one.pk: one for one in advisers_of(self.plan, owners=owners)}
        self.capacity: Capacity = capacity_of(self.plan, list(self.advisers.values()))
        self.length = timedelta(minutes=self.plan.minutes)
        talks = [one.talk for one in self.due.values()]
        self.planned = planner.plan(talks, self.capacity, length=self.length, is_soonest=self.plan.is_of_chosen)

    def missing(self) -> list[dict[str, int]]:
        found = planner.missing_by_week(self.planned, first=self.plan.first, length=self.length)
        return [
            {"year": year, "week": week, "minutes": int(time.total_seconds() // 60)}
            for (year, week), time in found.items()
        ]

    def proposals(self) -> Iterator[PlanProposal]:
        # In the order in which they will be held: what an earlier one fulfils, a later one cannot.
        for placement in sorted(self.planned.placed, key=lambda one: (one.span.starts_at, one.talk.key)):
            yield self._placed(self.due[placement.talk.key], placement)
        for talk in self.planned.left:
            yield self._left(self.due[talk.key], self._why_left(self.due[talk.key]))

    def _placed(self, due: Due, placement: Placement) -> PlanProposal:
        adviser, objections = self.advisers[placement.adviser], self._objections(due, placement)
        if refusal := next((one.text for one in objections if one.kind == ObjectionKind.REFUSE), ""):
            return self._left(due, refusal)
        self._more[due.facts.case.pk].append(self._fact(due, placement))
        length = due.moving.ends_at - due.moving.starts_at if due.moving else self.length
        row = self._row(due, state=ProposalState.PROPOSED)
        row.adviser, row.starts_at = adviser, placement.span.starts_at
        row.ends_at = placement.span.starts_at + length
        row.why = _why(due, placement)
        row.warnings = [*(one.text for one in objections), *_without_link(due, adviser)]
        return row

    def _left(self, due: Due, why: str) -> PlanProposal:
        row = self._row(due, state=ProposalState.LEFT)
        row.adviser_id, row.problem = due.talk.owner, why
        return row

    def _row(self, due: Due, *, state: ProposalState) -> PlanProposal:
        return PlanProposal(
            plan=self.plan,
            case_id=due.facts.case.pk,
            kind=str(due.kind),
            requirement_id=due.requirement_id,
            moving=due.moving,
            channel=due.talk.channel,
            due_on=due.talk.due,
            state=str(state),
        )

    def _objections(self, due: Due, placement: Placement) -> list[Objection]:
        counting = [one for one in due.facts.meetings if one.status in COUNTING and one.pk != _pk(due)]
        return check_booking(
            course=due.course,
            kind=due.kind,
            party=self.plan.made_by.workplace.party,
            day=placement.day,
            book=self.law.book,
            table=self.law.table,
            counting=[*(one.as_fact() for one in counting), *self._more[due.facts.case.pk]],
        )

    def _fact(self, due: Due, placement: Placement) -> MeetingFact:
        party = self.plan.made_by.workplace.party
        key = ("proposal", placement.talk.key)
        return MeetingFact(key=key, kind=due.kind, party=party, day=placement.day, status=MeetingStatus.BOOKED)

    def _why_left(self, due: Due) -> str:
        if self.plan.is_of_chosen and due.talk.owner not in self.advisers:
            return _NOBODYS_TALK if due.moving else _NOBODYS_CASE
        if not any(due.talk.can_be_on(day) for day in days_of(self.plan)):
            return "Borgeren kan ikke indkaldes i de dage: en pause, en fritagelse eller en anden samtale står i vejen."
        who = "Medarbejderen har ingen" if self.plan.is_of_chosen else "Ingen har en"
        return f"{who} ledig tid senest den {day_text(self.plan.last)}."


def _pk(due: Due) -> int | None:
    return due.moving.pk if due.moving else None


def _why(due: Due, placement: Placement) -> str:
    """Say why this adviser has the talk, and how many days it is from the deadline."""
    return f"{_why_adviser(due, placement)} {_to_deadline(placement)}"


def _why_adviser(due: Due, placement: Placement) -> str:
    if placement.span == due.talk.told:
        return "Samme tid, hos en kollega."
    if due.talk.owner is None:
        return "Sagen har ingen medarbejder: den, der har tid."
    if placement.adviser == due.talk.owner and due.moving:
        return "Hos den, der har samtalen."
    if placement.adviser == due.talk.owner:
        return "Hos sagens egen medarbejder."
    return "Hos en kollega, fordi den egen medarbejder ikke har tid nok."


def _to_deadline(placement: Placement) -> str:
    left = (placement.talk.due - placement.day).days
    if left < 0:
        return f"{counted(-left, 'dag', 'dage')} efter fristen."
    return "På fristens sidste dag." if left == 0 else f"{counted(left, 'dag', 'dage')} før fristen."


def _without_link(due: Due, adviser: User) -> list[str]:
    if due.talk.channel != Channel.VIDEO or channel_places.room_of(adviser, at=adviser.workplace):
        return []
    return [channel_places.missing_link(adviser)]
