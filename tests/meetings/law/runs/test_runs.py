"""The runs themselves: begun, followed, stopped, outdated, shared; at a cost that does not grow with the cases."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import bulk_rows, seam
from cases.models import Act, Case
from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS
from cases.seam import Extension, LawExtension
from config.celery import app
from meetings import tasks
from meetings.law.runs import affected_cases, batches
from meetings.law.runs import lifecycle as runs_lifecycle
from meetings.law.runs.lifecycle import NotADraft
from meetings.models import ChangeKind, LawChange, LawRun, RunState
from tests import factories
from tests.meetings.law.runs.acts import EARLIER, JUNE, TODAY, draft_of, preview, publish, simulate, to_the_end
from tests.world import NOW


@pytest.fixture
def five(office):
    return [factories.case(office, at=EARLIER, registered_on=date(2026, 4, 13)) for _ in range(5)]


@pytest.fixture
def pairs(monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 2)
    monkeypatch.setattr(batches, "SIMULATED", 2)


def state(run):
    run.refresh_from_db()
    return run.state


class TestProgress:
    def test_is_told_in_cases_from_start_to_end(self, author, draft, five, pairs):
        run = simulate(draft, author)
        seen = [runs_lifecycle.progress(run)]
        while batches.take_next_batch(at=NOW):
            run.refresh_from_db()
            seen.append(runs_lifecycle.progress(run))
        run.refresh_from_db()
        seen.append(runs_lifecycle.progress(run))

        assert [(one.total, one.done, one.left) for one in seen] == [
            (0, 0, 0), (5, 2, 3), (5, 4, 1), (5, 5, 0), (5, 5, 0),
        ]  # fmt: skip
        assert [one.percent for one in seen] == [0, 40, 80, 100, 100]
        assert [one.is_under_way for one in seen] == [True, True, True, True, False]
        assert (run.state, run.finished_at) == (RunState.DONE, NOW)

    def test_goes_by_the_day_on_which_the_courses_began(self, office, author, draft, pairs):
        april, may = date(2026, 4, 13), date(2026, 5, 4)
        cases = [factories.case(office, at=EARLIER, registered_on=day) for day in (may, april, may, april)]
        run = preview(draft, author)

        assert [batch.cases for batch in run.batches.order_by("pk")] == [
            [cases[1].pk, cases[3].pk],
            [cases[0].pk, cases[2].pk],
        ]

    def test_of_no_case_is_done_at_once(self, author, draft):
        run = preview(draft, author)

        assert run.state == RunState.DONE
        assert runs_lifecycle.progress(run).percent == 100

    def test_nothing_to_do_is_said(self, law, now):
        assert batches.take_next_batch(at=now) == 0


class TestTask:
    def test_takes_portion_after_portion_until_there_is_none(self, author, draft, five, pairs):
        run = simulate(draft, author)

        assert tasks.run_law_runs(unknown="ignored") == 5
        assert state(run) == RunState.DONE
        assert tasks.run_law_runs() == 0

    def test_ends_well_below_its_limit_and_the_next_one_goes_on(self, author, draft, five, pairs, monkeypatch):
        run = simulate(draft, author)
        monkeypatch.setattr(tasks, "_SECONDS_A_TASK", 0)

        assert tasks.run_law_runs() == 0
        assert state(run) == RunState.WAITING

    def test_is_woken_every_three_seconds_and_dropped_when_it_waited_as_long(self):
        beat = app.conf.beat_schedule["law_runs"]

        assert (beat["task"], beat["schedule"], beat["options"]) == (tasks.run_law_runs.name, 3, {"expires": 3})


class TestSimulation:
    def test_one_under_way_is_given_again(self, office, author, draft, five, pairs):
        run = simulate(draft, author)
        assert simulate(draft, office.administrator) == run
        batches.take_next_batch(at=NOW)

        assert simulate(draft, author) == run
        to_the_end()
        assert simulate(draft, author) != run

    def test_is_of_drafts_alone(self, author, law):
        published = Act.objects.get(slug__startswith="c-")

        with pytest.raises(NotADraft, match="Kun en kladde kan prøves"):
            simulate(published, author)

    def test_stops_and_keeps_what_it_found(self, author, draft, five, pairs):
        run = simulate(draft, author)
        batches.take_next_batch(at=NOW)
        found = run.changes.count()

        runs_lifecycle.stop(run_id=run.pk, at=NOW)
        to_the_end()

        assert state(run) == RunState.STOPPED
        assert run.changes.count() == found > 0

    def test_a_replanning_is_carried_out_to_its_end(self, office, draft, five):
        publish(draft, office)
        run = LawRun.objects.get()

        runs_lifecycle.stop(run_id=run.pk, at=NOW)
        to_the_end()

        assert state(run) == RunState.DONE

    def test_what_is_law_goes_before_what_is_tried(self, office, author, draft, five, pairs):
        tried = simulate(draft_of(author, in_force_on=date(2026, 7, 1)), author)
        batches.take_next_batch(at=NOW)
        publish(draft, office)
        batches.take_next_batch(at=NOW)

        assert runs_lifecycle.progress(tried).done == 2
        assert runs_lifecycle.progress(LawRun.objects.get(kind="replan")).done == 2


class TestOutdated:
    @pytest.fixture
    def run(self, author, draft, five, pairs):
        run = simulate(draft, author)
        batches.take_next_batch(at=NOW)
        assert not runs_lifecycle.is_outdated(run)
        return run

    def change(self, draft):
        draft.values.filter(key=FUND_RESPONSIBLE_MONTHS.key).update(text="5")

    def test_when_a_value_of_the_draft_changes_on_the_way(self, author, draft, run):
        self.change(draft)

        assert runs_lifecycle.is_outdated(run)
        to_the_end()
        assert state(run) == RunState.OUTDATED
        assert runs_lifecycle.is_outdated(run)
        assert simulate(draft, author) != run

    def test_when_somebody_asks_anew_after_a_change(self, author, draft, run):
        self.change(draft)

        new = simulate(draft, author)

        assert new != run
        assert state(run) == RunState.OUTDATED

    def test_when_the_table_changes(self, draft, run):
        draft.meeting_rules.filter(order=1).update(number=3)

        assert runs_lifecycle.is_outdated(run)

    def test_when_the_draft_no_longer_moves_running_courses(self, draft, run):
        Act.objects.filter(pk=draft.pk).update(running_courses="keep")
        run.act.refresh_from_db()

        assert runs_lifecycle.is_outdated(run)

    def test_when_the_very_draft_is_published_on_the_way(self, office, draft, run):
        publish(draft, office)

        assert state(run) == RunState.OUTDATED

    def test_when_another_act_is_published(self, office, author, run):
        publish(draft_of(author, in_force_on=date(2026, 7, 1)), office)

        assert runs_lifecycle.is_outdated(run)

    def test_not_when_another_draft_is_written(self, author, run):
        draft_of(author, in_force_on=date(2026, 7, 1))

        assert not runs_lifecycle.is_outdated(run)

    def test_not_when_the_very_draft_is_published(self, office, draft, run):
        to_the_end()
        publish(draft, office)
        run = LawRun.objects.get(pk=run.pk)

        assert not runs_lifecycle.is_outdated(run)
        assert not runs_lifecycle.is_outdated(LawRun.objects.get(kind="replan"))


def test_the_summary_counts_by_organisation_and_kind(office, author, draft, five):
    counts = runs_lifecycle.summary(preview(draft, author))

    assert counts[office.fund][ChangeKind.HANDOVER] == 5
    assert (
        counts[office.fund][ChangeKind.APPEARS]
        == LawChange.objects.filter(organisation=office.fund, kind=ChangeKind.APPEARS).count()
    )
    assert set(counts) == {office.fund, office.municipality}


class TestFollowers:
    @pytest.fixture
    def calls(self, nobody_follows):
        calls = []

        def follow(courses, *, before, after, run, at, today, write):
            calls.append((len(courses), run, write, before != after))
            case, _ = courses[0]
            yield LawChange(
                run=run,
                case=case,
                organisation=case.municipality,
                kind=ChangeKind.OFFER,
                key="offer/1",
                about="Tilbud",
                text="Tæller nu.",
            )

        seam.install(Extension(law=LawExtension(consequences=(follow,))))
        return calls

    def test_follow_every_batch_and_write_when_it_is_law(self, office, author, draft, five, calls):
        seen = preview(draft, author)
        publish(draft, office)
        to_the_end()
        done = LawRun.objects.get(kind="replan")

        assert calls == [(5, seen, False, True), (5, done, True, True)]
        assert seen.changes.get(kind=ChangeKind.OFFER).text == done.changes.get(kind=ChangeKind.OFFER).text

    def test_follow_one_case_without_a_run(self, draft, five, calls):
        changes = batches.as_if(case=five[0], draft=draft, at=NOW, today=TODAY)

        assert calls == [(1, None, False, True)]
        assert changes[-1].kind == ChangeKind.OFFER

    def test_name_the_cases_that_they_can_reach(self, office, author, draft, calls):
        old = factories.case(office, at=EARLIER, registered_on=date(2024, 12, 2))
        keeps = draft_of(author, in_force_on=JUNE, running_courses="keep")
        assert not affected_cases.touched(keeps).exists()

        theirs = LawExtension(touches=(lambda day: Case.objects.filter(pk=old.pk).values("pk"),))
        seam.install(Extension(law=theirs))

        assert list(affected_cases.touched(keeps)) == [old]


@pytest.mark.parametrize("is_carried_out", [False, True], ids=["simulated", "carried out"])
def test_a_batch_costs_the_same_for_2_cases_and_for_8(office, author, is_carried_out, monkeypatch):
    monkeypatch.setattr(bulk_rows, "MANY", 1)

    def queries(cases, month):
        for index in range(cases):
            case = factories.case(office, at=EARLIER, registered_on=date(2026, 4, 13))
            starts_at = NOW + timedelta(days=30 + index, hours=month - 6)
            factories.book(case, office.adviser, starts_at, at=EARLIER)
        act = draft_of(author, in_force_on=date(2026, month, 1), rows=[("fund", month, 1, 4, 14)])
        if is_carried_out:
            publish(act, office)
        else:
            simulate(act, author)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert batches.take_next_batch(at=NOW) >= cases
        return len(captured)

    queries(1, 6)
    to_the_end()
    few = queries(2, 7)
    to_the_end()
    many = queries(8, 8)

    assert few == many
