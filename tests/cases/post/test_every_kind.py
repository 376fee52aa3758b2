"""Every kind of message, caused by its service, carried, and opened in the post book: the page shows what was sent."""

import base64
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse

from cases.handover import mending
from cases.models import Dispatch, Reminder
from cases.reminders import owing
from cases.ui.case_tabs import Tab
from tests import memo
from tests.cases.post.causes import BETWEEN_OFFICES, OWN, TO_CITIZEN
from tests.meetings.due.steps import run


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
    assert sorted(map(str, rows)) == sorted(owing.kind_labels())
    assert sorted(owing.kinds_between_offices()) == sorted(map(str, BETWEEN_OFFICES))


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
    read = [*(one.encode() for one in shown.texts[1:]), *([client.get(letter).content] if kept.letter else [])]
    assert read == enclosed


def sent(kept, folder):
    """What left the house: the subject, the text, and what was enclosed: the entry for the calendar, the letter."""
    key = f"reminder-{kept.reminder_id}"
    mails = [one for one in mail.outbox if one.extra_headers["Message-ID"].startswith(f"<{key}@")]
    if mails:
        [one] = mails
        parts = one.message().get_payload() if kept.calendar else []
        return one.subject, one.body, [part.get_payload(decode=True) for part in parts[1:2]]
    root = memo.check((folder / "digital-post" / f"{key}.xml").read_bytes())
    text, *enclosed = (base64.b64decode(one.text) for one in root.iter(f"{memo.NAMESPACE}content"))
    return memo.text_of(root, "label"), text.decode(), enclosed


@pytest.mark.parametrize("kind", BETWEEN_OFFICES, ids=str)
def test_what_one_office_tells_the_other_stands_there_and_is_read_on_the_case(kind, desk, log_in):
    cause, words = BETWEEN_OFFICES[kind]
    run(cause(desk))
    row = Reminder.objects.get(kind=kind)
    [told] = [one for one in mail.outbox if one.to == [(row.user or row.organisation).email]]

    client = log_in(row.user or desk.office.caseworker)
    page = client.get(reverse("cases:post_book", args=[desk.case.public_id])).content.decode()

    label = owing.kind_labels()[kind].capitalize()
    entry = page.partition(f'<h2 class="post-what">{label}')[2].partition("</li>")[0]
    assert "e-mail · Sendt." in entry
    assert "Fra myndighed til myndighed. Teksten læses på sagen." in entry
    address = next(line.strip() for line in told.body.splitlines() if settings.SITE_URL in line)
    read = (address.removeprefix(settings.SITE_URL), Tab.WHOLE.url_of(desk.case.public_id))
    assert any(words in client.get(one).content.decode() for one in read)
    whole = client.get(Tab.WHOLE.url_of(desk.case.public_id)).content.decode()
    box = whole.partition('<h2 id="post">')[2].partition("</section>")[0]
    assert box
    assert label not in box
    # What happened is told on the case alone; that a day has moved is told in the mail, too.
    assert (words in told.body) == (kind == mending.TO_JOBCENTER)
