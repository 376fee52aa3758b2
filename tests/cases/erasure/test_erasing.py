"""What is erased is gone from every table, by two people's word, and what is held back or others' stays."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from cases import tasks
from cases.erasure import erasing, services
from cases.erasure.services import NothingDue, SamePerson
from cases.models import Case, Citizen, CitizenJoin, ErasureRun, Event
from tests import factories
from tests.cases.erasure.steps import LAST, close, decide, rows_of, traces, whole_database

DAY = timedelta(days=1)


def test_an_erased_person_is_nowhere(old, office, second, now):
    known, pk, others = traces(old), old.pk, Case.objects.exclude(pk=old.pk).count()
    before = whole_database()
    assert all(text in before for text in known)
    assert len(rows_of(pk)) > 18
    run = decide(office, second, now)

    assert tasks.erase_approved() == 1

    after = whole_database()
    assert [text for text in known if text in after] == []
    assert rows_of(pk) == {}
    assert Case.objects.count() == others
    [stone] = run.erasures.all()
    assert (stone.case_public_id, stone.erased_at) == (old.public_id, now)
    run.refresh_from_db()
    assert run.finished_at == now


def test_nobody_elses_row_goes_with_it(old, office, second, now):
    neighbour = Case.objects.exclude(pk=old.pk).get(citizen__name="Bente Nabogaard")
    before = rows_of(neighbour.pk)
    decide(office, second, now)
    tasks.erase_approved()
    assert rows_of(neighbour.pk) == before


def test_a_person_with_another_case_stays_with_it(old, office, second, now):
    later = factories.case(office, citizen=factories.citizen_details(name="Carla Prøvesen"))
    Case.objects.filter(pk=later.pk).update(citizen=old.citizen_id, previous=old.pk)
    decide(office, second, now)

    tasks.erase_approved()

    later.refresh_from_db()
    assert (later.previous, later.citizen.name) == (None, old.citizen.name)
    assert rows_of(old.pk) == {}


def test_a_record_that_was_joined_with_the_person_goes_too(old, office, second, now):
    other = factories.case(office, citizen=factories.citizen_details(name="Dobbelt Prøvesen"))
    Case.objects.filter(pk=other.pk).update(
        citizen=old.citizen_id, status="closed", closed_on=LAST, close_reason="work"
    )
    CitizenJoin.objects.create(kept=old.citizen, joined=other.citizen, at=now, by=office.adviser, moved={})
    decide(office, second, now)

    tasks.erase_approved()

    assert not Citizen.objects.filter(name="Dobbelt Prøvesen").exists()


def test_the_day_before_its_time_is_over_nothing_is_proposed(old, office, now):
    close(old, on=LAST + DAY)
    with pytest.raises(NothingDue):
        services.propose(by=office.leader, at=now, today=now.date())
    assert not ErasureRun.objects.filter(proposed_at=now).exists()


def test_whoever_proposed_it_does_not_approve_it(old, office, now):
    run = services.propose(by=office.leader, at=now, today=now.date())
    with pytest.raises(SamePerson):
        services.approve(run_id=run.pk, by=office.leader, at=now)
    assert tasks.erase_approved() == 0
    assert rows_of(old.pk)


def test_what_is_held_back_stays_also_after_the_approval(old, office, second, now):
    run = decide(office, second, now)
    services.hold(case_id=old.pk, reason="Verserende sag", by=office.leader, at=now)

    tasks.erase_approved()

    assert rows_of(old.pk)
    assert [row.kept_because for row in run.erasures.all()] == [services.HELD]
    with pytest.raises(NothingDue):
        services.propose(by=office.leader, at=now, today=now.date())
    services.lift(case_id=old.pk, reason="Sagen er slut", by=office.leader, at=now)
    assert services.propose(by=office.leader, at=now, today=now.date()).erasures.count() == 1


def test_what_was_opened_again_stays(old, office, second, now):
    run = decide(office, second, now)
    Case.objects.filter(pk=old.pk).update(status="open", closed_on=None, close_reason="")
    tasks.erase_approved()
    assert rows_of(old.pk)
    assert [row.kept_because for row in run.erasures.all()] == [services.OPEN_AGAIN]


def test_it_is_carried_out_in_portions_and_goes_on_where_it_stopped(old, office, second, now, monkeypatch):
    monkeypatch.setattr(services, "PORTION", 1)
    for case in Case.objects.visible_to(office.leader):
        close(case)
    run = decide(office, second, now)
    count = run.erasures.count()
    assert count > 1

    assert services.erase_next_portion(at=now, today=now.date()) == 1
    assert run.erasures.exclude(erased_at=None).count() == 1
    assert tasks.erase_approved() == count - 1
    assert not Case.objects.visible_to(office.leader).exists()


def test_a_portion_that_fails_leaves_everything(old, office, second, now, monkeypatch):
    decide(office, second, now)
    before = rows_of(old.pk)

    def fail(*_, **__):
        raise RuntimeError("the seals cannot be written")

    monkeypatch.setattr(erasing.sealing, "reseal", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        tasks.erase_approved()
    assert rows_of(old.pk) == before


def refused(statement, *values):
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(error.value)


def test_the_database_erases_no_history_without_the_word_of_two(old, office, second, now):
    assert "not approved" in refused("SELECT cases_erase_logs(%s)", [old.pk])
    services.propose(by=office.leader, at=now, today=now.date())
    assert "not approved" in refused("SELECT cases_erase_logs(%s)", [old.pk])
    assert "permission denied" in refused("SELECT cases_erase_logs_now(%s)", [old.pk])
    assert "permission denied" in refused("DELETE FROM cases_event WHERE case_id = %s", old.pk)


def test_the_database_erases_no_history_of_an_open_or_held_case(old, office, second, now):
    decide(office, second, now)
    services.hold(case_id=old.pk, reason="Verserende sag", by=office.leader, at=now)
    assert "not approved" in refused("SELECT cases_erase_logs(%s)", [old.pk])
    services.lift(case_id=old.pk, reason="Slut", by=office.leader, at=now)
    Case.objects.filter(pk=old.pk).update(status="open", closed_on=None, close_reason="")
    assert "not approved" in refused("SELECT cases_erase_logs(%s)", [old.pk])
    assert Event.objects.filter(case=old).exists()


def test_every_log_of_a_person_is_erased_by_the_function():
    assert set(erasing.LOGS) == erasing.logs_of_persons()
