"""One message that cannot be judged, written, kept or told of: it has its end, and takes no other with it."""

import pytest
from django.core import mail
from django.db import connection

from cases.models import Dispatch, Event, Reminder, ReminderState
from cases.reminders import delivery as reminders_delivery
from cases.reminders import owing as reminders_owing
from cases.reminders import post_book
from meetings.due import letters, still_wanted
from meetings.owing.kinds import ReminderKind
from tests.meetings.due.steps import DAY, MINUTE, TUESDAY_TEN, run


def refused_by_the_database(*args, **kwargs):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


@pytest.fixture
def no_verdict(monkeypatch):
    verdict = still_wanted._VERDICTS[ReminderKind.INVITATION]

    def refuse(row, facts):
        return verdict(row, facts) if row.subject != first_meeting() else refused_by_the_database()

    monkeypatch.setitem(still_wanted._VERDICTS, ReminderKind.INVITATION, refuse)


@pytest.fixture
def no_writing(monkeypatch):
    compose = letters.compose

    def refuse(kind, *, meeting, **facts):
        return compose(kind, meeting=meeting, **facts) if meeting.pk != first_meeting() else refused_by_the_database()

    monkeypatch.setattr(letters, "compose", refuse)


def first_meeting():
    return Reminder.objects.earliest("pk").subject


@pytest.mark.parametrize("broken", ["no_verdict", "no_writing"])
def test_what_can_be_neither_judged_nor_written_has_an_end_that_the_adviser_sees(broken, request, open_case, book, now):
    case = open_case()
    book(case)
    book(case, starts_at=TUESDAY_TEN + DAY)
    Reminder.objects.filter(subject=first_meeting()).update(attempts=reminders_delivery.MAX_ATTEMPTS - 1)
    request.getfixturevalue(broken)

    reminders_delivery.deliver(reminders_delivery.Receiver(case=case.pk), at=now)

    first, second = Reminder.objects.to_citizen().order_by("pk")
    assert (first.state, second.state, second.attempts) == (ReminderState.FAILED, ReminderState.OWED, 0)
    assert Event.objects.filter(case=case, kind="cases.citizen_not_reached").count() == 1
    reminders_delivery.deliver(reminders_delivery.Receiver(case=case.pk), at=now + MINUTE)
    second.refresh_from_db()
    assert second.state == ReminderState.SENT
    assert len(mail.outbox) == 1


def test_what_covers_another_takes_it_along_and_neither_is_sent_alone(open_case, book, now, monkeypatch):
    case = open_case()
    meeting = book(case)
    reminders_owing.owe(
        kind=ReminderKind.CORRECTION, case_id=case.pk, subject=meeting.pk, version=meeting.version, at=now
    )
    monkeypatch.setattr(letters, "compose", refused_by_the_database)

    reminders_delivery.deliver(reminders_delivery.Receiver(case=case.pk), at=now)

    assert list(Reminder.objects.to_citizen().values_list("attempts", "due_at")) == [(1, now + MINUTE)] * 2


def test_what_cannot_be_kept_is_not_sent_again_and_again(open_case, book, now, monkeypatch):
    case = open_case()
    book(case)
    monkeypatch.setattr(post_book, "keep", refused_by_the_database)

    for tick in range(3):
        reminders_delivery.deliver(reminders_delivery.Receiver(case=case.pk), at=now + 10 * tick * MINUTE)

    assert mail.outbox == []
    assert Reminder.objects.get(kind=ReminderKind.INVITATION).attempts == 3
    monkeypatch.undo()
    run(now + DAY)
    assert len(mail.outbox) == Dispatch.objects.count() == 1


def test_a_kind_that_a_newer_release_wrote_waits_for_its_worker(open_case, book, now):
    case = open_case()
    book(case)
    Reminder.objects.create(kind="meetings.of_tomorrow", case=case, subject=1, version=1, due_at=now, recorded_at=now)

    assert reminders_delivery.deliver(reminders_delivery.Receiver(case=case.pk), at=now) == 1
    assert Reminder.objects.owed().to_citizen().get().attempts == 0
