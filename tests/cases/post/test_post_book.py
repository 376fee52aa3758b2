"""The post book: each message as it was sent, and those that did not arrive until somebody has brought them."""

import base64
import io

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from cases.closing import services as closing_services
from cases.models import Case, Citizen, CitizenContact, Dispatch, Reminder
from cases.models.cases import CloseReason
from cases.post import services as post_services
from cases.reminders import carriers
from cases.reminders import delivery as reminders_delivery
from meetings.booking import services as booking_services
from meetings.models import CancelReason
from meetings.owing.kinds import ReminderKind
from meetings.rules.kinds import Channel
from tests import memo
from tests.meetings.due.steps import DAY, MINUTE, TUESDAY_TEN, run, to
from tests.meetings.steps import cancel, choose

LINK = f"https://moede.example.dk/{'m' * 150}/slut"


def book_of(case):
    return reverse("cases:post_book", args=[case.public_id])


def sent(kind):
    return Dispatch.objects.get(reminder__kind=kind)


def of(name, dispatch):
    return reverse(f"cases:post_{name}", args=[dispatch.public_id])


def loads_letters(queries):
    return any('"cases_dispatch"."letter",' in query["sql"] for query in queries)


@pytest.fixture
def unreached(open_case, book, office, now):
    """An invitation to a talk by video that no way leads to."""
    case = open_case(email="", phone="", is_exempt_from_digital_post=True, address="Prøvevej 1, 9999 Testby")
    choose(case, Channel.VIDEO, office.adviser, now)
    book(case, place=LINK)
    run(now)
    return case


class TestAsItWasSent:
    def test_each_mail_byte_for_byte(self, open_case, book, booking, office, now):
        case = open_case()
        old = book(case)
        run(now)
        wanted = booking(starts_at=TUESDAY_TEN + DAY)
        moved = booking_services.move(meeting_id=old.pk, booking=wanted, by=office.adviser, at=now)
        run(now)
        run(TUESDAY_TEN)
        cancel(moved, office.adviser, TUESDAY_TEN, CancelReason.CITIZEN)
        run(TUESDAY_TEN)

        kept = list(Dispatch.objects.order_by("pk"))
        assert len(kept) == 4
        for message, one in zip(to(case.citizen), kept, strict=True):
            assert (message.subject, message.body) == (one.subject, one.text)
            entry = message.message().get_payload()[1].get_payload(decode=True)
            assert entry == one.calendar.encode()

    def test_digital_post_and_its_letter_byte_for_byte(self, open_case, book, office, now, post_folder):
        case = open_case(email="")
        choose(case, Channel.TELEPHONE, office.adviser, now)
        book(case, channel=Channel.ATTENDANCE, channel_reason="Papirer skal ses.")
        run(now)

        for kind in (ReminderKind.INVITATION, ReminderKind.CHOICE_SET_ASIDE):
            one = sent(kind)
            file = post_folder / "digital-post" / f"reminder-{one.reminder_id}.xml"
            contents = memo.check(file.read_bytes()).iter(f"{memo.NAMESPACE}content")
            text, attached = (base64.b64decode(content.text) for content in contents)
            assert text == one.text.encode()
            assert attached == (bytes(one.letter) if one.letter else one.calendar.encode())

    def test_an_sms_is_its_short_text(self, open_case, book, now, post_folder):
        book(open_case(email="", is_exempt_from_digital_post=True))
        run(now)
        [file] = post_folder.rglob("*.xml")
        assert memo.text_of(memo.check(file.read_bytes()), "notification") == Dispatch.objects.get().text


class TestPage:
    def test_the_senders_people_read_it_and_the_other_party_sees_that_it_went(
        self, open_case, book, office, now, log_in
    ):
        case = open_case()
        book(case)
        run(now)

        own = log_in(office.adviser).get(book_of(case)).content.decode()
        assert "Indkaldelse" in own
        assert "Det er vigtigt, at du deltager." in own
        assert "e-mail · Sendt." in own
        others = log_in(office.caseworker).get(book_of(case)).content.decode()
        assert "Indkaldelse" in others
        assert "Det er vigtigt, at du deltager." not in others
        assert "Teksten kan kun læses af afsenderen, Fagkassen." in others
        assert log_in(office.caseworker).get(of("letter", Dispatch.objects.get())).status_code == 404

    def test_costs_the_same_for_one_message_and_for_many(self, open_case, book, office, now, log_in):
        case = open_case()
        book(case)
        run(now)
        client = log_in(office.adviser)
        # The first use of a session writes it.
        client.get(book_of(case))
        with CaptureQueriesContext(connection) as one:
            client.get(book_of(case))
        for day in range(1, 6):
            book(case, starts_at=TUESDAY_TEN + day * DAY)
        run(now)
        with CaptureQueriesContext(connection) as many:
            page = client.get(book_of(case)).content.decode()
        assert page.count("Læs beskeden") == 6
        assert len(many) == len(one)
        assert not loads_letters(many)

    def test_sent_again_it_is_a_message_of_its_own(self, open_case, book, office, now, log_in):
        case = open_case()
        book(case)
        run(now)
        for _ in range(2):
            log_in(office.adviser).post(of("again", Dispatch.objects.get()))
        run(now)

        first, second = to(case.citizen)
        assert first.body == second.body
        assert first.extra_headers["Message-ID"] != second.extra_headers["Message-ID"]
        assert sorted(Reminder.objects.values_list("sending", "state")) == [(1, "sent"), (2, "sent")]

    def test_what_no_longer_holds_is_not_sent_again(self, open_case, book, office, now):
        case = open_case()
        meeting = book(case)
        run(now)
        invitation = sent(ReminderKind.INVITATION)
        cancel(meeting, office.adviser, now)
        run(now)
        post_services.send_again(dispatch_id=invitation.pk, by=office.adviser, at=now)
        run(now)
        assert Reminder.objects.get(sending=2).state == "skipped"

    def test_nothing_is_sent_or_posted_to_somebody_dead(self, unreached, office, now, log_in):
        case, dispatch = unreached, Dispatch.objects.get()
        assert case.label in log_in(office.adviser).get(TestNotReached.URL).content.decode()
        closed = {"status": "closed", "close_reason": CloseReason.DEATH, "closed_on": now.date()}
        Case.objects.filter(pk=case.pk).update(**closed)

        said = log_in(office.adviser).post(of("again", dispatch), follow=True).content.decode()

        assert "Borgeren er død, og der sendes ikke flere beskeder." in said
        assert not Reminder.objects.owed().to_citizen().exists()
        assert case.label not in log_in(office.adviser).get(TestNotReached.URL).content.decode()


class TestNotReached:
    URL = reverse("cases:not_reached")

    def listed(self, log_in, user):
        client = log_in(user)
        page = client.get(reverse("meetings:worklist"))
        [tile] = [one for one in page.context["tiles"] if one["label"] == "Kunne ikke nås"]
        return tile["count"], client.get(self.URL).content.decode()

    def test_it_is_counted_and_listed_until_somebody_has_posted_it(self, unreached, office, log_in):
        with CaptureQueriesContext(connection) as queries:
            count, page = self.listed(log_in, office.adviser)
        assert not loads_letters(queries)
        assert (count, unreached.citizen.name in page) == ("1", True)
        assert "Borgeren kan ikke nås med e-mail, Digital Post eller SMS." in page
        assert self.listed(log_in, office.other_adviser)[0] == "0"
        assert self.listed(log_in, office.caseworker)[0] == "0"

        for _ in range(2):
            log_in(office.adviser).post(of("by_hand", Dispatch.objects.get()))

        assert self.listed(log_in, office.adviser)[0] == "0"
        row = Reminder.objects.get()
        assert (row.state, row.route) == ("sent", "brev")
        assert unreached.events.filter(kind="cases.posted_by_hand").count() == 1

    def test_the_letter_has_text_address_and_a_link_that_can_be_clicked(self, unreached, office, log_in):
        answer = log_in(office.adviser).get(of("letter", Dispatch.objects.get()))
        reader = PdfReader(io.BytesIO(answer.content))
        pages = list(reader.pages)
        text = "".join(page.extract_text() for page in pages)
        assert "Prøvevej 1" in text
        assert "Det er vigtigt, at du deltager." in text
        links = [mark.get_object() for page in pages for mark in page.get("/Annots", ())]
        assert {link["/A"]["/URI"] for link in links} == {LINK}
        # The long one is broken over lines, within the margins of the paper.
        assert all(float(link["/Rect"][2]) <= 595 - 70 for link in links)
        assert answer["Content-Disposition"].startswith(f'inline; filename="besked-{unreached.label}-')

    def test_a_protected_address_is_not_printed(self, unreached, office, log_in):
        type(unreached.citizen).objects.update(has_protected_address=True)
        answer = log_in(office.adviser).get(of("letter", Dispatch.objects.get()))
        assert "Prøvevej" not in PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()

    def test_with_a_new_address_it_is_sent_again(self, unreached, office, now, log_in):
        CitizenContact.objects.filter(pk=unreached.fund_contact_id).update(email="ny@example.dk")
        log_in(office.adviser).post(of("again", Dispatch.objects.get()))
        run(now)
        assert mail.outbox[-1].to == ["ny@example.dk"]
        assert self.listed(log_in, office.adviser)[0] == "0"

    def test_a_talk_that_is_over_need_not_be_told(self, unreached, office, log_in, now):
        Dispatch.objects.update(until=now - DAY)
        assert self.listed(log_in, office.adviser)[0] == "0"

    def test_of_a_closed_case_the_cancellation_is_listed_and_never_the_summons(
        self, open_case, book, office, now, log_in
    ):
        case = open_case()
        book(case)
        run(now)
        CitizenContact.objects.filter(pk=case.fund_contact_id).update(email="", phone="")
        Citizen.objects.update(is_exempt_from_digital_post=True)
        book(case, starts_at=TUESDAY_TEN + DAY)
        run(now)
        case.refresh_from_db()
        closing_services.close_case(
            case_id=case.pk,
            version=case.version,
            reason=CloseReason.WORK,
            closed_on=now.date(),
            by=office.adviser,
            at=now + MINUTE,
        )
        run(now + MINUTE)

        count, page = self.listed(log_in, office.adviser)
        assert (count, "Aflysning" in page, "Indkaldelse" in page) == ("1", True, False)
        told = of("by_hand", sent(ReminderKind.CANCELLATION))
        assert told in log_in(office.adviser).get(book_of(case)).content.decode()
        log_in(office.adviser).post(told)
        assert self.listed(log_in, office.adviser)[0] == "0"

    def test_what_failed_to_the_last_is_listed_too(self, open_case, book, office, now, log_in, monkeypatch):
        def refuse(message, *, to):
            raise OSError

        monkeypatch.setattr(carriers.EMAIL, "carry", refuse)
        monkeypatch.setattr(reminders_delivery, "MAX_ATTEMPTS", 1)
        case = open_case()
        book(case)
        for receiver in reminders_delivery.sweep(at=now):
            reminders_delivery.deliver(receiver, at=now)

        count, page = self.listed(log_in, office.adviser)
        assert (count, case.citizen.name in page) == ("1", True)
