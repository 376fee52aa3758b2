"""What the page of a case says about the course after its first six months. A reading: nothing is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from cases.rules.facts import Course, Party
from cases.rules.workdays import closed_day
from meetings.models import Meeting
from meetings.planning.law import Law
from meetings.rules.after_six_months import LongTermMeeting, RequestRight, fulfils, long_term_meeting, right_on_request
from meetings.rules.kinds import MeetingKind
from meetings.rules.lifecycle import MeetingStatus


@dataclass(frozen=True)
class LongTerm:
    """The jobcenter's meeting with the a-kasse, and what has become of it."""

    required: LongTermMeeting
    #: The held meeting that fulfils it, or else the booked one that can.
    meeting: Meeting | None
    state: str
    variant: str
    why: Mapping[str, Any]

    @property
    def closed_day(self) -> str | None:
        return None if self.is_fulfilled else closed_day(self.required.due_on)

    @property
    def is_fulfilled(self) -> bool:
        return self.meeting is not None and self.meeting.status == MeetingStatus.HELD

    @property
    def needs_answer(self) -> bool:
        """Whether somebody must ask the citizen about the a-kasse."""
        return self.meeting is not None and not self.is_fulfilled and self.meeting.fund_attends is None


@dataclass(frozen=True)
class AfterSixMonths:
    """What stands when the law demands no number of meetings any more."""

    right: RequestRight
    long_term: LongTerm | None


def after_six_months(
    *, course: Course, meetings: Sequence[Meeting], at: datetime, is_resting: bool, law: Law
) -> AfterSixMonths | None:
    """None while the months with a fixed number last. Load the meetings with their organisation."""
    today = timezone.localtime(at).date()
    right = right_on_request(course=course, on=today, book=law.book)
    if not right.has_right:
        return None
    required = long_term_meeting(course=course, on=today, book=law.book)
    if required is None:
        return AfterSixMonths(right, None)
    own = [m for m in meetings if m.party is Party.MUNICIPALITY and m.kind == MeetingKind.CONTACT_INTERVIEW]
    held = next((m for m in own if m.status == MeetingStatus.HELD and _fulfils(required, m)), None)
    ahead = (m for m in own if m.status == MeetingStatus.BOOKED and m.day >= required.window_from)
    meeting = held or min(ahead, key=_likeliest, default=None)
    state, variant = _long_term_state(required, meeting, at=at, today=today, is_resting=is_resting)
    why = {
        "steps": [step.text for step in required.why],
        "act": next(act.title for act in law.book.acts if act.slug == required.act),
        "legal_basis": required.legal_basis,
    }
    return AfterSixMonths(right, LongTerm(required, meeting, state, variant, why))


def _fulfils(required: LongTermMeeting, meeting: Meeting) -> bool:
    wish = meeting.fund_attends
    return fulfils(required, held_on=meeting.day, fund_took_part=wish is True, fund_declined=wish is False)


def _likeliest(meeting: Meeting) -> tuple[bool, datetime]:
    return (meeting.fund_attends is None, meeting.starts_at)


def _long_term_state(
    required: LongTermMeeting, meeting: Meeting | None, *, at: datetime, today: date, is_resting: bool
) -> tuple[str, str]:
    """What has become of it, in words and as the badge's colour."""
    if meeting is not None and meeting.status == MeetingStatus.HELD:
        return ("Holdt for sent", "warning") if meeting.day > required.due_on else ("Holdt", "success")
    if meeting is not None:
        if meeting.ends_at <= at:
            return "Mangler udfald", "warning"
        return ("Booket efter fristen", "warning") if meeting.day > required.due_on else ("Booket", "info")
    if is_resting:
        return "På pause", ""
    return ("Overskredet", "error") if required.due_on < today else ("Skal bookes", "warning")
