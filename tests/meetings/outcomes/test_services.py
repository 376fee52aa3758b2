"""What registers and corrects an outcome: all of it or nothing, and the same twice changes nothing twice."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cases.changing import AlreadyClosed
from cases.closing import services as closing_services
from cases.models import Event
from cases.models.cases import CloseReason
from cases.rules.refusal import NeedsConfirmation
from meetings.booking import services as booking_services
from meetings.changing import HeldChannelNeedsReason, Occupied, OutcomeNotAllowed
from meetings.models import Outcome
from meetings.outcomes import services as outcomes_services
from meetings.rules.kinds import Channel
from meetings.rules.lifecycle import MoveNotAllowed
from tests import factories
from tests.meetings.steps import HALF_AN_HOUR, WEDNESDAY_TEN, choose, everything, kinds_of_events

AFTERWARDS = WEDNESDAY_TEN + HALF_AN_HOUR


def register(meeting, by, at, outcome=Outcome.HELD, *, guided=True, following=None, note="Aftalt CV.", **held):
    return outcomes_services.register(
        meeting_id=meeting.pk,
        outcome=outcome,
        note=note,
        is_six_weeks_guided=guided if outcome == Outcome.HELD else None,
        next_booking=following,
        by=by,
        at=at,
        **held,
    )


class TestRegister:
    def test_held_fulfils_the_requirement_and_the_next_is_booked(self, book, case, office):
        meeting = book()
        following = factories.booking(office.adviser, WEDNESDAY_TEN + timedelta(days=21))
        held, after = register(meeting, office.adviser, AFTERWARDS, following=following)
        held.requirement.refresh_from_db()
        assert (held.status, held.requirement.state, held.is_six_weeks_guided) == ("held", "fulfilled", True)
        assert after.requirement is not None
        assert after.requirement != held.requirement
        assert kinds_of_events(case)[-2:] == ["meetings.held", "meetings.booked"]

    def test_an_outcome_may_be_registered_from_the_minute_in_which_the_meeting_begins(self, book, case, office):
        meeting = book()
        before = everything(case)
        with pytest.raises(OutcomeNotAllowed, match="ikke begyndt endnu"):
            register(meeting, office.adviser, WEDNESDAY_TEN - timedelta(minutes=1))
        assert everything(case) == before

        held, _ = register(meeting, office.adviser, WEDNESDAY_TEN)
        assert held.status == "held"

    def test_both_are_saved_or_none(self, book, case, office):
        meeting = book()
        before = everything(case)
        sunday = factories.booking(office.adviser, datetime(2026, 5, 10, 9, 0, tzinfo=UTC), is_confirmed=False)
        with pytest.raises(NeedsConfirmation):
            register(meeting, office.adviser, AFTERWARDS, following=sunday)
        assert everything(case) == before

    def test_registering_twice_changes_nothing_twice(self, book, case, office):
        meeting = book()
        following = factories.booking(office.adviser, WEDNESDAY_TEN + timedelta(days=21))
        register(meeting, office.adviser, AFTERWARDS, following=following)
        before = everything(case)
        register(meeting, office.adviser, AFTERWARDS, following=following)
        assert everything(case) == before
        with pytest.raises(MoveNotAllowed):
            register(meeting, office.adviser, AFTERWARDS, Outcome.ABSENT)

    @pytest.mark.parametrize("outcome", [one for one in Outcome if one != Outcome.HELD])
    def test_each_other_outcome_leaves_the_requirement_open(self, book, case, office, outcome):
        meeting = book()
        missed, _ = register(meeting, office.adviser, AFTERWARDS, outcome)
        missed.refresh_from_db()
        assert (missed.status, missed.outcome, missed.requirement) == ("missed", outcome, None)
        assert kinds_of_events(case)[-1] == "meetings.missed"
        assert not case.required_meetings.current().filter(state="fulfilled").exists()

    def test_a_future_meeting_has_no_outcome(self, book, case, office, now):
        meeting = book()
        before = everything(case)
        with pytest.raises(OutcomeNotAllowed, match="ikke begyndt endnu"):
            register(meeting, office.adviser, now)
        assert everything(case) == before

    def test_held_after_the_deadline_is_late(self, office, now, book):
        case = factories.case(office, registered_on=date(2026, 4, 20), placed_on=date(2026, 4, 20))
        meeting = book(of=case, starts_at=datetime(2026, 5, 12, 8, 0, tzinfo=UTC))
        assert meeting.is_late
        held, _ = register(meeting, office.adviser, datetime(2026, 5, 12, 9, 0, tzinfo=UTC))
        held.refresh_from_db()
        assert held.is_late

    @pytest.mark.parametrize(("day", "may"), [(date(2023, 3, 21), True), (date(2023, 3, 22), False)])
    def test_the_jobcenter_guided_until_22_march_2023(self, office, day, may):
        """Law example 15."""
        at = datetime(2023, 3, 1, 9, tzinfo=UTC)
        case = factories.case(office, registered_on=date(2023, 1, 2), at=at, by=office.caseworker)
        starts_at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        meeting = booking_services.book(
            case_id=case.pk, booking=factories.booking(office.caseworker, starts_at), by=office.caseworker, at=at
        )
        afterwards = starts_at + HALF_AN_HOUR
        if may:
            held, _ = register(meeting, office.caseworker, afterwards)
            assert held.is_six_weeks_guided is True
        else:
            with pytest.raises(OutcomeNotAllowed, match="ikke pligt til at vejlede"):
                register(meeting, office.caseworker, afterwards)
            held, _ = register(meeting, office.caseworker, afterwards, guided=None)
            assert held.is_six_weeks_guided is None


def correct(meeting, by, at, outcome, *, guided=None, note="Aftalt CV.", reason="Tastet forkert.", **held):
    return outcomes_services.correct_outcome(
        meeting_id=meeting.pk,
        outcome=outcome,
        note=note,
        is_six_weeks_guided=guided,
        reason=reason,
        by=by,
        at=at,
        **held,
    )


class TestCorrect:
    def test_the_history_keeps_both(self, book, case, office):
        meeting = book()
        register(meeting, office.adviser, AFTERWARDS)
        corrected = correct(meeting, office.adviser, AFTERWARDS, Outcome.ABSENT)
        corrected.refresh_from_db()
        assert (corrected.status, corrected.held_at, corrected.requirement) == ("missed", None, None)
        event = Event.objects.filter(case=case).latest("pk")
        assert event.kind == "meetings.outcome_corrected"
        assert "»Samtalen blev holdt« er rettet til »Borgeren udeblev uden grund«" in event.text
        assert event.data["note_before"] == "Aftalt CV."

    def test_the_note_alone(self, book, case, office):
        meeting = book()
        register(meeting, office.adviser, AFTERWARDS)
        correct(meeting, office.adviser, AFTERWARDS, Outcome.HELD, guided=True, note="Aftalt CV og job.")
        assert "notatet er rettet" in Event.objects.filter(case=case).latest("pk").text

    def test_the_same_again_changes_nothing(self, book, case, office):
        meeting = book()
        register(meeting, office.adviser, AFTERWARDS)
        before = everything(case)
        correct(meeting, office.adviser, AFTERWARDS, Outcome.HELD, guided=True)
        assert everything(case) == before

    def test_a_time_that_went_to_another_is_not_taken_back(self, book, office, case):
        meeting = book()
        register(meeting, office.adviser, WEDNESDAY_TEN + timedelta(minutes=5), Outcome.ABSENT)
        other = factories.case(office)
        book(of=other, starts_at=WEDNESDAY_TEN + timedelta(minutes=15), at=WEDNESDAY_TEN + timedelta(minutes=6))
        before = everything(case)
        with pytest.raises(Occupied):
            correct(meeting, office.adviser, AFTERWARDS, Outcome.HELD, guided=True)
        assert everything(case) == before

    def test_without_an_outcome_there_is_nothing_to_correct(self, book, office):
        with pytest.raises(MoveNotAllowed):
            correct(book(), office.adviser, AFTERWARDS, Outcome.HELD, guided=True)


def close(case, by, at, closed_on):
    case.refresh_from_db()
    closing_services.close_case(
        case_id=case.pk, version=case.version, reason=CloseReason.MISTAKE, closed_on=closed_on, by=by, at=at
    )


class TestChannelHeld:
    """The channel in which a meeting was held stands beside the one that was booked."""

    def test_both_are_told(self, book, case, office):
        meeting = book()

        held, _ = register(meeting, office.adviser, AFTERWARDS, held_channel=Channel.TELEPHONE)

        assert (held.channel, held.channel_held) == ("attendance", "telephone")
        event = Event.objects.filter(case=case).latest("pk")
        assert event.text.endswith("Samtalen blev holdt. Holdt som telefon, booket som personligt fremmøde.")
        assert event.data["before"] == {f"held_channel/{meeting.pk}": ""}

    def test_as_booked_is_said_once(self, book, office):
        held, _ = register(book(), office.adviser, AFTERWARDS, held_channel=Channel.ATTENDANCE)

        assert (held.held_channel, held.channel_in_words) == ("", "personligt fremmøde")

    def test_against_the_choice_of_the_citizen_it_needs_a_reason(self, book, case, office, now):
        choose(case, Channel.TELEPHONE, office.adviser, now)
        meeting = book()
        before = everything(case)

        with pytest.raises(HeldChannelNeedsReason, match="borgeren havde valgt telefon"):
            register(meeting, office.adviser, AFTERWARDS, held_channel=Channel.VIDEO)
        assert everything(case) == before

        reason = "Borgeren ville hellere."
        held, _ = register(meeting, office.adviser, AFTERWARDS, held_channel=Channel.VIDEO, held_channel_reason=reason)
        assert held.held_channel_reason == reason
        assert Event.objects.latest("pk").text.endswith(f"Begrundelse for samtaleformen: {reason}")

    def test_a_meeting_that_was_not_held_has_none(self, book, office):
        missed, _ = register(book(), office.adviser, AFTERWARDS, Outcome.ABSENT, held_channel=Channel.TELEPHONE)

        assert missed.held_channel == ""

    def test_it_is_corrected_with_what_stood_before(self, book, case, office):
        meeting = book()
        register(meeting, office.adviser, AFTERWARDS, held_channel=Channel.TELEPHONE)

        correct(meeting, office.adviser, AFTERWARDS, Outcome.HELD, guided=True, held_channel=Channel.VIDEO)

        event = Event.objects.filter(case=case).latest("pk")
        assert "samtaleformen er rettet fra telefon til video" in event.text
        assert event.data["before"][f"held_channel/{meeting.pk}"] == "telephone"
        assert event.data["before"][f"outcome/{meeting.pk}"] == "held"


class TestClosedCase:
    """What happened before a case was closed can still be registered and put right."""

    def test_an_outcome_is_corrected_and_the_requirement_follows(self, book, case, office):
        meeting = book()
        register(meeting, office.adviser, AFTERWARDS, Outcome.ABSENT)
        close(case, office.adviser, AFTERWARDS, AFTERWARDS.date())

        corrected = correct(meeting, office.adviser, AFTERWARDS, Outcome.HELD, guided=True)

        corrected.refresh_from_db()
        assert (corrected.status, corrected.requirement.state) == ("held", "fulfilled")

    def test_a_meeting_without_an_outcome_gets_one_and_nothing_is_booked(self, book, case, office):
        meeting = book()
        close(case, office.adviser, AFTERWARDS, AFTERWARDS.date())
        following = factories.booking(office.adviser, WEDNESDAY_TEN + timedelta(days=21))

        with pytest.raises(AlreadyClosed):
            register(meeting, office.adviser, AFTERWARDS, following=following)
        held, _ = register(meeting, office.adviser, AFTERWARDS)

        assert held.status == "held"
