"""What the citizen is told about a meeting: once, in plain words, and only as long as the case still wants it."""

import base64
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from icalendar import Calendar
from pypdf import PdfReader

from cases.closing import services as closing_services
from cases.corrections import services as corrections_services
from cases.models import Reminder, ReminderState
from cases.models.cases import CloseReason
from cases.models.reminders import MERGED
from cases.pauses import services as pauses_services
from cases.reminders import delivery as reminders_delivery
from cases.rules.facts import PauseKind
from cases.rules.period import Period
from meetings.booking import services as booking_services
from meetings.channel import services as channel_services
from meetings.models import CancelReason
from meetings.owing.kinds import ReminderKind
from meetings.rules.kinds import Channel
from tests import factories, memo
from tests.meetings.due.steps import DAY, MINUTE, TUESDAY_TEN, run, state_of, to


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
            office.fund.phone_text,
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
        corrections_services.assign(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)
        wanted = booking(adviser=office.caseworker, starts_at=TUESDAY_TEN, fund_attends=True)
        booking_services.book(case_id=case.pk, booking=wanted, by=office.caseworker, at=now)

        run(now)

        (message,) = to(case.citizen)
        assert "Jobcenter Solby (dit jobcenter) indkalder dig" in message.body
        assert "A-kasse: Din a-kasse deltager." in message.body

    def test_asks_whether_the_a_kasse_is_to_take_part(self, office, booking, now):
        case = factories.case(office, registered_on=date(2026, 2, 2))
        wanted = booking(adviser=office.caseworker, starts_at=TUESDAY_TEN)
        booking_services.book(case_id=case.pk, booking=wanted, by=office.caseworker, at=now)

        run(now)

        (message,) = to(case.citizen)
        assert "A-kasse: Din a-kasse kan deltage, hvis du ønsker det." in message.body

    def test_brings_an_entry_for_the_calendar_that_tells_nothing(self, open_case, book, office, now):
        case = open_case()
        meeting = book(case)

        run(now)

        event = calendar_of(mail.outbox[-1])
        assert (event["uid"], event["sequence"]) == (str(meeting.series), 1)
        assert event["summary"] == f"Møde {case.label}"
        assert event.decoded("dtstart") == TUESDAY_TEN
        assert mail.outbox[-1].message().get_payload()[1]["Content-Type"].endswith('method="REQUEST"')
        assert event["attendee"] == f"mailto:{case.fund_contact.email}"
        assert (
            event["description"] == f"Kan du ikke komme, så ring {office.fund.phone_text}, og nævn nummer {case.label}."
        )

    def test_the_entry_lies_inside_the_mail_too(self, open_case, book, now):
        book(open_case())

        run(now)

        text, entry = mail.outbox[-1].message().get_payload()[0].get_payload()
        assert text.get_content_type() == "text/plain"
        assert (entry.get_content_type(), entry.get_param("method")) == ("text/calendar", "REQUEST")
        assert "Content-Disposition" not in entry
        assert entry.get_payload(decode=True) == mail.outbox[-1].message().get_payload()[1].get_payload(decode=True)

    @pytest.mark.parametrize(
        ("channel", "place", "location"),
        [
            (Channel.ATTENDANCE, "", "Testvej 1, 9999 Testby"),
            (Channel.TELEPHONE, "", "Vi ringer til dig på 87 65 43 21"),
            (Channel.VIDEO, "https://video.example.dk/moede/7", "https://video.example.dk/moede/7"),
        ],
    )
    def test_the_entry_says_where(self, open_case, book, office, now, channel, place, location):
        case = open_case(phone="87 65 43 21")
        channel_services.choose_channel(
            case_id=case.pk, channel=channel, chosen_on=now.date(), meeting_id=None, by=office.adviser, at=now
        )
        book(case, place=place)

        run(now)

        assert calendar_of(mail.outbox[-1])["location"] == location

    def test_is_sent_in_a_pause_too(self, open_case, book, office, now):
        case = open_case()
        pauses_services.add_pause(
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


class TestChoiceOfChannel:
    RIGHT = "Du vælger selv formen på samtaler til og med den"

    def test_each_summons_and_reminder_tells_the_right_its_last_day_and_how_to_say_so(
        self, open_case, book, booking, office, now
    ):
        case = open_case()
        old = book(case)
        run(now)
        booking_services.move(
            meeting_id=old.pk, booking=booking(starts_at=TUESDAY_TEN + DAY), by=office.adviser, at=now
        )
        run(now)
        run(TUESDAY_TEN)

        bodies = [message.body for message in to(case.citizen)]
        assert len(bodies) == 3
        for body, day in zip(bodies, ("12. maj 2026", "13. maj 2026", "13. maj 2026"), strict=True):
            assert f"{self.RIGHT} 31. oktober 2026: personligt fremmøde, telefon eller video." in body
            assert (
                f"Vil du have en anden form til denne samtale, så ring {office.fund.phone_text}, eller skriv til "
                f"{office.fund.email}, senest den {day}." in body
            )

    def test_where_the_law_gives_no_choice_nothing_is_said_of_it(self, office, booking, now):
        case = factories.case(office, registered_on=date(2025, 9, 1))
        wanted = booking(adviser=office.caseworker, starts_at=TUESDAY_TEN)
        booking_services.book(case_id=case.pk, booking=wanted, by=office.caseworker, at=now)

        run(now)

        (message,) = to(case.citizen)
        assert "vælger selv" not in message.body

    def test_a_choice_that_is_set_aside_is_a_letter_of_its_own(self, open_case, book, office, now, post_folder):
        case = open_case()
        channel_services.choose_channel(
            case_id=case.pk, channel=Channel.VIDEO, chosen_on=now.date(), meeting_id=None, by=office.adviser, at=now
        )
        why = "Vi skal se dine papirer sammen."
        book(case, channel=Channel.ATTENDANCE, channel_reason=why)

        run(now)
        run(now + MINUTE)

        (file,) = post_folder.rglob("*.xml")
        content = memo.check(file.read_bytes()).findall(".//{*}AdditionalDocument//{*}content")[0].text
        letter = " ".join(PdfReader(io.BytesIO(base64.b64decode(content))).pages[0].extract_text().split())
        assert "Du skal møde op til samtalen tirsdag den 12. maj 2026 kl. 10.00." in letter
        assert "Dit valg af samtaleform er tilsidesat." in letter
        assert why in letter
        assert "(LAB § 33, stk. 1; BEK 304/2023 § 13, stk. 6" in letter
        assert "Du kan klage over afgørelsen." in letter
        (summons,) = to(case.citizen)
        assert "men dit valg er tilsidesat til denne samtale. Du får et brev om hvorfor." in summons.body
        assert why not in summons.body
        assert state_of(ReminderKind.CHOICE_SET_ASIDE)[0] is ReminderState.HANDED_OVER


def calendar_of(message):
    part = message.message().get_payload()[1]
    (event,) = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
    return event


class TestBetweenOweAndSend:
    def test_a_move_before_anything_was_sent_invites_to_the_new_time(self, open_case, book, booking, office, now):
        case = open_case()
        old = book(case)
        new = booking_services.move(
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
        booking_services.move(
            meeting_id=old.pk, booking=booking(starts_at=TUESDAY_TEN + DAY), by=office.adviser, at=now
        )

        run(now + MINUTE)

        message = to(case.citizen)[-1]
        assert message.subject == "Din samtale er ændret: onsdag den 13. maj 2026 kl. 10.00"
        event = calendar_of(message)
        assert (event["uid"], event["sequence"]) == (str(old.series), 2)

    def test_another_channel_sends_a_correction(self, office, book, now):
        case = factories.case(office, registered_on=date(2026, 5, 1))
        book(case)
        run(now)
        channel_services.choose_channel(
            case_id=case.pk, channel=Channel.VIDEO, chosen_on=now.date(), meeting_id=None, by=office.adviser, at=now
        )

        run(now + MINUTE)

        assert len(to(case.citizen)) == 2
        assert "Hvordan: video" in mail.outbox[-1].body
        assert calendar_of(mail.outbox[-1])["sequence"] == 2

    def test_a_cancellation_before_anything_was_sent_is_silence(self, open_case, book, office, now):
        case = open_case()
        meeting = book(case)
        booking_services.cancel(meeting_id=meeting.pk, reason=CancelReason.MISTAKE, note="", by=office.adviser, at=now)

        run(now)

        assert to(case.citizen) == []
        assert state_of(ReminderKind.INVITATION) == (ReminderState.VOID, "Samtalen er aflyst.")

    def test_a_cancellation_after_the_invitation_is_told(self, open_case, book, office, now):
        case = open_case()
        meeting = book(case)
        run(now)
        booking_services.cancel(
            meeting_id=meeting.pk, reason=CancelReason.ADVISER, note="syg", by=office.adviser, at=now
        )

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
        closing_services.close_case(
            case_id=case.pk, version=case.version, reason=reason, closed_on=now.date(), by=office.adviser, at=now
        )

        run(now + MINUTE)

        assert len(to(case.citizen)) == (2 if is_told else 1)
        closed = Reminder.objects.get(kind=ReminderKind.CANCELLATION)
        assert closed.outcome == "Borgeren er død." or is_told

    def test_a_deadline_that_was_met_in_between_is_not_spoken_of(self, open_case, book, office, now):
        case = open_case()
        receivers = reminders_delivery.sweep(at=now)
        book(case)

        for receiver in receivers:
            reminders_delivery.deliver(receiver, at=now)

        assert to(office.adviser) == []
        state, outcome = state_of(ReminderKind.BOOK_BY)
        assert (state, outcome) == (
            ReminderState.SKIPPED,
            "Samtalen er booket eller holdt, eller fristen er ændret.",
        )

    def test_a_case_that_was_given_away_in_between_reminds_the_new_adviser(self, open_case, office, now):
        case = open_case()
        receivers = reminders_delivery.sweep(at=now)
        corrections_services.assign(case_id=case.pk, worker_id=office.colleague.pk, by=office.adviser, at=now)

        for receiver in receivers:
            reminders_delivery.deliver(receiver, at=now)
        run(now + MINUTE)

        assert to(office.adviser) == []
        assert len(to(office.colleague)) == 1
        assert state_of(ReminderKind.BOOK_BY)[0] is ReminderState.SENT

    def test_a_pause_in_between_puts_it_off(self, open_case, office, now):
        case = open_case()
        receivers = reminders_delivery.sweep(at=now)
        pauses_services.add_pause(
            case_id=case.pk,
            kind=PauseKind.HOLIDAY,
            span=Period(date(2026, 5, 4), date(2026, 5, 6)),
            source="borgeren",
            by=office.adviser,
            at=now,
        )
        for receiver in receivers:
            reminders_delivery.deliver(receiver, at=now)
        row = Reminder.objects.get(kind=ReminderKind.BOOK_BY)
        assert (row.state, row.due_at) == (ReminderState.OWED, datetime(2026, 5, 6, 5, 0, tzinfo=UTC))
        assert to(office.adviser) == []

        run(row.due_at)

        assert len(to(office.adviser)) == 1
        assert state_of(ReminderKind.BOOK_BY)[0] is ReminderState.SENT

    def test_a_closed_case_is_left_in_peace(self, open_case, office, now):
        case = open_case()
        receivers = reminders_delivery.sweep(at=now)
        closing_services.close_case(
            case_id=case.pk,
            version=case.version,
            reason=CloseReason.WORK,
            closed_on=now.date(),
            by=office.adviser,
            at=now,
        )

        for receiver in receivers:
            reminders_delivery.deliver(receiver, at=now)

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
        booking_services.move(
            meeting_id=old.pk, booking=booking(starts_at=TUESDAY_TEN + 2 * DAY), by=office.adviser, at=at
        )

        run(at)
        run(TUESDAY_TEN + DAY)

        assert "14. maj" in to(case.citizen)[-1].subject
        assert len(to(case.citizen)) == 3
