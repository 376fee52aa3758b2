"""The page of one case, read as somebody, and the meetings that stand on it."""

from datetime import timedelta

import pytest

from meetings.booking import services as booking_services
from meetings.booking.services import Booking
from meetings.models import Outcome
from meetings.outcomes import services as outcomes_services
from meetings.rules.kinds import MeetingKind


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


@pytest.fixture
def caseworker(client, office):
    client.force_login(office.caseworker)
    return client


def move(meeting, worker, starts_at, *, at):
    booking = Booking(
        kind=MeetingKind.CONTACT_INTERVIEW,
        adviser_id=worker.pk,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        is_confirmed=True,
    )
    return booking_services.move(meeting_id=meeting.pk, booking=booking, by=worker, at=at)


def register(meeting, worker, outcome=Outcome.HELD):
    outcomes_services.register(
        meeting_id=meeting.pk,
        outcome=outcome,
        note="",
        is_six_weeks_guided=True if outcome is Outcome.HELD else None,
        next_booking=None,
        by=worker,
        at=meeting.ends_at,
    )


def page(client, case, **query):
    response = client.get(case.get_absolute_url(), query)
    assert response.status_code == 200
    return response


def read(client, case):
    return page(client, case).context["page"]


def states(client, case):
    return [one.state for one in read(client, case).demands]
