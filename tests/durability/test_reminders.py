"""Whatever is killed, and for however long: every message owed is sent, and sent once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from cases.models import Event, Reminder, ReminderState, SweepRun
from cases.reminders import carriers
from cases.reminders import delivery as reminders_delivery
from meetings.booking import services as booking_services
from meetings.booking.services import Booking
from meetings.models import CancelReason
from meetings.owing.kinds import ReminderKind
from meetings.rules.kinds import MeetingKind
from tests import factories
from tests.world import NOW

pytestmark = [pytest.mark.durability, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("told_at_once")]

INVITATIONS = {"kind": ReminderKind.INVITATION}


def all_sent(number):
    return lambda: Reminder.objects.filter(**INVITATIONS, state=ReminderState.SENT).count() == number


def test_a_worker_killed_in_the_middle_of_200_sends_each_once(machine, invite_many):
    meetings = invite_many(200)
    machine.start_redis()
    machine.start_worker()
    machine.start_beat()

    for enough in (20, 70, 130):
        machine.wait_for(lambda enough=enough: machine.mails() >= enough, seconds=60)
        machine.kill("worker")
        # A portion is carried in one go: the later kills may come when nothing is left.
        assert enough > 20 or not all_sent(200)()
        machine.start_worker()
    machine.wait_for(all_sent(200), seconds=120)

    invited = {f"reminder-{row.pk}.eml" for row in Reminder.objects.filter(**INVITATIONS)}
    assert invited <= {path.name for path in machine.mail.iterdir()}
    assert len(invited) == 200
    # One line in the history of each case: the outcome was stored once.
    told = Event.objects.filter(kind="cases.message_sent", case__in=[meeting.case_id for meeting in meetings])
    assert told.count() == 200
    assert told.values("case").distinct().count() == 200
    assert not list(machine.mail.glob(".*")), "half a mail was left behind"


def test_a_redis_that_is_killed_and_wiped_loses_nothing(machine, invite_many, office):
    machine.start_redis()
    machine.start_worker()
    machine.start_beat()
    invite_many(5)
    machine.wait_for(all_sent(5), seconds=30)

    machine.kill("redis")
    machine.wipe_redis()
    case = factories.case(office)
    booking_services.book(
        case_id=case.pk,
        booking=Booking(
            kind=MeetingKind.CONTACT_INTERVIEW,
            adviser_id=office.colleague.pk,
            starts_at=NOW + timedelta(days=2),
            ends_at=NOW + timedelta(days=2, minutes=30),
            is_confirmed=True,
        ),
        by=office.adviser,
        at=NOW,
    )
    visitor = Client()
    visitor.force_login(office.adviser)
    assert visitor.get(reverse("meetings:worklist")).status_code == 200
    assert not all_sent(6)()

    machine.start_redis()
    took = machine.wait_for(all_sent(6), seconds=90)
    assert took < 60, f"back after {took:.0f} s"


def test_a_stop_of_30_hours_ends_in_one_message_each(machine, invite_many, office):
    # Invited while all was well: one meeting falls into the outage, the others are remembered after it.
    in_outage, *after = invite_many(4)
    times = [timedelta(hours=26), timedelta(hours=40), timedelta(hours=45), timedelta(hours=50)]
    for meeting, wait in zip([in_outage, *after], times, strict=True):
        meeting.starts_at, meeting.ends_at = NOW + wait, NOW + wait + timedelta(minutes=30)
        meeting.save()
    for receiver in reminders_delivery.sweep(at=NOW):
        reminders_delivery.deliver(receiver, at=NOW)
    reminders_before = set(Reminder.objects.values_list("pk", flat=True))
    # Another two cases with nobody to book them.
    factories.case(office)
    factories.case(office)

    machine.move_clock(NOW + timedelta(hours=30))
    machine.start_redis()
    machine.start_worker()
    machine.start_beat()
    machine.wait_for(lambda: SweepRun.objects.filter(finished_at__gt=NOW).exists(), seconds=30)
    machine.wait_for(lambda: not Reminder.objects.owed().exists(), seconds=30)

    new = Reminder.objects.exclude(pk__in=reminders_before)
    assert set(new.values_list("state", flat=True)) == {ReminderState.SENT, ReminderState.SKIPPED}
    tomorrow = {row.subject: row for row in new.filter(kind=ReminderKind.MEETING_TOMORROW)}
    assert tomorrow[in_outage.pk].outcome == "For sent: samtalen er for nær."
    assert [tomorrow[meeting.pk].state for meeting in after] == [ReminderState.SENT] * 3
    # Three citizens, and one mail to the adviser with all that fell due.
    assert machine.mails() == 4


def test_services_and_sweeps_at_once_never_wait_in_a_circle(office, now, caplog):
    """No process here: five threads book and cancel, two sweep and deliver."""
    cases = [factories.case(office) for _ in range(5)]
    stop = threading.Event()

    def change(number, case):
        for round_ in range(12):
            starts_at = NOW + timedelta(days=2 + number, minutes=30 * round_)
            booking = Booking(
                kind=MeetingKind.CONTACT_INTERVIEW,
                adviser_id=office.adviser.pk,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=30),
                is_confirmed=True,
            )
            meeting = booking_services.book(case_id=case.pk, booking=booking, by=office.adviser, at=now)
            booking_services.cancel(
                meeting_id=meeting.pk, reason=CancelReason.CITIZEN, note="", by=office.adviser, at=now
            )

    def sweep():
        while not stop.is_set():
            for receiver in reminders_delivery.sweep(at=now):
                reminders_delivery.deliver(receiver, at=now)

    with ThreadPoolExecutor(max_workers=7) as pool:
        sweepers = [pool.submit(_with_own_connection, sweep) for _ in range(2)]
        changers = [pool.submit(_with_own_connection, change, *pair) for pair in enumerate(cases)]
        try:
            for changer in changers:
                changer.result(timeout=120)
        finally:
            stop.set()
        for sweeper in sweepers:
            sweeper.result(timeout=30)
    for receiver in reminders_delivery.sweep(at=now):
        reminders_delivery.deliver(receiver, at=now)

    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    assert not Reminder.objects.owed().exists()
    # Who was invited was told of the cancellation as well, and nobody else was.
    told = Reminder.objects.filter(state=ReminderState.SENT)
    invited = set(told.filter(**INVITATIONS).values_list("subject", flat=True))
    assert set(told.filter(kind=ReminderKind.CANCELLATION).values_list("subject", flat=True)) == invited


def _with_own_connection(work, *arguments):
    try:
        work(*arguments)
    finally:
        connections.close_all()


def test_a_service_at_work_is_passed_by_and_its_word_is_kept(machine, invite_many, office):
    """No process here: two connections, of which one holds the case."""
    (meeting,) = invite_many(1)
    held = Reminder.objects.get(**INVITATIONS)

    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE", [meeting.case_id])
        (receiver,) = reminders_delivery.sweep(at=NOW)
        assert reminders_delivery.deliver(receiver, at=NOW) == 0
        held.refresh_from_db()
        assert (held.state, held.attempts) == (ReminderState.OWED, 0)
        other.rollback()
    finally:
        other.close()

    assert reminders_delivery.deliver(receiver, at=NOW) == 1


def test_a_failure_is_not_counted_by_whoever_lost_the_receiver_to_another(invite_many, monkeypatch):
    """No process here: between the failure and its record a second connection takes the case."""
    (meeting,) = invite_many(1)
    other = connections.create_connection("default")
    other.set_autocommit(False)

    def take_the_case(*args):
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE", [meeting.case_id])

    def refuse(*args, **kwargs):
        raise OSError

    monkeypatch.setattr(carriers.EMAIL, "carry", refuse)
    monkeypatch.setattr(reminders_delivery.logger, "exception", take_the_case)
    (receiver,) = reminders_delivery.sweep(at=NOW)
    try:
        assert reminders_delivery.deliver(receiver, at=NOW) == 0
    finally:
        other.close()

    assert Reminder.objects.get(**INVITATIONS).attempts == 0
    monkeypatch.undo()
    assert reminders_delivery.deliver(receiver, at=NOW) == 1
