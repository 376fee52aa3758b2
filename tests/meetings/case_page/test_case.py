"""The page of one case: the same for both parties, and complete enough to act on without asking anybody."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.citizen import services as citizen_services
from cases.intake import services as intake_services
from cases.models import AccessLog, Case, Event
from cases.pauses import services as pauses_services
from cases.rules.period import Period
from cases.ui.case_tabs import Tab
from meetings.channel import services as channel_services
from meetings.models import Outcome
from meetings.rules.kinds import Channel
from tests import factories, world
from tests.factories import book
from tests.meetings.case_page.steps import page, register


class TestPassing:
    def test_hours_above_the_limit_suggest_the_day(self, adviser, office, now):
        case = factories.case(office, registered_on=date(2026, 1, 5))
        for month in (1, 2, 3):
            pauses_services.record_hours(
                case_id=case.pk, month=date(2026, month, 1), hours=Decimal("160.33"), by=office.adviser, at=now
            )

        response = page(adviser, case)

        assert response.context["passing"].suggestion.on == date(2026, 4, 1)
        assert reverse("cases:hand_over", args=[case.public_id]) in response.content.decode()

    def test_the_receipt_is_seen_by_both(self, client, case, office, now):
        world.hand_over(case, office, at=now)

        for user in (office.adviser, office.caseworker):
            client.force_login(user)
            assert "Modtaget 4. maj 2026 kl. 10.00" in page(client, case).content.decode()

    def test_the_jobcenter_is_offered_to_receive_what_was_handed_over(self, client, case, office, now):
        world.hand_over(case, office, at=now, is_received=False)
        for user, offered in ((office.adviser, False), (office.caseworker, True)):
            client.force_login(user)
            assert page(client, case).context["may"]["receive"] is offered


class TestNeighbours:
    def test_an_earlier_course_is_a_link_only_for_its_parties(self, client, case, office, now):
        version = Case.objects.get(pk=case.pk).version
        new = intake_services.place_anew(
            case_id=case.pk,
            version=version,
            registered_on=date(2026, 5, 1),
            placed_on=date(2026, 5, 1),
            reason="Ny indplacering",
            by=office.adviser,
            at=now,
        )
        client.force_login(office.adviser)
        assert page(client, new).context["previous_case"]["url"] == case.get_absolute_url()
        assert page(client, case).context["next_case"]["url"] == new.get_absolute_url()

        Case.objects.filter(pk=case.pk).update(municipality=office.other_municipality)
        client.force_login(office.caseworker)
        response = page(client, new)
        assert response.context["previous_case"]["url"] == ""
        assert "fordi du ikke har adgang" in response.content.decode()


class TestHistory:
    def test_the_newest_comes_first_and_older_ones_are_a_page_away(self, adviser, case, office, now):
        for number in range(20):
            citizen_services.update_citizen(
                case_id=case.pk, changes={"phone": f"203040{number:02}"}, by=office.adviser, at=now
            )

        first = page(adviser, case, Tab.HISTORY)
        older = adviser.get(Tab.HISTORY.url_of(case.public_id) + first.context["next_url"].removesuffix("#historik"))

        shown = [*first.context["history"].rows, *older.context["history"].rows]
        assert shown == list(Event.objects.order_by("-at", "-pk"))[: len(shown)]
        assert older.context["previous_url"].endswith("#historik")


class TestPrivacy:
    def test_the_cpr_number_is_masked_and_the_protected_address_is_not_shown(self, adviser, office):
        details = factories.citizen_details(has_protected_address=True, address="Skjulestedet 7")
        case = factories.case(office, citizen=details)

        text = page(adviser, case).content.decode()

        assert case.citizen.cpr_number not in text
        assert case.citizen.masked_cpr in text
        assert "Beskyttet adresse" in text
        assert "Skjulestedet" not in text

    def test_the_title_names_the_case_and_nobody(self, adviser, case):
        title = page(adviser, case, Tab.OVERVIEW).content.decode().partition("</title>")[0]

        assert case.label in title
        assert case.citizen.name not in title

    def test_reading_leaves_one_line_in_the_log(self, adviser, case):
        page(adviser, case, Tab.OVERVIEW)

        line = AccessLog.objects.get()
        assert (line.route, line.cases) == ("meetings:course", [case.pk])

    def test_a_neighbour_does_not_learn_that_the_case_exists(self, client, case, office):
        client.force_login(office.other_caseworker)

        assert client.get(case.get_absolute_url()).status_code == 404
        assert not AccessLog.objects.exists()


def test_the_page_costs_the_same_for_an_empty_and_for_a_full_case(adviser, case, office, now):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            page(adviser, case)
        return len(queries)

    page(adviser, case)
    empty = cost()
    for days in range(6):
        meeting = book(case, office.adviser, now - timedelta(days=days + 1), at=now - timedelta(days=20))
        register(meeting, office.adviser, Outcome.ABSENT)
        channel_services.choose_channel(
            case_id=case.pk, channel=Channel.VIDEO, chosen_on=now.date(), meeting_id=None, by=office.adviser, at=now
        )
    for week in range(3):
        start = date(2026, 6, 1) + timedelta(weeks=week)
        pauses_services.add_pause(
            case_id=case.pk,
            kind="holiday",
            span=Period(start, start + timedelta(days=2)),
            source="borgeren",
            by=office.adviser,
            at=now,
        )
    pauses_services.record_hours(
        case_id=case.pk, month=date(2026, 4, 1), hours=Decimal("160.33"), by=office.adviser, at=now
    )

    assert cost() == empty
