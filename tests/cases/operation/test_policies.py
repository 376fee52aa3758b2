"""The database shows each organisation its own citizens, and nobody to a connection of which nothing is said."""

import pytest
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction

from cases import wall
from cases.models import Case, CaseNote, Citizen, Event, FormerParty
from cases.operation import policies, roles
from meetings.models import RequiredMeeting, WorklistEntry
from tests.roles import as_owner

#: One that says it itself, one that hangs on it, and what hangs on that.
OF_A_CASE = (Case, Citizen, Event, RequiredMeeting)


def seen(organisation):
    with wall.seeing(str(organisation.pk)):
        return [model.objects.count() for model in OF_A_CASE]


def test_both_parties_see_what_is_of_the_case_and_no_neighbour_does(office, case):
    everything = [model.objects.count() for model in OF_A_CASE]

    assert all(everything)
    assert seen(office.fund) == seen(office.municipality) == everything
    assert seen(office.other_fund) == seen(office.other_municipality) == [0, 0, 0, 0]


def test_a_connection_of_which_nothing_is_said_sees_nobody(case):
    with wall.seeing(wall.NOBODY):
        assert [model.objects.count() for model in OF_A_CASE] == [0, 0, 0, 0]


def test_what_one_party_keeps_for_itself_the_other_one_does_not_see(office, case, now):
    CaseNote.objects.create(case=case, organisation=office.fund, written_by=office.adviser, written_at=now, text="x")

    with wall.seeing(str(office.municipality.pk)):
        assert not CaseNote.objects.exists()
        assert {one.organisation_id for one in WorklistEntry.objects.all()} <= {office.municipality.pk}


def test_a_party_that_was_left_sees_the_case_on(office, case, now):
    FormerParty.objects.create(case=case, organisation=office.other_fund, left_on=now.date(), left_at=now, name="x")

    with wall.seeing(str(office.other_fund.pk)):
        assert Case.objects.get() == case
    with wall.seeing(str(office.fund.pk)):
        assert not FormerParty.objects.exists()


def test_nothing_of_others_is_written_changed_or_taken_away(office, case):
    with wall.seeing(str(office.other_fund.pk)):
        assert Case.objects.filter(pk=case.pk).update(version=9) == 0
        assert RequiredMeeting.objects.all().delete()[0] == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Event.objects.create(case=case, kind="x", at=case.created_at, text="x")


def test_a_name_finds_nobody_of_others(office, case):
    word = case.citizen.name.split()[0]

    with wall.seeing(str(office.fund.pk)):
        assert Citizen.objects.few_named(word, at_most=9) == [case.citizen_id]
    with wall.seeing(str(office.other_fund.pk)):
        assert Citizen.objects.few_named(word, at_most=9) == []


@wall.lifted()
def fail_above_it():
    assert Case.objects.exists()
    Case.objects.get(pk=0)


def test_what_is_lifted_comes_down_again_also_after_a_failure(office, case):
    with wall.seeing(str(office.other_fund.pk)):
        with pytest.raises(Case.DoesNotExist):
            fail_above_it()
        assert not Case.objects.exists()


def test_who_leaves_a_connection_leaves_nobody_to_see(office, case):
    wall.stand_before(str(office.fund.pk))
    wall.forget()

    assert not Case.objects.exists()
    wall.stand_before(wall.OPERATION)


def test_a_web_process_begins_behind_the_wall(settings, monkeypatch):
    options = {"options": f"-c a=b {settings.SEES_ALL}"}
    monkeypatch.setitem(connections.settings[DEFAULT_DB_ALIAS], "OPTIONS", options)
    monkeypatch.setattr(connections, "close_all", lambda: None)

    wall.begin_behind()

    assert options == {"options": "-c a=b"}


def test_a_production_says_that_the_wall_does_not_stand(settings, db):
    settings.IS_PRODUCTION = True
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_citizen DISABLE ROW LEVEL SECURITY")

    with pytest.raises(roles.WrongRole, match="The second wall does not stand"):
        roles.require()


def test_a_policy_beside_ours_is_no_wall(db):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE POLICY open_to_all ON cases_citizen USING (true)")

    assert not policies.stands(connection)


def test_it_is_raised_again_where_it_is_another(db):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP POLICY second_wall ON cases_citizen")
        policies.build(connection)

    assert policies.stands(connection)
    assert policies._standing(connection) == policies.conditions()
