"""Which channels the law allows for a meeting, what the citizen has chosen, and which one the meeting gets."""

from datetime import date
from typing import NamedTuple

from cases.models import Case
from meetings.changing import ChannelNotAllowed, NeedsReason
from meetings.models import (
    ChannelChoice,
    ChosenBy,
    Meeting,
)
from meetings.planning import stored as planning_stored
from meetings.planning.law import Law
from meetings.rules import channel as channel_rules
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.lifecycle import MeetingStatus


def channel_on(*, case: Case, meeting: Meeting, law: Law) -> channel_rules.ChannelAnswer:
    """Which channels the law allows for the meeting, and who decides."""
    return channel_rules.channel_on(
        course=planning_stored.course_of(case),
        meeting_on=meeting.day,
        kind=MeetingKind(meeting.kind),
        number=number_of(case=case, meeting=meeting),
        book=law.book,
    )


def channel_of_all(*, case: Case, day: date, law: Law) -> channel_rules.ChannelAnswer:
    """What the law says of an ordinary meeting that day; the first of a course may have a rule of its own."""
    return channel_rules.channel_on(
        course=planning_stored.course_of(case),
        meeting_on=day,
        kind=MeetingKind.CONTACT_INTERVIEW,
        number=2,
        book=law.book,
    )


def citizens_choice(*, case: Case, meeting: Meeting | None) -> ChannelChoice | None:
    """The citizen's latest choice: for this very meeting, however often it was moved, or else for all."""
    choices = case.channel_choices.select_related("meeting")
    return next((choice for choice in choices if choice.is_for(meeting)), None)


def number_of(*, case: Case, meeting: Meeting, of_organisation: bool = False) -> int:
    """The meeting's place among those of its kind that are booked or held, by time, from 1."""
    earlier = case.meetings.filter(
        kind=meeting.kind, status__in=[MeetingStatus.BOOKED, MeetingStatus.HELD], starts_at__lt=meeting.starts_at
    ).exclude(pk=meeting.pk)
    if of_organisation:
        earlier = earlier.filter(organisation=meeting.organisation)
    return earlier.count() + 1


class Wish(NamedTuple):
    """The channel that the citizen wishes, and the day on which it was said."""

    channel: Channel
    on: date


def _wish_of(case: Case, meeting: Meeting | None) -> Wish | None:
    choice = citizens_choice(case=case, meeting=meeting)
    return Wish(Channel(choice.channel), choice.chosen_on) if choice else None


def set_channel(
    *,
    case: Case,
    meeting: Meeting,
    law: Law,
    wished: Meeting | None,
    demanded: Channel | None = None,
    reason: str = "",
    chosen: Wish | None = None,
) -> None:
    """Give the meeting its channel: from the law, the citizen's choice (for `wished` or for all) or the demand.

    What the citizen has `chosen` just now goes before an earlier choice, and is refused where it does not bind.
    """
    answer = channel_on(case=case, meeting=meeting, law=law)
    wish = chosen or _wish_of(case, wished)
    try:
        if chosen is not None:
            channel_rules.require_choice(answer, chosen.channel, chosen_on=chosen.on)
        resolved = channel_rules.resolve(
            answer,
            wish=wish.channel if wish else None,
            wished_on=wish.on if wish else None,
            demanded=demanded,
            reason=reason,
        )
    except channel_rules.ReasonMissing as error:
        raise NeedsReason(str(error)) from None
    except channel_rules.ChannelRefused as error:
        raise ChannelNotAllowed(str(error)) from None
    meeting.channel = str(resolved.channel)
    meeting.channel_chosen_by = str(ChosenBy(resolved.chosen_by))
    meeting.channel_reason = resolved.reason
