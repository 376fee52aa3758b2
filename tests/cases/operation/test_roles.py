"""The role of the application owns nothing: it can empty no table, switch off none of its guards, and not migrate."""

import os

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from cases.models import Act, Event
from cases.operation import roles, state
from meetings.models import MeetingRule
from tests.roles import as_owner

LOGS = (
    "cases_accesslog",
    "cases_actwithdrawal",
    "cases_aimdecision",
    "cases_event",
    "cases_logreseal",
    "cases_logseal",
    "cases_lawreview",
    "cases_planversion",
    "cases_securityevent",
    "meetings_explanation",
)
#: The application writes drafts here, so it is triggers that guard what is published.
LAW = ("cases_act", "cases_actvalue", "meetings_meetingrule")


@pytest.fixture
def application(db):
    """A connection by the address that web, worker and every command are given."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_URL"], dbname=name, autocommit=True) as own:
        yield own


def tables():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        return sorted(name for (name,) in cursor.fetchall())


def said(application, statement):
    try:
        application.execute(statement)
    except InsufficientPrivilege:
        return "refused"
    except psycopg.Error as error:
        return str(error)
    return "done"


def refused_here(statement):
    """Why the statement is refused within this test's transaction, where its rows are."""
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(refused.value)


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER USER",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "ALTER TABLE {} OWNER TO samtaleflow_app",
        "DROP TABLE {} CASCADE",
        "CREATE TRIGGER mine BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "CREATE RULE mine AS ON INSERT TO {} DO INSTEAD NOTHING",
    ],
)
def test_no_table_is_emptied_changed_or_loses_its_guards(statement, application):
    said_of = {table: said(application, statement.format(table)) for table in tables()}

    assert len(said_of) > 50
    assert [table for table, answer in said_of.items() if answer != "refused"] == []


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "SET ROLE samtaleflow",
        "SET ROLE postgres",
        "CREATE TABLE mine (id int)",
        "DELETE FROM django_migrations",
    ],
)
def test_the_application_makes_itself_no_more_than_it_is(statement, application):
    assert said(application, statement) == "refused"


@pytest.mark.parametrize("how", ["UPDATE {} SET id = id", "DELETE FROM {}", "SELECT 1 FROM {} FOR UPDATE"])
@pytest.mark.parametrize("table", LOGS)
def test_no_row_of_a_log_is_changed_or_taken_away(how, table, db):
    assert refused_here(how.format(table)).startswith("permission denied for table")


def test_the_logs_are_those_of_the_models():
    assert sorted(LOGS) == sorted(roles.append_only())


def test_the_triggers_refuse_the_owner_of_the_tables_too(case):
    assert Event.objects.exists()

    with as_owner():
        assert "Cannot" in refused_here("DELETE FROM cases_event")
        assert "Cannot" in refused_here("UPDATE cases_event SET kind = 'x'")


@pytest.mark.parametrize("how", ["UPDATE {} SET note = 'x' WHERE {}", "DELETE FROM {} WHERE {}"])
@pytest.mark.parametrize("table", LAW)
def test_published_law_is_not_changed(how, table, law):
    published = list(Act.objects.published().values_list("pk", flat=True))
    which = f"{'id' if table == 'cases_act' else 'act_id'} IN ({', '.join(map(str, published))})"
    if table == "meetings_meetingrule":
        how = how.replace("note = 'x'", "number = 9")

    refused = refused_here(how.format(table, which))

    assert "Cannot" in refused or "A published act never changes" in refused
    assert MeetingRule.objects.filter(act__in=published).exists()


def test_what_is_granted_is_what_the_models_ask_for(db):
    assert roles._granted(connection) == roles._wanted(connection)


# Migrating


def test_the_owner_grants_what_a_new_table_needs(db):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE cases_brandnew (id bigserial PRIMARY KEY)")
        cursor.execute("GRANT TRUNCATE ON cases_event TO PUBLIC")

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO cases_brandnew DEFAULT VALUES")
    assert roles._granted(connection)[("cases_event", "r")] == {"INSERT", "SELECT"}


def test_the_application_cannot_migrate_and_is_told_by_which_address_to(db, settings):
    settings.OWNER_DATABASE = None

    with pytest.raises(CommandError, match="give the owner's address in MIGRATE_DATABASE_URL"):
        call_command("migrate", verbosity=0)


def test_a_role_that_is_not_there_is_named(db, settings):
    settings.APPLICATION_ROLE = "nobody"

    with pytest.raises(CommandError, match="There is no role nobody"):
        roles.grant(connection)


# A production process


@pytest.fixture
def production(db, settings):
    settings.IS_PRODUCTION, settings.OWNER_DATABASE = True, None


def test_a_production_as_the_application_starts(production):
    roles.require_at_start()

    assert "roles" not in state.missing()


def test_a_production_as_the_owner_does_not_start(production, settings):
    settings.APPLICATION_ROLE = "samtaleflow"

    with pytest.raises(roles.WrongRole, match="may empty logs"):
        roles.require_at_start()
    assert "roles" in state.missing()


def test_a_production_that_lacks_a_right_does_not_start(production):
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute("REVOKE SELECT ON cases_case FROM samtaleflow_app")

    with pytest.raises(roles.WrongRole, match="lacks rights"):
        roles.require_at_start()


def take_temporary_tables_from_everybody():
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        database = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")


def test_a_production_that_may_make_no_temporary_table_does_not_start_until_it_is_granted(production, settings):
    take_temporary_tables_from_everybody()
    with pytest.raises(roles.WrongRole, match="lacks rights"):
        roles.require_at_start()

    roles.grant(connection)

    roles.require_at_start()


def test_a_service_that_is_given_the_owners_address_does_not_start(production, settings):
    settings.OWNER_DATABASE = {"USER": "samtaleflow"}

    with pytest.raises(roles.WrongRole, match="MIGRATE_DATABASE_URL is for `migrate` alone"):
        roles.require_at_start()


@pytest.mark.parametrize(("granted", "starts"), [("SELECT, INSERT", True), ("SELECT, TRUNCATE", False)])
def test_a_table_of_the_next_release_is_for_that_one_to_judge(production, granted, starts):
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute("CREATE TABLE cases_newlog (id bigserial PRIMARY KEY)")
        cursor.execute(f"GRANT {granted} ON cases_newlog TO samtaleflow_app")

    assert ("roles" not in state.missing()) is starts
