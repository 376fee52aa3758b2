"""What an act costs: the talks that fall due each week with each organisation, before it and after it.

Counted in the same run that finds the changes: what stands is counted when the run begins, and each batch adds what it
moves. So the sum after is what stands once the act is carried out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from django.db.models import Case as Choose
from django.db.models import Count, F, Q, Sum, When
from django.db.models.functions import TruncWeek
from django.utils import timezone

from cases.bulk_rows import insert_rows
from cases.models import Case, Organisation, Role, User
from cases.rules.facts import Party
from cases.rules.period import Period
from meetings.models import LawLoad, LawRun, Meeting, RequiredMeeting, RequirementState
from meetings.planning.judgement import Judgement
from meetings.planning.stored import RequirementRow
from meetings.rules.spans import Span
from meetings.working_time import free_time

#: So many weeks are looked at, from the day of the run or that of the act, whichever is later.
WEEKS = 26

#: So many advisers' time is read at once, whatever offices they are of, so that the memory stays small.
_READ_TOGETHER = 200

#: An organisation and the Monday of a week.
Key = tuple[int, date]


@dataclass(frozen=True)
class Week:
    """The talks of one week, and how many there is time for."""

    first: date
    before: int
    after: int
    room: int

    @property
    def hours_missing(self) -> float:
        """The hours that the talks after the act take beyond what there is."""
        return max(self.after - self.room, 0) * free_time.TALK / timedelta(hours=1)


@dataclass(frozen=True)
class Load:
    """The weeks of one organisation, or of all of them together."""

    name: str
    weeks: Sequence[Week]

    @property
    def before(self) -> int:
        return sum(week.before for week in self.weeks)

    @property
    def after(self) -> int:
        return sum(week.after for week in self.weeks)

    @property
    def peak(self) -> Week:
        """The first of the weeks with most talks after the act."""
        return max(self.weeks, key=lambda week: week.after)

    @property
    def peak_before(self) -> Week:
        return max(self.weeks, key=lambda week: week.before)

    @property
    def hours_missing(self) -> float:
        return sum(week.hours_missing for week in self.weeks)


def days_of(run: LawRun) -> Period:
    """Whole weeks, from the one in which the run is judged."""
    first = _monday(run.judged_on)
    return Period(first, _monday(max(run.judged_on, run.act.in_force_on)) + timedelta(weeks=WEEKS))


def standing(days: Period) -> Counter[Key]:
    """What is to be held in each week by what is stored now."""
    holder = Choose(
        When(Q(responsible=Party.FUND, case__fund__isnull=False), F("case__fund")), default=F("case__municipality")
    )
    rows = (
        RequiredMeeting.objects.current()
        .filter(state=RequirementState.OPEN, case__status="open", due_on__gte=days.start, due_on__lt=days.end)
        .order_by()
        .values(holder=holder, week=TruncWeek("due_on"))
        .annotate(number=Count("pk"))
    )
    return Counter({(row["holder"], row["week"]): row["number"] for row in rows})


def begin(run: LawRun) -> None:
    """Write what stands, and the room there is, in the caller's transaction."""
    days = days_of(run)
    found, room = standing(days), _room(days)
    LawLoad.objects.bulk_create(
        LawLoad(run=run, organisation_id=pk, week=week, before=number, after=number, room=room[pk, week])
        for pk, week in sorted({*found, *room})
        for number in (found[pk, week],)
    )


def add(run: LawRun, judgements: Iterable[Judgement]) -> None:
    """Write what these cases move, in the transaction of their batch."""
    days, moved = days_of(run), Counter[Key]()
    for judgement in judgements:
        moved.update(_keys(judgement.case, filter(judgement.is_open, judgement.requirements), days))
        moved.subtract(_keys(judgement.case, (one for one in judgement.facts.requirements if one.is_open), days))
    insert_rows(
        LawLoad,
        ("run", "organisation", "week", "before", "after", "room"),
        [(run.pk, pk, week, 0, number, 0) for (pk, week), number in moved.items() if number],
    )


def of_run(run: LawRun) -> list[Load]:
    """The load of each organisation that the act changes, by name, and at the end of all together."""
    sums = run.loads.order_by().values_list("organisation", "week").annotate(Sum("before"), Sum("after"), Sum("room"))
    by_office: defaultdict[int, list[Week]] = defaultdict(list)
    for pk, *told in sums:
        by_office[pk].append(Week(*told))
    changed = [pk for pk, weeks in by_office.items() if any(week.before != week.after for week in weeks)]
    offices = Organisation.objects.filter(pk__in=changed).order_by("name")
    loads = [Load(office.name, sorted(by_office[office.pk], key=lambda week: week.first)) for office in offices]
    return [*loads, Load("I alt", _together(loads))] if loads else []


def _together(loads: Sequence[Load]) -> list[Week]:
    by_week: defaultdict[date, list[Week]] = defaultdict(list)
    for week in (week for load in loads for week in load.weeks):
        by_week[week.first].append(week)
    return [
        Week(first, *(sum(getattr(one, name) for one in weeks) for name in ("before", "after", "room")))
        for first, weeks in sorted(by_week.items())
    ]


def _keys(case: Case, rows: Iterable[RequirementRow], days: Period) -> Iterator[Key]:
    for row in rows:
        if days.contains(row.due_on):
            fund = case.fund_id if row.responsible == Party.FUND else None
            yield fund or case.municipality_id, _monday(row.due_on)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _room(days: Period) -> Counter[Key]:
    """How many talks each organisation has time for in each week: what its advisers have booked, and what is free."""
    room = Counter[Key]()
    advisers = User.objects.filter(is_active=True, role__in=(Role.ADVISER, Role.CASEWORKER)).exclude(organisation=None)
    people = advisers.select_related("organisation").order_by("pk").iterator(chunk_size=_READ_TOGETHER)
    while some := {one.pk: one for one in islice(people, _READ_TOGETHER)}:
        for pk, free in free_time.by_day(some.values(), days=days).items():
            weeks = free_time.room_by_week({pk: free})
            room.update({(some[pk].workplace.pk, week): number for week, number in weeks.items()})
    span = Span.of_days(*days.first_and_last)
    booked = Meeting.objects.booked().filter(starts_at__gte=span.starts_at, starts_at__lt=span.ends_at)
    for pk, starts_at in booked.values_list("organisation_id", "starts_at"):
        room[pk, _monday(timezone.localtime(starts_at).date())] += 1
    return room
