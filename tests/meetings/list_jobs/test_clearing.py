"""Old joint actions and plans are cleared at night, but nothing that waits, is still to be told, or explains a talk."""

from datetime import date, timedelta

import pytest
import time_machine

from cases import tasks
from cases.models import Dispatch, Reminder, ReminderState
from cases.operation import state
from cases.reminders import delivery
from meetings.list_jobs import clearing, services
from meetings.models import ListAction, ListJob, ListJobRow, ListJobState, Meeting, MonthPlan, PlanState, ProposalState
from meetings.month_plan import clearing as plan_clearing
from tests import factories
from tests.meetings.list_jobs.steps import carried_out, colleagues, done, looked_at, previewed
from tests.meetings.month_plan.steps import made

DAY = timedelta(days=1)
JULY_OF_NEXT_YEAR = date(2027, 7, 1)
TEXT = {"title": "Vi flytter", "text": "Vi sidder nu på Torvet 1."}


@pytest.fixture
def cases(office, now):
    return [factories.case(office, at=now) for _ in range(2)]


def at_night(at):
    with time_machine.travel(at, tick=False):
        tasks.clear_old()


def figures(at):
    return {name: value for name, _, value in state.figures(at=at)}


def told_all(at):
    for receiver in delivery.sweep(at=at):
        delivery.deliver(receiver, at=at)


class TestJointActions:
    def test_one_that_was_never_set_in_motion_goes_after_a_month(self, office, cases, now):
        previewed(cases, colleagues(office, 1), office.leader, at=now)
        services.choose(case_ids=[cases[0].pk], by=office.leader, at=now)

        at_night(now + clearing.UNUSED_KEPT)
        assert ListJob.objects.count() == 2
        at_night(now + clearing.UNUSED_KEPT + timedelta(seconds=1))
        assert not ListJobRow.objects.exists()
        assert not ListJob.objects.exists()

    def test_one_that_was_done_goes_after_half_a_year_and_the_history_stays(self, office, cases, now):
        done(cases, colleagues(office, 1), office.leader, at=now)
        told_all(now + timedelta(minutes=11))

        at_night(now + clearing.DONE_KEPT)
        assert ListJob.objects.exists()
        at_night(now + clearing.DONE_KEPT + timedelta(seconds=1))

        assert not ListJob.objects.exists()
        assert cases[0].events.filter(kind="cases.assigned").exists()
        assert Reminder.objects.filter(kind="meetings.list_job", state="sent").exists()

    @pytest.mark.parametrize("state", [ListJobState.RUNNING, ListJobState.TAKING_BACK])
    def test_one_under_way_stays_however_old_it_is(self, office, cases, now, state):
        job = done(cases, colleagues(office, 1), office.leader, at=now)
        Reminder.objects.all().delete()
        ListJob.objects.filter(pk=job.pk).update(state=state)

        at_night(now + 400 * DAY)

        assert ListJob.objects.exists()

    @pytest.mark.parametrize("is_written", [True, False])
    def test_what_somebody_is_still_owed_stays(self, office, cases, now, is_written):
        if is_written:
            carried_out(cases, ListAction.MESSAGE, TEXT, office.leader, at=now)
        else:
            done(cases, colleagues(office, 1), office.leader, at=now)

        at_night(now + 400 * DAY)
        assert ListJob.objects.exists()
        Reminder.objects.all().delete()
        at_night(now + 400 * DAY)
        assert not ListJob.objects.exists()

    @pytest.mark.parametrize("state", [ReminderState.SKIPPED, ReminderState.FAILED])
    def test_a_text_that_did_not_reach_its_citizen_stays_until_somebody_has_brought_it(self, office, cases, now, state):
        carried_out(cases, ListAction.MESSAGE, TEXT, office.leader, at=now)
        told_all(now + timedelta(minutes=11))
        Reminder.objects.filter(kind="meetings.written").update(state=state)
        Dispatch.objects.update(is_reached=False)

        at_night(now + 400 * DAY)
        assert ListJob.objects.exists()
        Dispatch.objects.update(settled_at=now)
        Reminder.objects.update(state="skipped")
        at_night(now + 400 * DAY)
        assert not ListJob.objects.exists()

    def test_what_says_why_a_talk_to_come_has_nobody_stays(self, office, cases, now):
        job = done(cases, colleagues(office, 1), office.leader, at=now)
        Reminder.objects.all().delete()
        talk = factories.book(cases[0], office.adviser, now + DAY, at=now)
        job.rows.filter(case=cases[0]).update(left=[talk.pk])
        far = now + 400 * DAY
        Meeting.objects.filter(pk=talk.pk).update(starts_at=far + DAY, ends_at=far + DAY + timedelta(minutes=30))

        at_night(far)
        assert ListJob.objects.exists()
        at_night(far + 2 * DAY)
        assert not ListJob.objects.exists()

    def test_a_message_of_one_that_is_cleared_says_so_when_it_is_sent_again(self, office, cases, now):
        carried_out(cases, ListAction.MESSAGE, TEXT, office.leader, at=now)
        told_all(now + timedelta(minutes=11))
        ListJob.objects.all().delete()
        Reminder.objects.filter(kind="meetings.written").update(state="owed", closed_at=None)

        told_all(now + DAY)

        outcomes = set(Reminder.objects.filter(kind="meetings.written").values_list("state", "outcome"))
        assert outcomes == {("skipped", "Det er så længe siden, at teksten ikke er gemt mere. Skriv den igen.")}

    def test_those_under_way_and_those_that_fail_are_watched(self, office, cases, now):
        job = looked_at(cases, ListAction.MESSAGE, TEXT, office.leader, at=now)
        assert figures(now)["list_jobs_running"] == 0
        services.start(job_id=job.pk, at=now)
        assert (figures(now)["list_jobs_running"], figures(now)["list_jobs_failed"]) == (1, 0)
        ListJob.objects.update(attempts=1)
        assert figures(now)["list_jobs_failed"] == 1
        ListJob.objects.update(state="done")
        assert (figures(now)["list_jobs_running"], figures(now)["list_jobs_failed"]) == (0, 0)


class TestPlans:
    def test_another_one_that_is_asked_for_takes_none_away(self, office, cases, now):
        plan = made(office.adviser, now)

        made(office.adviser, now + plan_clearing.KEPT, month=JULY_OF_NEXT_YEAR)

        assert MonthPlan.objects.filter(pk=plan.pk).exists()

    def test_one_goes_half_a_year_after_it_was_made(self, office, cases, now):
        made(office.adviser, now)

        at_night(now + plan_clearing.KEPT)
        assert MonthPlan.objects.exists()
        at_night(now + plan_clearing.KEPT + timedelta(seconds=1))
        assert not MonthPlan.objects.exists()

    @pytest.mark.parametrize(
        "kept", ["last day", "waiting", ProposalState.ACCEPTED, ProposalState.UNDOING, ProposalState.BOOKED]
    )
    def test_what_waits_or_can_be_taken_back_stays(self, office, cases, now, kept):
        plan, far = made(office.adviser, now), now + 400 * DAY
        if kept == "last day":
            MonthPlan.objects.update(last=far.date())
        elif kept == "waiting":
            MonthPlan.objects.update(state=PlanState.WAITING)
        else:
            assert plan.proposals.update(state=kept, done_at=far - timedelta(minutes=9))

        at_night(far)

        assert MonthPlan.objects.exists()

    def test_those_that_wait_and_those_that_failed_are_watched(self, office, cases, now):
        plan = made(office.adviser, now)
        assert (figures(now)["month_plans_running"], figures(now)["month_plans_failed"]) == (0, 0)
        plan.proposals.update(state=ProposalState.ACCEPTED)
        assert figures(now)["month_plans_running"] == 1
        MonthPlan.objects.update(state=PlanState.WAITING)
        assert figures(now)["month_plans_running"] == 1
        MonthPlan.objects.update(state=PlanState.FAILED, finished_at=now)
        assert figures(now)["month_plans_failed"] == 1
        assert figures(now + 2 * DAY)["month_plans_failed"] == 0
