"""A case begun on a day, and a talk of it that was booked and held."""

from datetime import UTC, datetime, timedelta

from meetings.models import Outcome
from meetings.outcomes import services as outcomes_services
from tests import factories

URL = "/overblik/"
LIST = "/overblik/liste/"


def begun(office, start, **more):
    return factories.case(office, registered_on=start, **more)


def hold(case, worker, starts_at, *, channel=None):
    meeting = factories.book(case, worker, starts_at, at=starts_at - timedelta(days=3), channel=channel)
    outcomes_services.register(
        meeting_id=meeting.pk,
        outcome=Outcome.HELD,
        note="",
        is_six_weeks_guided=True,
        next_booking=None,
        by=worker,
        at=starts_at + timedelta(hours=1),
    )
    return meeting


def at(day, hour=8):
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
