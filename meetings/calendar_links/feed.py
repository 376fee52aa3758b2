"""The feed that a calendar reads: when somebody has talks and the number of the case, and nothing of whom or why."""

from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from cases.models import User
from meetings.models import Meeting
from meetings.rules.lifecycle import MeetingStatus

#: What has been held is kept in sight so long.
LOOKS_BACK = timedelta(days=30)


def feed_of(user: User, *, at: datetime) -> bytes:
    """The user's talks that are booked, and those lately held."""
    calendar = Calendar()
    calendar.add("prodid", "-//Samtaleflow//Kalender//DA")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Samtaleflow")
    talks = Meeting.objects.filter(
        adviser=user,
        organisation=user.organisation_id,
        status__in=[MeetingStatus.BOOKED, MeetingStatus.HELD],
        starts_at__gte=at - LOOKS_BACK,
    )
    for meeting in talks.select_related("case").order_by("starts_at", "pk"):
        event = Event()
        event.add("uid", str(meeting.series))
        event.add("sequence", meeting.version)
        event.add("dtstamp", meeting.booked_at.astimezone(UTC))
        event.add("dtstart", meeting.starts_at.astimezone(UTC))
        event.add("dtend", meeting.ends_at.astimezone(UTC))
        event.add("summary", f"Møde {meeting.case.label}")
        calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text
