"""For which requirement a meeting counts, and why for none. A reading: nothing is saved."""

from collections.abc import Iterable

from cases.models import Case
from meetings.models import Meeting, RequiredMeeting
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.matching import why_none


def why_counts_for_none(meeting: Meeting, case: Case, requirements: Iterable[RequiredMeeting]) -> str:
    """Why the meeting, booked or held, fulfils none of the case's requirements."""
    return why_none(
        meeting=meeting.as_fact(),
        requirements=[row.as_fact(placed_on=case.placed_on) for row in requirements],
        handed_over_on=case.handed_over_on,
    )


def counts_for(meeting: Meeting, case: Case) -> str:
    """One sentence on what a meeting with an outcome counts for."""
    if meeting.status != MeetingStatus.HELD:
        return "Den tæller ikke, fordi den ikke blev holdt."
    if meeting.requirement is None:
        return f"Den opfylder intet krav. {why_counts_for_none(meeting, case, case.required_meetings.current())}"
    late = ", men blev holdt efter fristen" if meeting.is_late else ""
    return f"Den opfylder kravet om {meeting.requirement.title}{late}."
