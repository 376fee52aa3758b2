"""What we write to the citizen about a meeting, with an entry for the calendar."""

from datetime import UTC, datetime

from django.template.loader import render_to_string
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress

from cases.models import Case
from cases.post import Message
from cases.rules.danish import WEEKDAYS, counted, day_text
from cases.rules.facts import Party
from meetings import planning, services
from meetings.models import Meeting
from meetings.outbox import ReminderKind
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.lifecycle import MeetingStatus

_TEMPLATES = {
    ReminderKind.INVITATION: "emails/invitation.txt",
    ReminderKind.CORRECTION: "emails/correction.txt",
    ReminderKind.CANCELLATION: "emails/cancellation.txt",
    ReminderKind.MEETING_TOMORROW: "emails/meeting_tomorrow.txt",
}

_SUBJECTS = {
    ReminderKind.INVITATION: "Indkaldelse til samtale {when}",
    ReminderKind.CORRECTION: "Din samtale er ændret: {when}",
    ReminderKind.CANCELLATION: "Din samtale {when} er aflyst",
    ReminderKind.MEETING_TOMORROW: "Husk din samtale {when}",
}

# No kind of meeting: an SMS is read by whoever holds the telephone.
_SHORT_TEXTS = {
    ReminderKind.INVITATION: "{sender} indkalder dig til et møde {when}. {facts}",
    ReminderKind.CORRECTION: "{sender} har ændret dit møde. Det er nu {when}. {facts}",
    ReminderKind.CANCELLATION: "{sender} har aflyst dit møde {when}. Ring {phone}, hvis du har spørgsmål.",
    ReminderKind.MEETING_TOMORROW: "{sender} minder dig om dit møde {when}. {facts}",
}

_ROLES = {Party.FUND: "din a-kasse", Party.MUNICIPALITY: "dit jobcenter"}

_EMPLOYEES = {Party.FUND: "rådgiver", Party.MUNICIPALITY: "sagsbehandler"}

_PURPOSES = {
    MeetingKind.CONTACT_INTERVIEW: "Vi skal tale om, hvordan du søger job, og hvad der kan hjælpe dig videre.",
    MeetingKind.CV_INTERVIEW: "Vi skal gennemgå dit cv sammen.",
    MeetingKind.AVAILABILITY_INTERVIEW: "Vi skal tale om, hvordan du søger job, og hvilke job du kan tage.",
    MeetingKind.JOINT_INTERVIEW: "Jobcentret, din a-kasse og du skal tale om, hvad der kan hjælpe dig videre.",
}

_HOW = {
    Channel.ATTENDANCE: "Du skal møde op.",
    Channel.TELEPHONE: "Det er en telefonsamtale.",
    Channel.VIDEO: "Det er et videomøde.",
}


def compose(kind: ReminderKind, *, key: str, case: Case, meeting: Meeting, law: planning.Law, at: datetime) -> Message:
    """The message to the citizen of the case. The case comes with its parties, the meeting with its requirement."""
    starts = timezone.localtime(meeting.starts_at)
    when = f"{WEEKDAYS[starts.weekday()]} den {day_text(starts.date())} kl. {starts:%H.%M}"
    facts = {
        "case": case,
        "meeting": meeting,
        "organisation": meeting.organisation,
        "role": _ROLES[meeting.party],
        "employee": f"{meeting.adviser}, {_EMPLOYEES[meeting.party]}",
        "kind": meeting.get_kind_display(),
        "purpose": _PURPOSES[MeetingKind(meeting.kind)],
        "when": f"{when}-{timezone.localtime(meeting.ends_at):%H.%M}",
        "length": _length(meeting),
        "channel": meeting.get_channel_display(),
        "where": meeting.place,
        "rebooking": _rebooking(meeting, at=at),
        "participation": _participation(case=case, meeting=meeting, law=law),
    }
    organisation = meeting.organisation
    short_facts = (
        f"{_HOW[Channel(meeting.channel)]} Mødet tager {_length(meeting)}. "
        f"Ring {organisation.phone_text}, hvis du ikke kan komme."
    )
    return Message(
        key=key,
        sender=meeting.organisation,
        subject=_SUBJECTS[kind].format(when=when),
        text=render_to_string(_TEMPLATES[kind], facts),
        short_text=_SHORT_TEXTS[kind].format(
            sender=organisation.name, when=when, facts=short_facts, phone=organisation.phone_text
        ),
        calendar=_calendar(case=case, meeting=meeting, at=at).to_ical().decode(),
        calendar_method=_method(meeting),
    )


def _length(meeting: Meeting) -> str:
    return counted(int((meeting.ends_at - meeting.starts_at).total_seconds()) // 60, "minut", "minutter")


def _rebooking(meeting: Meeting, *, at: datetime) -> str:
    """Whether the meeting can be moved, and within which days."""
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


def _participation(*, case: Case, meeting: Meeting, law: planning.Law) -> str:
    """What is agreed on the a-kasse's presence; empty where there is nothing to agree on."""
    if case.fund is None or meeting.party is Party.FUND:
        return ""
    if meeting.fund_attends is not None:
        return "Din a-kasse deltager." if meeting.fund_attends else "Din a-kasse deltager ikke."
    may, _ = services.fund_participation(case=case, meeting=meeting, law=law)
    if meeting.kind == MeetingKind.JOINT_INTERVIEW:
        return "Din a-kasse deltager. Du kan sige nej til det." if may else "Din a-kasse deltager."
    return "Din a-kasse kan deltage, hvis du ønsker det. Sig til, når du har læst dette." if may else ""


def _method(meeting: Meeting) -> str:
    return "CANCEL" if meeting.status == MeetingStatus.CANCELLED else "REQUEST"


def _calendar(*, case: Case, meeting: Meeting, at: datetime) -> Calendar:
    """One entry for all versions of the meeting; its title tells nothing to those who share the calendar."""
    is_cancelled = _method(meeting) == "CANCEL"
    organiser = vCalAddress(f"mailto:{meeting.organisation.email}")
    organiser.params["CN"] = meeting.organisation.name
    event = Event()
    event.add("uid", str(meeting.series))
    event.add("sequence", meeting.version + 1 if is_cancelled else meeting.version)
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", meeting.starts_at.astimezone(UTC))
    event.add("dtend", meeting.ends_at.astimezone(UTC))
    event.add("summary", f"Møde {case.label}")
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event["organizer"] = organiser
    if case.citizen.email:
        attendee = vCalAddress(f"mailto:{case.citizen.email}")
        event.add("attendee", attendee)
    calendar = Calendar()
    calendar.add("prodid", "-//Samtaleflow//Samtaler//DA")
    calendar.add("version", "2.0")
    calendar.add("method", _method(meeting))
    calendar.add_component(event)
    return calendar
