"""The page of one case: what the law demands, what is booked and held, who does what. A reading: nothing is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from cases import wall
from cases.accounts import access
from cases.accounts.access import Permission
from cases.models import BenefitHours, Case, Event, Handover, User
from cases.models.cases import CaseQuerySet
from cases.rules.explanation import Explanation, Step
from cases.rules.facts import Course, Party
from cases.rules.responsibility import (
    MunicipalityFrom,
    SuggestedHandover,
    handover_missing,
    municipality_from,
    suggest_handover,
)
from cases.rules.unemployment_clock import broken_period
from cases.seam import Tile
from cases.statements import Statement
from cases.ui.case_tabs import Tab
from cases.ui.keyset import Page, page
from cases.web import case_views
from meetings.case_page.after_six_months import AfterSixMonths, after_six_months
from meetings.case_page.counting import why_counts_for_none
from meetings.case_page.requirements import RequirementOnPage, explained_today, requirement_on_page
from meetings.case_page.timeline import timeline_of
from meetings.models import ChannelChoice, FundWish, Meeting, RequiredMeeting
from meetings.planning.law import Law
from meetings.planning.stored import course_of, read_lists
from meetings.rules.channel import ChannelAnswer, channel_on
from meetings.rules.contact_course import plan
from meetings.rules.exemption import resting_on
from meetings.rules.kinds import MeetingKind
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.matching import COUNTING
from meetings.rules.participation import may_invite_fund

HISTORY_SIZE = 15
#: What was written when a meeting was cancelled is no note of a talk.
_OVER = (MeetingStatus.HELD, MeetingStatus.MISSED)


@dataclass(frozen=True)
class Booking:
    """One meeting, and what this user may do with it."""

    meeting: Meeting
    #: Why it fulfils no requirement; empty where it fulfils one, or is neither booked nor held.
    why_extra: str
    is_over: bool
    moved_to: Meeting | None
    may_be_registered: bool
    may_be_moved: bool
    may_be_corrected: bool


@dataclass(frozen=True)
class ChannelClock:
    """How the next meeting is held, who decides it, and what the citizen has chosen."""

    day: date
    answer: ChannelAnswer
    choice: ChannelChoice | None
    history: Sequence[ChannelChoice]


@dataclass(frozen=True)
class FundPresence:
    """Whether the citizen wishes the a-kasse at the first meeting in the jobcenter."""

    meeting: Meeting | None
    #: What the citizen said before it was booked.
    said: FundWish | None = None

    @property
    def is_asked_again(self) -> bool:
        return self.meeting is not None and self.meeting.moved_from_id is not None


@dataclass(frozen=True)
class Passing:
    """How the course passes from a-kasse to jobcenter."""

    begins: MunicipalityFrom
    handover: Handover | None
    hours: Sequence[BenefitHours]
    total_hours: Any
    suggestion: SuggestedHandover | None
    missing: Step | None


@dataclass(frozen=True)
class CoursePage:
    case: Case
    holder_is_fund: bool
    resting: Step | None
    notes: Explanation
    #: That a law which is not confirmed here governs some of the days.
    unconfirmed: Step | None
    requirements: Sequence[RequirementOnPage]
    replaced: Sequence[RequiredMeeting]
    bookings: Sequence[Booking]
    channel: ChannelClock
    fund_presence: FundPresence | None
    after_six_months: AfterSixMonths | None
    timeline: Mapping[str, Any]
    next_requirement: RequirementOnPage | None
    is_due_to_book: bool
    #: What is booked from now on, by both parties, the nearest first.
    ahead: Sequence[Booking]
    needs_outcome: Booking | None
    #: The latest meeting that somebody wrote a note about.
    last_noted: Meeting | None
    matters: Sequence[Tile]


def _broken(case: Case, law: Law) -> Explanation:
    """Once, however many pauses there are: a break of the benefit is to be judged."""
    found = (broken_period(case.target_group, one.kind, one.period.start, law.book) for one in case.pauses.all())
    return tuple(step for step in found if step is not None)[-1:]


def case_of(user: User, public_id: UUID) -> Case:
    """The case that an address names, with what every tab of its page shows: 404 outside the user's reach."""
    case = case_views.found_or_404(_CASES.rows(user, public_id=public_id))
    read_lists([case])
    return case


def with_all_that_is_shown(cases: CaseQuerySet) -> QuerySet[Case]:
    """The cases with what their page shows of them, but for the lists that `read_lists` reads."""
    return cases.with_parties().select_related("handover__handed_over_by", "handover__received_by", "previous", "next")


_CASES = Statement(
    lambda user, *, public_id: with_all_that_is_shown(Case.objects.visible_to(user)).filter(public_id=public_id)
)
_REQUIRED = Statement(
    lambda nobody, *, case: RequiredMeeting.objects.filter(case=case).select_related("act", "explanation")
)
_MEETINGS = Statement(
    lambda nobody, *, case: Meeting.objects.filter(case=case).select_related("organisation", "adviser", "fulfils")
)
_CHOICES = Statement(
    lambda nobody, *, case: ChannelChoice.objects.filter(case=case).select_related("recorded_by", "meeting")
)


_WISHES = Statement(
    lambda nobody, *, case: FundWish.objects.filter(case=case).select_related("recorded_by__organisation")
)


def _of(case: Case, statement: Statement[Any]) -> list[Any]:
    """What the statement finds of the case."""
    rows = statement.rows(None, case=case.pk)
    for row in rows:
        row.case = case
    return rows


def read(*, case: Case, user: User, at: datetime, law: Law) -> CoursePage:
    """The course and its talks, at the same number of queries for any case. Load it by `case_of`."""
    today = timezone.localtime(at).date()
    course = course_of(case)
    required: list[RequiredMeeting] = _of(case, _REQUIRED)
    current = [row for row in required if row.replaced_at is None]
    meetings: list[Meeting] = _of(case, _MEETINGS)
    choices: list[ChannelChoice] = _of(case, _CHOICES)
    resting = resting_on(course, today)
    planned = plan(course=course, book=law.book, table=law.table)
    drafts = {draft.slug for draft in law.book.drafts}
    explained = explained_today(current, planned.meetings, law.book)
    requirements = [
        requirement_on_page(row, case, meetings, explained[row.pk], user=user, at=at, today=today, resting=resting)
        for row in current
    ]
    moved_to = {meeting.moved_from_id: meeting for meeting in meetings if meeting.moved_from_id}
    bookings = [_booking(meeting, case, current, moved_to.get(meeting.pk), user=user, at=at) for meeting in meetings]
    booked = [one for one in bookings if one.meeting.status == MeetingStatus.BOOKED]
    ahead = [one for one in booked if not one.is_over]
    next_requirement = next((one for one in requirements if one.may_be_booked), None)
    return CoursePage(
        case=case,
        holder_is_fund=case.holder_on(today).is_fund,
        resting=resting,
        notes=tuple(step for step in planned.notes if step.act not in drafts) + _broken(case, law),
        unconfirmed=next((step for step in planned.notes if step.act in drafts), None),
        requirements=requirements,
        replaced=sorted(
            (row for row in required if row.replaced_at is not None), key=attrgetter("replaced_at"), reverse=True
        ),
        bookings=sorted(bookings, key=lambda one: one.meeting.starts_at, reverse=True),
        channel=_channel(course, meetings, choices, ahead[0].meeting if ahead else None, today=today, law=law),
        fund_presence=_fund_presence(case, course, meetings, today=today, law=law),
        after_six_months=after_six_months(
            course=course, meetings=meetings, at=at, is_resting=resting is not None, law=law
        )
        if case.is_open
        else None,
        timeline=timeline_of(case, requirements, meetings, at=at, today=today),
        next_requirement=next_requirement,
        is_due_to_book=next_requirement is not None and next_requirement.row.window_from <= today,
        ahead=ahead,
        needs_outcome=next((one for one in bookings if one.may_be_registered and one.is_over), None),
        last_noted=max(
            (m for m in meetings if m.note and m.status in _OVER), key=attrgetter("starts_at"), default=None
        ),
        matters=_matters(case, requirements, overdue_outcomes=len(booked) - len(ahead), today=today),
    )


def _matters(
    case: Case, requirements: Sequence[RequirementOnPage], *, overdue_outcomes: int, today: date
) -> Sequence[Tile]:
    """How many talks lack an outcome, and how many must be booked now."""
    url = Tab.TALKS.url_of(case.public_id)
    to_book = sum(one.may_be_booked and one.row.window_from <= today for one in requirements)
    found = (
        Tile("Samtaler mangler udfald", overdue_outcomes, f"{url}#samtaler", variant="warning"),
        Tile("Samtaler skal bookes", to_book, f"{url}#krav", variant="warning"),
    )
    return [one for one in found if one.count]


def history_of(case: Case, params: Mapping[str, str]) -> Page[Event]:
    """What happened, the newest first."""
    events = Event.objects.for_case(case)
    return page(
        events, among=events, order="at", public_id="public_id", params=params, is_newest_first=True, size=HISTORY_SIZE
    )


def _booking(
    meeting: Meeting,
    case: Case,
    requirements: Sequence[RequiredMeeting],
    moved_to: Meeting | None,
    *,
    user: User,
    at: datetime,
) -> Booking:
    is_extra = meeting.status in COUNTING and meeting.requirement is None
    is_booked = meeting.status == MeetingStatus.BOOKED
    is_own = meeting.organisation_id == user.organisation_id
    may_register = is_own and access.has(user, Permission.HOLD_MEETING)
    return Booking(
        meeting=meeting,
        why_extra=why_counts_for_none(meeting, case, requirements) if is_extra else "",
        is_over=meeting.ends_at <= at,
        moved_to=moved_to,
        may_be_registered=is_booked and may_register and meeting.starts_at <= at,
        may_be_moved=is_booked and is_own and case.is_open and access.has(user, Permission.BOOK_MEETING),
        may_be_corrected=meeting.status in (MeetingStatus.HELD, MeetingStatus.MISSED) and may_register,
    )


def _channel(
    course: Course,
    meetings: Sequence[Meeting],
    choices: Sequence[ChannelChoice],
    ahead: Meeting | None,
    *,
    today: date,
    law: Law,
) -> ChannelClock:
    day = ahead.day if ahead else max(today, course.registered_on)
    kind = MeetingKind(ahead.kind) if ahead else MeetingKind.CONTACT_INTERVIEW
    earlier = [m for m in meetings if m.kind == kind and m.status in COUNTING and m.day < day]
    binding = (choice for choice in choices if choice.is_for(ahead))
    return ChannelClock(
        day=day,
        answer=channel_on(course=course, meeting_on=day, kind=kind, number=len(earlier) + 1, book=law.book),
        choice=next(binding, None),
        history=choices,
    )


def _fund_presence(
    case: Case, course: Course, meetings: Sequence[Meeting], *, today: date, law: Law
) -> FundPresence | None:
    """None where the a-kasse cannot take part: by the law of that day, or because the meeting has been held."""
    own = [m for m in meetings if m.party is Party.MUNICIPALITY and m.status in COUNTING]
    first = own[0] if own else None
    if case.fund is None or first is not None and first.status == MeetingStatus.HELD:
        return None
    day = first.day if first else max(today, course.registered_on)
    may, _ = may_invite_fund(course=course, party=Party.MUNICIPALITY, number=1, on=day, book=law.book)
    if not may:
        return None
    said = None if first else next(iter(_of(case, _WISHES)), None)
    return FundPresence(first, said)


def passing_of(case: Case, *, today: date, law: Law) -> Passing:
    """How the course passes on. Load the case by `case_of`."""
    course = course_of(case)
    hours = list(case.benefit_hours.all())
    by_month = {one.month: one.hours for one in hours}
    return Passing(
        begins=municipality_from(course, law.book),
        handover=getattr(case, "handover", None),
        hours=hours,
        total_hours=sum(by_month.values()),
        suggestion=suggest_handover(by_month, course, law.book),
        missing=handover_missing(course, today, law.book),
    )


def neighbour(case: Case | None, user: User, *, is_there: bool) -> dict[str, str] | None:
    """An earlier or later course: a link for those who may open it, and a word for the others."""
    if case is not None and user.organisation_id in (case.fund_id, case.municipality_id):
        return {"label": case.label, "url": reverse("meetings:course", args=[case.public_id])}
    return {"label": "vises ikke, fordi du ikke har adgang", "url": ""} if is_there else None


def is_followed(case: Case) -> bool:
    """Whether a later course was begun from it, also where that is another office's."""
    if case.is_open or hasattr(case, "next"):
        return hasattr(case, "next")
    with wall.lifted():
        return Case.objects.filter(previous=case).exists()
