"""Two workers at once who pass on what each was owed: nothing is lost, doubled or held up by a deadlock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection

from cases.models import Case, Reminder, Role
from cases.reminders import deciding, delivery
from cases.reminders.delivery import Receiver
from tests import factories
from tests.test_who_is_told import a_decision, swept

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)
KIND = "referrals.decision_to_fund"


@pytest.fixture(autouse=True)
def post_folder(settings, tmp_path):
    settings.POST_FOLDER = tmp_path


@pytest.fixture
def together(monkeypatch):
    """Both have locked what is owed their receiver before either goes on."""
    barrier, judged = Barrier(2), deciding.verdicts_of

    def judge(rows, *, at):
        verdicts = judged(rows, at=at)
        barrier.wait(timeout=30)
        return verdicts

    def deliver(*receivers, at):
        def work(receiver):
            try:
                return delivery.deliver(receiver, at=at)
            finally:
                connection.close()

        with monkeypatch.context() as waiting, ThreadPoolExecutor(max_workers=2) as pool:
            waiting.setattr(deciding, "verdicts_of", judge)
            return list(pool.map(work, receivers))

    return deliver


def decided(office, now, *, adviser):
    """A decision that is owed the a-kasse, whose case the adviser has now."""
    at = a_decision(office, now)
    row = Reminder.objects.filter(kind=KIND).latest("pk")
    Case.objects.filter(pk=row.case_id).update(fund_adviser=adviser)
    return row, at


def owed_also(row, *, to):
    row.pk, row.user = None, to
    row.save(force_insert=True)


def all_the_rest(at):
    for minute in range(1, 4):
        for receiver in swept(at + minute * MINUTE):
            delivery.deliver(receiver, at=at + minute * MINUTE)


def told():
    """Whom each message of a decision went to, in a mail each of its own line."""
    sent = Reminder.objects.filter(kind=KIND, state="sent")
    lines = sum(one.body.count("jobcentret har afgjort") for one in mail.outbox)
    assert lines == sent.count()
    assert not Reminder.objects.filter(kind=KIND, state="owed").exists()
    assert set(Reminder.objects.values_list("attempts", flat=True)) <= {0, 1}
    return sorted(sent.values_list("subject", "user"))


def test_each_passes_on_to_the_other_what_the_other_has_too(office, now, together, caplog):
    (one, at), (other, _) = decided(office, now, adviser=office.colleague), decided(office, now, adviser=office.adviser)
    owed_also(one, to=office.colleague)
    owed_also(other, to=office.colleague)

    together(Receiver(user=office.adviser.pk), Receiver(user=office.colleague.pk), at=at)
    all_the_rest(at)

    assert told() == [(one.subject, office.colleague.pk), (other.subject, office.adviser.pk)]
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


def test_both_pass_on_the_same_to_a_third(office, now, together, caplog):
    third = factories.user(organisation=office.fund, role=Role.ADVISER)
    rows = [decided(office, now, adviser=third) for _ in range(3)]
    for number, (row, at) in enumerate(rows):
        owed_also(row, to=office.colleague)
        # The one has them in another order than the other.
        Reminder.objects.filter(pk=row.pk).update(due_at=at - number * MINUTE)

    together(Receiver(user=office.adviser.pk), Receiver(user=office.colleague.pk), at=at)
    all_the_rest(at)

    assert told() == [(row.subject, third.pk) for row, _ in rows]
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
