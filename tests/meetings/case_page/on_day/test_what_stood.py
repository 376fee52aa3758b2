"""The page of a case as it stood on a day: what came later is not there, and what was overwritten is given back."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from cases.closing import services as closing_services
from cases.models import Case, Event
from cases.models.cases import CloseReason
from cases.parties import services as parties_services
from cases.pauses import services as pauses_services
from cases.rules.facts import ExemptionReason
from cases.rules.period import Period
from meetings.booking import services as booking_services
from meetings.channel import fund_presence
from meetings.channel import services as channel_services
from meetings.exemptions import services as exemptions_services
from meetings.models import Outcome
from meetings.outcomes import services as outcomes_services
from meetings.rules.kinds import Channel
from meetings.rules.lifecycle import MeetingStatus
from tests import factories, world
from tests.factories import book
from tests.meetings.case_page.on_day.steps import OPENED, ask, correct, fact, on, pause
from tests.meetings.case_page.steps import register
from tests.meetings.steps import move


class TestWhatCameLater:
    def test_rows_written_later_are_not_shown_earlier(self, adviser, case, office, now):
        pause(case, office, at=now, span=Period(date(2026, 4, 14), date(2026, 4, 16)))
        meeting = book(case, office.adviser, now + timedelta(days=1), at=now)
        exemptions_services.exempt(
            case_id=case.pk,
            reason=ExemptionReason.PARENTAL_LEAVE,
            span=Period(date(2026, 4, 14), date(2026, 7, 1)),
            documented_on=date(2026, 4, 14),
            starts_on=date(2026, 4, 14),
            document="Barselsblanket",
            by=office.adviser,
            at=now,
        )

        earlier, today = on(adviser, case, "2026-04-15"), on(adviser, case, now.date())

        assert (earlier.rests, earlier.meetings, earlier.resting) == ([], [], None)
        assert len(today.rests) == 2
        assert [one.row for one in today.meetings] == [meeting]
        assert today.is_today
        assert {event.kind for event in earlier.history.rows} == {"cases.opened", "meetings.planned"}

    def test_what_was_said_of_the_fund_stands_on_each_day_as_it_was(self, adviser, office):
        case = factories.case(office, registered_on=date(2026, 1, 26), at=OPENED)
        for day, wish in ((15, True), (20, False)):
            at = datetime(2026, 4, day, 9, 0, tzinfo=UTC)
            fund_presence.wish_fund_at_first(case_id=case.pk, wish=wish, by=office.adviser, at=at)
        label = "Første samtale i jobcentret"
        assert label not in ask(adviser, case, "2026-04-14").content.decode()
        for day, said in ((16, "borgeren ønsker a-kassen med"), (20, "borgeren ønsker ikke a-kassen med")):
            assert fact(on(adviser, case, f"2026-04-{day}"), label) == said

    def test_a_case_that_was_imported_later_has_no_earlier_day(self, adviser, office, now):
        case = factories.case(office, registered_on=date(2024, 1, 15), at=now)

        response = ask(adviser, case, "2024-03-15")

        assert response.status_code == 422
        assert "Sagen blev oprettet den 4. maj 2026. Vælg den dag eller en senere." in response.content.decode()

    def test_a_case_that_was_opened_again_was_closed_in_between(self, adviser, case, office, now):
        closing_services.close_case(
            case_id=case.pk,
            version=Case.objects.get(pk=case.pk).version,
            reason=CloseReason.WORK,
            closed_on=date(2026, 4, 17),
            by=office.adviser,
            at=datetime(2026, 4, 17, 9, 0, tzinfo=UTC),
        )
        version = Case.objects.get(pk=case.pk).version
        closing_services.reopen_case(case_id=case.pk, version=version, reason="En fejl.", by=office.adviser, at=now)

        facts = [fact(on(adviser, case, day), "Sagen") for day in ("2026-04-16", "2026-04-20", now.date())]

        assert facts == ["åben", "afsluttet den 17. april 2026", "åben"]

    def test_a_pause_that_was_changed_and_removed_is_given_back(self, adviser, case, office, now):
        made = pause(case, office, at=datetime(2026, 4, 14, 9, 0, tzinfo=UTC))
        longer = Period(date(2026, 4, 20), date(2026, 5, 4))
        pauses_services.change_pause(
            pause_id=made.pk,
            kind="holiday",
            span=longer,
            source="lægen",
            by=office.adviser,
            at=datetime(2026, 4, 15, 9, 0, tzinfo=UTC),
        )
        pauses_services.remove_pause(
            pause_id=made.pk, reason="Fejl", by=office.adviser, at=datetime(2026, 4, 22, 9, 0, tzinfo=UTC)
        )

        assert on(adviser, case, "2026-04-13").rests == []
        assert on(adviser, case, "2026-04-14").rests == ["Pause, ferie: 20-04-2026 til og med 26-04-2026"]
        assert on(adviser, case, "2026-04-21").rests == ["Pause, ferie: 20-04-2026 til og med 03-05-2026"]
        assert on(adviser, case, "2026-04-21").resting is not None
        assert {one.state for one in on(adviser, case, "2026-04-21").requirements} == {"På pause"}
        assert on(adviser, case, "2026-04-22").rests == []
        moved = on(adviser, case, "2026-04-21").requirements[-1].now
        assert any("Pause fjernet" in text for text in moved.because)

    def test_an_exemption_that_was_removed_is_given_back(self, adviser, case, office, now):
        exemption = exemptions_services.exempt(
            case_id=case.pk,
            reason=ExemptionReason.PARENTAL_LEAVE,
            span=Period(date(2026, 4, 14), date(2026, 7, 1)),
            documented_on=date(2026, 4, 14),
            starts_on=date(2026, 4, 14),
            document="Barselsblanket",
            by=office.adviser,
            at=datetime(2026, 4, 14, 9, 0, tzinfo=UTC),
        )
        exemptions_services.keep_duty(
            exemption_id=exemption.pk,
            reason="Borgeren kan møde",
            by=office.caseworker,
            at=datetime(2026, 4, 16, 9, 0, tzinfo=UTC),
        )
        exemptions_services.end_exemption(
            exemption_id=exemption.pk, reason="Fejl", by=office.adviser, at=datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
        )

        assert on(adviser, case, "2026-04-15").rests == ["Fritaget, barsel: 14-04-2026 til og med 30-06-2026"]
        kept = "Fritaget, barsel, mødepligten fastholdt: 14-04-2026 til og med 30-06-2026"
        assert on(adviser, case, "2026-04-16").rests == [kept]
        assert on(adviser, case, "2026-04-20").rests == []

    def test_the_facts_of_the_course_are_those_of_the_day(self, adviser, case, office, now):
        correct(case, office, at=datetime(2026, 4, 15, 9, 0, tzinfo=UTC), placed_on=date(2026, 4, 20), target_group=2)
        correct(case, office, at=datetime(2026, 4, 22, 9, 0, tzinfo=UTC), placed_on=date(2026, 4, 14))

        days = {day: on(adviser, case, f"2026-04-{day}") for day in (14, 15, 22)}

        assert [fact(page, "Indplaceret") for page in days.values()] == [
            "13. april 2026",
            "20. april 2026",
            "14. april 2026",
        ]
        assert fact(days[14], "Målgruppe").startswith("1 ")
        assert fact(days[15], "Målgruppe").startswith("2 ")
        assert [page.holder for page in days.values()] == ["Fagkassen", "Jobcenter Solby", "Jobcenter Solby"]
        assert any("Rettet: " in text for text in days[14].requirements[0].now.because)

    def test_hours_decide_who_holds_the_course_only_from_when_they_are_known(self, adviser, office, now):
        case = factories.case(office, registered_on=date(2026, 1, 5), at=datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
        pauses_services.record_hours(
            case_id=case.pk,
            month=date(2026, 1, 1),
            hours=Decimal("160.33"),
            by=office.adviser,
            at=datetime(2026, 4, 20, 9, 0, tzinfo=UTC),
        )

        assert on(adviser, case, "2026-04-19").holder == "Jobcenter Solby"
        assert on(adviser, case, "2026-04-20").holder == "Fagkassen"

    def test_a_handover_counts_from_when_it_was_registered(self, adviser, case, office, now):
        world.hand_over(
            case, office, at=datetime(2026, 4, 20, 9, 0, tzinfo=UTC), on=date(2026, 4, 14), is_received=False
        )

        assert on(adviser, case, "2026-04-19").holder == "Fagkassen"
        assert on(adviser, case, "2026-04-20").holder == "Jobcenter Solby"

    def test_a_closed_case_was_open_until_it_was_closed(self, adviser, case, office, now):
        closing_services.close_case(
            case_id=case.pk,
            version=Case.objects.get(pk=case.pk).version,
            reason=CloseReason.WORK,
            closed_on=date(2026, 4, 28),
            by=office.adviser,
            at=datetime(2026, 4, 30, 9, 0, tzinfo=UTC),
        )

        assert fact(on(adviser, case, "2026-04-29"), "Sagen") == "åben"
        assert on(adviser, case, "2026-04-29").requirements[0].state == "Overskredet"
        assert fact(on(adviser, case, "2026-04-30"), "Sagen") == "afsluttet den 28. april 2026"
        assert on(adviser, case, "2026-04-30").requirements[0].state == "Ikke holdt"

    def test_what_was_overwritten_before_events_kept_it_is_said_to_be_lost(self, adviser, case, office, now):
        at = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
        Event.objects.create(case=case, kind="cases.corrected", by=office.adviser, at=at, text="Rettet: tilmeldt.")

        earlier, later = ask(adviser, case, "2026-04-19"), ask(adviser, case, "2026-04-20")

        assert "Noget fra den dag kan ikke vises" in earlier.content.decode()
        assert "20-04-2026: Rettet: tilmeldt." in earlier.content.decode()
        assert not later.context["page"].lost

    def test_facts_that_cannot_be_true_together_give_no_answer(self, adviser, case, office, now):
        at = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
        Event.objects.create(
            case=case, kind="cases.corrected", at=at, text="", data={"before": {"placed_on": "2026-04-01"}}
        )

        page = on(adviser, case, "2026-04-19")

        assert (page.holder, page.resting) == ("", None)
        assert page.requirements


class TestMeetings:
    def states(self, client, case, *days):
        return [on(client, case, f"2026-04-{day}").requirements[0].state for day in days]

    def test_a_meeting_is_booked_held_and_corrected_day_by_day(self, adviser, case, office, now):
        meeting = book(
            case, office.adviser, datetime(2026, 4, 17, 9, 0, tzinfo=UTC), at=datetime(2026, 4, 15, 9, 0, tzinfo=UTC)
        )
        outcomes_services.register(
            meeting_id=meeting.pk,
            outcome=Outcome.ABSENT,
            note="",
            is_six_weeks_guided=None,
            next_booking=None,
            by=office.adviser,
            at=datetime(2026, 4, 20, 9, 0, tzinfo=UTC),
        )
        for day, outcome in ((22, Outcome.HELD), (24, Outcome.ABSENT_ILL)):
            outcomes_services.correct_outcome(
                meeting_id=meeting.pk,
                outcome=outcome,
                note="",
                is_six_weeks_guided=True if outcome == Outcome.HELD else None,
                reason="Forkert",
                by=office.adviser,
                at=datetime(2026, 4, day, 9, 0, tzinfo=UTC),
            )

        found = self.states(adviser, case, 14, 15, 17, 20, 22, 24, 28)

        missed = "Skal bookes"
        assert found == ["Skal bookes", "Booket", "Mangler udfald", missed, "Holdt", missed, "Overskredet"]
        assert not on(adviser, case, "2026-04-14").meetings
        assert [on(adviser, case, f"2026-04-{day}").meetings[0].label for day in (20, 22, 24)] == [
            "Ikke holdt",
            "Holdt",
            "Ikke holdt",
        ]

    def test_a_moved_meeting_stands_where_it_stood(self, adviser, case, office, now):
        old = book(
            case, office.adviser, datetime(2026, 4, 20, 9, 0, tzinfo=UTC), at=datetime(2026, 4, 14, 9, 0, tzinfo=UTC)
        )
        new = move(
            old,
            office.adviser,
            datetime(2026, 4, 16, 9, 0, tzinfo=UTC),
            starts_at=datetime(2026, 4, 29, 9, 0, tzinfo=UTC),
            is_confirmed=True,
        )

        def shown(day):
            return [(one.row, one.status) for one in on(adviser, case, day).meetings]

        assert shown("2026-04-15") == [(old, MeetingStatus.BOOKED)]
        assert shown("2026-04-16") == [(new, MeetingStatus.BOOKED), (old, MeetingStatus.MOVED)]
        assert self.states(adviser, case, 15, 16) == ["Booket", "Booket efter fristen"]

    def test_a_cancelled_meeting_was_booked_until_then(self, adviser, case, office, now):
        meeting = book(
            case, office.adviser, datetime(2026, 4, 20, 9, 0, tzinfo=UTC), at=datetime(2026, 4, 14, 9, 0, tzinfo=UTC)
        )
        booking_services.cancel(
            meeting_id=meeting.pk,
            reason="citizen",
            note="",
            by=office.adviser,
            at=datetime(2026, 4, 16, 9, 0, tzinfo=UTC),
        )

        assert self.states(adviser, case, 15, 16) == ["Booket", "Skal bookes"]

    def test_a_meeting_held_late_fulfilled_the_demand_late(self, adviser, case, office, now):
        meeting = book(
            case, office.adviser, datetime(2026, 4, 30, 9, 0, tzinfo=UTC), at=datetime(2026, 4, 28, 9, 0, tzinfo=UTC)
        )
        register(meeting, office.adviser)

        assert self.states(adviser, case, 29, 30) == ["Booket efter fristen", "Holdt for sent"]

    def test_the_channel_is_the_one_of_the_day(self, adviser, case, office, now):
        meeting = book(
            case, office.adviser, datetime(2026, 5, 6, 9, 0, tzinfo=UTC), at=datetime(2026, 4, 14, 9, 0, tzinfo=UTC)
        )
        before = meeting.get_channel_display()
        wish = Channel.VIDEO if meeting.channel != Channel.VIDEO else Channel.TELEPHONE
        channel_services.choose_channel(
            case_id=case.pk,
            channel=wish,
            chosen_on=date(2026, 4, 16),
            meeting_id=None,
            by=office.adviser,
            at=datetime(2026, 4, 16, 9, 0, tzinfo=UTC),
        )
        meeting.refresh_from_db()

        assert on(adviser, case, "2026-04-15").meetings[0].channel == before
        assert on(adviser, case, "2026-04-16").meetings[0].channel == meeting.get_channel_display()

    def test_historic_demands_stay_historic(self, adviser, office, now):
        case = factories.case(office, registered_on=date(2023, 11, 1), at=datetime(2023, 11, 1, 9, 0, tzinfo=UTC))

        assert "Historisk" in [one.state for one in on(adviser, case, "2023-11-02").requirements]


class TestItsParties:
    def test_a_past_day_has_the_party_of_that_day(self, log_in, case, office, now):
        parties_services.change_parties(
            case_id=case.pk,
            version=Case.objects.get(pk=case.pk).version,
            fund_id=office.other_fund.pk,
            municipality_id=office.other_municipality.pk,
            on=now.date(),
            reason="Flyttet.",
            by=office.adviser,
            at=now,
        )
        client = log_in(office.other_adviser)
        earlier, today = on(client, case, "2026-04-15"), on(client, case, now.date())

        assert (earlier.holder, fact(earlier, "A-kasse"), fact(earlier, "Kommune")) == (
            office.fund.name,
            office.fund.name,
            office.municipality.name,
        )
        assert (today.holder, fact(today, "A-kasse"), fact(today, "Kommune")) == (
            office.other_fund.name,
            office.other_fund.name,
            office.other_municipality.name,
        )
        assert now.date() in earlier.days
        assert earlier.lost == []

    def test_what_kept_no_party_is_read_as_today_and_said_to_be_lost(self, adviser, case, now):
        Event.objects.create(case=case, kind="cases.party_changed", at=now, text="Skiftet.", data={"left": []})
        earlier = on(adviser, case, "2026-04-15")
        assert fact(earlier, "Kommune") == case.municipality.name
        assert [event.text for event in earlier.lost] == ["Skiftet."]
