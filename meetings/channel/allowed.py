"""Which channels the law allows for a meeting, and what the citizen has chosen."""

from datetime import date

from cases.models import Case
from meetings.models import ChannelChoice, Meeting
from meetings.planning import stored as planning_stored
from meetings.planning.law import Law
from meetings.rules import channel as channel_rules
from meetings.rules.kinds import MeetingKind
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
