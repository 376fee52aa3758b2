"""A month planned against the order of the deadlines, and what is proposed booked."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from random import Random
from time import perf_counter

from django.db.models import Count

from cases.models import User
from meetings.models import MonthPlan, PlanProposal, PlanScope, ProposalState
from meetings.month_plan import carrying_out, making, planner, services
from meetings.month_plan.rows import Capacity, Talk
from meetings.month_plan.services import Wish
from meetings.rules.spans import COPENHAGEN, Span
from tests.bench.measure import Bench, Line, seconds

HALF_HOUR = timedelta(minutes=30)
TEAM = 12
#: Working days of the invented month.
DAYS = [day for number in range(31) if (day := date(2026, 6, 1) + timedelta(days=number)).weekday() < 5][:22]
ACCEPTED = 700

Room = Mapping[tuple[int, int], int]


def plan_month(_bench: Bench) -> Iterator[Line]:
    """A team and a large office in an invented month in which six of seven free times are needed."""
    for name, advisers, number, goal in (("month_team", 12, 700, 1), ("month_office", 300, 14_000, 20)):
        room, talks = _invented(advisers, number)
        by_deadline = _late_by_deadline(room, talks, advisers)
        capacity = Capacity(groups=_teams(advisers), free=_free(room))
        begun = perf_counter()
        found = planner.plan(talks, capacity, length=HALF_HOUR)
        took = perf_counter() - begun
        late = sum(one.is_late for one in found.placed) + len(found.left)
        yield Line(name, took, "s", "the goal in seconds", goal, 1, note=f"{advisers} advisers, {number:,} talks")
        yield Line(f"{name}_late", late, "talks", "late in the order of the deadlines", by_deadline, 0.5)


def accept_month(bench: Bench) -> Iterator[Line]:
    """The plan of the largest a-kasse's next month, and so many of its proposals booked by one worker."""
    by = (
        User.objects.filter(organisation__kind="fund")
        .alias(n=Count("organisation__users"))
        .order_by("-n", "pk")
        .first()
    )
    assert by is not None
    month = (bench.at.date().replace(day=1) + timedelta(days=40)).replace(day=1)
    plan = services.ask_for(wish=Wish(PlanScope.ORGANISATION, month), by=by, at=bench.at)
    made = seconds(lambda: making.make_next(at=bench.at))
    rows = plan.proposals.count()
    yield Line("month_made", made, "s", "no comparison", 0, None, note=f"{rows:,} talks of one office, with reading")
    chosen = plan.proposals.filter(state=ProposalState.PROPOSED).order_by("pk").values_list("public_id", flat=True)
    number = services.accept(plan=plan, chosen=list(map(str, chosen[:ACCEPTED])), by=by, at=bench.at)
    took = seconds(lambda: _carry_out(bench))
    booked = PlanProposal.objects.filter(plan=plan, state=ProposalState.BOOKED).count()
    refused = PlanProposal.objects.filter(plan=plan, state=ProposalState.REFUSED)
    why = " ".join(sorted(set(refused.values_list("problem", flat=True))))
    note = f"{booked} of {number} booked, {number / took:.0f} a second. {why}".rstrip()
    yield Line("month_accepted", took, "s", "no comparison", 0, None, note=note)
    MonthPlan.objects.all().delete()


def _carry_out(bench: Bench) -> None:
    while carrying_out.carry_out_next(at=bench.at):
        pass


def _invented(advisers: int, number: int) -> tuple[Room, list[Talk]]:
    """Advisers with more and less time, some away for a while; a tenth of the talks are overdue already."""
    random = Random(1)
    need = number / 0.85 / (advisers * len(DAYS))
    room = {}
    for adviser in range(advisers):
        lean, away = random.uniform(0.6, 1.4), range(0)
        if random.random() < 0.35:
            first = random.randrange(len(DAYS))
            away = range(first, first + random.choice([2, 5, 10]))
        for day in range(len(DAYS)):
            times = max(0, round(random.gauss(need * 1.12 * lean, need * 0.4)))
            room[adviser, day] = 0 if day in away else times
    return room, [_talk(key, random.randrange(advisers), random) for key in range(number)]


def _talk(key: int, owner: int, random: Random) -> Talk:
    sort = random.random()
    if sort < 0.10:
        first, due = DAYS[0], DAYS[0] - timedelta(days=random.randrange(1, 30))
    elif sort < 0.45:
        first, due = DAYS[0], DAYS[random.randrange(9)]
    else:
        last = random.randrange(len(DAYS))
        first, due = DAYS[max(0, last - random.choice([4, 9, 14, 21]))], DAYS[last]
    return Talk(key=key, citizen=key, owner=owner, first=first, due=due)


def _teams(advisers: int) -> list[list[int]]:
    return [list(range(first, min(first + TEAM, advisers))) for first in range(0, advisers, TEAM)]


def _free(room: Room) -> dict[tuple[int, date], list[Span]]:
    found = {}
    for (adviser, number), times in room.items():
        if times:
            begins = datetime.combine(DAYS[number], time(8), COPENHAGEN)
            found[adviser, DAYS[number]] = [Span(begins, begins + times * HALF_HOUR)]
    return found


def _late_by_deadline(room: Room, talks: list[Talk], advisers: int) -> int:
    """How many come late where each in turn takes the first free time, its own adviser's before a colleague's."""
    left, late = dict(room), 0
    for talk in sorted(talks, key=lambda talk: talk.order):
        team = _teams(advisers)[talk.owner // TEAM] if talk.owner is not None else []
        own_first = sorted(team, key=lambda adviser: adviser != talk.owner)
        places = (
            (adviser, number)
            for number, day in enumerate(DAYS)
            if day >= talk.first
            for adviser in own_first
            if left[adviser, number]
        )
        place = next(places, None)
        late += place is None or DAYS[place[1]] > talk.due
        if place is not None:
            left[place] -= 1
    return late
