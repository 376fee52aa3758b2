"""What changes a booked meeting: all of it or nothing, and the same twice changes nothing twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from cases.models import Event, Reminder
from cases.rules.facts import ExemptionReason
from cases.rules.period import Period
from meetings.booking import services as booking_services
from meetings.changing import NeedsConfirmation, NotBookable, Occupied, OutcomeNotAllowed
from meetings.channel import fund_presence
from meetings.exemptions import services as exemptions_services
from meetings.models import CancelReason, Outcome, WorklistEntry
from meetings.outcomes import services as outcomes_services
from meetings.rules.exemption import NotExempt
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.lifecycle import MoveNotAllowed
from tests import factories
from tests.meetings.services.conftest import (
    HALF_AN_HOUR,
    WEDNESDAY_TEN,
    booking,
    cancel,
    choose,
    everything,
    kinds_of_events,
    move,
)


class TestMove:
    def test_the_old_one_is_kept_and_the_citizen_gets_a_correction(self, book, case, office, now):
        old = book()
        Reminder.objects.update(state="sent", closed_at=now)
        new = move(old, office.adviser, now, starts_at=WEDNESDAY_TEN + timedelta(days=1))
        old.refresh_from_db()
        assert (old.status, old.requirement) == ("moved", None)
        assert (new.series, new.version, new.moved_from) == (old.series, 2, old)
        assert new.requirement is not None
        assert kinds_of_events(case)[-1] == "meetings.moved"
        assert Reminder.objects.filter(subject=new.pk).get().kind == "meetings.correction"

    def test_it_does_not_stand_in_its_own_way(self, book, office, now):
        old = book()
        new = move(old, office.adviser, now, starts_at=WEDNESDAY_TEN + timedelta(minutes=15))
        assert new.status == "booked"

    def test_moving_twice_changes_nothing_twice(self, book, case, office, now):
        old = book()
        new = move(old, office.adviser, now, starts_at=WEDNESDAY_TEN + HALF_AN_HOUR)
        before = everything(case)
        assert move(old, office.adviser, now, starts_at=WEDNESDAY_TEN + HALF_AN_HOUR) == new
        assert everything(case) == before
        with pytest.raises(MoveNotAllowed):
            move(old, office.adviser, now, starts_at=WEDNESDAY_TEN + timedelta(hours=2))

    def test_a_move_that_is_refused_leaves_the_old_booking(self, book, case, office, now):
        old = book()
        before = everything(case)
        with pytest.raises(NeedsConfirmation):
            move(old, office.adviser, now, starts_at=datetime(2026, 5, 10, 9, 0, tzinfo=UTC))
        assert everything(case) == before

    def test_a_meeting_that_has_begun_is_not_moved(self, book, office):
        old = book()
        with pytest.raises(NotBookable, match="begyndt og kan ikke flyttes"):
            move(old, office.adviser, WEDNESDAY_TEN, starts_at=WEDNESDAY_TEN + timedelta(days=1))

    def test_the_choice_for_that_meeting_moves_with_it(self, book, case, office, now):
        old = book()
        choose(case, Channel.VIDEO, office.adviser, now, meeting=old)
        assert move(old, office.adviser, now, starts_at=WEDNESDAY_TEN + HALF_AN_HOUR).channel == "video"


class TestCancel:
    def test_the_requirement_is_open_again(self, book, case, office, now):
        meeting = book()
        requirement = meeting.requirement
        cancelled = cancel(meeting, office.adviser, now)
        assert (cancelled.status, cancelled.cancel_reason) == ("cancelled", "citizen")
        entry = WorklistEntry.objects.get(case=case, organisation=office.fund)
        assert (entry.meeting, entry.unbooked_due_on) == (None, requirement.due_on)
        assert Reminder.objects.get().state == "void"

    def test_cancelling_twice_changes_nothing_twice(self, book, case, office, now):
        meeting = book()
        cancel(meeting, office.adviser, now)
        before = everything(case)
        cancel(meeting, office.adviser, now)
        assert everything(case) == before
        with pytest.raises(MoveNotAllowed):
            cancel(meeting, office.adviser, now, reason=CancelReason.MISTAKE)

    def test_the_time_is_free_again(self, book, office, now):
        cancel(book(), office.adviser, now)
        assert book().status == "booked"


def register(meeting, by, at, outcome=Outcome.HELD, *, guided=True, following=None, note="Aftalt CV."):
    return outcomes_services.register(
        meeting_id=meeting.pk,
        outcome=outcome,
        note=note,
        is_six_weeks_guided=guided if outcome == Outcome.HELD else None,
        next_booking=following,
        by=by,
        at=at,
    )


AFTERWARDS = WEDNESDAY_TEN + HALF_AN_HOUR


class TestRegister:
    def test_held_fulfils_the_requirement_and_the_next_is_booked(self, book, case, office):
        meeting = book()
        following = booking(office.adviser, starts_at=WEDNESDAY_TEN + timedelta(days=21))
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
        sunday = booking(office.adviser, starts_at=datetime(2026, 5, 10, 9, 0, tzinfo=UTC))
        with pytest.raises(NeedsConfirmation):
            register(meeting, office.adviser, AFTERWARDS, following=sunday)
        assert everything(case) == before

    def test_registering_twice_changes_nothing_twice(self, book, case, office):
        meeting = book()
        following = booking(office.adviser, starts_at=WEDNESDAY_TEN + timedelta(days=21))
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
            case_id=case.pk, booking=booking(office.caseworker, starts_at=starts_at), by=office.caseworker, at=at
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


def correct(meeting, by, at, outcome, *, guided=None, note="Aftalt CV.", reason="Tastet forkert."):
    return outcomes_services.correct_outcome(
        meeting_id=meeting.pk, outcome=outcome, note=note, is_six_weeks_guided=guided, reason=reason, by=by, at=at
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
        assert "registreringen er rettet" in Event.objects.filter(case=case).latest("pk").text

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


class TestFundPresence:
    """Law example 16."""

    @pytest.fixture
    def first(self, book, office, handed_over):
        return book(of=handed_over, by=office.caseworker)

    def wish(self, meeting, wish, by, at):
        return fund_presence.wish_fund_present(meeting_id=meeting.pk, wish=wish, by=by, at=at)

    def test_at_the_first_meeting_in_the_jobcenter_it_may(self, first, office, now):
        assert first.fund_attends is None
        assert self.wish(first, True, office.caseworker, now).fund_attends is True
        assert kinds_of_events(first.case)[-1] == "meetings.fund_invited"
        before = everything(first.case)
        self.wish(first, True, office.caseworker, now)
        assert everything(first.case) == before
        assert self.wish(first, False, office.adviser, now).fund_attends is False

    def test_at_a_later_one_it_is_not_offered(self, first, book, office, now):
        second = book(of=first.case, by=office.caseworker, starts_at=WEDNESDAY_TEN + timedelta(days=7))
        with pytest.raises(NotBookable, match="kun deltage i den første samtale"):
            self.wish(second, True, office.caseworker, now)
        with pytest.raises(NotBookable, match="kun deltage i den første samtale"):
            book(
                of=first.case,
                by=office.caseworker,
                starts_at=WEDNESDAY_TEN + timedelta(days=14),
                fund_attends=True,
            )

    def test_it_is_asked_anew_when_the_meeting_moves(self, first, office, now):
        self.wish(first, True, office.caseworker, now)
        later = WEDNESDAY_TEN + HALF_AN_HOUR
        moved = move(first, office.caseworker, now, starts_at=later)
        assert moved.fund_attends is None
        again = move(moved, office.caseworker, now, starts_at=later + HALF_AN_HOUR, fund_attends=True)
        assert again.fund_attends is True

    def test_a_meeting_that_is_over_or_gone_is_not_asked_about(self, first, office, now):
        cancel(first, office.caseworker, now)
        with pytest.raises(NotBookable, match="Samtalen er aflyst"):
            self.wish(first, True, office.caseworker, now)

    def test_the_fund_holds_its_own_meetings(self, book, office, now):
        with pytest.raises(NotBookable, match="A-kassen holder selv"):
            self.wish(book(), True, office.adviser, now)

    def test_a_case_without_a_fund_has_none_to_invite(self, first, office, now):
        type(first.case).objects.filter(pk=first.case_id).update(fund=None)
        with pytest.raises(NotBookable, match="ingen a-kasse"):
            self.wish(first, True, office.caseworker, now)

    def test_the_citizen_may_decline_the_fund_in_a_joint_interview(self, office):
        at = datetime(2022, 6, 8, 8, 0, tzinfo=UTC)
        case = factories.case(office, registered_on=date(2022, 6, 1), at=at, by=office.caseworker)
        joint = booking(
            office.caseworker, kind=MeetingKind.JOINT_INTERVIEW, starts_at=at + timedelta(days=1), fund_attends=False
        )
        meeting = booking_services.book(case_id=case.pk, booking=joint, by=office.caseworker, at=at)
        assert meeting.fund_attends is False
        assert self.wish(meeting, True, office.caseworker, at).fund_attends is True


class TestExemptions:
    def exempt(self, case, by, at, **changes):
        facts = {
            "reason": ExemptionReason.ORDINARY_JOB,
            "span": Period(date(2026, 5, 4), date(2026, 6, 8)),
            "documented_on": date(2026, 5, 4),
            "starts_on": date(2026, 6, 8),
            "document": "Ansættelseskontrakt",
        }
        return exemptions_services.exempt(case_id=case.pk, by=by, at=at, **{**facts, **changes})

    def test_deadlines_in_it_are_postponed_and_back_again_when_it_ends(self, case, office, now):
        before = sorted(case.required_meetings.current().values_list("number", "due_on"))
        case_with_deadline = factories.case(office, registered_on=date(2026, 4, 27))
        first = case_with_deadline.required_meetings.current().order_by("due_on").first()
        exemption = self.exempt(case_with_deadline, office.adviser, now)
        postponed = case_with_deadline.required_meetings.current().get(
            kind=first.kind, responsible=first.responsible, number=first.number
        )
        assert postponed.due_on > first.due_on
        exemptions_services.end_exemption(
            exemption_id=exemption.pk, reason="Jobbet blev aflyst.", by=office.adviser, at=now
        )
        back = case_with_deadline.required_meetings.current().get(
            kind=first.kind, responsible=first.responsible, number=first.number
        )
        assert back.due_on == first.due_on
        assert "Jobbet blev aflyst" in Event.objects.filter(kind="meetings.exemption_removed").get().text
        assert sorted(case.required_meetings.current().values_list("number", "due_on")) == before

    def test_the_jobcenter_may_keep_the_duty(self, office, now):
        case = factories.case(office, registered_on=date(2026, 4, 27))
        due = sorted(case.required_meetings.current().values_list("number", "due_on"))
        exemption = self.exempt(case, office.caseworker, now)
        kept = exemptions_services.keep_duty(
            exemption_id=exemption.pk, reason="Usikkert job.", by=office.caseworker, at=now
        )
        assert kept.is_duty_kept
        assert sorted(case.required_meetings.current().values_list("number", "due_on")) == due
        before = everything(case)
        exemptions_services.keep_duty(exemption_id=exemption.pk, reason="Usikkert job.", by=office.caseworker, at=now)
        assert everything(case) == before

    def test_what_the_law_does_not_exempt_is_refused_whole(self, case, office, now):
        before = everything(case)
        with pytest.raises(NotExempt, match="mere end 6 uger"):
            self.exempt(case, office.adviser, now, starts_on=date(2026, 8, 1))
        assert everything(case) == before

    def test_two_in_the_same_days_are_refused(self, case, office, now):
        self.exempt(case, office.adviser, now)
        before = everything(case)
        with pytest.raises(ValidationError, match="allerede en fritagelse"):
            self.exempt(case, office.adviser, now, document="En anden kontrakt")
        assert everything(case) == before

    def test_a_concrete_assessment_needs_a_share_in_the_law(self, case, office, now):
        with pytest.raises(NotExempt, match="loven giver ingen andel"):
            self.exempt(case, office.caseworker, now, reason=ExemptionReason.CONCRETE_ASSESSMENT, starts_on=None)
