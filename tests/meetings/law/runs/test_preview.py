"""What was seen before an act was published is what it does, row by row."""

from datetime import date, timedelta

from cases.models import Case, Event
from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS
from meetings.law.runs import batches
from meetings.models import ChangeKind, LawChange, LawRun, Meeting, RunState
from meetings.planning import law as planning_law
from meetings.planning import stored as planning_stored
from meetings.rules.contact_course import plan
from meetings.rules.parameters import CITIZEN_CHOOSES_MONTHS
from referrals.rules.parameters import ENABLED
from tests import factories
from tests.meetings.law.runs.acts import (
    EARLIER,
    JUNE,
    TODAY,
    draft_of,
    dues,
    moved,
    preview,
    publish,
    stored,
    to_the_end,
    told,
)
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
        law = planning_law.law_in_force()
        for case in Case.objects.open().with_parties().select_related("handover"):
            planned = plan(course=planning_stored.course_of(case), book=law.book, table=law.table).meetings
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
            changes = batches.as_if(case=case, draft=draft, at=NOW, today=TODAY)
            assert sorted((one.kind, one.key, one.text) for one in changes) == sorted(
                seen.changes.filter(case=case).values_list("kind", "key", "text")
            )
        assert LawRun.objects.count() == 1

    def test_a_booking_that_becomes_too_late_names_the_new_deadline(self, office, author):
        case = factories.case(office, at=EARLIER, registered_on=date(2026, 4, 13))
        for day in (6, 37):
            factories.book(case, office.adviser, NOW.replace(day=1) + timedelta(days=day), at=EARLIER)
        rows = [("fund", 2, 1, 1, 14), ("municipality", 2, 2, 6, None)]
        act = draft_of(author, values={FUND_RESPONSIBLE_MONTHS.key: "1"}, rows=rows)

        seen = preview(act, author)
        publish(act, office)
        to_the_end()

        done = LawRun.objects.get(kind="replan")
        assert told(done) == told(seen)
        outside = done.changes.get(kind=ChangeKind.BOOKING_OUTSIDE)
        assert outside.text == (
            "Jobsamtale den 07-06-2026 er ikke længere i rette tid. Vinduet for 2. jobsamtale (a-kassen) er "
            "13-04-2026 til 12-05-2026, med frist den 12-05-2026."
        )
        assert (outside.day_before, outside.day_after) == (date(2026, 7, 12), date(2026, 5, 12))

    def test_a_course_that_waited_for_its_hours_passes_to_the_jobcenter_on_the_acts_day(self, office, author, cases):
        rows = [("municipality", 3, 1, 6, 14)]
        act = draft_of(author, values={FUND_RESPONSIBLE_MONTHS.key: "0", ENABLED.key: "false"}, rows=rows)

        seen = preview(act, author)
        publish(act, office)
        to_the_end()

        done = LawRun.objects.get(kind="replan")
        assert told(done) == told(seen)
        handover = done.changes.get(kind=ChangeKind.HANDOVER, case=cases["with_hours"])
        assert (handover.day_before, handover.day_after) == (None, JUNE)
        assert handover.text == (
            "Forløbets overgang til jobcentret er flyttet fra den dag, en overgang er registreret, til den 01-06-2026."
        )

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
        (channel,) = done.changes.filter(kind=ChangeKind.CHANNEL)
        assert channel.text.startswith("Jobsamtale den 23-06-2026: før borgeren vælger personligt fremmøde, ")
        assert ", nu myndigheden vælger personligt fremmøde, " in channel.text
        assert (channel.organisation, channel.worker) == (office.fund, office.colleague)
        (outside,) = done.changes.filter(kind=ChangeKind.BOOKING_OUTSIDE)
        assert outside.text == (
            "Jobsamtale den 23-06-2026 er ikke længere i rette tid. Kravet om 2. jobsamtale (a-kassen) er faldet bort."
        )
        # Kept all the same.
        assert Meeting.objects.booked().count() == 2
