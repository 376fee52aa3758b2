"""What every call to a talk says, whether it is an invitation or a new summons."""

from datetime import datetime

from django.utils import timezone

from cases.rules.facts import Party
from cases.rules.wording import day_text
from meetings.models import Meeting
from meetings.rules.kinds import MeetingKind

_EMPLOYEES = {Party.FUND: "rådgiver", Party.MUNICIPALITY: "sagsbehandler"}

_PURPOSES = {
    MeetingKind.CONTACT_INTERVIEW: "Vi skal tale om, hvordan du søger job, og hvad der kan hjælpe dig videre.",
    MeetingKind.CV_INTERVIEW: "Vi skal gennemgå dit cv sammen.",
    MeetingKind.AVAILABILITY_INTERVIEW: "Vi skal tale om, hvordan du søger job, og hvilke job du kan tage.",
    MeetingKind.JOINT_INTERVIEW: "Jobcentret, din a-kasse og du skal tale om, hvad der kan hjælpe dig videre.",
}


def employee_of(meeting: Meeting) -> str:
    """Name whom the citizen is to talk with, and as what. Load the adviser first."""
    return f"{meeting.adviser}, {_EMPLOYEES[meeting.party]}"


def purpose_of(meeting: Meeting) -> str:
    """Return the sentence that says what the talk is about."""
    return _PURPOSES[MeetingKind(meeting.kind)]


def rebooking(meeting: Meeting, *, at: datetime) -> str:
    """Return the sentence that says whether the meeting can be moved, and to which days, both included."""
    requirement = meeting.requirement
    if requirement is None:
        return "Samtalen kan flyttes."
    earliest = max(requirement.window_from, timezone.localtime(at).date())
    if earliest >= requirement.due_on:
        return "Samtalen kan kun flyttes, hvis du har en god grund: fristen for at holde den er nået."
    return (
        f"Samtalen kan flyttes til en anden dag fra den {day_text(earliest)} til og med den "
        f"{day_text(requirement.due_on)}."
    )
