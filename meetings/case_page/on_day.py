"""A case as it stood at the end of a day: what we said, by the law that was known. A reading: nothing is saved.

What has rows with moments of its own is read from them. What a later change overwrote stands in that change's event
(`cases.history`); what was overwritten before events kept it is said to be lost, and never guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from cases.history.before import Later
from cases.models import Act, Case, Event
from cases.rules import rule_book
from cases.rules.explanation import Explanation, Step
from cases.rules.facts import Course
from cases.rules.wording import day_text
from cases.ui.keyset import Page, page
from meetings.case_page import course_on_day
from meetings.case_page.course_on_day import TURNS, Fact
from meetings.case_page.presenters import HISTORY_SIZE
from meetings.case_page.requirements import state_of
from meetings.models import Meeting, RequiredMeeting, RequirementState
from meetings.models.meetings import channel_text
from meetings.rules.exemption import resting_on
from meetings.rules.kinds import MeetingKind
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.matching import MeetingFact, assign
from meetings.rules.spans import local

#: The changes that overwrite what a course is planned from, or what came of a meeting.
OVERWRITING = (
    "cases.corrected",
    "cases.party_changed",
    "cases.pause_changed",
    "cases.pause_removed",
    "cases.hours_recorded",
    "meetings.outcome_corrected",
    "meetings.duty_kept",
    "meetings.exemption_removed",
)
#: What may move a deadline; the event of the plan itself follows at the same moment.
_CAUSES = (
    "cases.corrected",
    "cases.number_changed",
    "cases.party_changed",
    "cases.paused",
    "cases.pause_changed",
    "cases.pause_removed",
    "cases.hours_recorded",
    "cases.handed_over",
    "cases.handover_corrected",
    "cases.handover_withdrawn",
    "meetings.exempted",
    "meetings.duty_kept",
    "meetings.exemption_removed",
)
_PLANNED = "meetings.planned"
_OUTCOMES = ("meetings.held", "meetings.missed", "meetings.outcome_corrected")

_STATES = {
    MeetingStatus.BOOKED: ("Booket", "info"),
    MeetingStatus.HELD: ("Holdt", "success"),
    MeetingStatus.MISSED: ("Ikke holdt", "warning"),
    MeetingStatus.CANCELLED: ("Aflyst", ""),
    MeetingStatus.MOVED: ("Flyttet", ""),
}


@dataclass
class MeetingOnDay:
    """One meeting as it stood; what it fulfils is matched as the plan of the day has it."""

    row: Meeting
    status: MeetingStatus
    channel: str
    requirement: RequiredMeeting | None = None
    is_late: bool = False

    @property
    def ends_at(self) -> datetime:
        return self.row.ends_at

    @property
    def label(self) -> str:
        return _STATES[self.status][0]

    @property
    def variant(self) -> str:
        return _STATES[self.status][1]


@dataclass(frozen=True)
class RequirementToday:
    """What is said of the same requirement today, where it is something else: no row where it fell away."""

    row: RequiredMeeting | None
    why: Mapping[str, Any] | None
    because: Sequence[str]


@dataclass(frozen=True)
class RequirementOnDay:
    """One required meeting as it was demanded, with its frozen explanation, and what is said of it today."""

    row: RequiredMeeting
    state: str
    variant: str
    meeting: MeetingOnDay | None
    why: Mapping[str, Any]
    now: RequirementToday | None


@dataclass(frozen=True)
class LawOnDay:
    """The acts known at the end of the day: those in force, the newest first, and those still to come."""

    in_force: Sequence[rule_book.Act]
    to_come: Sequence[rule_book.Act]


@dataclass(frozen=True)
class CaseOnDay:
    day: date
    is_today: bool
    facts: Sequence[Fact]
    holder: str
    why_holder: Explanation
    resting: Step | None
    requirements: Sequence[RequirementOnDay]
    meetings: Sequence[MeetingOnDay]
    rests: Sequence[str]
    law: LawOnDay
    lost: Sequence[Event]
    history: Page[Event]
    before: date | None
    after: date | None
    days: Sequence[date]
    last: datetime
    later: Later


def last_moment(day: date, *, at: datetime) -> datetime:
    """The end of a day in Copenhagen, and today no later than now."""
    midnight = local(day + timedelta(days=1), time.min)
    return min(midnight - timedelta(microseconds=1), at)


def first_day(case: Case) -> date:
    """The day on which the case was opened here, whenever the course began."""
    return timezone.localtime(case.created_at).date()


def refusal(case: Case, day: date, *, today: date) -> str:
    """Why there is nothing to say of the case on a day; empty when there is."""
    opened_on = first_day(case)
    if day > today:
        return f"Den {day_text(day)} er ikke kommet endnu. Vælg i dag eller en tidligere dag."
    if day < opened_on:
        return f"Sagen blev oprettet den {day_text(opened_on)}. Vælg den dag eller en senere."
    return ""


def read(*, case: Case, day: date, at: datetime, params: Mapping[str, str]) -> CaseOnDay:
    """All that is known of a case at the end of a day on which it existed, at the same number of queries for any.

    Load the case by `presenters.case_of`.
    """
    last, today = last_moment(day, at=at), timezone.localtime(at).date()
    told = list(Event.objects.filter(case=case).order_by("at", "pk"))
    later = Later([event for event in told if event.at > last])
    book = Act.objects.rule_book(known_at=last)
    course = course_on_day.course_of_day(case, later, last)
    rows = list(case.required_meetings.select_related("act", "explanation"))
    standing = [row for row in rows if _stood(row, last)]
    all_meetings = list(case.meetings.select_related("organisation", "adviser"))
    meetings = _meetings(all_meetings, told, later, last)
    _match(standing, meetings, course)
    is_open = course_on_day.was_open(case, told, last)
    resting = resting_on(course, day) if course else None
    held_by = course_on_day.holder(course, day, book)
    days = _days(case, rows, all_meetings, told)
    events = Event.objects.for_case(case).filter(at__lte=last)
    return CaseOnDay(
        day=day,
        is_today=day == today,
        facts=course_on_day.facts(case, later, last, is_open=is_open),
        holder=course_on_day.name_of_holder(case, later, held_by),
        why_holder=held_by.why if held_by else (),
        resting=resting,
        requirements=[
            _requirement(row, rows, meetings, told, is_open=is_open, last=last, day=day, is_resting=resting is not None)
            for row in standing
        ],
        meetings=sorted(meetings, key=lambda one: one.row.starts_at, reverse=True),
        rests=course_on_day.rests(case, later, last),
        law=LawOnDay(
            in_force=[act for act in book.acts if act.in_force_on <= day],
            to_come=[act for act in book.acts if act.in_force_on > day],
        ),
        lost=later.lost(OVERWRITING),
        history=page(
            events,
            among=events,
            order="at",
            public_id="public_id",
            params=params,
            is_newest_first=True,
            size=HISTORY_SIZE,
        ),
        before=max((one for one in days if one < day), default=None),
        after=min((one for one in days if one > day), default=None),
        days=days,
        last=last,
        later=later,
    )


def _stood(row: RequiredMeeting, last: datetime) -> bool:
    return row.planned_at <= last and (row.replaced_at is None or row.replaced_at > last)


# The meetings


def _meetings(rows: Sequence[Meeting], told: Sequence[Event], later: Later, last: datetime) -> list[MeetingOnDay]:
    moved_at = {row.moved_from_id: row.booked_at for row in rows if row.moved_from_id}
    registered: dict[int, datetime] = {}
    for event in told:
        if event.kind in _OUTCOMES and event.data.get("meeting"):
            registered.setdefault(event.data["meeting"], event.at)
    return [
        MeetingOnDay(
            row=row,
            status=_status(row, later, last, moved_at=moved_at.get(row.pk), registered_at=registered.get(row.pk)),
            channel=channel_text(
                later.before(f"channel/{row.pk}", row.channel),
                later.before(f"held_channel/{row.pk}", row.held_channel),
            ),
        )
        for row in rows
        if row.booked_at <= last
    ]


def _status(
    row: Meeting, later: Later, last: datetime, *, moved_at: datetime | None, registered_at: datetime | None
) -> MeetingStatus:
    if row.cancelled_at is not None and row.cancelled_at <= last:
        return MeetingStatus.CANCELLED
    if row.status == MeetingStatus.MOVED:
        return MeetingStatus.MOVED if moved_at is None or moved_at <= last else MeetingStatus.BOOKED
    # An outcome that is corrected gets the moment of the correction: the first registration stands in its event.
    known_at = registered_at or row.held_at or row.missed_at
    if known_at is None or known_at > last:
        return MeetingStatus.BOOKED
    outcome = later.before(f"outcome/{row.pk}", row.outcome)
    return MeetingStatus.HELD if outcome == "held" else MeetingStatus.MISSED


def _match(rows: Sequence[RequiredMeeting], meetings: Sequence[MeetingOnDay], course: Course | None) -> None:
    """Which meeting fulfilled which requirement of that day, and the state of the rows with it; nothing is saved."""
    matched = assign(
        requirements=[row.as_fact(placed_on=course.placed_on if course else None) for row in rows],
        meetings=[
            MeetingFact(
                key=one.row.pk,
                kind=MeetingKind(one.row.kind),
                party=one.row.party,
                day=one.row.day,
                status=one.status,
            )
            for one in meetings
        ],
        handed_over_on=course.handed_over_on if course else None,
    )
    by_pk = {row.pk: row for row in rows}
    for one in meetings:
        key, one.is_late = matched.get(one.row.pk, (None, False))
        one.requirement = by_pk.get(key) if isinstance(key, int) else None


def _requirement(
    row: RequiredMeeting,
    rows: Sequence[RequiredMeeting],
    meetings: Sequence[MeetingOnDay],
    told: Sequence[Event],
    *,
    is_open: bool,
    last: datetime,
    day: date,
    is_resting: bool,
) -> RequirementOnDay:
    meeting = next((one for one in meetings if one.requirement == row), None)
    state = RequirementState.HISTORIC if row.state == RequirementState.HISTORIC else RequirementState.OPEN
    if state == RequirementState.OPEN and meeting is not None and meeting.status == MeetingStatus.HELD:
        state = RequirementState.FULFILLED
    text, variant = state_of(row, meeting, state=state, is_open=is_open, at=last, today=day, is_resting=is_resting)
    return RequirementOnDay(
        row=row, state=text, variant=variant, meeting=meeting, why=row.why, now=_now(row, rows, told)
    )


def _now(row: RequiredMeeting, rows: Sequence[RequiredMeeting], told: Sequence[Event]) -> RequirementToday | None:
    """What is said of the requirement today, where that is something else; and what changed it, by the history."""
    if row.replaced_at is None:
        return None
    key = (row.kind, row.responsible, row.number)
    present = next(
        (one for one in rows if one.replaced_at is None and (one.kind, one.responsible, one.number) == key), None
    )
    if present and (present.due_on, present.steps) == (row.due_on, row.steps):
        return None
    # From here the rows of this requirement followed each other, each written in the moment the last was replaced.
    moments = {one.replaced_at for one in rows if (one.kind, one.responsible, one.number) == key}
    changes = [event for event in told if event.at in moments and event.at >= row.replaced_at]
    because = [event.text for event in changes if event.kind in _CAUSES]
    return RequirementToday(
        row=present,
        why=present.why if present else None,
        because=because or [event.text for event in changes if event.kind == _PLANNED],
    )


def _days(
    case: Case, rows: Sequence[RequiredMeeting], meetings: Sequence[Meeting], told: Sequence[Event]
) -> list[date]:
    """The days on which the plan, a meeting or what they rest on was changed, and the day the case was opened."""
    moments = {case.created_at}
    moments |= {moment for row in rows for moment in (row.planned_at, row.replaced_at) if moment}
    moments |= {
        moment
        for row in meetings
        for moment in (row.booked_at, row.held_at, row.missed_at, row.cancelled_at)
        if moment is not None
    }
    moments |= {event.at for event in told if event.kind in _CAUSES or event.kind in (*_OUTCOMES, *TURNS)}
    return sorted({timezone.localtime(moment).date() for moment in moments if moment >= case.created_at})
