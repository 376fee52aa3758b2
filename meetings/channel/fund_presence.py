"""The a-kasse's presence at a meeting in the jobcenter."""

from datetime import datetime

from django.db import transaction

from cases.history import events as history_events
from cases.models import Case, User
from cases.rules.facts import Course
from meetings.changing import NotBookable, lock_case, lock_meeting
from meetings.channel.deciding import number_of
from meetings.models import (
    Meeting,
)
from meetings.planning import law as planning_law
from meetings.planning import stored as planning_stored
from meetings.planning.law import Law
from meetings.rules import participation
from meetings.rules.after_six_months import fund_takes_part
from meetings.rules.kinds import MeetingKind
from meetings.rules.lifecycle import MeetingStatus


def fund_participation(*, case: Case, meeting: Meeting, law: Law) -> participation.Participation:
    """Whether the citizen can be asked about the a-kasse's presence at the meeting, and why."""
    if meeting.kind == MeetingKind.JOINT_INTERVIEW:
        return participation.joint_fund_may_be_declined(on=meeting.day, book=law.book)
    course = planning_stored.course_of(case)
    first = participation.may_invite_fund(
        course=course,
        party=meeting.party,
        number=number_of(case=case, meeting=meeting, of_organisation=True),
        on=meeting.day,
        book=law.book,
    )
    if first.is_allowed or meeting.kind != MeetingKind.CONTACT_INTERVIEW:
        return first
    later = fund_takes_part(course=course, party=meeting.party, on=meeting.day, book=law.book)
    return first if later is None or _has_been_held(case, course, law) else later


def _has_been_held(case: Case, course: Course, law: Law) -> bool:
    """Whether the meeting with the a-kasse that long unemployment demands has been held: it is asked about once."""
    held = case.meetings.filter(
        status=MeetingStatus.HELD, kind=MeetingKind.CONTACT_INTERVIEW, fund_attends__isnull=False
    ).select_related("organisation")
    return any(
        fund_takes_part(course=course, party=meeting.party, on=meeting.day, book=law.book) is not None
        for meeting in held
    )


def set_fund_attends(*, case: Case, meeting: Meeting, wish: bool, law: Law) -> None:
    if case.fund is None:
        raise NotBookable("Sagen har ingen a-kasse, som kan deltage.")
    may, why = fund_participation(case=case, meeting=meeting, law=law)
    is_joint = meeting.kind == MeetingKind.JOINT_INTERVIEW
    if not may and wish != is_joint:
        raise NotBookable(why[-1].text)
    meeting.fund_attends = wish


@transaction.atomic(durable=True)
def wish_fund_present(*, meeting_id: int, wish: bool, by: User, at: datetime) -> Meeting:
    """Record whether the citizen wishes the a-kasse at a meeting in the jobcenter.

    Raises NotBookable when the a-kasse cannot take part, or cannot be declined, in this meeting.
    """
    meeting = lock_meeting(meeting_id)
    case = lock_case(meeting.case_id)
    if meeting.status != MeetingStatus.BOOKED:
        raise NotBookable(f"Samtalen er {meeting.get_status_display()}. Ønsket kan ikke ændres mere.")
    if meeting.fund_attends == wish:
        return meeting
    set_fund_attends(case=case, meeting=meeting, wish=wish, law=planning_law.law_in_force())
    meeting.save(update_fields=["fund_attends"])
    answer = "ønsker" if wish else "ønsker ikke"
    history_events.record(
        case=case,
        kind="meetings.fund_invited" if wish else "meetings.fund_declined",
        by=by,
        at=at,
        text=f"Borgeren {answer} a-kassen med til {meeting.title}.",
        meeting=meeting.pk,
    )
    return meeting
