"""What is erased is gone from every table, by two people's word, and what is held back or others' stays."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from cases import tasks
from cases.erasure import erasing, services
from cases.erasure.services import ErasedAlready, NothingDue, SamePerson
from cases.models import (
    Case,
    Citizen,
    CitizenContact,
    CitizenJoin,
    ErasureRun,
    Event,
    FormerParty,
    OrganisationKind,
    Role,
)
from cases.operation import state
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

    assert services.erase_next_portion(run.pk, at=now, today=now.date()) == 1
    assert run.erasures.exclude(erased_at=None).count() == 1
    assert tasks.erase_approved() == count - 1
    assert not Case.objects.visible_to(office.leader).exists()


def test_a_portion_that_fails_leaves_everything_and_stops_no_other_run(old, office, second, now, monkeypatch):
    later = factories.case(office, citizen=factories.citizen_details(name="Carla Prøvesen"))
    decide(office, second, now)
    close(later)
    decide(office, second, now + DAY)
    before, erase = rows_of(old.pk), erasing.erase

    def fail_for_the_old(cases, **how):
        erase(cases, **how)
        if old.pk in cases:
            raise RuntimeError("the seals cannot be written")

    monkeypatch.setattr(erasing, "erase", fail_for_the_old)
    assert tasks.erase_approved() == 1
    assert rows_of(old.pk) == before
    assert rows_of(later.pk) == {}
    assert "erasure_late" not in [one.code for one in state.problems(at=now + DAY)]
    assert "erasure_late" in [one.code for one in state.problems(at=now + 2 * DAY)]


def leader_of_the_jobcenter(office, name):
    return factories.user(organisation=office.municipality, role=Role.TEAM_LEADER, username=name)


def test_a_proposal_that_nobody_approves_keeps_no_other_office_waiting(old, office, second, now):
    own = services.propose(by=office.leader, at=now, today=now.date())
    one, two = (leader_of_the_jobcenter(office, name) for name in ("one", "two"))

    run = services.propose(by=one, at=now, today=now.date())

    assert run.erasures.count() == 1
    services.approve(run_id=run.pk, by=two, at=now)
    services.withdraw(run_id=own.pk, by=office.leader, at=now)
    with pytest.raises(NothingDue):
        services.propose(by=office.leader, at=now, today=now.date())


def test_what_another_run_has_erased_is_told_as_erased(old, office, second, now):
    theirs = services.propose(by=leader_of_the_jobcenter(office, "one"), at=now, today=now.date())
    services.approve(run_id=theirs.pk, by=leader_of_the_jobcenter(office, "two"), at=now)
    ErasureRun.objects.filter(pk=theirs.pk).update(approved_by=None, approved_at=None)
    decide(office, second, now)
    services.approve(run_id=theirs.pk, by=leader_of_the_jobcenter(office, "three"), at=now + DAY)

    assert tasks.erase_approved() == 2

    assert [row.kept_because for row in theirs.erasures.all()] == [services.ERASED]


def test_what_is_erased_meanwhile_is_not_held_back_and_said_so(old, office, second, now):
    decide(office, second, now)
    tasks.erase_approved()
    with pytest.raises(ErasedAlready, match="slettet"):
        services.hold(case_id=old.pk, reason="Ankesag", by=office.leader, at=now)


def test_an_office_without_a_case_of_them_keeps_no_telephone_number(old, office, second, now):
    """One with another case, and one that was a party of it, know the citizen still."""
    later = factories.case(office, citizen=factories.citizen_details(name="Carla Prøvesen"))
    funds = [factories.organisation(name=name, kind=OrganisationKind.FUND) for name in ("Nuværende", "Tidligere")]
    Case.objects.filter(pk=later.pk).update(citizen=old.citizen_id, fund=funds[0])
    FormerParty.objects.create(case=later, organisation=funds[1], left_on=now.date(), left_at=now, name="Carla")
    for one in (office.fund, office.municipality, *funds):
        CitizenContact.objects.update_or_create(
            citizen=old.citizen, organisation=one, defaults={"phone": "+4520304050"}
        )
    decide(office, second, now)

    tasks.erase_approved()

    left = CitizenContact.objects.filter(citizen=old.citizen_id).values_list("organisation", flat=True)
    assert set(left) == {office.municipality.pk, *(one.pk for one in funds)}


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
