"""What is sent reaches the right one: the digest, the ways to the citizen, and what happens when a way fails."""

import base64
from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from icalendar import Calendar
from kombu.exceptions import OperationalError

from cases import tasks
from cases.models import Case, Event, Reminder, ReminderState
from cases.models.reminders import MERGED
from cases.reminders import delivery as reminders_delivery
from cases.reminders import digests
from cases.reminders.delivery import MAX_ATTEMPTS
from meetings.booking import services as booking_services
from meetings.models import CancelReason, ListAction, NoShowStepKind, Outcome
from meetings.no_shows import services as no_shows_services
from meetings.no_shows.services import Step
from meetings.outcomes import services as outcomes_services
from meetings.owing.kinds import ReminderKind
from tests import factories, memo
from tests.meetings.due.steps import DAY, DUE_MORNING, MINUTE, TUESDAY_TEN, run, state_of, to
from tests.meetings.list_jobs.steps import carried_out, colleagues
from tests.meetings.list_jobs.steps import done as give_away


class TestDigest:
    def test_an_adviser_gets_one_mail_with_everything(self, open_case, office, now):
        cases = [open_case() for _ in range(3)]

        run(now)

        (message,) = to(office.adviser)
        assert message.subject == "Samtaleflow: 3 påmindelser"
        for case in cases:
            assert case.label in message.body
            assert f"http://127.0.0.1:8000{case.get_absolute_url()}" in message.body
            assert case.citizen.name not in message.body
        assert "skal holdes senest den 15. maj 2026" in message.body

    def test_after_an_outage_a_deadline_is_spoken_of_once(self, open_case, office, now):
        case = open_case()

        run(DUE_MORNING)

        (message,) = to(office.adviser)
        assert message.body.count(case.label) == 1
        assert "skulle være holdt senest den 15. maj 2026" in message.body
        assert state_of(ReminderKind.DEADLINE_NEAR) == (ReminderState.SKIPPED, MERGED)
        assert state_of(ReminderKind.BOOK_BY) == (ReminderState.SKIPPED, MERGED)

    def test_two_days_of_outage_before_the_deadline_merge_as_well(self, open_case, office):
        open_case()

        run(datetime(2026, 5, 10, 5, 0, tzinfo=UTC))

        assert state_of(ReminderKind.BOOK_BY) == (ReminderState.SKIPPED, MERGED)
        assert state_of(ReminderKind.DEADLINE_NEAR)[0] is ReminderState.SENT

    def test_a_long_one_says_how_many_more_there_are(self, open_case, office, now, monkeypatch):
        monkeypatch.setattr(digests, "LINES_IN_A_MAIL", 2)
        for _ in range(3):
            open_case()

        run(now)

        (message,) = to(office.adviser)
        assert "Og 1 mere." in message.body
        assert Reminder.objects.filter(state=ReminderState.SENT).count() == 3

    def test_an_organisation_hears_of_the_cases_that_nobody_takes_care_of(self, open_case, office, now):
        open_case()
        # The name of whoever left stands on it still.
        office.adviser.is_active = False
        office.adviser.save()

        run(now)

        (message,) = to(office.fund)
        assert "som ingen medarbejder har" not in message.body
        assert "ikke givet til nogen, eller den, der har dem, arbejder her ikke mere" in message.body

    def test_an_employee_without_an_address_is_reached_through_the_organisation(self, open_case, office, now):
        open_case()
        office.adviser.email = ""
        office.adviser.save()

        run(now)

        assert len(to(office.fund)) == 1

    def test_a_handover_that_has_been_is_too_late_to_announce(self, open_case, office):
        case = open_case()
        case.refresh_from_db()
        after = datetime.combine(case.municipality_from + DAY, datetime.min.time(), UTC) + timedelta(hours=8)

        run(after)

        outcomes = set(Reminder.objects.filter(kind=ReminderKind.HANDOVER_NEAR).values_list("outcome", flat=True))
        assert outcomes == {"For sent: forløbet er gået over til jobcentret."}


class TestWaysToTheCitizen:
    def sent(self, case):
        row = Reminder.objects.get(kind=ReminderKind.INVITATION, case=case)
        return row.state, row.route

    def test_digital_post_when_there_is_no_mail(self, open_case, book, now, post_folder):
        case = open_case(email="")
        book(case)

        run(now)

        (file,) = post_folder.rglob("*.*")
        assert self.sent(case) == ("handed_over", "Digital Post")
        message = memo.check(file.read_bytes())
        assert memo.text_of(message, "recipientID") == str(case.citizen.public_id)
        [_, entry] = [base64.b64decode(one.text) for one in message.iter(f"{memo.NAMESPACE}content")]
        calendar = Calendar.from_ical(entry)
        [event] = calendar.walk("VEVENT")
        assert (calendar["method"], "attendee" in event, event["location"]) == (
            "PUBLISH",
            False,
            "Testvej 1, 9999 Testby",
        )
        assert case.citizen.name not in file.name

    def test_sms_when_there_is_neither(self, open_case, book, now, post_folder):
        case = open_case(email="", is_exempt_from_digital_post=True)
        book(case)

        run(now)

        (file,) = post_folder.rglob("*.*")
        assert self.sent(case) == ("handed_over", "SMS")
        text = file.read_text()
        assert "Fagkassen indkalder dig til et møde tirsdag den 12. maj 2026 kl. 10.00." in text
        assert "jobsamtale" not in text

    @pytest.mark.parametrize("by_sms", [False, True])
    def test_every_kind_of_message_is_valid_memo(self, open_case, book, booking, office, now, post_folder, by_sms):
        case = open_case(email="", is_exempt_from_digital_post=by_sms)
        old = book(case, place="Testvej 1, \x07" + "lang " * 50)
        run(now)
        new = booking_services.move(
            meeting_id=old.pk, booking=booking(starts_at=TUESDAY_TEN), by=office.adviser, at=now
        )
        for at in (now, TUESDAY_TEN - DAY):
            run(at)
        booking_services.cancel(
            meeting_id=new.pk, reason=CancelReason.CITIZEN, note="", by=office.adviser, at=TUESDAY_TEN - DAY
        )
        run(TUESDAY_TEN - DAY)

        sent = [memo.check(file.read_bytes()) for file in sorted(post_folder.rglob("*.*"))]
        assert len(sent) == 4
        assert len({memo.text_of(one, "messageUUID") for one in sent}) == 4
        assert {memo.text_of(one, "messageType") for one in sent} == {"NEMSMS" if by_sms else "DIGITALPOST"}
        with_appointment = [memo.text_of(one, "actionCode") for one in sent]
        assert sorted(with_appointment) == ([""] * 4 if by_sms else ["", "AFTALE", "AFTALE", "AFTALE"])

    def test_a_name_that_fills_an_sms_leaves_room_for_the_time(self, open_case, book, office, now, post_folder):
        office.fund.name = "Fagkassen for alle " * 5
        office.fund.save()
        book(open_case(email="", is_exempt_from_digital_post=True))

        run(now)

        (file,) = post_folder.rglob("*.*")
        assert "indkalder dig til et møde tirsdag den 12. maj 2026 kl. 10.00." in memo.text_of(
            memo.check(file.read_bytes()), "notification"
        )

    @pytest.mark.parametrize("is_exempt", [False, True], ids=["Digital Post", "SMS"])
    def test_without_a_carrier_a_message_is_owed_until_there_is_one(
        self, open_case, book, now, settings, post_folder, is_exempt
    ):
        case = open_case(email="", is_exempt_from_digital_post=is_exempt)
        book(case)
        settings.POST_FOLDER = None
        for hours in range(40):
            run(now + timedelta(hours=hours))

        row = Reminder.objects.get(kind=ReminderKind.INVITATION, case=case)
        assert (row.state, row.route, row.attempts) == ("owed", "", 0)
        assert row.outcome.startswith("Digital Post og SMS har ingen forbindelse")
        assert not Event.objects.filter(case=case, kind__startswith="cases.message").exists()

        settings.POST_FOLDER = post_folder
        run(now + timedelta(hours=41))

        row.refresh_from_db()
        assert (row.state, row.outcome) == ("handed_over", "Lagt til afsendelse.")
        text = Event.objects.get(case=case, kind="cases.message_sent").text
        assert text.startswith("Lagt til afsendelse til borgeren med ")

    def test_nothing_is_told_to_the_adviser(self, open_case, book, now):
        case = open_case(email="", phone="", is_exempt_from_digital_post=True)
        book(case)

        run(now)

        state, outcome = state_of(ReminderKind.INVITATION)
        assert (state, outcome) == (
            ReminderState.SKIPPED,
            "Kan ikke nås. Borgeren kan ikke nås med e-mail, Digital Post eller SMS.",
        )
        event = Event.objects.get(case=case, kind="cases.citizen_not_reached")
        assert "Kontakt borgeren på en anden måde." in event.text

    def test_a_protected_address_has_only_the_closed_way(self, open_case, book, now, post_folder):
        case = open_case(has_protected_address=True)
        book(case)

        run(now)

        assert to(case.citizen) == []
        assert self.sent(case) == ("handed_over", "Digital Post")

    def test_a_protected_address_without_it_is_not_reached(self, open_case, book, now):
        case = open_case(has_protected_address=True, is_exempt_from_digital_post=True)
        book(case)

        run(now)

        assert "beskyttet adresse" in state_of(ReminderKind.INVITATION)[1]
        assert mail.outbox == [] or to(case.citizen) == []

    def test_an_address_that_does_not_exist_leads_to_the_next_way(self, open_case, book, now, monkeypatch, fallbacks):
        case = open_case()
        book(case)
        refuse_mail(monkeypatch, SMTPRecipientsRefused({}), only=case.fund_contact.email)

        run(now)

        assert fallbacks() == ["A message of a portion could not be carried."]
        assert self.sent(case) == ("handed_over", "Digital Post")

    def test_what_was_sent_stands_in_the_history(self, open_case, book, now):
        case = open_case()
        book(case)

        run(now)

        event = Event.objects.get(case=case, kind="cases.message_sent")
        assert event.text == "Sendt til borgeren med e-mail: indkaldelse."


def refuse_mail(monkeypatch, error, only=None):
    send = mail.EmailMessage.send

    def refuse(self, *args, **kwargs):
        if only is None or self.to == [only]:
            raise error
        return send(self, *args, **kwargs)

    monkeypatch.setattr("cases.reminders.carriers.EmailMessage.send", refuse)


class TestFailure:
    def test_is_tried_again_with_a_growing_wait(self, open_case, book, now, monkeypatch):
        case = open_case()
        book(case)
        refuse_mail(monkeypatch, SMTPServerDisconnected("gone"))
        receiver = reminders_delivery.Receiver(case=case.pk)
        reminders_delivery.sweep(at=now)

        reminders_delivery.deliver(receiver, at=now)
        row = Reminder.objects.get(kind=ReminderKind.INVITATION)
        assert (row.state, row.attempts, row.due_at) == (ReminderState.OWED, 1, now + MINUTE)
        assert row.outcome == "Forsøg 1 mislykkedes (SMTPServerDisconnected)."

        reminders_delivery.deliver(receiver, at=now + MINUTE)
        row.refresh_from_db()
        assert (row.attempts, row.due_at) == (2, now + 3 * MINUTE)

        monkeypatch.undo()
        reminders_delivery.deliver(receiver, at=now + 3 * MINUTE)
        row.refresh_from_db()
        assert row.state == ReminderState.SENT
        assert len(to(case.citizen)) == 1

    def test_has_an_end_that_the_adviser_sees(self, open_case, book, now, monkeypatch):
        case = open_case()
        book(case, starts_at=now + timedelta(days=9))
        refuse_mail(monkeypatch, SMTPServerDisconnected("gone"))
        Reminder.objects.update(attempts=MAX_ATTEMPTS - 1)

        reminders_delivery.deliver(reminders_delivery.Receiver(case=case.pk), at=now)

        row = Reminder.objects.get(kind=ReminderKind.INVITATION)
        assert (row.state, row.closed_at) == (ReminderState.FAILED, now)
        assert Event.objects.filter(case=case, kind="cases.citizen_not_reached").exists()

    def test_of_a_digest_has_an_end_in_the_ledger(self, open_case, office, now, monkeypatch):
        open_case()
        reminders_delivery.sweep(at=now)
        refuse_mail(monkeypatch, SMTPServerDisconnected("gone"))
        Reminder.objects.update(attempts=MAX_ATTEMPTS - 1)

        reminders_delivery.deliver(reminders_delivery.Receiver(user=office.adviser.pk), at=now)

        assert state_of(ReminderKind.BOOK_BY) == (
            ReminderState.FAILED,
            f"Forsøg {MAX_ATTEMPTS} mislykkedes (SMTPServerDisconnected).",
        )

    def test_to_find_the_receiver_is_no_failure(self, now, db):
        assert reminders_delivery.deliver(reminders_delivery.Receiver(case=0), at=now) == 0

    def test_of_one_receiver_does_not_stop_the_others(self, open_case, book, office, now, monkeypatch, fallbacks):
        first, second = open_case(), open_case()
        book(first)
        book(second, starts_at=TUESDAY_TEN + DAY)
        refuse_mail(monkeypatch, ValueError("broken"), only=first.fund_contact.email)
        waiting = [list(receiver) for receiver in reminders_delivery.sweep(at=now)]

        tasks.deliver(receivers=waiting, argument_of_tomorrow=1)

        assert fallbacks() == ["A message of a portion could not be carried."]
        assert to(first.citizen) == []
        assert len(to(second.citizen)) == 1

    def test_leaves_no_mark_of_the_half_done(self, open_case, book, now, monkeypatch):
        case = open_case()
        book(case)
        refuse_mail(monkeypatch, SMTPServerDisconnected("gone"))

        reminders_delivery.deliver(reminders_delivery.Receiver(case=case.pk), at=now)

        assert not Event.objects.filter(kind="cases.message_sent").exists()


class TestTasks:
    def test_the_sweep_hands_out_row_ids_and_nothing_else(self, open_case, book, office, now, monkeypatch):
        case = open_case()
        book(case)
        handed_out = []
        monkeypatch.setattr(tasks.deliver, "apply_async", lambda **options: handed_out.append(options))

        assert tasks.sweep(argument_of_tomorrow=1) == 1

        assert handed_out == [{"kwargs": {"receivers": [[None, None, case.pk]]}, "expires": 60, "retry": False}]

    def test_a_lost_broker_is_no_failure(self, open_case, book, now, monkeypatch):
        book(open_case())

        def fail(**options):
            raise OperationalError

        monkeypatch.setattr(tasks.deliver, "apply_async", fail)

        assert tasks.sweep() == 1
        assert Reminder.objects.owed().count() == 1


def take_every_step_after_a_no_show(meeting, *, by, at):
    outcomes_services.register(
        meeting_id=meeting.pk,
        outcome=Outcome.ABSENT,
        note="",
        is_six_weeks_guided=None,
        next_booking=None,
        by=by,
        at=at,
    )
    for kind in NoShowStepKind:
        step = Step(kind, "Borgeren kom ikke.", (at + 14 * DAY).date() if kind is NoShowStepKind.HEARING else None)
        no_shows_services.take_step(meeting_id=meeting.pk, step=step, by=by, at=at)


def test_no_message_holds_a_cpr_number(office, book, booking, now, post_folder):
    numbers = []
    ways = [{}, {"email": ""}, {"email": "", "is_exempt_from_digital_post": True}]
    for day, way in enumerate(ways):
        number = factories.cpr_number()
        numbers.append(number)
        case = factories.case(
            office, registered_on=date(2026, 5, 1), citizen=factories.citizen_details(**way, number=number)
        )
        meeting = book(case, starts_at=TUESDAY_TEN + day * DAY)
        run(now)
        moved = booking_services.move(
            meeting_id=meeting.pk, booking=booking(starts_at=TUESDAY_TEN + (7 + day) * DAY), by=office.adviser, at=now
        )
    factories.law_change(factories.law_run(at=now), case, office.fund)
    others = list(Case.objects.open().exclude(pk=case.pk))
    text = {"title": "Vi flytter", "text": "Vi sidder nu på Torvet 1."}
    carried_out(others, ListAction.MESSAGE, text, office.leader, at=now)
    give_away(others, colleagues(office, 1), office.leader, at=now)
    book(case, starts_at=TUESDAY_TEN + 28 * DAY)
    take_every_step_after_a_no_show(moved, by=office.adviser, at=moved.ends_at)
    for days in range(0, 100, 5):
        run(now + days * DAY)

    assert {ReminderKind(kind) for kind in Reminder.objects.values_list("kind", flat=True)} == set(ReminderKind) - {
        ReminderKind.CANCELLATION,
        ReminderKind.CHOICE_SET_ASIDE,
    }
    said = [message.message().as_string() + message.body for message in mail.outbox]
    said += [file.read_text() + file.name for file in post_folder.rglob("*.*")]
    for text in said:
        for number in numbers:
            assert number.digits not in text
            assert str(number) not in text
