"""The next talk of many cases is cancelled, and one text goes to the citizens of many."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from cases.models import Dispatch
from cases.reminders import delivery as reminders_delivery
from meetings.list_jobs import services
from meetings.models import ListAction, ListJob, ListJobRowState, Meeting
from tests import factories
from tests.cases.pages import errors
from tests.meetings.list_jobs.steps import carried_out, cases_with_talks, looked_at, work
from tests.meetings.steps import cancel

MINUTE = timedelta(minutes=1)
CANCEL = {"reason": "adviser", "note": "Syg."}
WRITTEN = {"title": "Vi flytter", "text": "Fra mandag finder du os på Torvet 1."}


@pytest.fixture(autouse=True)
def post_folder(settings, tmp_path):
    settings.POST_FOLDER = tmp_path / "post"


def sweep(at):
    for receiver in reminders_delivery.sweep(at=at):
        reminders_delivery.deliver(receiver, at=at)


def to_citizens():
    return [message for message in mail.outbox if message.to[0].startswith("borger")]


def test_the_next_talk_of_each_is_cancelled_and_told_once_the_ten_minutes_are_over(office, now):
    cases = cases_with_talks(office, 2, at=now - timedelta(days=2))
    without = factories.case(office, at=now)
    sweep(now - timedelta(days=1))
    mail.outbox.clear()

    job = carried_out([*cases, without], ListAction.CANCEL, CANCEL, office.leader, at=now)

    rows = list(job.rows.order_by("position"))
    assert rows[0].before == "jobsamtale den 06-05-2026 kl. 10.00"
    assert rows[0].after == "aflyst: rådgiveren er forhindret"
    assert rows[2].problem == "Ingen samtale er booket."
    assert not Meeting.objects.booked().exists()
    sweep(now + 9 * MINUTE)
    assert to_citizens() == []
    sweep(now + 11 * MINUTE)
    assert ["er aflyst" in message.subject for message in to_citizens()] == [True, True]


def test_they_are_booked_again_by_the_undo_and_nobody_hears_of_it(office, now):
    cases = cases_with_talks(office, 2, at=now - timedelta(days=2))
    sweep(now - timedelta(days=1))
    mail.outbox.clear()
    job = carried_out(cases, ListAction.CANCEL, CANCEL, office.leader, at=now)

    services.take_back(job_id=job.pk, at=now + MINUTE)
    work(now + MINUTE)

    assert Meeting.objects.booked().count() == 2
    sweep(now + 30 * MINUTE)
    assert to_citizens() == []


def test_a_talk_that_somebody_cancelled_meanwhile_is_said_of_the_row(office, now):
    (case,) = cases_with_talks(office, 1, at=now)
    job = looked_at([case], ListAction.CANCEL, CANCEL, office.leader, at=now)
    cancel(case.meetings.get(), office.adviser, now)

    services.start(job_id=job.pk, at=now)
    work(now)

    row = job.rows.get()
    assert row.state == ListJobRowState.REFUSED
    assert "er aflyst eller begyndt, efter at I så listen" in row.problem


def test_a_text_goes_to_each_citizen_and_is_kept_in_the_post_book(office, now):
    cases = cases_with_talks(office, 2, at=now, talks=False)

    carried_out(cases, ListAction.MESSAGE, WRITTEN, office.leader, at=now)

    sweep(now + 9 * MINUTE)
    assert to_citizens() == []
    sweep(now + 11 * MINUTE)
    assert [message.subject for message in to_citizens()] == ["Vi flytter"] * 2
    body = to_citizens()[0].body
    assert body.startswith(f"Kære {cases[0].citizen.name}\n\nFra mandag finder du os på Torvet 1.")
    assert f"Nævn sagsnummer {cases[0].label}" in body
    assert Dispatch.objects.filter(subject="Vi flytter", is_reached=True).count() == 2


def test_a_text_that_is_undone_is_not_sent(office, now):
    cases = cases_with_talks(office, 2, at=now, talks=False)
    job = carried_out(cases, ListAction.MESSAGE, WRITTEN, office.leader, at=now)

    services.take_back(job_id=job.pk, at=now + 9 * MINUTE)
    work(now + 9 * MINUTE)

    sweep(now + 30 * MINUTE)
    assert to_citizens() == []
    assert "er fortrudt og bliver ikke sendt" in cases[0].events.latest("pk").text


def test_each_action_has_its_form_with_what_is_missing_and_keeps_what_was_typed(log_in, office, now):
    client = log_in(office.leader)
    cases = cases_with_talks(office, 1, at=now)
    factories.standard_text(office.leader, at=now, use="message", title="Flytning", text="Vi flytter snart.")
    url = client.post(reverse("meetings:list_job_choose"), {"sag": [str(cases[0].public_id)]}).url

    assert "Vi flytter" not in errors(client.post(f"{url}?handling=message", {"title": "Vi flytter"}))
    page = client.post(f"{url}?handling=message", {"title": "Vi flytter"}).content.decode()
    assert 'value="Vi flytter"' in page
    assert "Skriv teksten, eller indsæt en standardtekst." in page
    assert "Flytning" in page
    assert "cpr" in errors(client.post(f"{url}?handling=message", {**WRITTEN, "text": "120385-4999"})).lower()
    assert errors(client.post(f"{url}?handling=cancel", {}))
    client.post(f"{url}?handling=cancel", CANCEL)
    assert client.get(url).context["heading"] == "Aflys samtalen i 1 sag?"
    assert ListJob.objects.get().action == "cancel"
