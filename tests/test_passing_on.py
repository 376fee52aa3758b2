"""What was owed one employee and is another's to hear now: somebody is told, and of what is true."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail

from cases.models import Reminder
from cases.reminders import carriers
from meetings.list_jobs import services as list_jobs_services
from tests.meetings.list_jobs.steps import done as given
from tests.meetings.list_jobs.steps import work
from tests.test_who_is_told import a_deadline, delivered, swept

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def post_folder(settings, tmp_path):
    settings.POST_FOLDER = tmp_path


def run(at):
    delivered(swept(at), at)


def told(worker):
    return [message.body for message in mail.outbox if message.to == [worker.email]]


def fails(message, *, to):
    raise SMTPServerDisconnected


def rows(kind):
    return [(row.user, row.state, row.outcome) for row in Reminder.objects.filter(kind=kind).order_by("pk")]


def test_what_waits_for_its_mail_while_the_case_is_given_and_taken_back_is_told(office, now, monkeypatch):
    due = a_deadline(office, now)
    with monkeypatch.context() as broken:
        broken.setattr(carriers.EMAIL, "carry", fails)
        for minute in range(4):
            run(due + minute * MINUTE)
    owed = Reminder.objects.get(kind="meetings.deadline_passed")
    assert (owed.user, owed.state, owed.due_at > due + 5 * MINUTE) == (office.adviser, "owed", True)
    job = given([owed.case], [office.colleague], office.leader, at=due + 5 * MINUTE)
    run(due + 5 * MINUTE)
    run(owed.due_at)
    assert rows("meetings.deadline_passed")[0] == (office.adviser, "skipped", "En anden har sagen nu.")

    list_jobs_services.take_back(job_id=job.pk, at=due + 12 * MINUTE)
    work(due + 12 * MINUTE)
    for minute in (12, 15, 16):
        run(due + minute * MINUTE)

    assert len([body for body in told(office.adviser) if owed.case.label in body]) == 1
    assert rows("meetings.deadline_passed") == [
        (office.adviser, "sent", "Sendt."),
        (office.colleague, "skipped", "En anden har sagen nu."),
    ]
    assert told(office.colleague) == []
