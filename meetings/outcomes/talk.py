"""What somebody must have before them while they talk with a citizen. A reading: nothing is saved."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases import seam
from cases.models import Case
from cases.seam import Part
from cases.ui.case_tabs import Tab
from meetings.booking.proposal import BookingProposal
from meetings.models import ChannelChoice, Meeting
from meetings.rules.channel import ChannelAnswer
from meetings.rules.lifecycle import MeetingStatus


@dataclass(frozen=True)
class Talk:
    """What was agreed last, what the citizen has chosen, and what the other rooms say of the case."""

    last: Meeting | None
    choice: ChannelChoice | None
    channel: ChannelAnswer
    parts: Sequence[Part]


def talk_of(meeting: Meeting, *, case: Case, proposal: BookingProposal) -> Talk:
    """What stands beside the outcome of this meeting."""
    return Talk(
        last=_last_before(meeting),
        choice=proposal.choice,
        channel=proposal.channel,
        parts=seam.parts(case, tab=Tab.PLAN, user=proposal.user, at=proposal.at),
    )


def _last_before(meeting: Meeting) -> Meeting | None:
    """The latest meeting that was held before this one, by either office."""
    held = meeting.case.meetings.filter(status=MeetingStatus.HELD, starts_at__lt=meeting.starts_at)
    return held.select_related("organisation", "adviser").order_by("-starts_at", "-pk").first()
