"""Where talks by video are held: what may be an address, and the page where one keeps one's own."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from cases.models import Team
from cases.people import video_rooms
from tests.filled_forms import send

URL = reverse("cases:own_room")

REFUSED = {
    "http://moede.example.dk/rum": "begynde med https://",
    "moede.example.dk/rum": "begynde med https://",
    "https:///rum": "begynde med https://",
    "https://moede/rum": "begynde med https://",
    "javascript:alert(1)": "begynde med https://",
    "https://[moede.example.dk/rum": "kan ikke læses",
    "https://moede.example.dk:port/rum": "kan ikke læses",
    "https://anne:hemmelig@moede.example.dk/rum": "brugernavn eller adgangskode",
    "https://moede.example.dk/mit rum": "mellemrum eller tegn",
    "https://moede.example.dk/<rum>": "mellemrum eller tegn",
    "https://moede.example.dk/120385-1234": "ligner et CPR-nummer",
    "https://{rum}.example.dk/": "efter domænet",
    "https://moede.example.dk/{rum}/{rum}": "én gang",
    "https://moede.example.dk/{andet}": "mellemrum eller tegn",
}


@pytest.mark.parametrize(("address", "why"), REFUSED.items(), ids=REFUSED)
def test_what_is_no_room_is_refused_in_a_plain_sentence(address, why):
    with pytest.raises(ValidationError, match=why) as refused:
        video_rooms.validate_room(address)
    assert len(refused.value.messages) == 1


@pytest.mark.parametrize(
    "room",
    [
        "https://moede.example.dk/anne",
        "https://moede.example.dk:8443/{rum}?sprog=da#start",
        "https://teams.example.com/l/meetup-join/19%3ameeting_NjE%40thread.v2/0?context=%7b%22Tid%22%3a%22b%22%7d",
    ],
)
def test_a_room_or_its_pattern_is_taken(room):
    video_rooms.validate_room(room)
    assert video_rooms.is_link(video_rooms.for_talk(room))


def test_each_talk_gets_a_part_of_its_own_that_is_never_a_number():
    made = {video_rooms.for_talk("https://moede.example.dk/{rum}") for _ in range(50)}
    assert len(made) == 50
    assert all(link.removeprefix("https://moede.example.dk/").isalpha() and len(link) == 53 for link in made)


class TestOwnRoom:
    def test_it_is_kept_and_says_what_is_used_without(self, log_in, office):
        office.fund.video_room = "https://moede.example.dk/fagkassen"
        office.fund.save()
        client = log_in(office.adviser)

        answer = send(client, URL, {"video_room": " https://moede.example.dk/{rum} "}, follow=True)

        office.adviser.refresh_from_db()
        assert office.adviser.video_room == "https://moede.example.dk/{rum}"
        said = answer.content.decode()
        assert "Dit videorum er gemt." in said
        assert "Fagkassen har https://moede.example.dk/fagkassen" in said

    def test_the_administration_can_read_who_changed_it_and_from_what(self, log_in, office):
        for room in ("https://moede.example.dk/anne", "https://moede.example.dk/anne", ""):
            send(log_in(office.adviser), URL, {"video_room": room})

        history = reverse("admin:cases_user_history", args=[office.adviser.pk])
        told = log_in(office.administrator).get(history).content.decode()
        assert told.count("Eget videorum:") == 2
        assert "Eget videorum: intet (før: https://moede.example.dk/anne)" in told

    def test_the_room_of_the_team_is_named_where_it_has_one(self, log_in, office):
        office.adviser.team = Team.objects.create(
            organisation=office.fund, name="Nord", video_room="https://moede.example.dk/nord"
        )
        office.adviser.save()
        assert "Nord har https://moede.example.dk/nord" in log_in(office.adviser).get(URL).content.decode()

    def test_what_is_refused_stays_as_it_was_typed(self, log_in, office):
        answer = send(log_in(office.adviser), URL, {"video_room": "http://moede.example.dk"})

        assert answer.status_code == 422
        assert 'value="http://moede.example.dk"' in answer.content.decode()
        office.adviser.refresh_from_db()
        assert office.adviser.video_room == ""

    def test_longer_than_a_page_can_show_is_refused(self, log_in, office):
        answer = send(log_in(office.adviser), URL, {"video_room": f"https://moede.example.dk/{'m' * 500}"})
        assert answer.status_code == 422
