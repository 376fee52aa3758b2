"""When those whom a plan gives talks to are free: the same reading of free time as a person's booking has."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from cases.models import Role, User
from meetings.models import MonthPlan, PlanScope
from meetings.month_plan.due import days_of
from meetings.month_plan.rows import Capacity
from meetings.rules.spans import Span
from meetings.working_time.queries import availabilities


def advisers_of(plan: MonthPlan, *, owners: Collection[int | None]) -> list[User]:
    """Those who can be given talks of the plan; a leader only where cases here are the leader's own.

    `owners` are the ids of those who have the cases, None for a case that nobody has.
    """
    colleagues = User.objects.filter(organisation=plan.organisation_id, is_active=True).exclude(role=Role.ADMINISTRATOR)
    if plan.is_of_chosen:
        colleagues = colleagues.filter(pk__in=[owner for owner in owners if owner is not None])
    elif plan.scope == PlanScope.MINE:
        colleagues = colleagues.filter(pk=plan.made_by_id)
    elif plan.scope != PlanScope.ORGANISATION and (team := (plan.absent or plan.made_by).team_id):
        colleagues = colleagues.filter(team=team)
    found = colleagues.select_related("organisation", "team").order_by("team_id", "pk")
    return [one for one in found if one.role != Role.TEAM_LEADER or one.pk in owners or plan.scope == PlanScope.MINE]


def capacity_of(plan: MonthPlan, advisers: Sequence[User]) -> Capacity:
    """The free times and caps of these advisers on the plan's days, with who helps whom.

    Those of one team help each other; with cases that somebody chose each has only their own.
    """
    known = availabilities(advisers, first=plan.first, last=plan.last)
    free: dict[tuple[int, date], Sequence[Span]] = {}
    caps: dict[tuple[int, date, str], int] = {}
    most: dict[tuple[int, date], int] = {}
    for pk, one in known.items():
        for day in days_of(plan):
            if not (spans := one.free_spans(day)):
                continue
            free[pk, day] = spans
            for channel in one.caps:
                room = one.room(day, channel) or 0
                if channel is None:
                    most[pk, day] = room
                else:
                    caps[pk, day, str(channel)] = room
    groups = [[one.pk] for one in advisers] if plan.is_of_chosen else _groups(advisers)
    return Capacity(groups=groups, free=free, caps=caps, most=most, kept_open=plan.kept_open)


def _groups(advisers: Sequence[User]) -> list[list[int]]:
    teams: defaultdict[int | None, list[int]] = defaultdict(list)
    for one in advisers:
        teams[one.team_id].append(one.pk)
    return list(teams.values())
