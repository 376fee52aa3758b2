"""A booked talk that nobody is there to hold is counted on the worklist, listed with why, and moved from there."""

from datetime import timedelta

import pytest
from django.urls import reverse

from meetings.models import StaffAbsence
from meetings.rules.spans import Span
from tests import factories
from tests.meetings.list_jobs.steps import cases_with_talks, colleagues, done
from tests.meetings.steps import WEDNESDAY_TEN

URL = reverse("meetings:unattended")


@pytest.fixture
def leader(client, office):
    client.force_login(office.leader)
    return client


def away(user, span, by, *, at):
    return StaffAbsence.objects.create(
        user=user, kind="absence", starts_at=span.starts_at, ends_at=span.ends_at, recorded_by=by, recorded_at=at
    )


def reasons(client):
    return [row.why for row in client.get(URL).context["rows"]]


def test_who_is_away_while_the_talk_is_held_is_named_with_the_days(leader, office, now):
    cases_with_talks(office, 2, at=now)
    day = WEDNESDAY_TEN.date()
    away(
        office.adviser,
        Span(WEDNESDAY_TEN - timedelta(hours=2), WEDNESDAY_TEN + timedelta(minutes=30)),
        office.leader,
        at=now,
    )

    assert len(reasons(leader)) == 1
    assert f"{office.adviser} er fraværende onsdag den {day.day}. maj 2026" in reasons(leader)[0]


def test_who_has_left_holds_no_talk(leader, office, now):
    cases_with_talks(office, 1, at=now)
    office.adviser.is_active = False
    office.adviser.save()

    assert reasons(leader) == [f"{office.adviser} arbejder her ikke mere."]
    tiles = leader.get("/?scope=organisation").context["tiles"]
    tile = next(tile for tile in tiles if tile["label"] == "Samtaler uden en medarbejder til stede")
    assert (tile["count"], tile["variant"], tile["url"]) == ("1", "error", URL)


def test_a_talk_that_stayed_behind_waits_for_another_time(leader, office, now):
    (case,) = cases_with_talks(office, 1, at=now)
    (receiver,) = colleagues(office, 1)
    factories.book(factories.case(office, at=now), receiver, WEDNESDAY_TEN, at=now)

    done([case], [receiver], office.leader, at=now)

    assert reasons(leader) == [f"Sagen er givet videre, og samtalen står endnu hos {office.adviser}."]


def test_what_somebody_is_there_for_is_not_listed(leader, office, now):
    cases_with_talks(office, 1, at=now)
    away(office.adviser, Span.of_days(now.date(), now.date()), office.leader, at=now)

    assert reasons(leader) == []


def test_who_works_at_another_office_by_now_is_named(leader, office, now):
    cases_with_talks(office, 1, at=now)
    office.adviser.organisation = office.municipality
    office.adviser.save()

    assert reasons(leader) == [f"{office.adviser} arbejder her ikke mere."]
