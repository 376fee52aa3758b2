"""The date is moved while the processes run: they live on from there."""

import pytest

from cases.models import Reminder, ReminderState
from meetings.owing.kinds import ReminderKind

pytestmark = [pytest.mark.durability, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("told_at_once")]


def is_sent(kind):
    rows = Reminder.objects.filter(kind=kind)
    return lambda: rows.exists() and not rows.exclude(state=ReminderState.SENT).exists()


def test_what_falls_due_on_the_way_is_sent_by_the_worker_that_runs(machine, invite_many):
    invite_many(1)
    machine.start_redis()
    machine.start_worker()
    machine.start_beat()
    machine.wait_for(is_sent(ReminderKind.INVITATION), seconds=60)
    assert not Reminder.objects.filter(kind=ReminderKind.MEETING_TOMORROW).exists()

    said = machine.manage("move_clock", "+2d")

    assert said.startswith("For systemet er det onsdag den 6. maj 2026.")
    machine.wait_for(is_sent(ReminderKind.MEETING_TOMORROW), seconds=60)
    assert Reminder.objects.filter(kind=ReminderKind.MEETING_TOMORROW).count() == 1
