"""What is sent: once, to the right one, in plain words, and only as long as the case still wants it."""

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from xml.etree import ElementTree

import pytest
from django.core import mail
from icalendar import Calendar
from kombu.exceptions import OperationalError

from cases.models import Event, Reminder, ReminderState
from cases.models.cases import CloseReason
from cases.rules.facts import PauseKind
from cases.rules.period import Period
from cases.services import cases as case_services
from cases.services import reminders
from cases.services.reminders import MAX_ATTEMPTS, MERGED
from meetings import services, tasks
from meetings.models import CancelReason
from meetings.outbox import KIND_LABELS, ReminderKind
from meetings.rules.kinds import Channel, MeetingKind
from tests import factories

#: 12 May 2026 at ten in Copenhagen.
TUESDAY_TEN = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
DUE_MORNING = datetime(2026, 5, 16, 5, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def post_folder(settings, tmp_path):
    settings.POST_FOLDER = tmp_path / "post"
    return settings.POST_FOLDER


@pytest.fixture
def open_case(office):
    def open_case(**citizen):
        return factories.case(office, registered_on=date(2026, 5, 1), citizen=factories.citizen_details(**citizen))

    return open_case


@pytest.fixture
def booking(office):
    def booking(*, starts_at=TUESDAY_TEN, adviser=office.adviser, **fields):
        return services.Booking(
            kind=MeetingKind.CONTACT_INTERVIEW,
            adviser_id=adviser.pk,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=30),
            is_confirmed=True,
            **fields,
        )

    return booking


@pytest.fixture
def book(booking, office, now):
    def book(case, *, at=now, by=office.adviser, **fields):
        wanted = booking(**{"adviser": by, **fields})
        return services.book(case_id=case.pk, booking=wanted, by=by, at=at)

    return book


def run(at):
    """One sweep and all that it hands out."""
    for receiver in reminders.sweep(at=at):
        reminders.deliver(receiver, at=at)
    assert not Reminder.objects.owed().filter(attempts__gt=0).exists()


def state_of(kind, **filters):
    row = Reminder.objects.get(kind=kind, **filters)
    return ReminderState(row.state), row.outcome


def to(person):
    return [message for message in mail.outbox if message.to == [person.email]]


class TestInvitation:
    def test_holds_the_fields_the_law_asks_for(self, open_case, book, office, now):
        case = open_case()
        book(case)

        run(now)

        (message,) = to(case.citizen)
        first_line = message.body.split("\n")[2]
        assert first_line.startswith("Fagkassen (din a-kasse) indkalder dig til en samtale.")
        assert "tager 30 minutter" in first_line
        for field in (
            case.citizen.name,
            "tirsdag den 12. maj 2026 kl. 10.00-10.30",
            "personligt fremmøde",
            "jobsamtale",
            "Testvej 1, 9999 Testby",
            office.fund.phone,
            office.fund.email,
            str(office.adviser),
            "fra den 4. maj 2026 til og med den 15. maj 2026",
        ):
            assert field in message.body
        assert message.subject == "Indkaldelse til samtale tirsdag den 12. maj 2026 kl. 10.00"
        assert message.reply_to == [office.fund.email]
        assert message.from_email == "Fagkassen <samtaleflow@example.dk>"
        assert state_of(ReminderKind.INVITATION) == (ReminderState.SENT, "Sendt.")

    def test_says_whether_the_a_kasse_takes_part(self, office, booking, now):
        case = factories.case(office, registered_on=date(2026, 2, 2))
        case_services.assign(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)
        wanted = booking(adviser=office.caseworker, starts_at=TUESDAY_TEN, fund_attends=True)
        services.book(case_id=case.pk, booking=wanted, by=office.caseworker, at=now)

        run(now)

        (message,) = to(case.citizen)
        assert "Jobcenter Solby (dit jobcenter) indkalder dig" in message.body
        assert "A-kasse: Din a-kasse deltager." in message.body

    def test_asks_whether_the_a_kasse_is_to_take_part(self, office, booking, now):
        case = factories.case(office, registered_on=date(2026, 2, 2))
        wanted = booking(adviser=office.caseworker, starts_at=TUESDAY_TEN)
        services.book(case_id=case.pk, booking=wanted, by=office.caseworker, at=now)

        run(now)

        (message,) = to(case.citizen)
        assert "A-kasse: Din a-kasse kan deltage, hvis du ønsker det." in message.body

    def test_brings_an_entry_for_the_calendar_that_tells_nothing(self, open_case, book, now):
        case = open_case()
        meeting = book(case)

        run(now)

        event = calendar_of(mail.outbox[-1])
        assert (event["uid"], event["sequence"]) == (str(meeting.series), 1)
        assert event["summary"] == f"Møde {case.label}"
        assert event.decoded("dtstart") == TUESDAY_TEN
        assert mail.outbox[-1].message().get_payload()[1]["Content-Type"].endswith('method="REQUEST"')

    def test_is_sent_in_a_pause_too(self, open_case, book, office, now):
        case = open_case()
        case_services.add_pause(
            case_id=case.pk,
            kind=PauseKind.HOLIDAY,
            span=Period(date(2026, 5, 4), date(2026, 5, 6)),
            source="borgeren",
            by=office.adviser,
            at=now,
        )
        book(case)

        run(now)

        assert len(to(case.citizen)) == 1

    def test_is_too_late_when_the_meeting_has_begun(self, open_case, book, now):
        case = open_case()
        book(case)

        run(TUESDAY_TEN)

        assert to(case.citizen) == []
        assert state_of(ReminderKind.INVITATION) == (ReminderState.SKIPPED, "For sent: samtalen er begyndt.")


def calendar_of(message):
    part = message.message().get_payload()[1]
    (event,) = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
    return event


class TestBetweenOweAndSend:
    def test_a_move_before_anything_was_sent_invites_to_the_new_time(self, open_case, book, booking, office, now):
        case = open_case()
        old = book(case)
        new = services.move(
            meeting_id=old.pk, booking=booking(starts_at=TUESDAY_TEN + DAY), by=office.adviser, at=now + MINUTE
        )

        run(now + MINUTE)

        (message,) = to(case.citizen)
        assert "13. maj" in message.subject
        assert message.subject.startswith("Indkaldelse")
        assert state_of(ReminderKind.INVITATION, subject=old.pk)[0] is ReminderState.VOID
        assert state_of(ReminderKind.INVITATION, subject=new.pk)[0] is ReminderState.SENT

    def test_a_move_after_the_invitation_sends_a_correction(self, open_case, book, booking, office, now):
        case = open_case()
        old = book(case)
        run(now)
        services.move(meeting_id=old.pk, booking=booking(starts_at=TUESDAY_TEN + DAY), by=office.adviser, at=now)

        run(now + MINUTE)

        message = to(case.citizen)[-1]
        assert message.subject == "Din samtale er ændret: onsdag den 13. maj 2026 kl. 10.00"
        event = calendar_of(message)
        assert (event["uid"], event["sequence"]) == (str(old.series), 2)

    def test_another_channel_sends_a_correction(self, office, book, now):
        case = factories.case(office, registered_on=date(2026, 5, 1))
        book(case)
        run(now)
        services.choose_channel(
            case_id=case.pk, channel=Channel.VIDEO, chosen_on=now.date(), meeting_id=None, by=office.adviser, at=now
        )

        run(now + MINUTE)

        assert len(to(case.citizen)) == 2
        assert "Hvordan: video" in mail.outbox[-1].body
        assert calendar_of(mail.outbox[-1])["sequence"] == 2

    def test_a_cancellation_before_anything_was_sent_is_silence(self, open_case, book, office, now):
        case = open_case()
        meeting = book(case)
        services.cancel(meeting_id=meeting.pk, reason=CancelReason.MISTAKE, note="", by=office.adviser, at=now)

        run(now)

        assert to(case.citizen) == []
        assert state_of(ReminderKind.INVITATION) == (ReminderState.VOID, "Samtalen er aflyst.")

    def test_a_cancellation_after_the_invitation_is_told(self, open_case, book, office, now):
        case = open_case()
        meeting = book(case)
        run(now)
        services.cancel(meeting_id=meeting.pk, reason=CancelReason.ADVISER, note="syg", by=office.adviser, at=now)

        run(now + MINUTE)

        message = to(case.citizen)[-1]
        assert message.subject == "Din samtale tirsdag den 12. maj 2026 kl. 10.00 er aflyst"
        assert "syg" not in message.body
        event = calendar_of(message)
        assert (event["status"], event["sequence"]) == ("CANCELLED", 2)
        assert message.message().get_payload()[1]["Content-Type"].endswith('method="CANCEL"')

    @pytest.mark.parametrize(
        ("reason", "is_told"), [(CloseReason.WORK, True), (CloseReason.DEATH, False)], ids=["work", "death"]
    )
    def test_a_case_that_closes_cancels_its_meeting(self, open_case, book, office, now, reason, is_told):
        case = open_case()
        book(case)
        run(now)
        case.refresh_from_db()
        case_services.close_case(
            case_id=case.pk, version=case.version, reason=reason, closed_on=now.date(), by=office.adviser, at=now
        )

        run(now + MINUTE)

        assert len(to(case.citizen)) == (2 if is_told else 1)

    def test_a_deadline_that_was_met_in_between_is_not_spoken_of(self, open_case, book, office, now):
        case = open_case()
        receivers = reminders.sweep(at=now)
        book(case)

        for receiver in receivers:
            reminders.deliver(receiver, at=now)

        assert to(office.adviser) == []
        state, outcome = state_of(ReminderKind.BOOK_BY)
        assert (state, outcome) == (
            ReminderState.SKIPPED,
            "Samtalen er booket eller holdt, eller fristen er ændret.",
        )

    def test_a_case_that_was_given_away_in_between_reminds_the_new_adviser(self, open_case, office, now):
        case = open_case()
        receivers = reminders.sweep(at=now)
        case_services.assign(case_id=case.pk, worker_id=office.colleague.pk, by=office.adviser, at=now)

        for receiver in receivers:
            reminders.deliver(receiver, at=now)
        run(now + MINUTE)

        assert to(office.adviser) == []
        assert len(to(office.colleague)) == 1
        assert state_of(ReminderKind.BOOK_BY, user=office.adviser)[1] == "En anden har sagen nu."

    def test_a_pause_in_between_puts_it_off(self, open_case, office, now):
        case = open_case()
        receivers = reminders.sweep(at=now)
        case_services.add_pause(
            case_id=case.pk,
            kind=PauseKind.HOLIDAY,
            span=Period(date(2026, 5, 4), date(2026, 5, 6)),
            source="borgeren",
            by=office.adviser,
            at=now,
        )
        for receiver in receivers:
            reminders.deliver(receiver, at=now)
        row = Reminder.objects.get(kind=ReminderKind.BOOK_BY)
        assert (row.state, row.due_at) == (ReminderState.OWED, datetime(2026, 5, 6, 5, 0, tzinfo=UTC))
        assert to(office.adviser) == []

        run(row.due_at)

        assert len(to(office.adviser)) == 1
        assert state_of(ReminderKind.BOOK_BY)[0] is ReminderState.SENT

    def test_a_closed_case_is_left_in_peace(self, open_case, office, now):
        case = open_case()
        receivers = reminders.sweep(at=now)
        case_services.close_case(
            case_id=case.pk,
            version=case.version,
            reason=CloseReason.WORK,
            closed_on=now.date(),
            by=office.adviser,
            at=now,
        )

        for receiver in receivers:
            reminders.deliver(receiver, at=now)

        assert mail.outbox == []
        assert state_of(ReminderKind.BOOK_BY) == (ReminderState.SKIPPED, "Sagen er afsluttet.")


class TestMeetingTomorrow:
    def test_is_sent_once(self, open_case, book, now):
        case = open_case()
        book(case)
        run(now)

        run(TUESDAY_TEN - DAY)
        run(TUESDAY_TEN - DAY + MINUTE)

        assert [message.subject for message in to(case.citizen)][1:] == [
            "Husk din samtale tirsdag den 12. maj 2026 kl. 10.00"
        ]

    @pytest.mark.parametrize(
        ("hours", "is_sent"), [(2, True), (1.98, False)], ids=["two hours before", "less than two hours before"]
    )
    def test_has_its_last_moment(self, open_case, book, now, hours, is_sent):
        case = open_case()
        book(case)
        run(now)

        run(TUESDAY_TEN - timedelta(hours=hours))

        assert len(to(case.citizen)) == (2 if is_sent else 1)
        state, outcome = state_of(ReminderKind.MEETING_TOMORROW)
        expected = ReminderState.SENT if is_sent else ReminderState.SKIPPED
        assert state is expected
        assert outcome == ("Sendt." if is_sent else "For sent: samtalen er for nær.")

    def test_is_not_sent_on_top_of_an_invitation_of_the_same_day(self, open_case, book, now):
        case = open_case()
        book(case, starts_at=now + timedelta(hours=20))

        run(now)
        run(now + MINUTE)

        assert len(to(case.citizen)) == 1
        assert state_of(ReminderKind.MEETING_TOMORROW) == (ReminderState.SKIPPED, MERGED)

    def test_of_a_moved_meeting_tells_the_new_time(self, open_case, book, booking, office, now):
        case = open_case()
        old = book(case)
        run(TUESDAY_TEN - DAY)
        at = TUESDAY_TEN - DAY + MINUTE
        services.move(meeting_id=old.pk, booking=booking(starts_at=TUESDAY_TEN + 2 * DAY), by=office.adviser, at=at)

        run(at)
        run(TUESDAY_TEN + DAY)

        assert "14. maj" in to(case.citizen)[-1].subject
        assert len(to(case.citizen)) == 3


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
        monkeypatch.setattr(reminders, "LINES_IN_A_MAIL", 2)
        for _ in range(3):
            open_case()

        run(now)

        (message,) = to(office.adviser)
        assert "Og 1 mere." in message.body
        assert Reminder.objects.filter(state=ReminderState.SENT).count() == 3

    def test_an_organisation_hears_of_the_cases_that_nobody_has(self, open_case, office, now):
        open_case()
        office.adviser.is_active = False
        office.adviser.save()

        run(now)

        (message,) = to(office.fund)
        assert "som ingen medarbejder har" in message.body

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
        assert self.sent(case) == ("sent", "Digital Post")
        memo = ElementTree.parse(file)
        (recipient,) = memo.iter("{https://DigitalPost.dk/MeMo-1}recipientID")
        assert recipient.text == str(case.citizen.public_id)
        assert case.citizen.name not in file.name

    def test_sms_when_there_is_neither(self, open_case, book, now, post_folder):
        case = open_case(email="", is_exempt_from_digital_post=True)
        book(case)

        run(now)

        (file,) = post_folder.rglob("*.txt")
        assert self.sent(case) == ("sent", "SMS")
        text = file.read_text()
        assert "Fagkassen indkalder dig til et møde tirsdag den 12. maj 2026 kl. 10.00." in text
        assert "jobsamtale" not in text

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
        assert self.sent(case) == ("sent", "Digital Post")

    def test_a_protected_address_without_it_is_not_reached(self, open_case, book, now):
        case = open_case(has_protected_address=True, is_exempt_from_digital_post=True)
        book(case)

        run(now)

        assert "beskyttet adresse" in state_of(ReminderKind.INVITATION)[1]
        assert mail.outbox == [] or to(case.citizen) == []

    def test_an_address_that_does_not_exist_leads_to_the_next_way(self, open_case, book, now, monkeypatch):
        case = open_case()
        book(case)
        refuse_mail(monkeypatch, SMTPRecipientsRefused({}), only=case.citizen.email)

        run(now)

        assert self.sent(case) == ("sent", "Digital Post")

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

    monkeypatch.setattr("cases.post.EmailMessage.send", refuse)


class TestFailure:
    def test_is_tried_again_with_a_growing_wait(self, open_case, book, now, monkeypatch):
        case = open_case()
        book(case)
        refuse_mail(monkeypatch, SMTPServerDisconnected("gone"))
        receiver = reminders.Receiver(case=case.pk)
        reminders.sweep(at=now)

        reminders.deliver(receiver, at=now)
        row = Reminder.objects.get(kind=ReminderKind.INVITATION)
        assert (row.state, row.attempts, row.due_at) == (ReminderState.OWED, 1, now + MINUTE)
        assert row.outcome == "Forsøg 1 mislykkedes (SMTPServerDisconnected)."

        reminders.deliver(receiver, at=now + MINUTE)
        row.refresh_from_db()
        assert (row.attempts, row.due_at) == (2, now + 3 * MINUTE)

        monkeypatch.undo()
        reminders.deliver(receiver, at=now + 3 * MINUTE)
        row.refresh_from_db()
        assert row.state == ReminderState.SENT
        assert len(to(case.citizen)) == 1

    def test_has_an_end_that_the_adviser_sees(self, open_case, book, now, monkeypatch):
        case = open_case()
        book(case, starts_at=now + timedelta(days=9))
        refuse_mail(monkeypatch, SMTPServerDisconnected("gone"))
        Reminder.objects.update(attempts=MAX_ATTEMPTS - 1)

        reminders.deliver(reminders.Receiver(case=case.pk), at=now)

        row = Reminder.objects.get(kind=ReminderKind.INVITATION)
        assert (row.state, row.closed_at) == (ReminderState.FAILED, now)
        assert Event.objects.filter(case=case, kind="cases.citizen_not_reached").exists()

    def test_of_a_digest_has_an_end_in_the_ledger(self, open_case, office, now, monkeypatch):
        open_case()
        reminders.sweep(at=now)
        refuse_mail(monkeypatch, SMTPServerDisconnected("gone"))
        Reminder.objects.update(attempts=MAX_ATTEMPTS - 1)

        reminders.deliver(reminders.Receiver(user=office.adviser.pk), at=now)

        assert state_of(ReminderKind.BOOK_BY) == (
            ReminderState.FAILED,
            f"Forsøg {MAX_ATTEMPTS} mislykkedes (SMTPServerDisconnected).",
        )

    def test_to_find_the_receiver_is_no_failure(self, now, db):
        assert reminders.deliver(reminders.Receiver(case=0), at=now) == 0

    def test_of_one_receiver_does_not_stop_the_others(self, open_case, book, office, now, monkeypatch):
        first, second = open_case(), open_case()
        book(first)
        book(second, starts_at=TUESDAY_TEN + DAY)
        refuse_mail(monkeypatch, ValueError("broken"), only=first.citizen.email)
        waiting = [list(receiver) for receiver in reminders.sweep(at=now)]

        tasks.deliver(receivers=waiting, argument_of_tomorrow=1)

        assert to(first.citizen) == []
        assert len(to(second.citizen)) == 1

    def test_leaves_no_mark_of_the_half_done(self, open_case, book, now, monkeypatch):
        case = open_case()
        book(case)
        refuse_mail(monkeypatch, SMTPServerDisconnected("gone"))

        reminders.deliver(reminders.Receiver(case=case.pk), at=now)

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
        services.move(
            meeting_id=meeting.pk, booking=booking(starts_at=TUESDAY_TEN + (7 + day) * DAY), by=office.adviser, at=now
        )
    for days in range(0, 100, 5):
        run(now + days * DAY)

    assert {ReminderKind(kind) for kind in Reminder.objects.values_list("kind", flat=True)} == set(KIND_LABELS) - {
        ReminderKind.CANCELLATION
    }
    said = [message.message().as_string() + message.body for message in mail.outbox]
    said += [file.read_text() + file.name for file in post_folder.rglob("*.*")]
    for text in said:
        for number in numbers:
            assert number.digits not in text
            assert str(number) not in text
