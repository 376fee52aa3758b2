"""The entry in the citizen's calendar that goes with a message about a meeting."""

from cases.models import Case
from cases.people import cpr
from cases.reminders.appointments import Appointment
from meetings.models import Meeting
from meetings.rules.lifecycle import MeetingStatus


def appointment_of(*, case: Case, meeting: Meeting, known: Meeting) -> Appointment:
    """The calendar entry, at the time the citizen knows. All versions of a meeting share one, and it tells nothing."""
    is_cancelled = meeting.status == MeetingStatus.CANCELLED
    organisation = meeting.organisation
    note = f"Kan du ikke komme, så ring {organisation.phone_text}, og nævn nummer {case.label}."
    link = "" if is_cancelled else meeting.video_link
    return Appointment(
        uid=str(meeting.series),
        sequence=meeting.version + 1 if is_cancelled else meeting.version,
        starts_at=known.starts_at,
        ends_at=known.ends_at,
        title=f"Møde {case.label}",
        place=cpr.mask(known.place),
        note="Mødet er aflyst." if is_cancelled else note,
        organiser=organisation.name,
        organiser_mail=organisation.email,
        is_cancelled=is_cancelled,
        link=link,
    )
