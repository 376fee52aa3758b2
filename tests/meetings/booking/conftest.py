"""Somebody at the forms about meetings, and what stands in the case before."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db.models import Model
from django.urls import reverse

from meetings.booking import services as booking_services
from meetings.booking.services import Booking
from meetings.channel import services as channel_services
from meetings.rules.kinds import MeetingKind

WEDNESDAY_TEN = datetime(2026, 5, 6, 8, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)
SUNDAY = {"slot": "own", "on": "10-05-2026", "begins": "17.00"}


@contextmanager
def standing_at(moment):
    """Time stands still at another moment than the test's own."""
    with time_machine.travel(moment, tick=False):
        yield moment


def url(name, thing):
    return reverse(f"meetings:{name}", args=[thing.public_id])


class Visitor:
    """Somebody at a form: it is posted as the page shows it, but for what is changed."""

    def __init__(self, client, user):
        self._client, self._user = client, user

    @property
    def client(self):
        # Logged in again each time: the clock may have moved past the end of the session.
        self._client.force_login(self._user)
        return self._client

    def look(self, name, thing, query="", **headers):
        return self.client.get(url(name, thing) + query, headers=headers)

    def shown(self, name, thing):
        form = self.look(name, thing).context["form"]
        values = {bound.name: bound.value() for bound in form}
        if "seen" in values:
            values["seen"] = form.seen_now
        return {
            field: str(value.public_id) if isinstance(value, Model) else value
            for field, value in values.items()
            if value not in (None, "", False)
        }

    def send(self, name, thing, **changes):
        return self.client.post(url(name, thing), {**self.shown(name, thing), **changes})


@pytest.fixture
def adviser(client, office):
    return Visitor(client, office.adviser)


@pytest.fixture
def caseworker(client, office):
    return Visitor(client, office.caseworker)


def book(case, by, now, *, starts_at=WEDNESDAY_TEN, **fields):
    booking = Booking(
        kind=fields.pop("kind", MeetingKind.CONTACT_INTERVIEW),
        adviser_id=by.pk,
        starts_at=starts_at,
        ends_at=starts_at + HALF_AN_HOUR,
        is_confirmed=True,
        **fields,
    )
    return booking_services.book(case_id=case.pk, booking=booking, by=by, at=now)


def choose(case, channel, by, now):
    return channel_services.choose_channel(
        case_id=case.pk, channel=channel, chosen_on=now.date(), meeting_id=None, by=by, at=now
    )


def said(answer):
    """What the messages and errors on the page say."""
    return answer.content.decode()
