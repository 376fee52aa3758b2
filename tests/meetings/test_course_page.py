"""The page of one case: the same for both parties, and complete enough to act on without asking anybody."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import AccessLog, Case, Event
from cases.models.cases import CloseReason, HandoverSource
from cases.rules.facts import ExemptionReason
from cases.rules.period import Period
from cases.services import cases as case_services
from meetings import services
from meetings.models import Outcome
from meetings.rules.kinds import Channel, MeetingKind
from tests import factories, world


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


@pytest.fixture
def caseworker(client, office):
    client.force_login(office.caseworker)
    return client


def book(case, worker, starts_at, *, at):
    booking = services.Booking(
        kind=MeetingKind.CONTACT_INTERVIEW,
        adviser_id=worker.pk,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        is_confirmed=True,
    )
    return services.book(case_id=case.pk, booking=booking, by=worker, at=at)


def move(meeting, worker, starts_at, *, at):
    booking = services.Booking(
        kind=MeetingKind.CONTACT_INTERVIEW,
        adviser_id=worker.pk,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        is_confirmed=True,
    )
    return services.move(meeting_id=meeting.pk, booking=booking, by=worker, at=at)


def register(meeting, worker, outcome=Outcome.HELD):
    services.register(
        meeting_id=meeting.pk,
        outcome=outcome,
        note="",
        is_six_weeks_guided=True if outcome is Outcome.HELD else None,
        next_booking=None,
        by=worker,
        at=meeting.ends_at,
    )


def page(client, case, **query):
    response = client.get(case.get_absolute_url(), query)
    assert response.status_code == 200
    return response


def read(client, case):
    return page(client, case).context["page"]


def states(client, case):
    return [one.state for one in read(client, case).demands]


class TestDemands:
    def test_each_required_meeting_stands_with_its_window_deadline_and_reason(self, adviser, case):
        response = page(adviser, case)

        demands = response.context["page"].demands
        assert [one.row.title for one in demands] == [
            "1. jobsamtale (a-kassen)",
            "2. jobsamtale (a-kassen)",
            "3. jobsamtale (a-kassen)",
            "1. jobsamtale (jobcentret)",
            "2. jobsamtale (jobcentret)",
            "3. jobsamtale (jobcentret)",
        ]
        assert all(one.why["steps"] and one.why["legal_basis"] for one in demands)
        assert response.content.decode().count("Hvorfor denne frist?") == 6

    def test_the_state_follows_the_meeting_that_covers_it(self, adviser, case, office, now):
        not_open = ["Ikke åbnet endnu"] * 3
        assert states(adviser, case) == ["Overskredet", "Skal bookes", "Skal bookes", *not_open]

        book(case, office.adviser, now + timedelta(days=1), at=now)
        assert states(adviser, case) == ["Booket efter fristen", "Skal bookes", "Skal bookes", *not_open]

        today = book(case, office.adviser, now - timedelta(hours=3), at=now - timedelta(days=4))
        assert states(adviser, case) == ["Mangler udfald", "Booket", "Skal bookes", *not_open]

        register(today, office.adviser)
        assert states(adviser, case) == ["Holdt for sent", "Booket", "Skal bookes", *not_open]

    def test_a_meeting_in_time_is_held(self, adviser, case, office, now):
        meeting = book(case, office.adviser, now - timedelta(days=10), at=now - timedelta(days=14))
        register(meeting, office.adviser)

        assert states(adviser, case)[0] == "Holdt"

    def test_only_the_party_that_holds_it_is_offered_to_book_it(self, client, case, office):
        for user, ours in ((office.adviser, "fund"), (office.caseworker, "municipality")):
            client.force_login(user)
            offered = {one.row.responsible for one in read(client, case).demands if one.may_be_booked}
            assert offered == {ours}

    def test_a_meeting_on_top_of_what_the_law_demands_is_over_the_minimum(self, adviser, case, office, now):
        for days in range(4):
            book(case, office.adviser, now + timedelta(days=days, hours=1), at=now)

        assert [one.is_extra for one in read(adviser, case).bookings].count(True) == 1
        assert "Over minimum" in page(adviser, case).content.decode()

    def test_a_deadline_on_a_sunday_says_that_it_is_not_moved(self, adviser, office, now):
        case = factories.case(office, registered_on=date(2026, 4, 26))

        assert read(adviser, case).demands[0].row.due_on == date(2026, 5, 10)
        assert "Falder på en søndag og flyttes ikke" in page(adviser, case).content.decode()

    def test_what_was_due_before_a_pause_can_still_be_read(self, adviser, case, office, now):
        case_services.add_pause(
            case_id=case.pk,
            kind="holiday",
            span=Period(date(2026, 4, 20), date(2026, 4, 27)),
            source="borgeren",
            by=office.adviser,
            at=now,
        )

        response = page(adviser, case)

        assert response.context["page"].replaced
        assert "Tidligere frister" in response.content.decode()

    def test_historic_demands_are_marked_and_never_overdue(self, adviser, office):
        case = factories.case(office, registered_on=date(2023, 11, 1))

        historic = [one for one in read(adviser, case).demands if one.is_historic]

        assert historic
        assert {one.state for one in historic} == {"Historisk"}
        assert not any(one.may_be_booked for one in historic)

    def test_days_with_an_unconfirmed_law_carry_its_notice(self, adviser, office, now):
        case = factories.case(office)

        assert "Reglen er ikke bekræftet" in page(adviser, case).content.decode()


class TestNextStep:
    def test_a_new_case_says_when_the_first_meeting_must_be_held(self, adviser, office, now):
        case = factories.case(office, registered_on=now.date())

        text = page(adviser, case).content.decode()

        assert "Den første skal holdes senest den 18. maj 2026" in text
        assert "Book første samtale" in text

    def test_a_missing_outcome_comes_before_all_else(self, adviser, case, office, now):
        meeting = book(case, office.adviser, now - timedelta(hours=3), at=now - timedelta(days=4))

        assert reverse("meetings:register", args=[meeting.public_id]) in page(adviser, case).content.decode()
        assert read(adviser, case).needs_outcome.meeting == meeting

    def test_a_resting_course_asks_for_nothing(self, adviser, case, office, now):
        services.exempt(
            case_id=case.pk,
            reason=ExemptionReason.PARENTAL_LEAVE,
            span=Period(now.date(), date(2026, 7, 1)),
            documented_on=now.date(),
            starts_on=now.date(),
            document="Barselsblanket",
            by=office.adviser,
            at=now,
        )

        response = page(adviser, case)

        assert response.context["page"].resting is not None
        assert not response.context["page"].is_due_to_book
        assert {one.state for one in response.context["page"].demands} <= {"På pause", "Holdt"}

    def test_a_closed_case_is_only_read(self, adviser, case, office, now):
        case_services.close_case(
            case_id=case.pk,
            version=Case.objects.get(pk=case.pk).version,
            reason=CloseReason.WORK,
            closed_on=now.date(),
            by=office.adviser,
            at=now,
        )

        response = page(adviser, case)

        assert not any(response.context["may"].values())
        assert "Sagen er afsluttet den 4. maj 2026" in response.content.decode()
        assert reverse("meetings:book", args=[case.public_id]) not in response.content.decode()

    def test_who_has_the_course_is_said_at_the_top(self, caseworker, case):
        assert "Fagkassen har forløbet nu" in page(caseworker, case).content.decode()


class TestMeetings:
    def test_only_the_organisation_that_holds_a_meeting_may_change_it(self, client, case, office, now):
        book(case, office.adviser, now + timedelta(days=1), at=now)

        client.force_login(office.adviser)
        assert read(client, case).bookings[0].may_be_moved
        client.force_login(office.caseworker)
        assert not read(client, case).bookings[0].may_be_moved

    def test_a_moved_meeting_points_to_where_it_went(self, adviser, case, office, now):
        old = book(case, office.adviser, now + timedelta(days=1), at=now)
        new = move(old, office.adviser, now + timedelta(days=2), at=now)

        first, second = read(adviser, case).bookings

        assert (first.meeting, second.meeting) == (new, old)
        assert second.moved_to == new
        assert not second.may_be_moved

    def test_a_registered_outcome_can_be_corrected(self, adviser, case, office, now):
        meeting = book(case, office.adviser, now - timedelta(hours=3), at=now - timedelta(days=4))
        register(meeting, office.adviser, Outcome.ABSENT)

        assert read(adviser, case).bookings[0].may_be_corrected
        assert "Borgeren udeblev uden grund" in page(adviser, case).content.decode()


class TestChannel:
    def test_the_page_says_until_when_the_citizen_chooses(self, adviser, case):
        text = page(adviser, case).content.decode()

        assert "Borgeren vælger selv samtaleform" in text
        assert "Borgeren har ikke valgt" in text

    def test_afterwards_it_says_why_the_choice_is_locked(self, adviser, office):
        case = factories.case(office, registered_on=date(2025, 9, 1))

        response = page(adviser, case)

        assert response.context["page"].channel.answer.decided_by == "authority"
        assert "<strong>Låst.</strong>" in response.content.decode()

    def test_the_latest_choice_counts_and_the_others_stay(self, adviser, case, office, now):
        for channel, day in ((Channel.VIDEO, 1), (Channel.TELEPHONE, 3)):
            services.choose_channel(
                case_id=case.pk,
                channel=channel,
                chosen_on=date(2026, 5, day),
                meeting_id=None,
                by=office.adviser,
                at=now,
            )

        clock = read(adviser, case).channel

        assert clock.choice.channel == Channel.TELEPHONE
        assert [one.channel for one in clock.history] == [Channel.TELEPHONE, Channel.VIDEO]

    def test_a_choice_for_another_meeting_does_not_count_for_the_next(self, adviser, case, office, now):
        book(case, office.adviser, now + timedelta(days=1), at=now)
        other = book(case, office.adviser, now + timedelta(days=9), at=now)
        services.choose_channel(
            case_id=case.pk,
            channel=Channel.VIDEO,
            chosen_on=now.date(),
            meeting_id=other.pk,
            by=office.adviser,
            at=now,
        )

        assert read(adviser, case).channel.choice is None


class TestFundPresence:
    def test_the_citizen_is_asked_and_asked_again_after_a_move(self, caseworker, case, office, now):
        assert "Borgeren spørges, når jobcentret har booket" in page(caseworker, case).content.decode()

        first = book(case, office.caseworker, now + timedelta(days=80), at=now)
        assert "Spørg borgeren, om a-kassen skal med" in page(caseworker, case).content.decode()

        services.wish_fund_present(meeting_id=first.pk, wish=True, by=office.caseworker, at=now)
        assert "<strong>ønsker</strong> a-kassen med" in page(caseworker, case).content.decode()

        move(first, office.caseworker, now + timedelta(days=81), at=now)
        assert "Spørg borgeren igen" in page(caseworker, case).content.decode()

    def test_a_held_first_meeting_asks_no_more(self, caseworker, office, now):
        case = factories.case(office, registered_on=date(2026, 1, 5))
        meeting = book(case, office.caseworker, now - timedelta(days=3), at=now - timedelta(days=9))
        register(meeting, office.caseworker, Outcome.ABSENT)
        assert read(caseworker, case).fund_presence is not None

        held = book(case, office.caseworker, now - timedelta(days=2), at=now - timedelta(days=9))
        services.register(
            meeting_id=held.pk,
            outcome=Outcome.HELD,
            note="",
            is_six_weeks_guided=None,
            next_booking=None,
            by=office.caseworker,
            at=held.ends_at,
        )
        assert read(caseworker, case).fund_presence is None


class TestPassing:
    def test_hours_above_the_limit_suggest_the_day(self, adviser, office, now):
        case = factories.case(office, registered_on=date(2026, 1, 5))
        for month in (1, 2, 3):
            case_services.record_hours(
                case_id=case.pk, month=date(2026, month, 1), hours=Decimal("160.33"), by=office.adviser, at=now
            )

        response = page(adviser, case)

        assert response.context["page"].passing.suggestion.on == date(2026, 4, 1)
        assert reverse("cases:hand_over", args=[case.public_id]) in response.content.decode()

    def test_the_receipt_is_seen_by_both(self, client, case, office, now):
        world.hand_over(case, office, at=now)

        for user in (office.adviser, office.caseworker):
            client.force_login(user)
            assert "Modtaget 4. maj 2026 kl. 10.00" in page(client, case).content.decode()

    def test_the_jobcenter_is_offered_to_receive_what_was_handed_over(self, client, case, office, now):
        case_services.hand_over(
            case_id=case.pk,
            on=now.date(),
            hours=None,
            source=HandoverSource.MANUAL,
            note="",
            by=office.adviser,
            at=now,
        )
        for user, offered in ((office.adviser, False), (office.caseworker, True)):
            client.force_login(user)
            assert page(client, case).context["may"]["receive"] is offered


class TestNeighbours:
    def test_an_earlier_course_is_a_link_only_for_its_parties(self, client, case, office, now):
        version = Case.objects.get(pk=case.pk).version
        new = case_services.place_anew(
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
            case_services.update_citizen(
                case_id=case.pk, changes={"phone": f"203040{number:02}"}, by=office.adviser, at=now
            )

        first = page(adviser, case)
        older = adviser.get(case.get_absolute_url() + first.context["next_url"].removesuffix("#historik"))

        shown = [*first.context["page"].history.rows, *older.context["page"].history.rows]
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
        title = page(adviser, case).content.decode().partition("</title>")[0]

        assert case.label in title
        assert case.citizen.name not in title

    def test_reading_leaves_one_line_in_the_log(self, adviser, case):
        page(adviser, case)

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
        services.choose_channel(
            case_id=case.pk, channel=Channel.VIDEO, chosen_on=now.date(), meeting_id=None, by=office.adviser, at=now
        )
    for week in range(3):
        start = date(2026, 6, 1) + timedelta(weeks=week)
        case_services.add_pause(
            case_id=case.pk,
            kind="holiday",
            span=Period(start, start + timedelta(days=2)),
            source="borgeren",
            by=office.adviser,
            at=now,
        )
    case_services.record_hours(
        case_id=case.pk, month=date(2026, 4, 1), hours=Decimal("160.33"), by=office.adviser, at=now
    )

    assert cost() == empty
