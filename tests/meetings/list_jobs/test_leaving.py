"""Whoever leaves gives away what they have before the door is shut; nobody is forgotten silently."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from cases.notes import services as notes_services
from meetings.models import ListJob, Meeting
from tests import factories
from tests.filled_forms import opened
from tests.meetings.list_jobs.steps import cases_with_talks, colleagues, owners, work


@pytest.fixture
def administrator(log_in, office):
    return log_in(office.administrator)


def saved(client, user, **changes):
    """The user's page in the administration, sent with these changes."""
    url = reverse("admin:cases_user_change", args=[user.pk])
    fields = opened(client, url) | changes
    return client.post(url, {name: value for name, value in fields.items() if value is not None})


def task(case, worker, *, at):
    return notes_services.write(
        case_id=case.pk, text="Ring tilbage", due_on=at.date(), worker_id=worker.pk, by=worker, at=at
    )


def test_nobody_is_made_inactive_past_what_they_have(administrator, office, now):
    cases = cases_with_talks(office, 2, at=now)
    task(cases[0], office.adviser, at=now)

    answer = saved(administrator, office.adviser, is_active=None)

    page = answer.content.decode()
    assert f"{office.adviser} har 2 åbne sager, 2 bookede samtaler og 1 opgave. Vælg, hvem der overtager" in page
    office.adviser.refresh_from_db()
    assert office.adviser.is_active
    assert not ListJob.objects.exists()


def test_all_of_it_goes_to_those_who_take_over(administrator, office, now):
    cases = cases_with_talks(office, 3, at=now)
    tasks = [task(case, office.adviser, at=now) for case in cases]
    receivers = colleagues(office, 2)

    answer = saved(administrator, office.adviser, is_active=None, receivers=[str(one.public_id) for one in receivers])
    assert any("gives til" in str(message) for message in get_messages(answer.wsgi_request))
    work(now + timedelta(seconds=3))

    office.adviser.refresh_from_db()
    assert not office.adviser.is_active
    given = owners(cases)
    assert sorted(given.count(one) for one in receivers) == [1, 2]
    assert [meeting.adviser for meeting in Meeting.objects.booked().order_by("case")] == given
    for one in tasks:
        one.refresh_from_db()
    assert [one.worker for one in tasks] == given


def test_who_has_nothing_just_stops(administrator, office, now):
    saved(administrator, office.colleague, is_active=None)

    office.colleague.refresh_from_db()
    assert not office.colleague.is_active


def test_only_active_colleagues_of_the_same_office_take_over(administrator, office, now):
    cases_with_talks(office, 1, at=now)

    answer = saved(administrator, office.adviser, is_active=None, receivers=[str(office.caseworker.public_id)])

    assert "arbejder her ikke mere" in answer.content.decode()
    office.adviser.refresh_from_db()
    assert office.adviser.is_active


def test_other_changes_of_a_user_ask_for_nobody(administrator, office, now):
    cases_with_talks(office, 1, at=now)
    other = factories.user(organisation=office.fund, role="adviser")

    saved(administrator, office.adviser, first_name="Nyt")
    saved(administrator, other, first_name="Nyt")

    office.adviser.refresh_from_db()
    assert (office.adviser.first_name, office.adviser.is_active) == ("Nyt", True)


def test_nobody_goes_to_another_office_past_what_they_have(administrator, office, now):
    cases_with_talks(office, 1, at=now)

    answer = saved(administrator, office.adviser, organisation=office.municipality.pk, role="caseworker")

    told = f"{office.adviser} har 1 åben sag og 1 booket samtale hos {office.fund}. Gør først brugeren inaktiv"
    assert told in answer.content.decode()
    assert f"hos {office.fund}" in saved(administrator, office.adviser, role="administrator").content.decode()
    office.adviser.refresh_from_db()
    assert (office.adviser.organisation, office.adviser.role) == (office.fund, "adviser")


def test_a_talk_in_a_colleagues_case_is_not_said_to_be_given_away(administrator, office, now):
    (case,) = cases_with_talks(office, 1, at=now)
    factories.book(case, office.colleague, now + timedelta(days=3), at=now)
    task(case, office.colleague, at=now)

    page = saved(administrator, office.colleague, is_active=None).content.decode()

    assert f"{office.colleague} har 1 opgave. Vælg, hvem der overtager" in page
    assert "Kan ikke gives videre og forsvinder ikke: 1 booket samtale i kollegers sager." in page
