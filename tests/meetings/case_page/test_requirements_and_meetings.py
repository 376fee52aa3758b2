"""The page of one case: what is due, what comes next, and what may be done with each meeting."""

from datetime import date, timedelta

from django.urls import reverse

from cases.closing import services as closing_services
from cases.models import Act, Case
from cases.models.cases import CloseReason
from cases.pauses import services as pauses_services
from cases.rules.facts import ExemptionReason
from cases.rules.period import Period
from meetings.channel import fund_presence
from meetings.channel import services as channel_services
from meetings.exemptions import services as exemptions_services
from meetings.models import Outcome
from meetings.outcomes import services as outcomes_services
from meetings.rules.kinds import Channel
from tests import factories
from tests.factories import book
from tests.meetings.case_page.steps import page, read, register, states
from tests.meetings.steps import move


class TestRequirements:
    def test_each_required_meeting_stands_with_its_window_deadline_and_reason(self, adviser, case):
        response = page(adviser, case)

        requirements = response.context["page"].requirements
        assert [one.row.title for one in requirements] == [
            "1. jobsamtale (a-kassen)",
            "2. jobsamtale (a-kassen)",
            "3. jobsamtale (a-kassen)",
            "1. jobsamtale (jobcentret)",
            "2. jobsamtale (jobcentret)",
            "3. jobsamtale (jobcentret)",
        ]
        assert all(one.why["steps"] and one.why["legal_basis"] for one in requirements)
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
            offered = {one.row.responsible for one in read(client, case).requirements if one.may_be_booked}
            assert offered == {ours}

    def test_a_meeting_on_top_of_what_the_law_demands_is_over_the_minimum(self, adviser, case, office, now):
        for days in range(4):
            book(case, office.adviser, now + timedelta(days=days, hours=1), at=now)

        assert [bool(one.why_extra) for one in read(adviser, case).bookings].count(True) == 1
        assert "Over minimum" in page(adviser, case).content.decode()

    def test_a_deadline_on_a_sunday_says_that_it_is_not_moved(self, adviser, office, now):
        case = factories.case(office, registered_on=date(2026, 4, 26))

        assert read(adviser, case).requirements[0].row.due_on == date(2026, 5, 10)
        assert "Falder på en søndag og flyttes ikke" in page(adviser, case).content.decode()

    def test_what_was_due_before_a_pause_can_still_be_read(self, adviser, case, office, now):
        pauses_services.add_pause(
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

        historic = [one for one in read(adviser, case).requirements if one.is_historic]

        assert historic
        assert {one.state for one in historic} == {"Historisk"}
        assert not any(one.may_be_booked for one in historic)

    def test_days_with_an_adopted_law_that_is_not_confirmed_say_so_once_and_alarm_nobody(self, adviser, office, now):
        case = factories.case(office)

        answer = page(adviser, case)

        assert '<p class="row-note">Reglen er ikke bekræftet: »Mere fleksibelt' in answer.content.decode()
        assert answer.context["page"].notes == ()

    def test_a_sketch_of_a_law_is_not_shown(self, adviser, office, now):
        Act.objects.drafts().update(is_adopted=False)
        case = factories.case(office)

        assert "Reglen er ikke bekræftet" not in page(adviser, case).content.decode()


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
        exemptions_services.exempt(
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
        assert not any(one.may_be_booked for one in response.context["page"].requirements)
        assert {one.state for one in response.context["page"].requirements} <= {"På pause", "Holdt"}

    def test_of_a_closed_case_only_what_was_held_and_a_new_number_can_be_entered(self, adviser, case, office, now):
        closing_services.close_case(
            case_id=case.pk,
            version=Case.objects.get(pk=case.pk).version,
            reason=CloseReason.WORK,
            closed_on=now.date(),
            by=office.adviser,
            at=now,
        )

        response = page(adviser, case)

        assert [name for name, is_allowed in response.context["may"].items() if is_allowed] == [
            "enter",
            "change_number",
            "reopen",
        ]
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
        new = move(old, office.adviser, now, starts_at=now + timedelta(days=2), is_confirmed=True)

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
            channel_services.choose_channel(
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
        channel_services.choose_channel(
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
        assert "Skriv det her, så snart borgeren siger det." in page(caseworker, case).content.decode()

        first = book(case, office.caseworker, now + timedelta(days=80), at=now)
        assert "Spørg borgeren, om a-kassen skal med" in page(caseworker, case).content.decode()

        fund_presence.wish_fund_present(meeting_id=first.pk, wish=True, by=office.caseworker, at=now)
        assert "<strong>ønsker</strong> a-kassen med" in page(caseworker, case).content.decode()

        move(first, office.caseworker, now, starts_at=now + timedelta(days=81), is_confirmed=True)
        assert "Spørg borgeren igen" in page(caseworker, case).content.decode()

    def test_a_held_first_meeting_asks_no_more(self, caseworker, office, now):
        case = factories.case(office, registered_on=date(2026, 1, 5))
        meeting = book(case, office.caseworker, now - timedelta(days=3), at=now - timedelta(days=9))
        register(meeting, office.caseworker, Outcome.ABSENT)
        assert read(caseworker, case).fund_presence is not None

        held = book(case, office.caseworker, now - timedelta(days=2), at=now - timedelta(days=9))
        outcomes_services.register(
            meeting_id=held.pk,
            outcome=Outcome.HELD,
            note="",
            is_six_weeks_guided=None,
            next_booking=None,
            by=office.caseworker,
            at=held.ends_at,
        )
        assert read(caseworker, case).fund_presence is None
