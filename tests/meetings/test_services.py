"""What changes a meeting: all of it or nothing, and the same twice changes nothing twice."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, connections
from django.db.models import F

from cases.models import Event, Reminder
from cases.rules.facts import ExemptionReason
from cases.rules.period import Period
from cases.services import cases as case_services
from cases.services.cases import AlreadyClosed
from meetings import services
from meetings.models import CancelReason, ChannelChoice, Meeting, Outcome, RequiredMeeting, WorklistEntry
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.lifecycle import MeetingStatus, MoveNotAllowed
from tests import factories

#: The Wednesday after the suite's Monday, at ten in the morning in Copenhagen.
WEDNESDAY_TEN = datetime(2026, 5, 6, 8, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


def booking(adviser, *, starts_at=WEDNESDAY_TEN, **fields):
    return services.Booking(
        kind=MeetingKind.CONTACT_INTERVIEW,
        adviser_id=adviser.pk,
        starts_at=starts_at,
        ends_at=starts_at + HALF_AN_HOUR,
        **fields,
    )


@pytest.fixture
def book(case, office, now):
    """Books a meeting of the case with the adviser."""

    def book(**fields):
        by = fields.pop("by", office.adviser)
        adviser = fields.pop("adviser", by)
        return services.book(case_id=case.pk, booking=booking(adviser, **fields), by=by, at=now)

    return book


def events_of(case):
    return list(Event.objects.filter(case=case).order_by("pk").values_list("kind", flat=True))


class TestBook:
    def test_fulfils_the_first_open_requirement_and_owes_an_invitation(self, book, case):
        meeting = book()

        assert meeting.requirement == case.required_meetings.current().order_by("due_on").first()
        assert meeting.place == "Testvej 1, 9999 Testby"
        assert (meeting.channel, meeting.channel_chosen_by) == ("attendance", "default")
        assert "meetings.booked" in events_of(case)
        assert list(Reminder.objects.filter(subject=meeting.pk).values_list("kind", flat=True)) == [
            "meetings.invitation"
        ]
        assert WorklistEntry.objects.get(case=case, organisation=meeting.organisation).meeting == meeting
