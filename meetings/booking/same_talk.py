"""A talk that is moved among many: the same talk, at another time or with somebody else."""

from datetime import datetime

from meetings.booking.services import Booking
from meetings.models import ChosenBy, Meeting
from meetings.rules.kinds import Channel, MeetingKind


def same_talk(talk: Meeting, *, adviser_id: int, starts_at: datetime, ends_at: datetime, is_confirmed: bool) -> Booking:
    """What was agreed of the talk stays: a demand of attendance, the a-kasse's presence, and where it is held."""
    is_demanded = talk.channel_chosen_by == ChosenBy.AUTHORITY
    return Booking(
        kind=MeetingKind(talk.kind),
        adviser_id=adviser_id,
        starts_at=starts_at,
        ends_at=ends_at,
        # The link of a video talk is kept or made anew: it may be the room of whoever had it.
        place="" if talk.channel == Channel.VIDEO else talk.place,
        channel=Channel(talk.channel) if is_demanded else None,
        channel_reason=talk.channel_reason,
        fund_attends=talk.fund_attends,
        is_confirmed=is_confirmed,
    )
