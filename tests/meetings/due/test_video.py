"""The link of a talk by video reaches the citizen whole: in the text, in the SMS and in the calendar."""

import base64

import pytest
import vobject
from django.core import mail
from icalendar import Calendar

from meetings.models import CancelReason
from meetings.rules.kinds import Channel
from tests import memo
from tests.meetings.due.steps import TUESDAY_TEN, run, to
from tests.meetings.steps import cancel, choose

SHORT = "https://moede.example.dk/fagkassen"
#: Longer than a line of a calendar, than an SMS and than a place in Digital Post.
LONG = f"https://moede.example.dk/l/meetup-join/19%3ameeting_{'Nj' * 120}%40thread.v2/0?context=%7b%22Tid%22%7d"


@pytest.fixture
def by_video(open_case, book, office, now):
    """Books a talk by video at that address."""

    def by_video(link, **citizen):
        case = open_case(**citizen)
        choose(case, Channel.VIDEO, office.adviser, now)
        return book(case, place=link)

    return by_video


def entry_of(message):
    return next(content for name, content, _ in _attached(message) if name == "samtale.ics")


def _attached(message):
    parts = message.message().walk()
    return [(part.get_filename(), part.get_payload(decode=True), part) for part in parts]


@pytest.mark.parametrize("link", [SHORT, LONG], ids=["short", "long"])
class TestMail:
    def test_the_text_has_the_link_on_one_line(self, by_video, now, link):
        meeting = by_video(link)
        run(now)
        [message] = to(meeting.case.citizen)
        assert f"\nHvor: {link}\nÅbn linket, når samtalen begynder.\n" in message.body

    def test_two_readers_find_it_in_the_calendar(self, by_video, now, link):
        by_video(link)
        run(now)
        entry = entry_of(mail.outbox[-1])

        [ours] = Calendar.from_ical(entry).walk("VEVENT")
        assert (ours["location"], ours["url"], ours["conference"]) == (link, link, link)
        assert dict(ours["conference"].params) == {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": "Åbn videomøde"}
        assert ours["description"].endswith(f"\nÅbn videomødet her: {link}")

        theirs = vobject.readOne(entry.decode()).vevent
        assert (theirs.location.value, theirs.url.value, theirs.conference.value) == (link, link, link)
        assert theirs.description.value.endswith(f"\nÅbn videomødet her: {link}")
        # Lines are folded, so that every calendar takes them.
        assert max(len(line) for line in entry.splitlines()) <= 75

    def test_the_reminder_has_it_too(self, by_video, now, link):
        meeting = by_video(link)
        run(now)
        run(TUESDAY_TEN.replace(day=11))
        texts = [message.body for message in to(meeting.case.citizen)]
        assert [link in text for text in texts] == [True, True]

    def test_a_cancelled_talk_opens_nothing(self, by_video, office, now, link):
        meeting = by_video(link)
        run(now)
        cancel(meeting, office.adviser, now, CancelReason.CITIZEN)
        run(now)
        [event] = Calendar.from_ical(entry_of(mail.outbox[-1])).walk("VEVENT")
        assert {"conference", "url"}.isdisjoint(event)


@pytest.mark.parametrize(
    ("link", "place"), [(SHORT, SHORT), (LONG, "Videomøde. Linket står i beskeden.")], ids=["short", "long"]
)
def test_digital_post_has_it_whole_or_says_where_it_stands(by_video, now, post_folder, link, place):
    by_video(link, email="")
    run(now)
    [file] = post_folder.rglob("*.xml")
    message = memo.check(file.read_bytes())
    text, entry = (base64.b64decode(one.text).decode() for one in message.iter(f"{memo.NAMESPACE}content"))
    assert link in text
    assert vobject.readOne(entry).vevent.url.value == link
    assert memo.text_of(message, "location") == place


@pytest.mark.parametrize(("link", "is_told"), [(SHORT, True), (LONG, False)], ids=["short", "long"])
def test_an_sms_has_it_where_there_is_room_for_the_whole(by_video, now, post_folder, link, is_told):
    by_video(link, email="", is_exempt_from_digital_post=True)
    run(now)
    [file] = post_folder.rglob("*.xml")
    told = memo.text_of(memo.check(file.read_bytes()), "notification")
    assert (f"Videomøde: {link}" in told, "https" in told) == (is_told, is_told)
