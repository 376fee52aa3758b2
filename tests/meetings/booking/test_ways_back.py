"""Ten minutes to take a booking, a move, a cancellation or a closing back; what is told of it waits as long."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail

from cases.closing import services as closing_services
from cases.models import Case, Reminder
from cases.models.cases import CloseReason
from cases.reminders import delivery as reminders_delivery
from cases.rules.wording import day_text
from meetings.channel import fund_presence
from meetings.models import FundWish, Meeting
from meetings.rules.kinds import Channel
from tests import factories, world
from tests.cases.pages import said, url
from tests.filled_forms import send
from tests.meetings.due.test_meetings import calendar_of
from tests.meetings.steps import cancel, choose, move
from tests.test_second_click import posted_at_once

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
TOO_LATE = "Der er gået mere end 10 minutter."


@pytest.fixture
def booked(case, office, now):
    """A talk in a week, booked this moment."""
    return factories.book(case, office.adviser, now + 7 * DAY, at=now)


@pytest.fixture
def told(case, office, now, settings, tmp_path):
    """A talk in a week that the citizen has been told of."""
    settings.POST_FOLDER = tmp_path / "post"
    meeting = factories.book(case, office.adviser, now + 7 * DAY, at=now - DAY)
    sweep(now - DAY + 11 * MINUTE)
    return meeting


def sweep(at):
    for receiver in reminders_delivery.sweep(at=at):
        reminders_delivery.deliver(receiver, at=at)


def undo(log_in, by, case, kind):
    event = case.events.filter(kind=kind).order_by("-pk").first()
    return said(log_in(by).post(url("undo", event)))


def news(kind):
    return list(Reminder.objects.filter(kind=f"meetings.{kind}").order_by("pk").values_list("state", flat=True))


def statuses(case):
    return list(case.meetings.order_by("version", "pk").values_list("status", "starts_at"))


def test_a_booking_is_told_after_ten_minutes_and_of_a_talk_within_the_day_at_once(case, office, now, booked):
    near = factories.book(case, office.adviser, now + DAY, at=now)
    due = dict(Reminder.objects.filter(kind="meetings.invitation").values_list("subject", "due_at"))
    assert due == {booked.pk: now + 10 * MINUTE, near.pk: now}


def test_nobody_is_reminded_of_a_talk_in_a_day_before_they_are_told_of_it(case, office, now, settings, tmp_path):
    settings.POST_FOLDER = tmp_path / "post"
    factories.book(case, office.adviser, now + DAY + 5 * MINUTE, at=now)

    sweep(now + 6 * MINUTE)
    assert (news("invitation"), news("meeting_tomorrow")) == (["owed"], ["owed"])

    sweep(now + 10 * MINUTE)
    assert (news("invitation"), news("meeting_tomorrow")) == (["sent"], ["skipped"])


def test_a_booking_is_undone_and_nobody_hears_of_it(log_in, case, office, now, booked):
    assert undo(log_in, office.adviser, case, "meetings.booked").startswith("Fortrudt. Bookingen er fortrudt: ")

    booked.refresh_from_db()
    assert (booked.status, booked.cancel_reason) == ("cancelled", "mistake")
    assert (news("invitation"), news("cancellation")) == (["void"], [])
    assert undo(log_in, office.adviser, case, "meetings.booked") == "Det er allerede fortrudt."


def test_a_move_is_undone_to_the_time_before(log_in, case, office, now, told):
    moved = move(told, office.adviser, now, starts_at=now + 8 * DAY, is_confirmed=True)

    undo(log_in, office.adviser, case, "meetings.moved")

    assert statuses(case) == [("moved", told.starts_at), ("moved", moved.starts_at), ("booked", told.starts_at)]
    # The citizen knows that time, and heard of no other.
    assert (news("invitation"), news("correction"), news("cancellation")) == (["sent"], ["void"], [])


def test_a_cancellation_is_undone_with_the_same_time_and_link(log_in, case, office, now, told):
    cancel(told, office.adviser, now)

    undo(log_in, office.adviser, case, "meetings.cancelled")

    again = case.meetings.get(status="booked")
    assert (again.starts_at, again.place, again.series) == (told.starts_at, told.place, told.series)
    assert (news("invitation"), news("cancellation")) == (["sent"], ["void"])


@pytest.fixture
def moved(office, now, told):
    """The talk moved a day on; the correction is owed, and the citizen knows the time before."""
    return move(told, office.adviser, now, starts_at=told.starts_at + DAY, is_confirmed=True)


def close(case, office, at):
    case.refresh_from_db()
    closing_services.close_case(
        case_id=case.pk,
        version=case.version,
        reason=CloseReason.WORK,
        closed_on=at.date(),
        by=office.adviser,
        at=at,
    )


def move_again(moved, office, at):
    move(moved, office.adviser, at, starts_at=moved.starts_at + DAY, is_confirmed=True)


GONE_ON = {
    "meetings.moved": move_again,
    "meetings.cancelled": lambda moved, office, at: cancel(moved, office.adviser, at),
    "cases.closed": lambda moved, office, at: close(moved.case, office, at),
}


@pytest.mark.parametrize("kind", GONE_ON)
def test_a_time_that_the_citizen_never_heard_of_is_told_when_it_holds_again(log_in, case, office, now, moved, kind):
    GONE_ON[kind](moved, office, now + MINUTE)
    assert "owed" not in news("correction")[:1]

    with time_machine.travel(now + 2 * MINUTE, tick=False):
        undo(log_in, office.adviser, case, kind)

    again = case.meetings.get(status="booked")
    assert again.starts_at == moved.starts_at
    owed = Reminder.objects.owed().to_citizen().filter(kind__startswith="meetings.").get()
    assert (owed.kind, owed.subject, owed.version) == ("meetings.correction", again.pk, again.version)


@pytest.mark.parametrize("kind", ["meetings.booked", "meetings.moved"])
def test_what_was_said_of_the_fund_before_an_undone_booking_holds_again(log_in, office, now, kind):
    case = factories.case(office, registered_on=date(2026, 1, 26))
    fund_presence.wish_fund_at_first(case_id=case.pk, wish=True, by=office.adviser, at=now - DAY)
    wish = None if kind == "meetings.moved" else False
    meeting = factories.book(case, office.caseworker, now + 7 * DAY, at=now, fund_attends=wish)
    if kind == "meetings.moved":
        move(meeting, office.caseworker, now, starts_at=now + 8 * DAY, fund_attends=False)
    assert not FundWish.objects.get().is_wished

    undo(log_in, office.caseworker, case, kind)

    assert FundWish.objects.get().is_wished


def test_a_link_that_the_citizen_never_heard_of_is_told_when_it_holds_again(log_in, case, office, now, told):
    choose(case, Channel.VIDEO, office.adviser, now)
    told.refresh_from_db()
    cancel(told, office.adviser, now)

    undo(log_in, office.adviser, case, "meetings.cancelled")

    assert case.meetings.get(status="booked").channel == "video"
    assert news("correction") == ["void", "owed"]


def test_a_cancellation_names_the_time_that_the_citizen_was_told(office, now, moved, told):
    cancel(moved, office.adviser, now + MINUTE)

    sweep(now + 11 * MINUTE)

    message = mail.outbox[-1]
    assert message.subject.endswith("er aflyst")
    for text in (message.subject, message.body):
        assert (day_text(told.day) in text, day_text(moved.day) in text) == (True, False)
    assert calendar_of(message)["dtstart"].dt == told.starts_at


def test_a_talk_that_is_moved_and_moved_back_before_anything_was_sent_sends_nothing(office, now, moved, told):
    sent = len(mail.outbox)
    move(moved, office.adviser, now + MINUTE, starts_at=told.starts_at, is_confirmed=True)

    sweep(now + 11 * MINUTE)

    assert (news("correction"), len(mail.outbox)) == (["void"], sent)


@pytest.mark.parametrize("is_gone", [False, True], ids=["not yet sent", "sent"])
def test_the_letter_that_sets_the_choice_aside_goes_once(log_in, case, office, now, settings, tmp_path, is_gone):
    settings.POST_FOLDER = tmp_path / "post"
    choose(case, Channel.TELEPHONE, office.adviser, now - DAY)
    demanded = {"channel": Channel.ATTENDANCE, "channel_reason": "Papirer skal ses."}
    meeting = factories.book(case, office.adviser, now + 7 * DAY, at=now - (DAY if is_gone else MINUTE), **demanded)
    sweep(now - MINUTE)
    cancel(meeting, office.adviser, now)

    undo(log_in, office.adviser, case, "meetings.cancelled")
    sweep(now + 10 * MINUTE)

    assert case.meetings.get(status="booked").channel_reason == "Papirer skal ses."
    assert news("choice_set_aside") == (["handed_over"] if is_gone else ["skipped", "handed_over"])


def test_a_cancelled_talk_that_nobody_was_told_of_is_told_of_again(log_in, case, office, now, booked):
    cancel(booked, office.adviser, now)
    undo(log_in, office.adviser, case, "meetings.cancelled")
    assert news("invitation") == ["void", "owed"]


def test_a_closing_is_undone_with_the_talks_that_it_cancelled(log_in, case, office, now, told):
    close(case, office, now)
    answer = undo(log_in, office.adviser, case, "cases.closed")

    assert "Afslutningen er fortrudt." in case.events.get(kind="cases.reopened").text
    assert "gælder igen." in answer
    case = Case.objects.get(pk=case.pk)
    assert (case.is_open, case.meetings.get(status="booked").starts_at) == (True, told.starts_at)
    assert news("cancellation") == ["void"]


def test_what_the_citizen_was_told_is_not_undone_by_a_button(log_in, case, office, now, booked):
    sweep(now + 10 * MINUTE)
    assert undo(log_in, office.adviser, case, "meetings.booked").startswith("Beskeden til borgeren er sendt.")
    assert Meeting.objects.get().status == "booked"


def test_what_was_told_before_the_channel_changed_is_not_undone_by_a_button(
    log_in, case, office, now, settings, tmp_path
):
    settings.POST_FOLDER = tmp_path / "post"
    factories.book(case, office.adviser, now + DAY, at=now)
    sweep(now)
    choose(case, Channel.VIDEO, office.adviser, now)

    assert undo(log_in, office.adviser, case, "meetings.booked").startswith("Beskeden til borgeren er sendt.")
    assert Meeting.objects.get().status == "booked"


def test_it_is_over_after_ten_minutes(log_in, case, office, now, booked):
    with time_machine.travel(now + 11 * MINUTE, tick=False):
        assert undo(log_in, office.adviser, case, "meetings.booked").startswith(TOO_LATE)


def test_nobody_undoes_what_somebody_else_went_on_from(log_in, case, office, now, booked):
    factories.book(case, office.caseworker, now + 9 * DAY, at=now)
    event = case.events.filter(kind="meetings.booked").order_by("pk").first()
    text = said(log_in(office.adviser).post(url("undo", event)))
    assert text.startswith(f"{office.caseworker} har ændret sagen siden: ")
    assert Meeting.objects.filter(status="booked").count() == 2


def test_only_who_made_a_change_undoes_it(log_in, case, office, booked):
    event = case.events.get(kind="meetings.booked")
    assert log_in(office.colleague).post(url("undo", event)).status_code == 404
    other = case.events.get(kind="cases.opened")
    assert log_in(office.adviser).post(url("undo", other)).status_code == 404


def test_the_receipt_has_the_button_and_the_time(log_in, case, office, now):
    client = log_in(office.colleague)
    answer = send(client, url("assign", case), {"worker": str(office.colleague.public_id)}, follow=True)
    page = answer.content.decode()
    event = case.events.get(kind="cases.assigned")
    assert f'action="{url("undo", event)}"' in page
    assert "indtil kl. 10.10" in page

    answer = client.post(url("undo", event), follow=True)
    case.refresh_from_db()
    assert case.fund_adviser == office.adviser
    assert "Tildelingen er fortrudt" in answer.content.decode()
    # That it was undone is not undone.
    newest = case.events.filter(kind="cases.assigned").latest("pk")
    assert client.post(url("undo", newest)).status_code == 404


def test_a_course_that_was_received_by_a_slip_waits_for_the_jobcenter_again(log_in, case, office, now):
    world.hand_over(case, office, at=now - DAY, on=now.date(), is_received=False)
    client = log_in(office.caseworker)
    answer = send(client, url("receive", case), {"worker": str(office.caseworker.public_id)}, follow=True)
    assert "Fortryd" in answer.content.decode()

    assert undo(log_in, office.caseworker, case, "cases.received").startswith("Fortrudt. Modtagelsen er fortrudt")

    case = Case.objects.select_related("handover").get(pk=case.pk)
    assert (case.handover.received_at, case.handover.received_by, case.municipality_caseworker) == (None, None, None)


def test_a_time_that_somebody_took_meanwhile_is_not_taken_back(log_in, case, office, now, told):
    cancel(told, office.adviser, now)
    other = factories.case(office)
    factories.book(other, office.adviser, told.starts_at, at=now)

    assert "optaget" in undo(log_in, office.adviser, case, "meetings.cancelled")
    assert not case.meetings.filter(status="booked").exists()


@pytest.mark.django_db(transaction=True)
def test_two_closings_undone_at_once_do_not_wait_for_each_other(office, now):
    advisers = (office.adviser, office.colleague)
    pages = []
    for first, second in (advisers, reversed(advisers)):
        case = factories.case(office)
        factories.book(case, office.adviser, now + 7 * DAY, at=now, adviser=first)
        factories.book(case, office.adviser, now + 8 * DAY, at=now, adviser=second)
        close(case, office, now)
        pages.append(url("undo", case.events.get(kind="cases.closed")))

    posted_at_once(office.adviser, pages, {})

    assert Meeting.objects.booked().count() == 4
