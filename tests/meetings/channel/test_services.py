"""What decides how a meeting is held: the citizen's choice, the authority's reasons, and the a-kasse's presence."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cases.models import Reminder
from meetings.booking import services as booking_services
from meetings.changing import ChannelNotAllowed, NeedsReason, NotBookable
from meetings.channel import fund_presence
from meetings.rules.kinds import Channel, MeetingKind
from tests import factories
from tests.meetings.steps import HALF_AN_HOUR, WEDNESDAY_TEN, cancel, choose, everything, kinds_of_events, move


class TestChannel:
    def test_a_booking_follows_the_citizens_choice(self, book, case, office, now):
        choose(case, Channel.VIDEO, office.adviser, now)
        meeting = book()
        assert (meeting.channel, meeting.channel_chosen_by) == ("video", "citizen")

    def test_attendance_against_the_choice_needs_a_reason(self, book, case, office, now):
        choose(case, Channel.TELEPHONE, office.adviser, now)
        before = everything(case)
        with pytest.raises(NeedsReason, match="hvorfor fremmøde er nødvendigt"):
            book(channel=Channel.ATTENDANCE)
        assert everything(case) == before
        meeting = book(channel=Channel.ATTENDANCE, channel_reason="Papirer skal ses.")
        assert (meeting.channel, meeting.channel_chosen_by) == ("attendance", "authority")
        assert kinds_of_events(case)[-1] == "meetings.attendance_demanded"

    def test_another_channel_than_the_chosen_is_refused(self, book, case, office, now):
        choose(case, Channel.TELEPHONE, office.adviser, now)
        with pytest.raises(ChannelNotAllowed, match="Borgeren vælger samtaleform"):
            book(channel=Channel.VIDEO)

    def test_booked_meetings_follow_a_new_choice_for_all(self, book, case, office, now):
        meeting = book()
        choose(case, Channel.VIDEO, office.caseworker, now)
        meeting.refresh_from_db()
        assert (meeting.channel, meeting.channel_chosen_by, meeting.version) == ("video", "citizen", 2)
        assert meeting.video_link.startswith("https://moede.example.dk/")
        states = dict(Reminder.objects.values_list("version", "state"))
        assert states == {1: "void", 2: "owed"}

    def test_the_choice_for_one_meeting_leaves_the_others(self, book, case, office, now):
        one, other = book(), book(starts_at=WEDNESDAY_TEN + timedelta(days=1))
        choose(case, Channel.VIDEO, office.adviser, now, meeting=one)
        one.refresh_from_db()
        other.refresh_from_db()
        assert (one.channel, other.channel) == ("video", "attendance")
        assert book(starts_at=WEDNESDAY_TEN + timedelta(days=2)).channel == "attendance"

    def test_choosing_what_it_is_already_makes_it_the_citizens(self, book, case, office, now):
        meeting = book()
        choose(case, Channel.ATTENDANCE, office.adviser, now)
        meeting.refresh_from_db()
        assert (meeting.channel_chosen_by, meeting.version) == ("citizen", 1)

    def test_a_choice_does_not_undo_a_demand_with_reasons(self, book, case, office, now):
        choose(case, Channel.TELEPHONE, office.adviser, now)
        meeting = book(channel=Channel.ATTENDANCE, channel_reason="Papirer skal ses.")
        choose(case, Channel.VIDEO, office.adviser, now)
        meeting.refresh_from_db()
        assert meeting.channel == "attendance"

    def test_the_same_choice_again_changes_nothing(self, case, office, now):
        first = choose(case, Channel.VIDEO, office.adviser, now)
        before = everything(case)
        assert choose(case, Channel.VIDEO, office.adviser, now) == first
        assert everything(case) == before

    @pytest.mark.parametrize("chosen_on", [date(2026, 5, 5), date(2026, 4, 12)])
    def test_a_choice_lies_between_registration_and_today(self, case, office, now, chosen_on):
        with pytest.raises(ChannelNotAllowed, match="mellem tilmeldingen"):
            choose(case, Channel.VIDEO, office.adviser, now, chosen_on=chosen_on)

    def test_a_choice_for_a_meeting_that_is_gone_is_refused(self, book, case, office, now):
        meeting = book()
        cancel(meeting, office.adviser, now)
        with pytest.raises(ChannelNotAllowed, match="ikke længere booket"):
            choose(case, Channel.VIDEO, office.adviser, now, meeting=meeting)

    def test_video_is_refused_before_the_right_began(self, office):
        """Law example 6: start 2023-02-01, meeting 2023-03-21."""
        at = datetime(2023, 3, 1, 9, tzinfo=UTC)
        case = factories.case(office, registered_on=date(2023, 2, 1), at=at, by=office.caseworker)
        with pytest.raises(ChannelNotAllowed, match=r"Video kan ikke bruges .* personligt fremmøde"):
            choose(case, Channel.VIDEO, office.caseworker, at)
        with pytest.raises(ChannelNotAllowed, match="Video kan ikke bruges"):
            booking_services.book(
                case_id=case.pk,
                booking=factories.booking(
                    office.caseworker, datetime(2023, 3, 21, 9, tzinfo=UTC), channel=Channel.VIDEO
                ),
                by=office.caseworker,
                at=at,
            )

    def test_after_six_months_the_authority_decides_and_the_wish_is_no_order(self, office, now):
        case = factories.case(office, registered_on=date(2025, 9, 1))
        first = booking_services.book(
            case_id=case.pk, booking=factories.booking(office.caseworker, WEDNESDAY_TEN), by=office.caseworker, at=now
        )
        assert first.channel_chosen_by == "default"
        choose(case, Channel.VIDEO, office.caseworker, now)
        first.refresh_from_db()
        assert first.channel == "attendance"
        other = factories.booking(
            office.caseworker, WEDNESDAY_TEN + HALF_AN_HOUR, is_confirmed=True, channel=Channel.TELEPHONE
        )
        meeting = booking_services.book(case_id=case.pk, booking=other, by=office.caseworker, at=now)
        assert (meeting.channel, meeting.channel_chosen_by) == ("telephone", "authority")


class TestFundPresence:
    """Law example 16."""

    @pytest.fixture
    def first(self, book, office, at_jobcenter):
        return book(of=at_jobcenter, by=office.caseworker)

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

    def say(self, case, wish, by, at):
        fund_presence.wish_fund_at_first(case_id=case.pk, wish=wish, by=by, at=at)

    def test_it_is_said_before_the_meeting_is_booked_and_the_booking_takes_it(self, book, at_jobcenter, office, now):
        self.say(at_jobcenter, True, office.adviser, now)
        assert kinds_of_events(at_jobcenter)[-1] == "meetings.fund_invited"
        before = everything(at_jobcenter)
        self.say(at_jobcenter, True, office.caseworker, now)
        assert everything(at_jobcenter) == before

        first = book(of=at_jobcenter, by=office.caseworker)

        assert first.fund_attends is True
        second = book(of=at_jobcenter, by=office.caseworker, starts_at=WEDNESDAY_TEN + timedelta(days=7))
        assert second.fund_attends is None

    def test_the_latest_word_counts_when_the_first_meeting_is_booked_again(self, book, at_jobcenter, office, now):
        self.say(at_jobcenter, True, office.adviser, now)
        first = book(of=at_jobcenter, by=office.caseworker)
        # Said after the booking, it is about the booked meeting.
        self.say(at_jobcenter, False, office.adviser, now)
        first.refresh_from_db()
        assert first.fund_attends is False
        cancel(first, office.caseworker, now)
        again = book(of=at_jobcenter, by=office.caseworker, starts_at=WEDNESDAY_TEN + HALF_AN_HOUR)
        assert again.fund_attends is False

    def test_a_wish_for_an_a_kasse_that_the_case_has_no_more_stops_no_booking(self, book, at_jobcenter, office, now):
        self.say(at_jobcenter, True, office.adviser, now)
        type(at_jobcenter).objects.filter(pk=at_jobcenter.pk).update(fund=None)
        at_jobcenter.refresh_from_db()
        assert book(of=at_jobcenter, by=office.caseworker).fund_attends is None

    def test_it_is_not_said_of_a_meeting_that_was_held(self, first, office, now):
        first.outcome, first.held_at, first.status = "held", first.ends_at, "held"
        first.save()
        with pytest.raises(NotBookable, match="er holdt"):
            self.say(first.case, True, office.adviser, first.ends_at)

    def test_it_is_not_said_before_the_law_gives_it(self, office):
        at = datetime(2022, 6, 8, 8, 0, tzinfo=UTC)
        case = factories.case(office, registered_on=date(2022, 6, 1), at=at, by=office.caseworker)
        with pytest.raises(NotBookable, match="giver ikke a-kassen adgang"):
            self.say(case, True, office.adviser, at)

    def test_a_case_without_a_fund_has_nobody_to_wish_for(self, at_jobcenter, office, now):
        type(at_jobcenter).objects.filter(pk=at_jobcenter.pk).update(fund=None)
        with pytest.raises(NotBookable, match="ingen a-kasse"):
            self.say(at_jobcenter, True, office.caseworker, now)

    def test_the_citizen_may_decline_the_fund_in_a_joint_interview(self, office):
        at = datetime(2022, 6, 8, 8, 0, tzinfo=UTC)
        case = factories.case(office, registered_on=date(2022, 6, 1), at=at, by=office.caseworker)
        joint = factories.booking(
            office.caseworker, at + timedelta(days=1), kind=MeetingKind.JOINT_INTERVIEW, fund_attends=False
        )
        meeting = booking_services.book(case_id=case.pk, booking=joint, by=office.caseworker, at=at)
        assert meeting.fund_attends is False
        assert self.wish(meeting, True, office.caseworker, at).fund_attends is True
