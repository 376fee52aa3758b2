"""Writes the messages to the citizen about a meeting, with an entry for the calendar."""

from datetime import datetime
from textwrap import shorten

from django.template.loader import render_to_string
from django.utils import timezone

from cases.models import Case
from cases.reminders.memo import NOTICE_LENGTH
from cases.reminders.messages import Message
from cases.rules.facts import Party
from cases.rules.wording import WEEKDAYS, counted, day_text, listed
from meetings.channel import fund_presence
from meetings.channel.allowed import channel_on
from meetings.models import Meeting
from meetings.owing import call, meeting_news
from meetings.owing.appointments import appointment_of
from meetings.owing.kinds import ReminderKind
from meetings.planning.law import Law
from meetings.rules.channel import DecidedBy
from meetings.rules.kinds import Channel

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
    ReminderKind.INVITATION: "{sender} indkalder dig til et møde {when}.",
    ReminderKind.CORRECTION: "{sender} har ændret dit møde. Det er nu {when}.",
    ReminderKind.CANCELLATION: "{sender} har aflyst dit møde {when}.",
    ReminderKind.MEETING_TOMORROW: "{sender} minder dig om dit møde {when}.",
}

#: A longer name is cut in an SMS, so that there is room for the day and the time.
_SENDER_LENGTH = 80

_ROLES = {Party.FUND: "din a-kasse", Party.MUNICIPALITY: "dit jobcenter"}

_HOW = {
    Channel.ATTENDANCE: "Du skal møde op.",
    Channel.TELEPHONE: "Det er en telefonsamtale.",
    Channel.VIDEO: "Det er et videomøde.",
}


def compose(kind: ReminderKind, *, key: str, case: Case, meeting: Meeting, law: Law, at: datetime) -> Message:
    """Return the message to the citizen of the case. Load the case's parties and the meeting's requirement first."""
    known = meeting_news.known_to_citizen(meeting) if kind == ReminderKind.CANCELLATION else meeting
    starts = timezone.localtime(known.starts_at)
    when = f"{WEEKDAYS[starts.weekday()]} den {day_text(starts.date())} kl. {starts:%H.%M}"
    facts = {
        "case": case,
        "meeting": meeting,
        "organisation": meeting.organisation,
        "role": _ROLES[meeting.party],
        "employee": call.employee_of(meeting),
        "kind": meeting.get_kind_display(),
        "purpose": call.purpose_of(meeting),
        "when": f"{when}-{timezone.localtime(known.ends_at):%H.%M}",
        "length": _length(meeting),
        "channel": meeting.get_channel_display(),
        "where": meeting.place,
        "link": meeting.video_link,
        "rebooking": call.rebooking(meeting, at=at),
        "choice": _choice(case=case, meeting=meeting, law=law),
        "participation": fund_presence.in_words(case=case, meeting=meeting, law=law),
    }
    sender = shorten(meeting.organisation.name, _SENDER_LENGTH, placeholder=" …")
    return Message(
        key=key,
        sender=meeting.organisation,
        at=at,
        subject=_SUBJECTS[kind].format(when=when),
        text=render_to_string(_TEMPLATES[kind], facts),
        short_text=_short(
            _SHORT_TEXTS[kind].format(sender=sender, when=when),
            *_short_facts(kind, meeting=meeting),
        ),
        appointment=appointment_of(case=case, meeting=meeting, known=known),
    )


def _short_facts(kind: ReminderKind, *, meeting: Meeting) -> tuple[str, ...]:
    phone = meeting.organisation.phone_text
    if kind == ReminderKind.CANCELLATION:
        return (f"Ring {phone}, hvis du har spørgsmål.",)
    # Without its address nobody comes to a talk by video: it goes before all else that there may be room for.
    way_in = (f"Videomøde: {meeting.video_link}",) if meeting.video_link else ()
    return (
        *way_in,
        f"Ring {phone}, hvis du ikke kan komme.",
        _HOW[Channel(meeting.channel)],
        f"Mødet tager {_length(meeting)}.",
    )


def _length(meeting: Meeting) -> str:
    return counted(int((meeting.ends_at - meeting.starts_at).total_seconds()) // 60, "minut", "minutter")


def _choice(*, case: Case, meeting: Meeting, law: Law) -> str:
    """Return the sentences on the citizen's right to choose the channel, and until when; empty without the right."""
    answer = channel_on(case=case, meeting=meeting, law=law)
    if answer.decided_by is not DecidedBy.CITIZEN or answer.citizen_chooses_until is None:
        return ""
    until = f"Du vælger selv formen på samtaler til og med den {day_text(answer.citizen_chooses_until)}"
    if meeting.channel_reason:
        return f"{until}, men dit valg er tilsidesat til denne samtale. Du får et brev om hvorfor."
    organisation = meeting.organisation
    ways = listed((way.label for way in answer.allowed), "eller")
    last_day = day_text(answer.choice_by or meeting.day)
    return (
        f"{until}: {ways}. Vil du have en anden form til denne samtale, så ring {organisation.phone_text}, eller skriv "
        f"til {organisation.email}, senest den {last_day}."
    )


def _short(*sentences: str) -> str:
    """Join the sentences in order, and leave out each that an SMS has no more room for."""
    text = sentences[0][:NOTICE_LENGTH]
    for sentence in sentences[1:]:
        if len(text) + 1 + len(sentence) <= NOTICE_LENGTH:
            text = f"{text} {sentence}"
    return text
