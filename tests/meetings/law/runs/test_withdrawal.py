"""An act whose day is still to come is taken back, and the cases go back to the law without it."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections, transaction

from cases.law import services as law_services
from cases.models import Act, ActWithdrawal, Event
from meetings.law.runs import batches
from meetings.models import ChangeKind, LawRun, RunState
from meetings.planning import replan as planning_replan
from tests import factories
from tests.meetings.law.runs.acts import publish, stored, to_the_end, withdraw
from tests.world import NOW


def test_the_old_plan_is_back_and_the_history_says_both(office, draft, cases):
    case = cases["fresh"]
    before = stored()
    publish(draft, office)
    to_the_end()
    assert stored() != before

    withdraw(draft, office, at=NOW + timedelta(days=1))
    to_the_end(at=NOW + timedelta(days=1))

    assert stored() == before
    run = LawRun.objects.get(is_withdrawal=True)
    assert (run.state, run.kind) == (RunState.DONE, "replan")
    there, back = Event.objects.filter(case=case, kind="meetings.planned").order_by("pk")[1:]
    assert there.text.startswith("A-kassen i fire måneder: planen er beregnet igen.")
    assert back.text.startswith("A-kassen i fire måneder er trukket tilbage: planen er beregnet igen.")
    assert "Kravet om 4. jobsamtale (a-kassen) senest 19-08-2026 er faldet bort." in back.text


def test_every_change_is_told_the_other_way_round(office, draft, cases):
    publish(draft, office)
    to_the_end()
    withdraw(draft, office)
    to_the_end()

    there, back = LawRun.objects.order_by("pk")
    opposite = {ChangeKind.APPEARS: ChangeKind.VANISHES, ChangeKind.VANISHES: ChangeKind.APPEARS}
    kinds = (*opposite, ChangeKind.MOVES, ChangeKind.ALTERS, ChangeKind.HANDOVER)
    fields = ("case", "kind", "key", "day_before", "day_after")
    assert {
        (case, opposite.get(kind, kind), key, after, before)
        for case, kind, key, before, after in there.changes.filter(kind__in=kinds).values_list(*fields)
    } == set(back.changes.filter(kind__in=kinds).values_list(*fields))


def test_an_act_withdrawn_before_anybody_was_planned_anew_leaves_no_trace_in_the_cases(office, draft, cases):
    before = stored()
    publish(draft, office)
    withdraw(draft, office)
    to_the_end()

    assert stored() == before
    there, back = LawRun.objects.order_by("pk")
    assert (there.state, back.state) == (RunState.STOPPED, RunState.DONE)
    assert not LawRun.objects.filter(changes__isnull=False).exists()


def test_withdrawn_in_the_middle_it_moves_nobody_more(office, draft, cases, monkeypatch):
    before = stored()
    monkeypatch.setattr(batches, "BATCH", 4)
    publish(draft, office)
    batches.take_next_batch(at=NOW)
    moved = set(LawRun.objects.get().changes.values_list("case", flat=True))
    assert moved

    withdraw(draft, office)
    to_the_end()

    assert stored() == before
    there, back = LawRun.objects.order_by("pk")
    assert there.state == RunState.STOPPED
    assert set(back.changes.values_list("case", flat=True)) == moved


def test_the_act_stays_readable_and_counts_no_more(office, draft):
    publish(draft, office)

    act = withdraw(draft, office, reason="  Lovforslaget faldt.  ")

    assert act.withdrawn.reason == "Lovforslaget faldt."
    assert act not in Act.objects.published()
    assert ActWithdrawal.objects.get().by == office.administrator


class TestRefused:
    def test_of_a_draft(self, office, draft):
        with pytest.raises(law_services.NotPublished, match="Loven er en kladde"):
            withdraw(draft, office)

    def test_when_its_day_has_come(self, office, draft):
        publish(draft, office)

        with pytest.raises(law_services.DayHasCome, match="1. juni 2026 og kan ikke trækkes tilbage"):
            withdraw(draft, office, at=NOW.replace(month=6, day=1))
        withdraw(draft, office, at=NOW.replace(month=5, day=31))

    def test_without_a_reason(self, office, draft):
        publish(draft, office)

        with pytest.raises(law_services.ReasonMissing, match="hvorfor loven trækkes tilbage"):
            withdraw(draft, office, reason="  ")

    def test_the_second_time(self, office, draft):
        publish(draft, office)
        withdraw(draft, office)

        with pytest.raises(law_services.AlreadyWithdrawn, match="allerede trukket tilbage"):
            withdraw(draft, office)


@pytest.mark.django_db(transaction=True)
def test_no_act_comes_while_somebody_plans_by_the_law_as_it_is(office, author, draft):
    case = factories.case(office)
    planner = connections.create_connection("default")
    try:
        planner.set_autocommit(False)
        with planner.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [law_services._LAW_LOCK])
        # Others go on planning; publishing waits for them.
        with transaction.atomic():
            planning_replan.replan(cases=[case], at=NOW)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            publish(draft, office)
        planner.rollback()
        publish(draft, office)
    finally:
        planner.close()
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")
    assert LawRun.objects.get().act == draft
