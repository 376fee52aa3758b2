"""Which talks a plan has to place, and what is known of each: read in a number of queries that does not grow."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from cases.models import Case, User
from cases.models.scopes import Scope
from cases.rules.facts import Course, Party
from meetings.models import ChannelChoice, Meeting, MonthPlan, StaffAbsence
from meetings.month_plan.rows import Talk
from meetings.planning import stored as planning_stored
from meetings.planning.law import Law
from meetings.planning.stored import Facts, RequirementRow
from meetings.rules import channel as channel_rules
from meetings.rules.channel import ChannelRefused
from meetings.rules.exemption import resting_on
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.matching import COUNTING, holds
from meetings.rules.spans import FOREVER, ONE_DAY, Span
from meetings.working_time.queries import TAKES_TIME
from meetings.worklist import queries as worklist_queries

#: A talk without a deadline that is moved is held so soon after the day it had.
_SOON = timedelta(weeks=2)


@dataclass(frozen=True)
class Due:
    """One talk to place, with its case and what it is for; `moving` is the booked talk that gets another time."""

    talk: Talk
    facts: Facts
    course: Course
    kind: MeetingKind
    requirement_id: int | None
    moving: Meeting | None = None


def due_talks(plan: MonthPlan, *, law: Law, at: datetime) -> list[Due]:
    """The talks that nobody has booked and that are due in the plan's days, or the booked ones that get new times."""
    today = timezone.localtime(at).date()
    return list(_booked(plan, at=at, today=today) if plan.is_moving else _not_booked(plan, law, today))


def days_of(plan: MonthPlan) -> list[date]:
    """Every day of the plan, its first and its last among them."""
    return [plan.first + number * ONE_DAY for number in range((plan.last - plan.first).days + 1)]


# What is not booked yet


def _not_booked(plan: MonthPlan, law: Law, today: date) -> Iterator[Due]:
    user = plan.made_by
    entries = _entries(plan, today).filter(unbooked_due_on__lte=plan.last, unbooked_from__lte=plan.last)
    of_case = {entry.case_id: entry for entry in entries}
    cases = planning_stored.cases_with_facts(list(of_case))
    taken = _days_taken([case.citizen_id for case in cases], days_of(plan))
    choices = _choices(of_case)
    for facts in planning_stored.read(cases, with_entries=False):
        entry, course = of_case[facts.case.pk], planning_stored.course_of(facts.case)
        open_ones = _open_requirements(facts, party=user.workplace.party, until=plan.last)
        if plan.is_of_chosen:
            open_ones = open_ones[:1]
        for number, (row, first) in enumerate(_spread(open_ones, since=plan.first), start=1):
            kind = MeetingKind(row.kind)
            talk = Talk(
                key=row.row or 0,
                citizen=facts.case.citizen_id,
                owner=entry.worker_id,
                first=max(first, course.registered_on),
                due=row.due_on,
                last=entry.active_until - ONE_DAY if entry.active_until else date.max,
                not_on=taken[facts.case.citizen_id] | _rest_days(course, plan),
                channel=_channel(facts, course, kind, choices.get(facts.case.pk), on=first, number=number, law=law),
            )
            yield Due(talk=talk, facts=facts, course=course, kind=kind, requirement_id=row.row)


def _entries(plan: MonthPlan, today: date) -> worklist_queries.Entries:
    user = plan.made_by
    entries = worklist_queries.entries_of(user, today=today)
    if plan.is_of_chosen:
        return entries.filter(case__in=plan.cases)
    return worklist_queries.in_scope(entries, Scope(plan.scope), user=user, today=today)


def _open_requirements(facts: Facts, *, party: Party, until: date) -> list[RequirementRow]:
    return sorted(
        (
            row
            for row in facts.requirements
            if row.is_open and holds(party, Party(row.responsible)) and row.meeting is None
            if row.due_on <= until and row.window_from <= until
        ),
        key=lambda row: (row.due_on, row.window_from, row.number),
    )


def _spread(rows: list[RequirementRow], *, since: date) -> Iterator[tuple[RequirementRow, date]]:
    """Give each requirement its first day: those that share the same months are spread over them."""
    shared: defaultdict[date, list[RequirementRow]] = defaultdict(list)
    for row in rows:
        shared[row.window_to].append(row)
        first = max(row.window_from, since)
        together = [one for one in rows if one.window_to == row.window_to]
        before = len(shared[row.window_to]) - 1
        yield row, first + max(row.due_on - first, timedelta()) * before // len(together)


def _days_taken(citizens: Collection[int], days: list[date]) -> Mapping[int, frozenset[date]]:
    """The days on which the citizens have a talk already, at either party."""
    span = Span.of_days(days[0], days[-1])
    rows = Meeting.objects.filter(
        citizen__in=citizens, status__in=TAKES_TIME, starts_at__lt=span.ends_at, ends_at__gt=span.starts_at
    )
    found: defaultdict[int, set[date]] = defaultdict(set)
    for citizen, starts_at in rows.values_list("citizen_id", "starts_at"):
        found[citizen].add(timezone.localtime(starts_at).date())
    return defaultdict(frozenset, {citizen: frozenset(taken) for citizen, taken in found.items()})


def _rest_days(course: Course, plan: MonthPlan) -> frozenset[date]:
    if not course.pauses and not course.exemptions:
        return frozenset()
    return frozenset(day for day in days_of(plan) if resting_on(course, day))


def _choices(cases: Iterable[int]) -> dict[int, ChannelChoice]:
    """What the citizens have chosen for all their talks; the latest counts."""
    rows = ChannelChoice.objects.filter(case__in=list(cases), meeting=None).order_by("chosen_on", "pk")
    return {row.case_id: row for row in rows}


def _channel(
    facts: Facts, course: Course, kind: MeetingKind, choice: ChannelChoice | None, *, on: date, number: int, law: Law
) -> str:
    """The channel that the booking will find by itself; nothing where it will ask."""
    earlier = sum(one.kind == kind and one.status in COUNTING for one in facts.meetings)
    answer = channel_rules.channel_on(
        course=course, meeting_on=max(on, course.registered_on), kind=kind, number=earlier + number, book=law.book
    )
    wish = Channel(choice.channel) if choice else None
    try:
        return str(channel_rules.resolve(answer, wish=wish, wished_on=choice.chosen_on if choice else None).channel)
    except ChannelRefused:
        return ""


# What is booked and gets another time


def booked_in_absence(absent: User, *, at: datetime) -> list[Meeting]:
    """The talks to come that lie in an absence of the one who should hold them."""
    absences = StaffAbsence.objects.filter(user=absent).overlapping(Span(at, FOREVER))
    within = Q(pk__in=[])
    for absence in absences:
        within |= Q(starts_at__lt=absence.span.ends_at, ends_at__gt=absence.starts_at)
    rows = Meeting.objects.booked().filter(within, adviser=absent, starts_at__gt=at)
    return list(rows.select_related("organisation", "fulfils").order_by("starts_at", "pk"))


def next_booked(cases: Collection[int], *, by: User, at: datetime) -> list[Meeting]:
    """The office's next talk to come in each of the cases that are still the user's to see."""
    own = Case.objects.visible_to(by).filter(pk__in=cases)
    rows = Meeting.objects.booked().filter(case__in=own, organisation=by.workplace, starts_at__gt=at)
    rows = rows.order_by("case", "starts_at", "pk").distinct("case")
    return list(rows.select_related("organisation", "fulfils"))


def due_of(meeting: Meeting) -> date:
    """The last day to hold a booked talk: its deadline, or without one two weeks after its day now.

    Load its requirement first.
    """
    return meeting.requirement.due_on if meeting.requirement else meeting.day + _SOON


def _booked(plan: MonthPlan, *, at: datetime, today: date) -> Iterator[Due]:
    if plan.absent:
        meetings = [one for one in booked_in_absence(plan.absent, at=at) if one.day <= plan.last]
    else:
        meetings = next_booked(plan.cases, by=plan.made_by, at=at)
    cases = planning_stored.cases_with_facts([one.case_id for one in meetings])
    facts_of = {facts.case.pk: facts for facts in planning_stored.read(cases, with_entries=False)}
    taken = _days_taken([case.citizen_id for case in cases], days_of(plan))
    tomorrow = today + ONE_DAY
    for meeting in meetings:
        if (facts := facts_of.get(meeting.case_id)) is None:
            continue
        course, requirement = planning_stored.course_of(facts.case), meeting.requirement
        # Of somebody absent the time that was told stays where it can; what is chosen goes to another day.
        own_day = {meeting.day} if plan.absent else set()
        talk = Talk(
            key=meeting.pk,
            citizen=meeting.citizen_id,
            owner=meeting.adviser_id,
            first=max(requirement.window_from if requirement else tomorrow, tomorrow),
            due=due_of(meeting),
            not_on=taken[meeting.citizen_id] - own_day | _rest_days(course, plan),
            channel=meeting.channel,
            told=Span(meeting.starts_at, meeting.ends_at) if plan.absent else None,
        )
        kind, requirement_id = MeetingKind(meeting.kind), requirement.pk if requirement else None
        yield Due(talk=talk, facts=facts, course=course, kind=kind, requirement_id=requirement_id, moving=meeting)
