"""What many are owed at once is delivered in portions where it goes into files, and nothing is lost or doubled."""

import math
from datetime import timedelta
from itertools import count

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import DatabaseError, connection, connections
from django.test.utils import CaptureQueriesContext

from cases.models import Act, Deputy, Dispatch, Event, Reminder, ReminderState, Role
from cases.reminders import carriers, delivery, portions
from meetings.due import letters
from meetings.owing.kinds import ReminderKind
from tests import factories
from tests.meetings.due.steps import MINUTE, TUESDAY_TEN

INVITATIONS = {"kind": ReminderKind.INVITATION}


@pytest.fixture
def invited(open_case, book):
    """Book a talk with so many citizens, one after the other; gives the cases."""

    times = (TUESDAY_TEN + timedelta(minutes=30 * number) for number in count())

    def invited(number, **citizen):
        cases = [open_case(**citizen) for _ in range(number)]
        for case in cases:
            book(case, starts_at=next(times))
        return cases

    return invited


def deliver(at):
    return portions.deliver_all(delivery.sweep(at=at), now=lambda: at, stop_at=math.inf)


@pytest.fixture
def counted(monkeypatch):
    """How many receivers each portion began with."""
    deliver_portion, counted = portions._deliver_portion, []

    def count_them(receivers, *, at):
        counted.append(len(receivers))
        return deliver_portion(receivers, at=at)

    monkeypatch.setattr(portions, "_deliver_portion", count_them)
    return counted


def states():
    return list(Reminder.objects.filter(**INVITATIONS).order_by("pk").values_list("state", "attempts"))


def told(cases):
    """How many lines of the history tell that a message was sent, for each case."""
    return [Event.objects.filter(case=case, kind="cases.message_sent").count() for case in cases]


class Killed(BaseException):
    """What nobody catches: the process is gone."""


def carry_only(number, monkeypatch, *, then):
    """Let so many mails be carried, and then this happen, once."""
    carry, carried = carriers.EMAIL.carry, []

    def carry_some(message, *, to):
        carried.append(to)
        if len(carried) == number + 1:
            raise then
        carry(message, to=to)

    monkeypatch.setattr(carriers.EMAIL, "carry", carry_some)


def test_each_of_many_gets_its_letter_and_all_is_written_down(invited, now):
    cases = invited(3)

    deliver(now)

    sent = [one for one in mail.outbox if one.subject.startswith("Indkaldelse")]
    assert sorted(one.to for one in sent) == sorted([case.fund_contact.email] for case in cases)
    assert states() == [("sent", 1)] * 3
    assert told(cases) == [1, 1, 1]
    assert Dispatch.objects.filter(is_reached=True).count() == 3
    assert Dispatch.objects.first().text == sent[0].body


def test_twice_as_many_are_told_of_in_hardly_more_statements(invited, now, django_assert_max_num_queries):
    for number in (3, 9):
        invited(number)
        receivers = delivery.sweep(at=now)
        # What is left for each: which talk of the course it is, and a savepoint, so that it fails alone.
        with django_assert_max_num_queries(60 + 3 * number):
            portions.deliver_all(receivers, now=lambda: now, stop_at=math.inf)
        Reminder.objects.all().delete()


def test_what_cannot_be_carried_takes_no_other_with_it(invited, now, monkeypatch, fallbacks):
    cases = invited(4)
    carry_only(2, monkeypatch, then=OSError("the disk is full"))
    receivers = [one for one in delivery.sweep(at=now) if one.case]

    # Delivered one by one what was left, the disk has room again.
    assert portions.deliver_all(receivers, now=lambda: now, stop_at=math.inf) == 4

    assert fallbacks() == ["A message of a portion could not be carried."]
    assert states() == [("sent", 1)] * 4
    assert told(cases) == [1] * 4
    assert len(mail.outbox) == 4


@pytest.mark.parametrize("error", [ValueError, DatabaseError], ids=["of the text", "of the database"])
def test_what_cannot_be_written_is_tried_again_and_the_others_go_together(invited, now, monkeypatch, fallbacks, error):
    cases = invited(3)
    compose, broken = letters.compose, Reminder.objects.filter(**INVITATIONS).earliest("pk")

    def refuse(kind, *, meeting, **facts):
        if meeting.pk == broken.subject and error is ValueError:
            raise ValueError
        if meeting.pk == broken.subject:
            # Nothing more is answered in the transaction.
            connection.cursor().execute("SELECT 1 / 0")
        return compose(kind, meeting=meeting, **facts)

    monkeypatch.setattr(letters, "compose", refuse)
    alone, deliver_alone = [], delivery.deliver
    monkeypatch.setattr(delivery, "deliver", lambda one, *, at: alone.append(one) or deliver_alone(one, at=at))

    deliver(now)

    assert fallbacks() == ["A message of a portion could not be written."]
    assert alone == [delivery.Receiver(case=cases[0].pk)]
    assert states() == [("owed", 1), ("sent", 1), ("sent", 1)]
    broken.refresh_from_db()
    assert broken.due_at == now + MINUTE


def test_a_portion_ends_in_time_and_the_next_goes_on(invited, now, monkeypatch, counted):
    cases = invited(3)
    monkeypatch.setattr(portions, "SECONDS_OF_WRITING", -1)
    receivers = [one for one in delivery.sweep(at=now) if one.case]

    portions.deliver_all(receivers, now=lambda: now, stop_at=math.inf)

    assert told(cases) == [1, 1, 1]
    assert counted == [3, 2, 1]


def test_with_time_enough_one_portion_takes_all(invited, now, counted):
    cases = invited(3)
    receivers = [one for one in delivery.sweep(at=now) if one.case]

    portions.deliver_all(receivers, now=lambda: now, stop_at=math.inf)

    assert told(cases) == [1, 1, 1]
    assert counted == [3]


def test_of_two_messages_to_one_citizen_each_is_stored_before_the_next_is_sent(open_case, book, now):
    case = open_case()
    for days in (0, 1):
        book(case, starts_at=TUESDAY_TEN + timedelta(days=days))
    receiver = delivery.Receiver(case=case.pk)
    delivery.sweep(at=now)

    assert portions.deliver_all([receiver], now=lambda: now, stop_at=math.inf) == 2

    assert states() == [("sent", 1)] * 2


@pytest.mark.parametrize("is_folder", [True, False], ids=["into files", "to a server"])
def test_each_is_judged_by_the_moment_at_which_it_is_its_turn(invited, now, monkeypatch, is_folder):
    invited(3)
    monkeypatch.setattr(EmailBackend, "writes_over", is_folder, raising=False)
    monkeypatch.setattr(portions, "PORTION", 1)
    receivers = [one for one in delivery.sweep(at=now) if one.case]
    moments = (now + number * MINUTE for number in count())

    portions.deliver_all(receivers, now=lambda: next(moments), stop_at=math.inf)

    closed = Reminder.objects.filter(**INVITATIONS).order_by("due_at", "pk").values_list("closed_at", flat=True)
    # To a server: the portion asks for its own, and whom it leaves for theirs.
    turns = [0, 1, 2] if is_folder else [1, 3, 5]
    assert list(closed) == [now + turn * MINUTE for turn in turns]


def test_no_portion_begins_when_the_time_is_over(invited, now):
    cases = invited(1)

    assert portions.deliver_all(delivery.sweep(at=now), now=lambda: now, stop_at=-math.inf) == 0

    assert told(cases) == [0]


@pytest.mark.django_db(transaction=True)
def test_killed_between_two_files_all_are_written_over_and_none_is_said_twice(invited, now, monkeypatch):
    cases = invited(3)
    with monkeypatch.context() as patch:
        carry_only(2, patch, then=Killed)
        with pytest.raises(Killed):
            deliver(now)
    names = [one.extra_headers["Message-ID"] for one in mail.outbox]
    # Two files lie there, and nothing says that they were sent.
    assert len(names) == 2
    assert states() == [("owed", 0)] * 3
    assert told(cases) == [0, 0, 0]

    deliver(now)

    again = {one.extra_headers["Message-ID"] for one in mail.outbox if one.subject.startswith("Indkaldelse")}
    assert again >= set(names)
    assert len(again) == 3
    assert states() == [("sent", 1)] * 3
    assert told(cases) == [1, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_killed_between_two_mails_to_a_server_one_at_most_is_sent_twice(invited, now, monkeypatch):
    cases = invited(3)
    monkeypatch.setattr(EmailBackend, "writes_over", False, raising=False)
    receivers = [one for one in delivery.sweep(at=now) if one.case]
    with monkeypatch.context() as patch:
        carry_only(2, patch, then=Killed)
        with pytest.raises(Killed):
            portions.deliver_all(receivers, now=lambda: now, stop_at=math.inf)

    # Each was stored before the next was sent.
    assert states() == [("sent", 1), ("sent", 1), ("owed", 0)]
    deliver(now)
    assert told(cases) == [1, 1, 1]
    assert len([one for one in mail.outbox if one.subject.startswith("Indkaldelse")]) == 3


@pytest.mark.django_db(transaction=True)
def test_a_case_that_a_service_changes_is_passed_by(invited, now):
    held, free = invited(2)
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE", [held.pk])
        deliver(now)
        other.rollback()
    finally:
        other.close()

    assert states() == [("owed", 0), ("sent", 1)]
    deliver(now)
    assert told([held, free]) == [1, 1]


def test_what_goes_by_digital_post_is_handed_over_in_the_same_portion(invited, now, post_folder):
    by_mail, by_post = invited(1), invited(1, email="")

    deliver(now)

    assert len(list(post_folder.rglob("*.xml"))) == 1
    state = Reminder.objects.get(case=by_post[0], **INVITATIONS)
    assert (state.state, state.route) == (ReminderState.HANDED_OVER, "Digital Post")
    text = Event.objects.get(case=by_post[0], kind="cases.message_sent").text
    assert text == "Lagt til afsendelse til borgeren med Digital Post: indkaldelse."
    assert told(by_mail) == [1]


def test_the_news_of_a_law_costs_many_what_it_costs_two(open_case, office, now):
    acts = iter(Act.objects.order_by("pk").values_list("slug", flat=True)[:3])

    def cost(number):
        run = factories.law_run(at=now, act=next(acts))
        for _ in range(number):
            adviser = factories.user(organisation=office.fund, role=Role.ADVISER)
            gone = factories.user(organisation=office.fund, role=Role.ADVISER, is_active=False)
            days = {"first_day": now.date(), "last_day": now.date()}
            Deputy.objects.create(user=gone, deputy=adviser, recorded_by=adviser, recorded_at=now, **days)
            for worker in (adviser, gone):
                factories.law_change(run, open_case(), office.fund, worker=worker)
        mail.outbox.clear()
        receivers = delivery.sweep(at=now)
        with CaptureQueriesContext(connection) as asked:
            portions.deliver_all(receivers, now=lambda: now, stop_at=math.inf)
        said = [one.body for one in mail.outbox if "1 af dine sager og 1 sag hos Mette Testmark" in one.body]
        assert len(said) == number
        return len([query for query in asked if "SAVEPOINT" not in query["sql"]])

    cost(1)

    assert cost(2) == cost(7)
