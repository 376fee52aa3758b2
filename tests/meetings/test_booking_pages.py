"""The pages that book, move, cancel and register: what they show, what they refuse, and what they keep."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from cases.models import AccessLog
from meetings import services
from meetings.models import ChannelChoice, Exemption, Meeting, Outcome
from meetings.rules.kinds import Channel, MeetingKind
from tests import factories

WEDNESDAY_TEN = datetime(2026, 5, 6, 8, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


def url(name, thing):
    return reverse(f"meetings:{name}", args=[thing.public_id])


def typed(client, address, **changes):
    """What the page posts when only these fields are changed."""
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: str(value) if value is not None else "" for name, value in data.items()}
    data["adviser"] = str(getattr(form["adviser"].value(), "public_id", form["adviser"].value())) if "adviser" in data else ""
    data["seen"] = getattr(form, "seen_now", "")
    data["confirm"] = ""
    return {**{name: value for name, value in data.items() if value}, **changes}


class TestBook:
    def test_the_first_suggestion_is_booked_by_the_button_alone(self, adviser, case):
        address = url("book", case)
        answer = adviser.post(address, typed(adviser, address))
        assert answer.status_code == 302, answer.context["form"].errors
        assert answer.url == case.get_absolute_url()
        meeting = Meeting.objects.get()
        assert meeting.requirement is not None
