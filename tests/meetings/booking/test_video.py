"""A talk by video has an address: from the adviser, the organisation or by hand, fixed when it is booked."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cases.models import Reminder, Team
from cases.rules.refusal import NeedsConfirmation
from cases.ui.case_tabs import Tab
from meetings.booking import services as booking_services
from meetings.changing import NotALink
from meetings.models import Meeting
from meetings.rules.kinds import Channel
from tests import factories
from tests.meetings.booking.steps import said, standing_at
from tests.meetings.steps import WEDNESDAY_TEN, choose, move

SHARED, OWN = "https://moede.example.dk/{rum}", "https://moede.example.dk/mette"


@pytest.fixture
def office(office):
    office.fund.video_room = SHARED
    office.fund.save()
    return office


@pytest.fixture
def by_video(case, office, now):
    """The case of a citizen who has chosen video."""
    choose(case, Channel.VIDEO, office.adviser, now)
    return case


def own_room(user, room=OWN):
    user.video_room = room
    user.save()


def moved(meeting, adviser, *, by, at):
    """The talk two days later, with that adviser."""
    wanted = factories.booking(adviser, WEDNESDAY_TEN + timedelta(days=2))
    return booking_services.move(meeting_id=meeting.pk, booking=wanted, by=by, at=at)


class TestTheAddress:
    def test_each_talk_gets_a_room_of_its_own_after_the_organisations_pattern(self, book, by_video):
        links = [book(starts_at=WEDNESDAY_TEN + timedelta(days=day)).video_link for day in range(2)]
        assert all(link.startswith("https://moede.example.dk/") and "{" not in link for link in links)
        assert links[0] != links[1]

    def test_the_advisers_own_room_goes_before(self, book, by_video, office):
        own_room(office.adviser)
        assert book().video_link == OWN
        assert book(adviser=office.colleague, starts_at=WEDNESDAY_TEN + timedelta(days=1)).video_link != OWN

    def test_the_room_of_the_team_goes_before_the_organisations(self, book, by_video, office):
        team = "https://moede.example.dk/nord"
        office.adviser.team = Team.objects.create(organisation=office.fund, name="Nord", video_room=team)
        office.adviser.save()
        assert book().video_link == team
        own_room(office.adviser)
        assert book(starts_at=WEDNESDAY_TEN + timedelta(days=1)).video_link == OWN

    def test_it_is_fixed_when_the_talk_is_booked(self, book, by_video, office):
        own_room(office.adviser)
        meeting = book()
        own_room(office.adviser, "https://andet.example.dk/rum")
        meeting.refresh_from_db()
        assert meeting.video_link == OWN

    def test_what_is_typed_must_be_an_address(self, book, by_video):
        with pytest.raises(NotALink, match="begynde med https://"):
            book(place="Teams")
        assert book(place="https://andet.example.dk/1").video_link == "https://andet.example.dk/1"

    def test_a_talk_held_otherwise_has_none(self, book, office):
        assert book(place="https://moede.example.dk/1").video_link == ""


class TestMoved:
    def test_it_keeps_its_room(self, book, by_video, office, now):
        old = book()
        new = move(old, office.adviser, now, starts_at=WEDNESDAY_TEN + timedelta(days=1))
        assert new.video_link == old.video_link
        assert moved(new, office.colleague, by=office.adviser, at=now).video_link == old.video_link

    def test_the_own_room_of_another_adviser_is_not_kept(self, book, by_video, office, now):
        own_room(office.adviser)
        assert moved(book(), office.colleague, by=office.adviser, at=now).video_link not in (OWN, "")

    def test_another_channel_drops_it(self, book, by_video, office, now):
        meeting = book()
        choose(by_video, Channel.TELEPHONE, office.adviser, now)
        meeting.refresh_from_db()
        assert (meeting.video_link, meeting.place) == ("", "Vi ringer til dig på 20 30 40 50")


class TestShown:
    def test_on_the_row_and_on_the_case_for_those_who_see_the_talk(self, book, by_video, office, log_in):
        link = book().video_link
        way_in = f'href="{link}" target="_blank" rel="noopener noreferrer"'

        row = said(log_in(office.adviser).get(reverse("meetings:worklist")))
        assert (row.count(way_in), "Åbn videomøde" in row) == (1, True)
        for who in (office.adviser, office.caseworker):
            assert way_in in said(log_in(who).get(by_video.get_absolute_url()))
        stranger = log_in(office.other_adviser)
        assert link not in said(stranger.get(reverse("meetings:worklist")))
        assert stranger.get(by_video.get_absolute_url()).status_code == 404

    def test_the_form_says_what_is_used_and_keeps_what_is_refused(self, adviser, by_video):
        assert "Lad feltet stå tomt for at bruge: https://moede.example.dk/{rum}." in said(
            adviser.look("book", by_video)
        )
        answer = adviser.send("book", by_video, place="http://moede.example.dk/1")
        assert answer.status_code == 422
        assert 'value="http://moede.example.dk/1"' in said(answer)
        assert "Adressen skal begynde med https://" in said(answer)
        assert not Meeting.objects.exists()

    def test_moving_by_the_form_keeps_the_room(self, adviser, book, by_video):
        old = book()
        adviser.send("move", old, slot="own", on="07-05-2026", begins="10.00")
        assert Meeting.objects.booked().get().video_link == old.video_link


class TestWithoutARoom:
    """Nobody sends a summons without its link unseen."""

    NO_LINK = "Videomødet har intet link: Mette Testmark"

    @pytest.fixture
    def office(self, office):
        office.fund.video_room = ""
        office.fund.save()
        return office

    def test_the_page_says_it_and_asks_for_a_tick_or_a_link(self, adviser, by_video):
        assert self.NO_LINK in said(adviser.look("book", by_video))
        answer = adviser.send("book", by_video)
        assert (answer.status_code, self.NO_LINK in said(answer)) == (422, True)
        assert not Meeting.objects.exists()

        assert adviser.send("book", by_video, place="https://moede.example.dk/1").status_code == 302
        assert Meeting.objects.get().video_link == "https://moede.example.dk/1"

    def test_with_the_tick_it_is_booked_and_the_lack_is_named_until_there_is_a_link(
        self, adviser, by_video, office, log_in
    ):
        assert adviser.send("book", by_video, confirm="on").status_code == 302
        meeting = Meeting.objects.get()
        lack = "Mangler link til videomøde"
        assert lack in said(adviser.client.get(reverse("meetings:worklist")))
        assert "Tilføj link" in said(adviser.client.get(Tab.TALKS.url_of(by_video.public_id)))

        assert "begynde med https://" in said(adviser.send("link", meeting, place="moede.example.dk"))
        assert adviser.send("link", meeting, place="https://moede.example.dk/2").status_code == 302

        meeting.refresh_from_db()
        assert (meeting.video_link, meeting.version) == ("https://moede.example.dk/2", 2)
        states = dict(Reminder.objects.filter(subject=meeting.pk).values_list("version", "state"))
        assert states == {1: "void", 2: "owed"}
        for page in (reverse("meetings:worklist"), Tab.TALKS.url_of(by_video.public_id)):
            assert lack not in said(adviser.client.get(page))

    def test_a_talk_that_waits_for_its_link_is_moved_into_the_room_there_is_now(self, adviser, book, by_video, office):
        old = book(is_confirmed=True)
        office.fund.video_room = SHARED
        office.fund.save()
        assert f'value="{old.place}"' not in said(adviser.look("move", old))

        assert adviser.send("move", old, slot="own", on="07-05-2026", begins="10.00").status_code == 302

        assert Meeting.objects.booked().get().video_link.startswith("https://moede.example.dk/")

    def test_the_service_asks_too(self, book, by_video):
        with pytest.raises(NeedsConfirmation, match=self.NO_LINK):
            book()
        assert book(is_confirmed=True).lacks_link

    def test_a_talk_that_is_moved_from_the_telephone_asks_no_less(self, book, by_video, adviser, office, now):
        choose(by_video, Channel.TELEPHONE, office.adviser, now)
        meeting = book()
        choose(by_video, Channel.VIDEO, office.adviser, now)
        meeting.refresh_from_db()
        assert meeting.lacks_link
        asked = adviser.send("move", meeting, slot="own", on="07-05-2026", begins="10.00")
        assert (asked.status_code, self.NO_LINK in said(asked)) == (422, True)


class TestTheReceipt:
    NEWS, CALL, NOTHING = "Borgeren får det i en ny besked.", "Ring til borgeren, og fortæl linket.", "Intet er ændret."

    @pytest.mark.parametrize(
        ("link", "begun", "expected"),
        [("/nyt", timedelta(-1), NEWS), ("", timedelta(-1), NOTHING), ("/nyt", timedelta(), CALL)],
    )
    def test_says_whether_the_citizen_is_told(self, book, by_video, adviser, link, begun, expected):
        meeting = book(place=OWN)
        with standing_at(meeting.starts_at + begun):
            answer = adviser.send("link", meeting, place=OWN + link)
            page = said(adviser.client.get(answer.url))

        assert [text in page for text in (self.NEWS, self.CALL, self.NOTHING)] == [
            text == expected for text in (self.NEWS, self.CALL, self.NOTHING)
        ]
