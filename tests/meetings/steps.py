"""How a meeting is changed, and all that a refused change must leave as it was."""

from datetime import UTC, datetime, timedelta

from cases.models import Event, Reminder
from meetings.booking import services as booking_services
from meetings.channel import services as channel_services
from meetings.models import CancelReason, ChannelChoice, Exemption, Meeting
from tests import factories

#: The Wednesday after the suite's Monday, at ten in the morning in Copenhagen.
WEDNESDAY_TEN = datetime(2026, 5, 6, 8, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


def kinds_of_events(case):
    return list(Event.objects.filter(case=case).order_by("pk").values_list("kind", flat=True))


def everything(case):
    """All that a refused change must leave as it was."""
    return (
        sorted(Meeting.objects.values_list("pk", "status", "starts_at", "channel", "fulfils", "outcome", "note")),
        sorted(ChannelChoice.objects.values_list("pk", "channel")),
        sorted(Exemption.objects.values_list("pk", "is_duty_kept")),
        sorted(case.required_meetings.values_list("pk", "state", "due_on")),
        kinds_of_events(case),
        sorted(Reminder.objects.values_list("kind", "subject", "version", "state")),
    )


def choose(case, channel, by, at, *, meeting=None, chosen_on=None):
    return channel_services.choose_channel(
        case_id=case.pk,
        channel=channel,
        chosen_on=chosen_on or at.date(),
        meeting_id=meeting.pk if meeting else None,
        by=by,
        at=at,
    )


def move(meeting, by, at, *, starts_at=WEDNESDAY_TEN, is_confirmed=False, **fields):
    wanted = factories.booking(by, starts_at, is_confirmed=is_confirmed, **fields)
    return booking_services.move(meeting_id=meeting.pk, booking=wanted, by=by, at=at)


def cancel(meeting, by, at, reason=CancelReason.CITIZEN):
    return booking_services.cancel(meeting_id=meeting.pk, reason=reason, note="", by=by, at=at)
