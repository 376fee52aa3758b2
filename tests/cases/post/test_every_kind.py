"""Every kind of message, caused by its service, carried, and opened in the post book: the page shows what was sent."""

import base64
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse

from cases.handover import mending
from cases.handover import services as handover_services
from cases.models import Dispatch, Reminder
from cases.models.cases import HandoverSource
from cases.plans import aim_services
from cases.reminders import delivery
from cases.ui.case_tabs import Tab
from meetings.models import ListAction
from meetings.owing.kinds import ReminderKind
from meetings.rules.kinds import Channel
from referrals.models.referrals import DECISION_KINDS
from referrals.offers import services as offers_services
from referrals.referral import deciding as referral_deciding
from referrals.referral import writing as referral_writing
from referrals.reminders import ReminderKind as OfOffers
from referrals.rules.lifecycle import Recipient
from tests import factories, memo
from tests.cases.plans import test_aims
from tests.meetings.due.steps import DAY, TUESDAY_TEN, run
from tests.meetings.list_jobs.steps import carried_out
from tests.meetings.no_shows import test_steps as no_shows
from tests.meetings.steps import WEDNESDAY_TEN, cancel, choose, move
from tests.referrals.offers.test_offers import grant
from tests.referrals.steps import PROPOSAL, REASONS

MINUTE = timedelta(minutes=1)
#: What the office types, with signs that a page or a file could spoil.
TYPED = "Tag »svend & lærling« med <b>to</b> sider.\n\n  Æblerækken 4, 2. th. – kl. 9"


@dataclass
class Desk:
    """The people of a case at the moment at which they cause a message; each cause gives when it is carried."""

    office: factories.Office
    case: object
    now: object

    def book(self, **fields):
        return factories.book(self.case, self.office.adviser, TUESDAY_TEN, at=self.now, **fields)

    def invitation(self):
        self.book()
        return self.now

    def correction(self):
        meeting = self.book()
        run(self.now)
        move(meeting, self.office.adviser, self.now, starts_at=TUESDAY_TEN + DAY, is_confirmed=True)
        return self.now

    def cancellation(self):
        meeting = self.book()
        run(self.now)
        cancel(meeting, self.office.adviser, self.now)
        return self.now

    def meeting_tomorrow(self):
        self.book()
        run(self.now)
        return TUESDAY_TEN - DAY

    def choice_set_aside(self):
        choose(self.case, Channel.TELEPHONE, self.office.adviser, self.now)
        self.book(channel=Channel.ATTENDANCE, channel_reason="Papirer skal ses.")
        return self.now

    def written(self):
        typed = {"title": "Vi flytter", "text": TYPED}
        carried_out([self.case], ListAction.MESSAGE, typed, self.office.leader, at=self.now)
        return self.now + 11 * MINUTE

    def hearing(self):
        return self._missed(no_shows.Step(no_shows.HEARING.kind, TYPED, no_shows.HEARING.answer_by))

    def summons(self):
        self.book()
        return self._missed(no_shows.Step(no_shows.SUMMONS.kind, TYPED))

    def notice(self):
        return self._missed(no_shows.Step(no_shows.NOTICE.kind, "Borgeren kom ikke."))

    def _missed(self, step):
        meeting = factories.book(self.case, self.office.adviser, WEDNESDAY_TEN, at=self.now)
        no_shows.take(no_shows.miss(meeting, self.office.adviser), step, self.office.adviser)
        return no_shows.SENDING

    def aim(self):
        self.case, at = test_aims.young.__wrapped__(self.office), test_aims.noon("2024-01-02")
        aim_services.decide(case_id=self.case.pk, grounds=test_aims.GROUNDS, number=0, by=self.office.caseworker, at=at)
        return at + MINUTE

    def decision(self):
        by = self.office.caseworker
        draft = referral_writing.write_draft(
            case_id=self.case.pk, proposal=PROPOSAL, version=0, by=self.office.adviser, at=self.now
        )
        referral_writing.send(referral_id=draft.pk, version=draft.version, by=self.office.adviser, at=self.now)
        seen = referral_deciding.mark_seen(referral_id=draft.pk, by=by, at=self.now)
        referral_deciding.reject(referral_id=seen.pk, reasons=REASONS, version=seen.version, by=by, at=self.now)
        return self.now + 11 * MINUTE

    def offer(self):
        grant(self.case, self.office, at=self.now)
        return self.now + 11 * MINUTE

    def handover_moved(self):
        handover_services.hand_over(
            case_id=self.case.pk,
            on=self.now.date(),
            hours=None,
            source=HandoverSource.MANUAL,
            note="",
            by=self.office.adviser,
            at=self.now,
        )
        worker = self.office.caseworker
        handover_services.receive(case_id=self.case.pk, worker_id=worker.pk, by=worker, at=self.now)
        self.case.refresh_from_db()
        mending.correct_day(
            case_id=self.case.pk,
            version=self.case.version,
            on=self.now.date() + DAY,
            reason="Borgeren kom ikke.",
            by=self.office.adviser,
            at=self.now + MINUTE,
        )
        return self.now + MINUTE


TO_CITIZEN = {
    ReminderKind.INVITATION: Desk.invitation,
    ReminderKind.CORRECTION: Desk.correction,
    ReminderKind.CANCELLATION: Desk.cancellation,
    ReminderKind.MEETING_TOMORROW: Desk.meeting_tomorrow,
    ReminderKind.CHOICE_SET_ASIDE: Desk.choice_set_aside,
    ReminderKind.NO_SHOW_HEARING: Desk.hearing,
    ReminderKind.NO_SHOW_SUMMONS: Desk.summons,
    ReminderKind.WRITTEN: Desk.written,
    aim_services.TO_CITIZEN: Desk.aim,
    DECISION_KINDS[Recipient.CITIZEN]: Desk.decision,
    offers_services.OFFER_TO_CITIZEN: Desk.offer,
}

#: With words that the other office reads where its mail leads, or on the case.
BETWEEN_OFFICES = {
    ReminderKind.NO_SHOW_NOTICE: (Desk.notice, "Borgeren kom ikke."),
    DECISION_KINDS[Recipient.FUND]: (Desk.decision, REASONS.considerations),
    mending.TO_JOBCENTER: (Desk.handover_moved, "Overgangen er rettet"),
}

#: What the house reminds its own people of is no post.
OWN = {
    ReminderKind.BOOK_BY,
    ReminderKind.DEADLINE_NEAR,
    ReminderKind.DEADLINE_PASSED,
    ReminderKind.OUTCOME_MISSING,
    ReminderKind.HANDOVER_NEAR,
    ReminderKind.LAW_CHANGED,
    ReminderKind.LIST_JOB,
    OfOffers.WAITING,
    OfOffers.DECISION_DUE,
    OfOffers.NOT_SENT,
}


@pytest.fixture
def desk(office, case, now):
    return Desk(office, case, now)


class Post(HTMLParser):
    """The texts of the post book, each as a reader sees it, and the addresses of what is enclosed."""

    def __init__(self, page):
        super().__init__()
        self.texts, self.links, self._open = [], [], None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if attrs.get("class") == "post-text":
            self._open = tag
            self.texts.append("")
        if tag == "a":
            self.links.append(attrs["href"])

    def handle_endtag(self, tag):
        self._open = None if tag == self._open else self._open

    def handle_data(self, data):
        if self._open:
            self.texts[-1] += data


def test_every_kind_is_in_one_of_the_three():
    rows = [*TO_CITIZEN, *BETWEEN_OFFICES, *OWN]
    assert sorted(map(str, rows)) == sorted(delivery.kind_labels())
    assert sorted(delivery.kinds_between_offices()) == sorted(map(str, BETWEEN_OFFICES))


@pytest.mark.parametrize("kind", TO_CITIZEN, ids=str)
def test_the_page_shows_the_citizens_message_byte_for_byte(kind, desk, log_in, post_folder):
    run(TO_CITIZEN[kind](desk))
    kept = Dispatch.objects.get(reminder__kind=kind)
    client = log_in(next(one for one in (desk.office.adviser, desk.office.caseworker) if one.workplace == kept.sender))

    page = client.get(reverse("cases:post_book", args=[desk.case.public_id])).content.decode()

    subject, text, enclosed = sent(kept, post_folder)
    entry = page.partition(f"<p><strong>{subject}</strong></p>")[2].partition("</li>")[0]
    shown = Post(entry)
    assert shown.texts[0] == text
    letter = reverse("cases:post_letter", args=[kept.public_id])
    assert letter in shown.links
    if kept.calendar:
        assert shown.texts[1].encode() == enclosed
    else:
        assert (client.get(letter).content if enclosed else b"") == enclosed


def sent(kept, folder):
    """What left the house: the subject, the text, and what was enclosed."""
    key = f"reminder-{kept.reminder_id}"
    mails = [one for one in mail.outbox if one.extra_headers["Message-ID"].startswith(f"<{key}@")]
    if mails:
        [one] = mails
        parts = one.message().get_payload() if kept.calendar else []
        return one.subject, one.body, parts[1].get_payload(decode=True) if parts else b""
    root = memo.check((folder / "digital-post" / f"{key}.xml").read_bytes())
    text, *enclosed = (base64.b64decode(one.text) for one in root.iter(f"{memo.NAMESPACE}content"))
    return memo.text_of(root, "label"), text.decode(), enclosed[0] if enclosed else b""


@pytest.mark.parametrize("kind", BETWEEN_OFFICES, ids=str)
def test_what_one_office_tells_the_other_stands_there_and_is_read_on_the_case(kind, desk, log_in):
    cause, words = BETWEEN_OFFICES[kind]
    run(cause(desk))
    row = Reminder.objects.get(kind=kind)
    [told] = [one for one in mail.outbox if one.to == [(row.user or row.organisation).email]]

    client = log_in(row.user or desk.office.caseworker)
    page = client.get(reverse("cases:post_book", args=[desk.case.public_id])).content.decode()

    label = delivery.kind_labels()[kind].capitalize()
    entry = page.partition(f'<h2 class="post-what">{label}')[2].partition("</li>")[0]
    assert "e-mail · Sendt." in entry
    assert "Fra myndighed til myndighed. Teksten læses på sagen." in entry
    address = next(line.strip() for line in told.body.splitlines() if settings.SITE_URL in line)
    read = (address.removeprefix(settings.SITE_URL), Tab.WHOLE.url_of(desk.case.public_id))
    assert any(words in client.get(one).content.decode() for one in read)
    # What happened is told on the case alone; that a day has moved is told in the mail, too.
    assert (words in told.body) == (kind == mending.TO_JOBCENTER)
