"""One act held against the live cases: what was seen before it was published is what it does."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Act, Case, Citizen, Event, Role
from cases.models.cases import CloseReason
from cases.rules.case_parameters import FUND_RESPONSIBLE_MONTHS
from cases.rules.facts import ExemptionReason, PauseKind
from cases.rules.period import Period
from cases.services import cases as case_services
from cases.services import law as law_services
from meetings import law_runs, planning
from meetings import services as meeting_services
from meetings.law_runs import reach, work
from meetings.models import (
    ChangeKind,
    LawChange,
    LawRun,
    Meeting,
    Outcome,
    RequiredMeeting,
    RequirementState,
    RunState,
    WorklistEntry,
)
from meetings.rules.contact_course import plan
from meetings.rules.parameters import CITIZEN_CHOOSES_MONTHS
from tests import factories
from tests.world import NOW, hand_over

TODAY = NOW.date()
EARLIER = NOW - timedelta(days=3)
JUNE = date(2026, 6, 1)
JULY = date(2026, 7, 1)
FOUR_AND_TWO = (("fund", 4, 1, 4, 14), ("municipality", 2, 5, 6, None))

TOLD = ("case", "organisation", "worker", "kind", "key", "about", "day_before", "day_after", "text")
STORED = ("case", "kind", "responsible", "number", "window_from", "window_to", "due_on", "act", "state")
ENTRY = ("case", "organisation", "worker", "due_on", "unbooked_due_on", "unbooked_from", "meeting", "active_until")


@pytest.fixture
def author(office):
    return factories.user(organisation=None, role=Role.ADMINISTRATOR, username="forfatter", is_staff=True)


@pytest.fixture
def draft(author):
    """Four months and four meetings with the a-kasse, two with the jobcenter after; running courses move in June."""
    return draft_of(author)


def draft_of(author, *, in_force_on=JUNE, running_courses="move", values=None, rows=FOUR_AND_TWO):
    """A draft with these values, and a table of (responsible, number, from month, to month, days for the first)."""
    draft = law_services.create_draft(
        title="A-kassen i fire måneder",
        reference="Lov nr. 12",
        in_force_on=in_force_on,
        running_courses=running_courses,
        by=author,
    )
    for key, text in (values or {FUND_RESPONSIBLE_MONTHS.key: "4"}).items():
        draft.values.create(key=key, text=text, legal_basis="§ 3")
    for order, (responsible, number, first, last, days) in enumerate(rows, start=1):
        draft.meeting_rules.create(
            order=order,
            kind="contact_interview",
            responsible=responsible,
            number=number,
            from_month=first,
            to_month=last,
            due_days_after_registration=days,
            legal_basis="§ 4",
        )
    return draft


def publish(act, office, *, at=NOW):
    return law_services.publish(
        act_id=act.pk, reason="Læst af en jurist.", is_far_date_confirmed=False, by=office.administrator, at=at
    )


def withdraw(act, office, *, at=NOW, reason="Lovforslaget faldt."):
    return law_services.withdraw(act_id=act.pk, reason=reason, by=office.administrator, at=at)


def simulate(act, by):
    return law_runs.simulate(act_id=act.pk, by=by, at=NOW, today=TODAY)


def to_the_end(at=NOW):
    while law_runs.take_next_batch(at=at):
        pass


def preview(act, by):
    run = simulate(act, by)
    to_the_end()
    run.refresh_from_db()
    return run


def told(run):
    return sorted(run.changes.values_list(*TOLD), key=str)


def stored():
    rows = RequiredMeeting.objects.current().order_by("case", "kind", "responsible", "number")
    return (
        list(rows.values_list(*STORED)),
        list(Case.objects.order_by("pk").values_list("pk", "municipality_from")),
        list(Meeting.objects.order_by("pk").values_list("pk", "status", "starts_at", "requirement__number", "is_late")),
        list(WorklistEntry.objects.order_by("case", "organisation").values_list(*ENTRY)),
    )


def dues(case):
    return {
        f"{row.kind}/{row.responsible}/{row.number}": row.due_on
        for row in RequiredMeeting.objects.filter(case=case).current()
    }


def book(case, worker, day, hour=10):
    return factories.book(case, worker, day.replace(hour=hour, minute=0), at=EARLIER)


@pytest.fixture
def cases(office):
    """Courses at every stage, and what can stand in them."""

    def begun(day, **more):
        return factories.case(office, at=EARLIER, registered_on=day, **more)

    fresh = begun(date(2026, 4, 20))
    booked = begun(date(2026, 3, 30))
    book(booked, office.adviser, NOW + timedelta(days=2))
    book(booked, office.colleague, NOW + timedelta(days=50))
    held = begun(date(2026, 3, 2))
    meeting = book(held, office.adviser, NOW - timedelta(days=1), hour=7)
    meeting_services.register(
        meeting_id=meeting.pk,
        outcome=Outcome.HELD,
        note="",
        is_six_weeks_guided=True,
        next_booking=None,
        by=office.adviser,
        at=NOW - timedelta(hours=2),
    )
    late = begun(date(2026, 1, 12))
    old = begun(date(2025, 2, 3))
    handed_over = begun(date(2026, 2, 16))
    hand_over(handed_over, office, at=EARLIER)
    paused = begun(date(2026, 3, 9))
    case_services.add_pause(
        case_id=paused.pk,
        kind=PauseKind.EMPLOYMENT,
        span=Period(date(2026, 5, 25), date(2026, 6, 8)),
        source="borgeren",
        by=office.adviser,
        at=EARLIER,
    )
    exempt = begun(date(2026, 3, 16))
    meeting_services.exempt(
        case_id=exempt.pk,
        reason=ExemptionReason.ORDINARY_JOB,
        span=Period(date(2026, 5, 18), date(2026, 6, 15)),
        documented_on=TODAY,
        starts_on=date(2026, 6, 10),
        document="Ansættelsesbrev",
        by=office.adviser,
        at=EARLIER,
    )
    young = begun(
        date(2026, 3, 23),
        citizen=factories.citizen_details(born_on=date(2003, 1, 1)),
        has_qualifying_education=False,
        has_children_at_home=False,
    )
    group_2 = begun(date(2026, 3, 24), target_group=2)
    with_hours = begun(date(2026, 2, 23))
    case_services.record_hours(
        case_id=with_hours.pk, month=date(2026, 3, 1), hours=Decimal(100), by=office.adviser, at=EARLIER
    )
    closed = begun(date(2026, 4, 13))
    case_services.close_case(
        case_id=closed.pk,
        version=closed.version,
        reason=CloseReason.WORK,
        closed_on=TODAY,
        by=office.adviser,
        at=EARLIER,
    )
    return {
        "fresh": fresh,
        "booked": booked,
        "held": held,
        "late": late,
        "old": old,
        "handed_over": handed_over,
        "paused": paused,
        "exempt": exempt,
        "young": young,
        "group_2": group_2,
        "with_hours": with_hours,
        "closed": closed,
    }


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


def moved(before, changes):
    """The deadlines as the changes tell that they become."""
    after = dict(before)
    for change in changes:
        if change.kind == ChangeKind.VANISHES:
            assert after.pop(change.key) == change.day_before
        elif change.kind in (ChangeKind.APPEARS, ChangeKind.MOVES):
            assert after.get(change.key) == change.day_before
            after[change.key] = change.day_after
    return after
