"""A plan from the asking to the letters: what it proposes, what is booked of it, and what it never does."""

from datetime import date, timedelta

import pytest

from cases.models import Reminder, Role
from meetings.booking import services as booking_services
from meetings.models import Meeting, PlanScope, PlanState
from meetings.month_plan import carrying_out, making, services
from meetings.month_plan.services import NothingChosen, NothingToPlan
from meetings.owing.kinds import ReminderKind
from tests import factories
from tests.meetings.month_plan.steps import accepted, away, carried_out, finished, made, rows
from tests.meetings.steps import HALF_AN_HOUR, WEDNESDAY_TEN


@pytest.fixture
def cases(office, now):
    """Three of the adviser's, each with a talk due in May."""
    return [factories.case(office, registered_on=now.date() - timedelta(days=days)) for days in (14, 21, 28)]


class TestProposals:
    def test_each_talk_that_is_due_gets_a_time_that_can_be_booked(self, office, cases, now):
        plan = made(office.adviser, now)
        assert plan.state == PlanState.MADE
        due = {row.case_id for row in plan.proposals.all()}
        assert {case.pk for case in cases} <= due
        for row in plan.proposals.all():
            assert (row.state, row.adviser) == ("proposed", office.adviser)
            assert row.warnings == []
            assert "Hos sagens egen medarbejder." in row.why
            assert row.day <= max(row.due_on, now.date() + timedelta(days=1))

    def test_what_is_booked_is_not_planned_again_and_nobody_elses(self, office, cases, now):
        factories.case(office, by=office.colleague)
        plan = made(office.adviser, now)
        before = {row.requirement_id for row in plan.proposals.all()}
        booked = factories.book(cases[0], office.adviser, WEDNESDAY_TEN, at=now)
        after = {row.requirement_id for row in made(office.adviser, now).proposals.all()}
        assert before - after == {booked.requirement.pk}

    def test_of_a_case_with_several_talks_due_the_others_are_still_planned(self, office, now):
        case = factories.case(office, registered_on=now.date() - timedelta(days=75))
        before = set(rows(made(office.adviser, now), "requirement"))
        booked = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
        plan = made(office.adviser, now)
        assert len(before) > 1
        assert before - set(rows(plan, "requirement")) == {booked.requirement.pk}
        days = [row.day for row in plan.proposals.all()]
        assert len(days) == len({*days, booked.day}) - 1

    def test_a_colleague_helps_where_the_whole_office_is_planned(self, office, cases, now):
        away(office.adviser, first=1, last=31, at=now)
        alone, together = made(office.adviser, now), made(office.adviser, now, scope=PlanScope.ORGANISATION)
        assert {row.state for row in alone.proposals.all()} == {"left"}
        assert {row.adviser for row in together.proposals.filter(case__in=cases)} == {office.colleague}
        assert all("Hos en kollega" in row.why for row in together.proposals.filter(case__in=cases))

    def test_without_a_free_hour_it_says_what_lacks_in_which_week(self, office, cases, now):
        away(office.adviser, first=1, last=31, at=now)
        plan = made(office.adviser, now)
        assert {row.problem for row in plan.proposals.all()} == {"Ingen har en ledig tid senest den 31. maj 2026."}
        assert sum(week["minutes"] for week in plan.missing) == 30 * plan.proposals.count()
        assert {week["year"] for week in plan.missing} == {2026}

    def test_a_month_that_is_over_is_refused(self, office, now):
        with pytest.raises(NothingToPlan, match="Måneden er forbi den 30. april 2026"):
            made(office.adviser, now, month=date(2026, 4, 1))

    def test_asked_twice_while_it_waits_it_is_one(self, office, now):
        wish = services.Wish(scope=PlanScope.MINE, month=now.date())
        first = services.ask_for(wish=wish, by=office.adviser, at=now)
        assert services.ask_for(wish=wish, by=office.adviser, at=now) == first
        assert making.make_next(at=now)
        assert not making.make_next(at=now)

    def test_one_that_cannot_be_made_says_so_and_lets_the_next_go_on(self, office, now, monkeypatch, caplog):
        plan = services.ask_for(wish=services.Wish(PlanScope.MINE, now.date()), by=office.adviser, at=now)
        monkeypatch.setattr("meetings.month_plan.making.due_talks", lambda *_, **__: 1 / 0)
        assert finished(plan, now).state == PlanState.FAILED
        assert "could not be made" in caplog.text


class TestAccepting:
    def test_books_by_the_same_service_with_one_letter_each(self, office, cases, now):
        plan = made(office.adviser, now)
        number = accepted(plan, office.adviser, now)
        assert number == plan.proposals.count() == Meeting.objects.booked().count()
        assert set(rows(plan, "state")) == {"booked"}
        invited = Reminder.objects.filter(kind=ReminderKind.INVITATION).values_list("subject", flat=True)
        assert sorted(invited) == sorted(Meeting.objects.values_list("pk", flat=True))

    def test_some_are_booked_and_some_left_out_and_taken_in_again(self, office, cases, now):
        plan = made(office.adviser, now)
        first, second, *_ = map(str, rows(plan, "public_id"))
        services.decline(plan=plan, chosen=[second], by=office.adviser, at=now)
        accepted(plan, office.adviser, now, chosen=[first])
        assert Meeting.objects.count() == 1
        accepted(plan, office.adviser, now)
        assert plan.proposals.filter(state="declined").count() == 1
        assert accepted(plan, office.adviser, now, chosen=[second]) == 1
        assert set(rows(plan, "state")) == {"booked"}
        with pytest.raises(NothingChosen):
            accepted(plan, office.adviser, now)

    def test_what_no_longer_fits_is_refused_with_its_reason_and_stays(self, office, cases, now):
        plan = made(office.adviser, now)
        taken, owed, *_ = plan.proposals.order_by("pk")
        elsewhere = factories.case(office, by=office.adviser)
        factories.book(elsewhere, office.adviser, taken.starts_at, at=now)
        factories.book(owed.case, office.colleague, owed.starts_at + timedelta(days=1), at=now)
        accepted(plan, office.adviser, now)
        problems = {row.pk: (row.state, row.problem) for row in plan.proposals.all()}
        assert problems[taken.pk] == ("refused", "Medarbejderen er optaget i det tidsrum. Vælg en anden tid.")
        assert problems[owed.pk] == ("refused", "Samtalen er allerede booket, eller loven kræver den ikke mere.")
        assert owed.case.meetings.booked().count() == 1

    def test_a_warning_that_nobody_saw_is_not_passed_over(self, office, cases, now):
        plan = made(office.adviser, now)
        row = plan.proposals.order_by("pk").first()
        away(office.adviser, first=1, last=31, at=now)
        accepted(plan, office.adviser, now, chosen=[str(row.public_id)])
        row.refresh_from_db()
        assert row.state == "refused"
        assert "er fraværende" in row.problem

    def test_a_worker_killed_after_the_booking_books_it_once(self, office, cases, now):
        plan = made(office.adviser, now)
        services.accept(plan=plan, chosen=None, by=office.adviser, at=now)
        row = carrying_out._claim(at=now)
        carrying_out._book(row, at=now)
        carried_out(now)
        assert sorted(set(rows(plan, "state"))) == ["accepted", "booked"]
        carried_out(now + timedelta(minutes=2))
        assert row.case.meetings.filter(fulfils=row.requirement).count() == 1
        assert set(rows(plan, "state")) == {"booked"}

    def test_what_fails_otherwise_says_so_and_the_others_go_on(self, office, cases, now, monkeypatch, caplog):
        plan = made(office.adviser, now)
        real, broken = booking_services.book, plan.proposals.order_by("pk").first()

        def book(*, case_id, **more):
            return 1 / 0 if case_id == broken.case_id else real(case_id=case_id, **more)

        monkeypatch.setattr(booking_services, "book", book)
        accepted(plan, office.adviser, now)
        states = dict(rows(plan, "pk", "state"))
        assert states.pop(broken.pk) == "refused"
        assert "booked" in states.values()
        assert "could not be carried out" in caplog.text

    def test_who_may_book_no_longer_books_nothing(self, office, cases, now):
        plan = made(office.adviser, now)
        services.accept(plan=plan, chosen=None, by=office.adviser, at=now)
        office.adviser.is_active = False
        office.adviser.save()
        carried_out(now)
        assert set(rows(plan, "state")) == {"refused"}
        assert not Meeting.objects.exists()

    def test_a_case_that_has_gone_to_another_office_is_not_booked(self, office, cases, now):
        plan = made(office.adviser, now)
        cases[0].fund = office.other_fund
        cases[0].save()
        accepted(plan, office.adviser, now)
        gone = plan.proposals.get(case=cases[0])
        assert (gone.state, gone.problem) == ("refused", "Sagen er ikke længere jeres, så samtalen er, som den var.")


class TestTakingBack:
    def test_within_ten_minutes_nothing_was_booked_and_nobody_told(self, office, cases, now):
        plan = made(office.adviser, now)
        number = accepted(plan, office.adviser, now)
        soon = now + timedelta(minutes=5)
        assert services.take_back(plan=plan, by=office.adviser, at=soon) == number
        carried_out(soon)
        assert set(rows(plan, "state")) == {"undone"}
        assert not Meeting.objects.booked().exists()
        assert not Reminder.objects.owed().filter(kind=ReminderKind.INVITATION).exists()
        assert accepted(plan, office.adviser, soon) == number

    def test_what_still_waits_is_not_booked(self, office, cases, now):
        plan = made(office.adviser, now)
        services.accept(plan=plan, chosen=None, by=office.adviser, at=now)
        services.take_back(plan=plan, by=office.adviser, at=now)
        carried_out(now)
        assert set(rows(plan, "state")) == {"proposed"}

    def test_later_or_by_another_it_is_too_late(self, office, cases, now):
        plan = made(office.adviser, now)
        accepted(plan, office.adviser, now)
        for by, at in ((office.adviser, now + timedelta(minutes=11)), (office.colleague, now)):
            with pytest.raises(NothingChosen):
                services.take_back(plan=plan, by=by, at=at)

    def test_what_somebody_went_on_with_stays_booked_and_says_why(self, office, cases, now):
        plan = made(office.adviser, now)
        accepted(plan, office.adviser, now)
        meeting = plan.proposals.order_by("pk").first().meeting
        booking_services.cancel(
            meeting_id=meeting.pk, reason="citizen", note="", by=office.colleague, at=now + timedelta(minutes=1)
        )
        services.take_back(plan=plan, by=office.adviser, at=now + timedelta(minutes=2))
        carried_out(now + timedelta(minutes=2))
        kept = plan.proposals.get(meeting=meeting)
        assert kept.state == "booked"
        assert "har ændret sagen siden" in kept.problem

    def test_what_the_worker_has_in_hand_is_booked_and_then_taken_back(self, office, cases, now, monkeypatch):
        plan = made(office.adviser, now)
        real, asked = booking_services.book, []

        def book(**about):
            if not asked:
                asked.append(services.take_back(plan=plan, by=office.adviser, at=now))
            return real(**about)

        monkeypatch.setattr(booking_services, "book", book)
        accepted(plan, office.adviser, now)
        assert sorted(set(rows(plan, "state"))) == ["proposed", "undone"]
        assert not Meeting.objects.booked().exists()

    @pytest.mark.parametrize("is_booked", [True, False])
    def test_what_a_killed_worker_had_in_hand_is_taken_back(self, office, cases, now, monkeypatch, is_booked):
        plan = made(office.adviser, now)
        services.accept(plan=plan, chosen=None, by=office.adviser, at=now)
        with monkeypatch.context() as killed:
            if is_booked:
                killed.setattr(carrying_out, "_note", lambda *_: _kill())
            else:
                killed.setattr(booking_services, "book", lambda **_: _kill())
            with pytest.raises(KeyboardInterrupt):
                carrying_out.carry_out_next(at=now)
        assert Meeting.objects.booked().exists() is is_booked
        services.take_back(plan=plan, by=office.adviser, at=now)
        carried_out(now + timedelta(minutes=2))
        assert sorted(set(rows(plan, "state"))) == ["proposed", "undone"]
        assert not Meeting.objects.booked().exists()

    def test_it_is_judged_by_the_moment_at_which_it_was_asked(self, office, cases, now):
        plan = made(office.adviser, now)
        number = accepted(plan, office.adviser, now)
        assert services.take_back(plan=plan, by=office.adviser, at=now + timedelta(seconds=599)) == number
        carried_out(now + timedelta(seconds=610))
        assert set(rows(plan, "state")) == {"undone"}

    def test_whoever_may_book_no_longer_takes_nothing_back(self, office, cases, now):
        plan = made(office.adviser, now)
        accepted(plan, office.adviser, now)
        services.take_back(plan=plan, by=office.adviser, at=now)
        office.adviser.is_active = False
        office.adviser.save()
        carried_out(now)
        told = f"{office.adviser} må ikke længere booke samtaler. En anden må gøre det på sagen."
        assert set(rows(plan, "state", "problem")) == {("booked", told)}


def _kill():
    raise KeyboardInterrupt


class TestAbsence:
    def test_only_the_talks_of_the_absence_move_and_keep_their_time_with_a_colleague(self, office, cases, now):
        in_it = factories.book(cases[0], office.adviser, WEDNESDAY_TEN, at=now)
        after = factories.book(cases[1], office.adviser, WEDNESDAY_TEN + timedelta(days=7), at=now)
        away(office.adviser, first=4, last=9, at=now)
        plan = finished(services.ask_for_absent(absent=office.adviser, by=office.leader, at=now), now)
        (row,) = plan.proposals.all()
        assert (row.moving, row.adviser, row.starts_at) == (in_it, office.colleague, in_it.starts_at)
        assert "Samme tid, hos en kollega." in row.why
        accepted(plan, office.leader, now)
        in_it.refresh_from_db()
        after.refresh_from_db()
        assert (in_it.status, after.status) == ("moved", "booked")
        assert in_it.moved_to.adviser == office.colleague
        soon = now + timedelta(minutes=1)
        services.take_back(plan=plan, by=office.leader, at=soon)
        carried_out(soon)
        assert Meeting.objects.booked().filter(case=cases[0], adviser=office.adviser).exists()

    def test_where_the_colleague_is_busy_then_another_time_is_found(self, office, cases, now):
        moved = factories.book(cases[0], office.adviser, WEDNESDAY_TEN, at=now, minutes=45)
        factories.book(cases[1], office.adviser, WEDNESDAY_TEN, at=now, adviser=office.colleague)
        away(office.adviser, first=4, last=9, at=now)
        plan = finished(services.ask_for_absent(absent=office.adviser, by=office.leader, at=now), now)
        (row,) = plan.proposals.all()
        assert row.starts_at != moved.starts_at
        assert row.ends_at - row.starts_at == HALF_AN_HOUR * 1.5
        accepted(plan, office.leader, now)
        assert rows(plan, "state") == ["booked"]

    def test_without_a_talk_in_the_absence_there_is_nothing_to_plan(self, office, now):
        with pytest.raises(NothingToPlan, match="ingen bookede samtaler i sit fravær"):
            services.ask_for_absent(absent=office.adviser, by=office.leader, at=now)


def test_a_leader_without_cases_is_given_no_talks(office, cases, now):
    plan = made(office.leader, now, scope=PlanScope.ORGANISATION)
    assert {row.adviser.role for row in plan.proposals.all()} == {Role.ADVISER}
