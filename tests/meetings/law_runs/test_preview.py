"""What was seen before an act was published is what it does, row by row."""

from cases.models import Case, Event
from cases.rules.case_parameters import FUND_RESPONSIBLE_MONTHS
from meetings import law_runs, planning
from meetings.models import ChangeKind, LawChange, LawRun, Meeting, RunState
from meetings.rules.contact_course import plan
from meetings.rules.parameters import CITIZEN_CHOOSES_MONTHS
from tests.meetings.law_runs.acts import TODAY, draft_of, dues, moved, preview, publish, stored, to_the_end, told
from tests.world import NOW


class TestPreviewIsResult:
    def test_row_by_row_and_in_the_database(self, office, author, draft, cases):
        before = {case.pk: dues(case) for case in cases.values()}
        as_it_was = stored()

        seen = preview(draft, author)
        assert seen.state == RunState.DONE
        assert stored() == as_it_was
        assert not Event.objects.filter(kind="meetings.planned", at=NOW).exists()
        assert seen.changes.count() > 10

        publish(draft, office)
        to_the_end()
        done = LawRun.objects.get(kind="replan")

        assert done.state == RunState.DONE
        assert told(done) == told(seen)
        for case in cases.values():
            assert dues(case) == moved(before[case.pk], done.changes.filter(case=case))
        law = planning.law_in_force()
        for case in Case.objects.open().with_parties().select_related("handover"):
            planned = plan(course=planning.course_of(case), book=law.book, table=law.table).meetings
            assert dues(case) == {f"{one.kind}/{one.responsible}/{one.number}": one.due_on for one in planned}
        assert {change.kind for change in done.changes.all()} >= {
            ChangeKind.APPEARS,
            ChangeKind.VANISHES,
            ChangeKind.MOVES,
            ChangeKind.HANDOVER,
        }

    def test_one_case_as_if(self, office, author, draft, cases):
        seen = preview(draft, author)

        for case in cases.values():
            changes = law_runs.what_if(case=case, draft=draft, at=NOW, today=TODAY)
            assert sorted((one.kind, one.key, one.text) for one in changes) == sorted(
                seen.changes.filter(case=case).values_list("kind", "key", "text")
            )
        assert LawRun.objects.count() == 1

    def test_the_second_time_there_is_nothing_left_to_do(self, office, draft, cases):
        publish(draft, office)
        to_the_end()
        told_once = Event.objects.count()
        after = stored()

        run = LawRun.objects.get()
        run.changes.all().delete()
        LawRun.objects.update(state=RunState.WAITING)
        run.batches.all().delete()
        to_the_end()

        assert not run.changes.exists()
        assert Event.objects.count() == told_once
        assert stored() == after

    def test_running_courses_keep_their_rules_under_an_act_that_says_so(self, office, author, cases):
        act = draft_of(author, running_courses="keep")
        before = stored()

        seen = preview(act, author)
        publish(act, office)
        to_the_end()

        assert not seen.changes.exists()
        assert stored() == before
        assert not LawChange.objects.exists()

    def test_a_booking_that_falls_outside_and_a_channel_that_changes_are_told(self, office, author, cases):
        act = draft_of(
            author,
            values={CITIZEN_CHOOSES_MONTHS.key: "0", FUND_RESPONSIBLE_MONTHS.key: "3"},
            rows=[("fund", 1, 1, 3, 14), ("municipality", 1, 4, 6, None)],
        )

        seen = preview(act, author)
        publish(act, office)
        to_the_end()

        done = LawRun.objects.get(kind="replan")
        assert told(done) == told(seen)
        assert {ChangeKind.BOOKING_OUTSIDE, ChangeKind.VANISHES} <= set(done.changes.values_list("kind", flat=True))
        # Kept all the same.
        assert Meeting.objects.booked().count() == 2
