"""A meeting as an entry for the citizen's calendar, which others may share: when and where, and nothing of why."""

from dataclasses import dataclass
from datetime import UTC, datetime

CALENDAR_NAME = "samtale.ics"


@dataclass(frozen=True)
class Appointment:
    """One version of a meeting; all versions of it have the same uid."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    note: str
    organiser: str
    organiser_mail: str
    is_cancelled: bool
    #: The address of a talk by video.
    link: str = ""


def method_of(appointment: Appointment, *, attendee: str) -> str:
    """What the calendar is asked to do: an answer is asked of an attendee alone (RFC 5546)."""
    if appointment.is_cancelled:
        return "CANCEL"
    return "REQUEST" if attendee else "PUBLISH"


def calendar_of(appointment: Appointment, *, attendee: str, at: datetime) -> str:
    """The entry as iCalendar, for that address; without one, for whoever opens it."""
    # Every process knows appointments, and few write one.
    from icalendar import Calendar, Event, vCalAddress, vUri

    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("dtend", appointment.ends_at.astimezone(UTC))
    event.add("summary", appointment.title)
    event.add("location", appointment.place)
    way_in = f"\nÅbn videomødet her: {appointment.link}" if appointment.link else ""
    event.add("description", f"{appointment.note}{way_in}")
    if appointment.link:
        # Some calendars show a button for the one, the others for the other (RFC 7986).
        event.add("url", appointment.link)
        event.add("conference", vUri(appointment.link), {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": "Åbn videomøde"})
    event.add("status", "CANCELLED" if appointment.is_cancelled else "CONFIRMED")
    organiser = vCalAddress(f"mailto:{appointment.organiser_mail}")
    organiser.params["CN"] = appointment.organiser
    event["organizer"] = organiser
    if attendee:
        event.add("attendee", vCalAddress(f"mailto:{attendee}"))
    calendar = Calendar()
    calendar.add("prodid", "-//Samtaleflow//Samtaler//DA")
    calendar.add("version", "2.0")
    calendar.add("method", method_of(appointment, attendee=attendee))
    calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")
