"""A published act is carried out in the live cases: kept, told, and never rewritten."""

import logging
from dataclasses import replace
from datetime import date, timedelta

import pytest

from cases.law import shipped_acts
from cases.models import Act, Citizen, Event
from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS
from meetings.law import loading as law_loading
from meetings.law.runs import affected_cases
from meetings.models import ChangeKind, LawRun, Meeting, NextLook, RequirementState, RunState, WorklistEntry
from meetings.planning import replan as planning_replan
from tests import factories
from tests.meetings.law.runs.acts import EARLIER, draft_of, dues, preview, publish, to_the_end, told
from tests.world import NOW

pytestmark = pytest.mark.usefixtures("now")


def begun(office, day=date(2026, 4, 20), **more):
    return factories.case(office, at=EARLIER, registered_on=day, **more)


def planned(case):
    return Event.objects.filter(case=case, kind="meetings.planned").order_by("pk")


def test_four_months_and_four_meetings_with_the_fund_and_two_with_the_jobcenter(office, draft):
    case = begun(office)
    case.refresh_from_db()
    assert case.municipality_from == date(2026, 7, 20)

    publish(draft, office)
    to_the_end()

    case.refresh_from_db()
    assert case.municipality_from == date(2026, 8, 20)
    assert dues(case) == {
        "contact_interview/fund/1": date(2026, 5, 4),
        "contact_interview/fund/2": date(2026, 8, 19),
        "contact_interview/fund/3": date(2026, 8, 19),
        "contact_interview/fund/4": date(2026, 8, 19),
        "contact_interview/municipality/1": date(2026, 10, 19),
        "contact_interview/municipality/2": date(2026, 10, 19),
    }
    entry = WorklistEntry.objects.get(case=case, organisation=office.fund)
    assert entry.active_until == date(2026, 8, 20)


def test_one_event_a_case_names_the_act_and_every_moved_deadline(office, draft):
    case = begun(office)

    publish(draft, office)
    to_the_end()

    first, event = planned(case)
    run = LawRun.objects.get()
    assert event.by is None
    assert event.text.startswith("A-kassen i fire måneder: planen er beregnet igen. ")
    assert "Nyt krav: 4. jobsamtale (a-kassen), senest 19-08-2026." in event.text
    assert "Forløbets overgang til jobcentret er flyttet fra den 20-07-2026 til den 20-08-2026." in event.text
    assert (event.data["act"], event.data["run"]) == (draft.slug, str(run.public_id))
    assert {"key": "handover", "before": "2026-07-20", "after": "2026-08-20"} in event.data["moves"]
    assert {"key": "contact_interview/fund/4", "before": None, "after": "2026-08-19"} in event.data["moves"]
    assert first.at == EARLIER


def test_what_was_said_stays_as_it_was_said(office, draft):
    case = begun(office)
    before = {row.pk: row for row in case.required_meetings.all()}

    publish(draft, office)
    to_the_end()

    replaced = case.required_meetings.filter(replaced_at__isnull=False)
    assert replaced.exists()
    for row in replaced:
        assert row.replaced_at == NOW
        assert (row.steps, row.due_on, row.planned_at) == (
            before[row.pk].steps,
            before[row.pk].due_on,
            before[row.pk].planned_at,
        )
    new = case.required_meetings.current().get(responsible="fund", number=4)
    assert any("A-kassen i fire måneder" in step["text"] for step in new.steps)
    # What fell due before the act's day is not touched at all.
    assert case.required_meetings.current().get(responsible="fund", number=1).pk in before


def test_booked_and_held_meetings_are_kept_and_matched_with_the_new_plan(office, draft, cases):
    before = list(Meeting.objects.order_by("pk").values_list("pk", "status", "starts_at", "channel", "version"))
    links = set(Meeting.objects.exclude(fulfils=None).values_list("fulfils", flat=True))

    publish(draft, office)
    to_the_end()

    assert list(Meeting.objects.order_by("pk").values_list("pk", "status", "starts_at", "channel", "version")) == before
    current = Meeting.objects.exclude(fulfils=None)
    assert not current.filter(fulfils__replaced_at__isnull=False).exists()
    assert set(current.values_list("fulfils", flat=True)) - links
    held = Meeting.objects.get(status="held")
    assert held.requirement.state == RequirementState.FULFILLED


def test_the_sweep_looks_again_at_what_changed_and_at_nothing_else(office, author, draft):
    case, other = begun(office), begun(office, date(2025, 9, 1))
    NextLook.objects.update(look_at=NOW + timedelta(days=9))

    publish(draft, office)
    to_the_end()

    assert NextLook.objects.get(case=case).look_at is None
    assert NextLook.objects.get(case=other).look_at is not None


def test_a_deadline_brought_forward_is_overdue_from_the_acts_day(office, author):
    case = begun(office, date(2026, 4, 6))
    rows = [("fund", 2, 1, 1, 14), ("fund", 1, 2, 3, None), ("municipality", 2, 4, 6, None)]
    act = draft_of(author, values={FUND_RESPONSIBLE_MONTHS.key: "3"}, rows=rows)

    seen = preview(act, author)
    publish(act, office)
    to_the_end()

    done = LawRun.objects.get(kind="replan")
    assert told(done) == told(seen)
    overdue = done.changes.get(kind=ChangeKind.OVERDUE, key="contact_interview/fund/2")
    assert overdue.day_after == date(2026, 5, 5)
    assert overdue.text == "2. jobsamtale (a-kassen) er overskredet: fristen er den 05-05-2026."
    assert dues(case)["contact_interview/fund/2"] == overdue.day_after


def test_an_act_that_can_touch_no_case_owes_no_run(office, author):
    old = begun(office, date(2025, 1, 6))
    closed = begun(office)
    closed.status, closed.closed_on, closed.close_reason = "closed", NOW.date(), "work"
    closed.save()
    keeps = draft_of(author, in_force_on=date(2026, 12, 1), running_courses="keep")

    publish(keeps, office)

    assert not affected_cases.touched(keeps).filter(pk__in=[old.pk, closed.pk]).filter(offer_duty=None).exists()
    assert closed.pk not in affected_cases.touched(keeps).values_list("pk", flat=True)


def test_a_case_planned_by_the_new_law_in_between_is_not_told_twice(office, draft):
    case = begun(office)
    publish(draft, office)

    planning_replan.replan(cases=[case], at=NOW)
    to_the_end()

    assert planned(case).count() == 2
    assert not LawRun.objects.get().changes.filter(case=case).exclude(kind__startswith="offer").exists()


def test_facts_that_no_plan_can_be_made_of_hold_up_nobody_else(office, draft, caplog):
    wrong, right = begun(office), begun(office)
    Citizen.objects.filter(pk=wrong.citizen_id).update(born_on=date(2026, 5, 1))
    before = dues(wrong)

    publish(draft, office)
    with caplog.at_level(logging.WARNING):
        to_the_end()

    assert LawRun.objects.get().state == RunState.DONE
    assert dues(wrong) == before
    assert len(dues(right)) == 6
    assert f"Case {wrong.pk} could not be planned: BadFacts" in caplog.text
    change = LawRun.objects.get().changes.get(kind=ChangeKind.UNPLANNED)
    assert (change.case, change.organisation, change.worker) == (wrong, office.fund, office.adviser)


def test_a_shipped_act_that_is_loaded_as_published_moves_the_cases_too(office, now):
    case = begun(office, date(2026, 3, 2))
    (e,) = [one for one in shipped_acts.read_acts() if one.act.slug.startswith("e-")]
    Act.objects.filter(slug=e.act.slug).delete()
    published = replace(e, act=replace(e.act, is_draft=False, published_at=now))

    law_loading.load([published], at=now)

    run = LawRun.objects.get()
    assert (run.act.slug, run.kind, run.started_by) == (e.act.slug, "replan", None)
    assert case.pk in affected_cases.touched(run.act).values_list("pk", flat=True)


def test_requirements_that_keep_their_deadline_are_one_sentence_of_the_history(office, author):
    case = begun(office)
    # The same table anew: nothing moves, and every requirement that is due after the day rests on the new act.
    table = [("fund", 2, 1, 3, 14), ("municipality", 1, 4, 6, None)]
    act = draft_of(author, rows=table, values={FUND_RESPONSIBLE_MONTHS.key: "3"})

    publish(act, office)
    to_the_end()

    run = LawRun.objects.get()
    altered = run.changes.filter(kind=ChangeKind.ALTERS).count()
    _, event = planned(case)
    assert altered > 1
    assert event.text.count("med samme frist som før") == 1
    assert f"{altered} samtalekrav følger nu denne lov med samme frist som før." in event.text
    assert "er ændret; fristen er stadig" not in event.text
    for change in run.changes.filter(kind__in=(ChangeKind.APPEARS, ChangeKind.VANISHES, ChangeKind.MOVES)):
        assert change.text in event.text
    assert len(event.data["moves"]) == run.changes.exclude(kind__startswith="o").count()
