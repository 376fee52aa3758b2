"""The first screen of the day: what is next, how many there are, and what a long list costs."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode, urljoin

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.corrections import services as corrections_services
from cases.handover import services as handover_services
from cases.models import AccessLog, Act, Team
from cases.pauses import services as pauses_services
from cases.rules.period import Period
from cases.ui.keyset import COUNT_CAP, count_text
from meetings.channel import services as channel_services
from meetings.models import WorklistEntry
from meetings.rules.kinds import Channel
from meetings.worklist import queries as worklist_queries
from meetings.worklist.queries import Tile
from tests import factories, world

URL = "/"


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


def begun(office, now, *, weeks, name="", **more):
    citizen = factories.citizen_details(**({"name": name} if name else {}), **more)
    start = now.date() - timedelta(weeks=weeks)
    return factories.case(office, registered_on=start, citizen=citizen)


def names(response):
    return [row.case.citizen.name for row in response.context["rows"]]


def counts(response):
    return {tile["label"]: tile["count"] for tile in tiles(response)}


def tiles(response):
    return response.context["tiles"]


class TestRows:
    def test_the_nearest_deadline_comes_first_with_its_time_left_in_words(self, adviser, office, now):
        begun(office, now, weeks=1, name="Bo Senere")
        begun(office, now, weeks=3, name="Anne Over")

        response = adviser.get(URL)

        assert names(response) == ["Anne Over", "Bo Senere"]
        assert [row.urgency for row in response.context["rows"]] == ["error", "warning"]
        assert "7 dage over" in response.content.decode()
        assert "om 7 dage" in response.content.decode()

    def test_a_row_says_why_its_deadline_is_what_it_is(self, adviser, office, now):
        begun(office, now, weeks=1)

        response = adviser.get(URL)

        assert response.context["rows"][0].why["steps"]
        assert "senest 14 dage efter tilmeldingen" in response.content.decode()

    def test_the_links_of_a_row_are_named_for_its_citizen(self, adviser, office, now):
        case = begun(office, now, weeks=1, name="Anne Prøvedal")

        response = adviser.get(URL)

        url = reverse("meetings:book", args=[case.public_id])
        link = (
            f'href="{url}?{urlencode({"tilbage": f"/#sag-{case.label}"})}">Book<span class="sr-only"> samtale med Anne'
        )
        assert link in response.content.decode()

    def test_a_meeting_that_is_over_asks_for_its_outcome_and_for_nothing_else(self, adviser, office, now):
        case = begun(office, now, weeks=2)
        meeting = factories.book(case, office.adviser, now - timedelta(hours=3), at=now - timedelta(days=3))

        row = adviser.get(URL).context["rows"][0]

        assert row.lacks == ("Mangler udfald",)
        assert row.may_be_registered
        assert not row.may_be_booked
        assert row.meeting == meeting

    def test_a_citizen_nobody_can_reach_is_shown_as_such(self, adviser, office, now):
        begun(office, now, weeks=1, phone="", email="")

        assert adviser.get(URL).context["rows"][0].lacks == ("Mangler telefon og e-mail",)

    def test_no_cpr_number_is_on_the_list(self, adviser, office, now):
        case = begun(office, now, weeks=1)

        text = adviser.get(URL).content.decode()

        assert case.citizen.cpr_number[:6] not in text

    def test_a_course_on_pause_is_left_out_until_the_pause_is_over(self, adviser, office, now):
        case = begun(office, now, weeks=1)
        pauses_services.add_pause(
            case_id=case.pk,
            kind="holiday",
            span=Period(now.date(), now.date() + timedelta(days=7)),
            source="borgeren",
            by=office.adviser,
            at=now,
        )

        assert names(adviser.get(URL)) == []

    def test_another_organisations_citizens_are_not_on_it(self, client, office, now):
        begun(office, now, weeks=3)
        client.force_login(office.other_adviser)

        response = client.get(URL, {"scope": "organisation"})

        assert names(response) == []
        assert set(counts(response).values()) == {"0"}


class TestTiles:
    def test_each_tile_counts_the_rows_it_shows(self, adviser, office, now):
        begun(office, now, weeks=3)
        begun(office, now, weeks=1)
        booked = begun(office, now, weeks=1)
        factories.book(booked, office.adviser, now + timedelta(hours=3), at=now)
        over = begun(office, now, weeks=2)
        factories.book(over, office.adviser, now - timedelta(hours=3), at=now - timedelta(days=3))

        response = adviser.get(URL)

        expected = {
            "Alle frister": "4",
            "Overskredet": "1",
            "Frist snart": "1",
            "Skal bookes": "4",
            "Samtaler i dag": "2",
            "Mangler udfald": "1",
            "Opgaver": "0",
            "Kunne ikke nås": "0",
            "Høringsfrist udløbet": "0",
            "Samtaler uden en medarbejder til stede": "0",
            "Afgjorte indstillinger": "0",
        }
        assert counts(response) == expected
        for tile in tiles(response):
            url = urljoin(URL, tile["url"])
            listed = adviser.get(url).context
            assert str(len(listed["rows" if "rows" in listed else "steps"])) == tile["count"], tile["label"]

    def test_a_deadline_today_is_near_and_not_overdue(self, adviser, office, now):
        begun(office, now, weeks=2)

        response = adviser.get(URL)

        assert counts(response)["Overskredet"] == "0"
        assert counts(response)["Frist snart"] == "1"

    @pytest.mark.parametrize(("days", "count"), [(14, "1"), (15, "0")], ids=["the last day", "the day after"])
    def test_a_deadline_is_near_until_the_last_of_the_days_that_the_law_gives(self, adviser, office, now, days, count):
        begun(office, now, weeks=0)
        WorklistEntry.objects.update(unbooked_due_on=now.date() + timedelta(days=days))

        response = adviser.get(URL, {"tile": Tile.DUE_SOON})

        assert counts(response)["Frist snart"] == str(len(response.context["rows"])) == count

    def test_the_jobcenter_sees_what_waits_for_its_receipt(self, client, office, now):
        case = begun(office, now, weeks=10, name="Anne Overgivet")
        world.hand_over(case, office, at=now, is_received=False)
        client.force_login(office.caseworker)

        response = client.get(URL, {"tile": "new", "scope": "organisation"})

        assert names(response) == ["Anne Overgivet"]
        assert response.context["rows"][0].lacks == ("Ikke modtaget",)
        assert reverse("cases:receive", args=[case.public_id]) in response.content.decode()

        handover_services.receive(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)
        assert names(client.get(URL, {"tile": "new", "scope": "organisation"})) == []

    def test_beyond_the_cap_only_more_is_said(self):
        assert count_text(COUNT_CAP) == "1000"
        assert count_text(COUNT_CAP + 1) == "mere end 1.000"


class TestFilters:
    def test_mine_is_the_start_and_colleagues_cases_are_one_choice_away(self, client, office, now):
        begun(office, now, weeks=1, name="Anne Min")
        client.force_login(office.colleague)

        assert names(client.get(URL)) == []
        assert names(client.get(URL, {"scope": "organisation"})) == ["Anne Min"]

    def test_a_team_leader_starts_with_the_team_and_can_look_at_one_colleague(self, client, office, now):
        team = Team.objects.create(organisation=office.fund, name="Team Nord")
        for member in (office.leader, office.adviser):
            member.team = team
            member.save()
        begun(office, now, weeks=1, name="Anne Teamets")
        begun(office, now, weeks=1, name="Bo Kollegas", phone="")
        corrections_services.assign(
            case_id=worklist_queries.WorklistEntry.objects.get(
                case__citizen__name="Bo Kollegas", organisation=office.fund
            ).case_id,
            worker_id=office.colleague.pk,
            by=office.leader,
            at=now,
        )
        client.force_login(office.leader)

        assert names(client.get(URL)) == ["Anne Teamets"]
        colleague = {"scope": "organisation", "worker": office.colleague.public_id}
        assert names(client.get(URL, colleague)) == ["Bo Kollegas"]

    def test_an_adviser_cannot_ask_for_a_colleague_by_address(self, adviser, office, now):
        begun(office, now, weeks=1)

        response = adviser.get(URL, {"worker": office.colleague.public_id})

        assert "worker" not in response.context["filterset"].form.fields
        assert len(names(response)) == 1

    def test_the_channel_of_the_next_meeting_is_a_filter(self, adviser, office, now):
        begun(office, now, weeks=1)
        case = begun(office, now, weeks=1, name="Anne Video")
        channel_services.choose_channel(
            case_id=case.pk, channel=Channel.VIDEO, chosen_on=now.date(), meeting_id=None, by=office.adviser, at=now
        )
        factories.book(case, office.adviser, now + timedelta(days=1), at=now)

        assert names(adviser.get(URL, {"channel": "video"})) == ["Anne Video"]

    @pytest.mark.parametrize("query", [{"kind": "bogus"}, {"scope": "everything"}, {"tile": "x"}, {"after": "x"}])
    def test_a_value_that_nobody_could_choose_is_left_out(self, adviser, office, now, query):
        begun(office, now, weeks=1)

        assert len(names(adviser.get(URL, query))) == 1

    def test_a_name_is_never_a_filter(self, adviser, office, now):
        begun(office, now, weeks=1)

        assert set(adviser.get(URL).context["filterset"].form.fields) == {"scope", "kind", "channel", "tile", "sort"}

    def test_nothing_found_offers_to_take_the_last_filter_away(self, adviser, office, now):
        begun(office, now, weeks=1)

        response = adviser.get(URL, {"kind": "contact_interview", "channel": "video"})

        assert response.context["empty"]["heading"] == "Ingen sager passer til filteret."
        assert response.context["empty"]["url"] == "?kind=contact_interview"
        assert response.context["empty"]["action"] == "Fjern »Samtaleform«"

    def test_a_part_of_the_page_is_enough_for_htmx(self, adviser, office, now):
        begun(office, now, weeks=1, name="Anne Del")

        response = adviser.get(URL, headers={"HX-Request": "true"})

        assert "<html" not in response.content.decode()
        assert "Anne Del" in response.content.decode()


class TestEmpty:
    def test_an_empty_tile_names_the_next_deadline(self, adviser, office, now):
        begun(office, now, weeks=1)

        empty = adviser.get(URL, {"tile": "overdue"}).context["empty"]

        assert empty["heading"] == "Ingen frister er overskredet."
        assert empty["text"] == "Næste frist: 11-05-2026."
        assert empty["url"] == "?tile=all"

    def test_nobodys_list_teaches_what_will_stand_there(self, adviser):
        empty = adviser.get(URL).context["empty"]
        assert "den nærmeste først" in empty["text"]
        assert adviser.get(URL, {"scope": "organisation"}).context["empty"]["url"] == reverse("cases:create")

    def test_an_administrator_is_led_to_the_administration(self, client, office):
        client.force_login(office.administrator)

        assert client.get(URL).url == reverse("admin:index")


def test_the_next_page_goes_on_where_the_first_ended(adviser, office, now):
    for _ in range(26):
        begun(office, now, weeks=1)

    first = adviser.get(URL, {"scope": "organisation"})
    second = adviser.get(URL + first.context["next_url"])

    assert (len(names(first)), len(names(second))) == (25, 1)
    assert not set(names(first)) & set(names(second))
    assert adviser.get(URL + second.context["previous_url"]).context["rows"] == first.context["rows"]
    assert "scope=organisation" in first.context["next_url"]
    assert first.context["shown"] == "Viser 25 af 26"


class TestLog:
    def test_one_line_holds_the_cases_that_were_shown(self, adviser, office, now):
        cases = [begun(office, now, weeks=1), begun(office, now, weeks=2)]

        adviser.get(URL)

        line = AccessLog.objects.get()
        assert (line.route, line.purpose, line.user) == ("meetings:worklist", "meeting", office.adviser)
        assert line.cases == sorted(case.pk for case in cases)

    def test_an_empty_list_shows_nobody(self, adviser):
        adviser.get(URL)

        assert not AccessLog.objects.exists()


@pytest.mark.parametrize("scope", ["", "organisation"])
def test_the_worklist_costs_the_same_for_one_row_and_for_many(adviser, office, now, scope):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            response = adviser.get(URL, {"scope": scope})
        return len(queries), len(response.context["rows"])

    begun(office, now, weeks=1)
    adviser.get(URL)
    one, rows = cost()
    assert rows == 1
    for number in range(8):
        case = begun(office, now, weeks=number % 5 + 1)
        if number % 3 == 0:
            factories.book(case, office.adviser, now + timedelta(days=1, hours=number), at=now)

    many, rows = cost()

    assert rows == 9
    assert many == one


def test_what_is_today_follows_copenhagen(law):
    late = datetime(2026, 5, 4, 22, 30, tzinfo=UTC)

    assert worklist_queries.WorklistTimes.of(now=late, book=Act.objects.rule_book()).today == date(2026, 5, 5)


def test_each_tile_has_an_order():
    assert set(worklist_queries.ORDER) == set(Tile)
