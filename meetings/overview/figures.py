"""What each figure of the overview counts. The list behind a figure has the rows that it counts: one definition."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.models import Case, Team, User
from cases.models.cases import CaseQuerySet
from cases.rules.facts import Party
from cases.rules.labelled import Labelled
from cases.rules.period import Period
from meetings.exemptions.share import by_assessment
from meetings.models import Meeting, RequiredMeeting, RequirementState, WorklistEntry
from meetings.rules.kinds import Channel
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.spans import local

#: So many weeks ahead are looked at.
WEEKS = 12
#: The public statistics ask for so many talks at the handover, whatever the law of the course demands.
STATISTICS_DEMAND = 3


class Figure(Labelled):
    """By the name in the address of its list."""

    CASES = "sager", "Sager"
    TO_BOOK = "skal-bookes", "Skal bookes"
    OVERDUE = "overskredet", "Overskredet"
    OVERDUE_WEEK = "overskredet-1-7", "Overskredet 1-7 dage"
    OVERDUE_MONTH = "overskredet-8-30", "Overskredet 8-30 dage"
    OVERDUE_LONGER = "overskredet-over-30", "Overskredet over 30 dage"
    DUE = "frister", "Frister, der er gået"
    IN_TIME = "i-tide", "Holdt i tide"
    LATE = "for-sent", "Holdt for sent"
    NOT_HELD = "ikke-holdt", "Ikke holdt"
    HELD = "holdt", "Holdte samtaler"
    ATTENDANCE = "fremmoede", "Holdt ved personligt fremmøde"
    TELEPHONE = "telefon", "Holdt pr. telefon"
    VIDEO = "video", "Holdt pr. video"
    UNKNOWN = "uoplyst", "Holdt, uden at formen er oplyst"
    PASSED = "overgaaet", "Overgået til jobcentret"
    PASSED_THREE = "overgaaet-tre", "Overgået med mindst tre samtaler"
    PASSED_DEMANDED = "overgaaet-alle", "Overgået med de samtaler, loven kræver"
    CITIZENS = "borgere", "Åbne sager"
    EXEMPTED = "fritaget", "Fritaget efter konkret vurdering"
    COMING = "kommende", "Samtaler med frist i ugen"


OF_CHANNEL = {
    Channel.ATTENDANCE: Figure.ATTENDANCE,
    Channel.TELEPHONE: Figure.TELEPHONE,
    Channel.VIDEO: Figure.VIDEO,
    None: Figure.UNKNOWN,
}


@dataclass(frozen=True)
class Choice:
    """What a leader looks at: the own office or one of its teams, at a moment, and the days that are looked back on."""

    user: User
    span: Period
    now: datetime
    team: Team | None = None
    #: The adviser whose part of a figure is opened, or what nobody has of it, and the week.
    worker: User | None = None
    is_nobodys: bool = False
    week: date | None = None

    @property
    def today(self) -> date:
        return timezone.localtime(self.now).date()

    @property
    def is_fund(self) -> bool:
        return self.user.workplace.is_fund

    @property
    def case_worker(self) -> str:
        """Whose case it is, as a path from the case."""
        return "fund_adviser" if self.is_fund else "municipality_caseworker"

    def of(self, worker: str) -> Q:
        """The condition on whoever has something, at the end of that path."""
        of_team = Q(**{f"{worker}__team": self.team}) if self.team else Q()
        return of_team & (Q(**{worker: self.worker}) if self.worker or self.is_nobodys else Q())

    @property
    def passed_by(self) -> date:
        """The day before which a deadline has passed that the figures look back on: at the latest today."""
        return min(self.span.end or self.today, self.today)

    @property
    def first_week(self) -> date:
        return self.today - timedelta(days=self.today.weekday())


# The rows that figures are counted among


def entries(choice: Choice) -> QuerySet[WorklistEntry]:
    """What the office has in hand: the cases that have not passed on, also those that rest."""
    rows = WorklistEntry.objects.visible_to(choice.user).filter(choice.of("worker"))
    return rows.filter(Q(active_until=None) | Q(active_until__gt=choice.today))


def active_entries(choice: Choice) -> QuerySet[WorklistEntry]:
    """The entries that the worklist shows: those that the office still has to act on."""
    return WorklistEntry.objects.visible_to(choice.user).active(choice.today).filter(choice.of("worker"))


def _requirements(choice: Choice) -> QuerySet[RequiredMeeting]:
    own = Q(case__fund=choice.user.organisation_id, responsible=Party.FUND)
    if not choice.is_fund:
        own = Q(case__municipality=choice.user.organisation_id) & ~Q(responsible=Party.FUND)
    rows = RequiredMeeting.objects.current().filter(own, choice.of(f"case__{choice.case_worker}"))
    return rows.exclude(state=RequirementState.HISTORIC)


def due(choice: Choice) -> QuerySet[RequiredMeeting]:
    """The talks whose deadline has passed in the span; a deadline after the end of the case is none."""
    stands = Q(case__closed_on=None) | Q(due_on__lt=F("case__closed_on"))
    return _requirements(choice).filter(stands, due_on__gte=choice.span.start, due_on__lt=choice.passed_by)


def coming(choice: Choice) -> QuerySet[RequiredMeeting]:
    """The talks that are still to be held in the weeks ahead, or in one of them."""
    first = choice.week or choice.first_week
    last = first + timedelta(weeks=1 if choice.week else WEEKS)
    rows = _requirements(choice).filter(
        case__status="open", state=RequirementState.OPEN, due_on__gte=max(first, choice.today), due_on__lt=last
    )
    if choice.is_fund:
        rows = rows.filter(Q(case__municipality_from=None) | Q(case__municipality_from__gt=choice.today))
    return rows


def is_booked() -> Exists:
    """The condition on a required meeting that a talk is booked for it."""
    return Exists(Meeting.objects.booked().filter(pk=OuterRef("meeting")))


def held(choice: Choice) -> QuerySet[Any]:
    """The talks that the office held in the span, each with the way it was really held."""
    rows = Meeting.objects.visible_to(choice.user).filter(
        choice.of("adviser"),
        organisation=choice.user.organisation_id,
        status=MeetingStatus.HELD,
        starts_at__gte=local(choice.span.start, time.min),
        starts_at__lt=choice.now,
    )
    if choice.span.end is not None:
        rows = rows.filter(starts_at__lt=local(choice.span.end, time.min))
    return rows.annotate(held_as=Choose(When(held_channel="", then=F("channel")), default=F("held_channel")))


def passed(choice: Choice) -> QuerySet[Case]:
    """The courses that passed on to the jobcenter in the span, with the talks held and demanded before that day."""
    before = Meeting.objects.filter(
        case=OuterRef("pk"),
        organisation=OuterRef("fund"),
        status=MeetingStatus.HELD,
        starts_at__date__lt=OuterRef("municipality_from"),
    )
    demanded = RequiredMeeting.objects.current().filter(case=OuterRef("pk"), responsible=Party.FUND)
    return (
        Case.objects.visible_to(choice.user)
        .filter(
            choice.of(choice.case_worker),
            Q(closed_on=None) | Q(closed_on__gte=F("municipality_from")),
            fund__isnull=False,
            municipality_from__gt=F("placed_on"),
            municipality_from__gte=choice.span.start,
            municipality_from__lt=choice.passed_by + timedelta(days=1),
        )
        .filter(*([Q(municipality_from__lt=choice.span.end)] if choice.span.end else []))
        .annotate(
            held_before=_number_of(before),
            demanded=_number_of(demanded.exclude(state=RequirementState.HISTORIC)),
        )
    )


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("case").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), Value(0))


def citizens(choice: Choice) -> CaseQuerySet:
    """All whose case is open: whom the unit's share is of."""
    return Case.objects.visible_to(choice.user).open().filter(choice.of(choice.case_worker))


def exempted(choice: Choice) -> CaseQuerySet:
    """Those of them who are exempted today by a concrete assessment."""
    return by_assessment(citizens(choice), on=choice.today)


# What of those rows each figure counts

_Condition = Callable[[Choice], Q]


def _overdue(first: int, last: int | None = None) -> _Condition:
    def condition(choice: Choice) -> Q:
        oldest = Q(due_on__gte=choice.today - timedelta(days=last)) if last else Q()
        return Q(due_on__lte=choice.today - timedelta(days=first)) & oldest

    return condition


def _all(choice: Choice) -> Q:
    return Q()


_IS_HELD = Q(state=RequirementState.FULFILLED)
_IS_LATE = Q(is_met_late=True)
#: Whatever can be asked for: the rows, and which of them.
PARTS: dict[Figure, tuple[Callable[[Choice], QuerySet[Any]], _Condition]] = {
    Figure.CASES: (entries, _all),
    Figure.TO_BOOK: (
        active_entries,
        lambda choice: Q(unbooked_from__lte=choice.today, unbooked_due_on__isnull=False),
    ),
    Figure.OVERDUE: (active_entries, _overdue(1)),
    Figure.OVERDUE_WEEK: (active_entries, _overdue(1, 7)),
    Figure.OVERDUE_MONTH: (active_entries, _overdue(8, 30)),
    Figure.OVERDUE_LONGER: (active_entries, _overdue(31)),
    Figure.DUE: (due, _all),
    Figure.IN_TIME: (due, lambda choice: _IS_HELD & ~_IS_LATE),
    Figure.LATE: (due, lambda choice: _IS_HELD & _IS_LATE),
    Figure.NOT_HELD: (due, lambda choice: ~_IS_HELD),
    Figure.HELD: (held, _all),
    **{
        figure: (held, lambda choice, way=way: Q(held_as=way))  # type: ignore[misc]  # of a default
        for way, figure in OF_CHANNEL.items()
        if way is not None
    },
    Figure.UNKNOWN: (held, lambda choice: ~Q(held_as__in=list(Channel))),
    Figure.PASSED: (passed, _all),
    Figure.PASSED_THREE: (passed, lambda choice: Q(held_before__gte=STATISTICS_DEMAND)),
    Figure.PASSED_DEMANDED: (passed, lambda choice: Q(held_before__gte=F("demanded"))),
    Figure.CITIZENS: (citizens, _all),
    Figure.EXEMPTED: (exempted, _all),
    Figure.COMING: (coming, _all),
}


def condition_of(figure: Figure, choice: Choice) -> Q:
    """Which of the rows that the figure is counted among it counts."""
    return PARTS[figure][1](choice)


def rows_of(figure: Figure, choice: Choice) -> QuerySet[Any]:
    """The rows that the figure counts."""
    rows, condition = PARTS[figure]
    return rows(choice).filter(condition(choice))
