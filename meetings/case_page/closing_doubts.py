"""What of its meetings is to be weighed before a case is closed. A reading: nothing is saved."""

from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse

from cases.accounts import access
from cases.accounts.access import Permission
from cases.models import Case, User
from cases.rules.wording import day_text
from cases.seam import ClosingDoubts
from meetings.models import Meeting
from meetings.rules.lifecycle import MeetingStatus


def closing_doubts(case: Case, closed_on: date, user: User, at: datetime) -> ClosingDoubts:
    """The meetings that wait for an outcome, and those that were held after the day on which the case is to end."""
    found = case.meetings.filter(
        Q(status=MeetingStatus.BOOKED, starts_at__lte=at) | Q(status=MeetingStatus.HELD)
    ).select_related("organisation")
    waiting = [meeting for meeting in found if meeting.status == MeetingStatus.BOOKED]
    held_after = [meeting for meeting in found if meeting.status == MeetingStatus.HELD and meeting.day > closed_on]
    return ClosingDoubts(
        texts=[
            *(_waits(meeting, user) for meeting in waiting),
            *(
                f"{meeting.title} er holdt efter den {day_text(closed_on)}, hvor sagen afsluttes. Se efter, om dagen "
                "er rigtig."
                for meeting in held_after
            ),
        ],
        links=[_way_to_register(meeting) for meeting in waiting if _may_register(meeting, user)],
    )


def _waits(meeting: Meeting, user: User) -> str:
    what = "Registrér det først." if _may_register(meeting, user) else "De kan stadig registrere det bagefter."
    return f"{meeting.title} hos {meeting.organisation} mangler udfald. {what}"


def _may_register(meeting: Meeting, user: User) -> bool:
    return access.has(user, Permission.HOLD_MEETING, organisation=meeting.organisation)


def _way_to_register(meeting: Meeting) -> tuple[str, str]:
    return f"Registrér udfald: {meeting.title}", reverse("meetings:register", args=[meeting.public_id])
