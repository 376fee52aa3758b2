"""The first screen of the day: one's own talks of today, and a list that is left and come back to in its order."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases import seam
from cases.accounts.login import UserBackend
from cases.models import AccessLog, Case
from cases.models.scopes import Scope
from meetings.models import Meeting
from meetings.rules.kinds import Channel
from tests import factories
from tests.meetings.booking.steps import said, standing_at
from tests.meetings.case_page.steps import register
from tests.meetings.steps import HALF_AN_HOUR

URL = "/"


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


def person(office, now, name, *, weeks=1, **more):
    citizen = factories.citizen_details(name=name, **more)
    return factories.case(office, registered_on=now.date() - timedelta(weeks=weeks), citizen=citizen)


def rows(response):
    return [row.case.citizen.name for row in response.context["rows"]]


def test_a_row_does_not_say_beside_its_button_what_the_button_says(client, office, now):
    factories.book(person(office, now, "Anne Test"), office.adviser, now + timedelta(hours=1), at=now)
    with standing_at(now + timedelta(hours=2)):
        client.force_login(office.adviser)
        row = said(client.get(f"{URL}?vis=alle")).partition("<tbody")[2].partition("</tr>")[0]
    assert ("Registrér udfald" in row, "Mangler udfald" in row, "fremmøde" in row) == (True, False, True)


def test_what_waits_on_other_lists_is_counted_at_the_cost_of_one(office, now, django_assert_num_queries):
    for user in (office.adviser, office.caseworker):
        of_request = UserBackend().get_user(user.pk)
        with django_assert_num_queries(1):
            assert len(seam.tiles(of_request, today=now.date(), scope=Scope.MINE)) > 3


class TestMyDay:
    def test_the_talks_of_today_say_when_who_how_and_what_was_agreed(self, adviser, office, now):
        anne = person(office, now, "Anne Test", weeks=2, phone="20 30 40 50")
        earlier = factories.book(anne, office.adviser, now - timedelta(days=2), at=now - timedelta(days=5))
        register(earlier, office.adviser)
        Meeting.objects.filter(pk=earlier.pk).update(note="Søger lager.\nMere.")
        factories.book(anne, office.adviser, now + timedelta(hours=4), at=now)
        Meeting.objects.filter(status="booked").update(channel=Channel.TELEPHONE)
        factories.book(person(office, now, "Bo Test"), office.adviser, now + timedelta(hours=1), at=now)
        factories.book(person(office, now, "Cai Kollega"), office.colleague, now + timedelta(hours=1), at=now)
        factories.book(person(office, now, "Dan Test"), office.adviser, now + timedelta(days=1), at=now)

        response = adviser.get(URL)

        talks = response.context["talks"]
        assert [talk.meeting.case.citizen.name for talk in talks] == ["Bo Test", "Anne Test"]
        assert [talk.agreed for talk in talks] == ["", "Søger lager."]
        day = said(response).partition('id="min-dag"')[2].partition("</section>")[0]
        assert 'Telefon <a class="nowrap" href="tel:+4520304050">20 30 40 50</a>' in day
        assert "14.00-14.30" in day
        assert "Mere." not in day
        assert set(AccessLog.objects.get().cases) >= {talk.meeting.case_id for talk in talks}

    def test_a_talk_that_has_begun_can_be_registered_and_one_that_is_held_says_so(self, adviser, office, now):
        case = person(office, now, "Anne Test")
        meeting = factories.book(case, office.adviser, now + timedelta(hours=1), at=now)
        form = reverse("meetings:register", args=[meeting.public_id])
        assert form not in said(adviser.get(URL))

        with standing_at(meeting.starts_at):
            assert form in said(adviser.get(URL)).partition("</section>")[0]
        register(meeting, office.adviser)
        with standing_at(meeting.ends_at):
            assert "Holdt" in said(adviser.get(URL)).partition('id="min-dag"')[2].partition("</section>")[0]

    def test_it_costs_the_same_for_one_talk_and_for_many(self, adviser, office, now):
        def cost():
            with CaptureQueriesContext(connection) as queries:
                assert adviser.get(URL).context["talks"]
            return len(queries)

        factories.book(person(office, now, "Anne Test"), office.adviser, now + timedelta(hours=1), at=now)
        adviser.get(URL)
        one = cost()
        for number in range(5):
            case = person(office, now, f"Bo Test {'ABCDE'[number]}")
            factories.book(case, office.adviser, now + timedelta(hours=2) + number * HALF_AN_HOUR, at=now)
        assert cost() == one

    def test_a_day_without_talks_is_one_line(self, adviser):
        assert "Du har ingen samtaler i dag." in said(adviser.get(URL))


class TestOrder:
    def test_by_name_as_danes_sort_and_page_after_page(self, adviser, office, now):
        names = ["Åse Test", "Anne Test", "Ærø Test", *(f"Bo {letter}test" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")]
        for name in names:
            person(office, now, name)

        first = adviser.get(URL, {"sort": "navn"})
        second = adviser.get(URL + first.context["next_url"])

        found = rows(first) + rows(second)
        assert found == ["Anne Test", *sorted(names[3:]), "Ærø Test", "Åse Test"]
        assert rows(adviser.get(URL + second.context["previous_url"])) == found[:25]
        assert 'aria-sort="ascending"><a href="?sort=navn">Borger' in said(first)


class TestComingBack:
    QUERY = "?scope=organisation&tile=to_book&sort=navn"

    def test_after_a_booking_one_stands_in_the_same_list_at_the_same_place(self, adviser, office, now):
        case = person(office, now, "Anne Test")
        page = adviser.get(URL + self.QUERY)
        book = reverse("meetings:book", args=[case.public_id])
        link = next(one for one in said(page).split('"') if one.startswith(book))
        (back,) = parse_qs(urlsplit(link.replace("&amp;", "&")).query)["tilbage"]
        assert back == f"/{self.QUERY}#sag-{case.label}"
        assert f'id="sag-{case.label}"' in said(page)

        form = adviser.get(link).context["form"]
        assert said(adviser.get(link)).count(f'href="{back.replace("&", "&amp;")}">Annullér') == 1
        typed = {name: form[name].value() for name in ("slot", "kind", "channel") if name in form.fields}
        typed |= {"minutes": "30", "adviser": office.adviser.public_id, "confirm": "on", "seen": form.seen_now}
        answer = adviser.post(link, typed)

        assert (answer.status_code, answer.url) == (302, back)
        assert "Samtalen er booket" in said(adviser.get(answer.url))
        assert Meeting.objects.get().case == case

    def test_looking_for_another_day_without_script_keeps_the_way_back(self, adviser, office, now):
        case = person(office, now, "Anne Test")
        page = said(adviser.get(reverse("meetings:book", args=[case.public_id]), {"tilbage": "/?sort=navn"}))

        assert '<input type="hidden" form="look" name="tilbage" value="/?sort=navn">' in page


def test_what_nobody_has_taken_on_is_one_line_beside_ones_own_tiles(adviser, office, now):
    person(office, now, "Anne Test")
    assert adviser.get(URL).context["untaken"] == ""
    Case.objects.update(fund_adviser=None)
    for entry in Case.objects.get().worklist_entries.all():
        entry.worker = None
        entry.save()

    page = adviser.get(URL)

    assert page.context["untaken"] == "1 sag uden rådgiver i hele a-kassen"
    assert rows(adviser.get(URL + page.context["untaken_url"])) == ["Anne Test"]
