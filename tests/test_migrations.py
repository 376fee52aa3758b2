"""A release is put beside the one before: its migrations keep nobody waiting who works on the large tables."""

import re

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader

from cases.operation import policies
from tests.durability.test_upgrade import RELEASE

#: What builds or takes away an index, or reads a whole table, while all others wait.
BUILDS = (
    migrations.AddIndex,
    migrations.RemoveIndex,
    migrations.AddConstraint,
    migrations.AlterUniqueTogether,
)
CONCURRENT = (AddIndexConcurrently, RemoveIndexConcurrently)
IN_SQL = re.compile(r"create\s+(unique\s+)?index\s+(?!concurrently)|drop\s+index\s+(?!concurrently)", re.IGNORECASE)
#: A rule that is held against all rows of a table at once, while all others wait.
CHECKS = re.compile(r"\bcheck\s*\((?!.*not\s+valid)", re.IGNORECASE | re.DOTALL)
#: A table that has few rows, however many use the application: one for each re-planning.
SMALL = ("lawrun",)
CHANGES_TABLE = (migrations.AddField, migrations.AlterField, migrations.RemoveField, *BUILDS)


def made_since():
    """The migrations that came after the release in use."""
    released, loader = dict(RELEASE), MigrationLoader(None)
    return [one for (app, name), one in loader.disk_migrations.items() if name > released.get(app, "~")]


def done_in(operations):
    """What happens in the database, and not in the state alone."""
    for one in operations:
        if isinstance(one, migrations.SeparateDatabaseAndState):
            yield from done_in(one.database_operations)
        else:
            yield one


def of_old_tables(migration):
    """What it does to tables that were there before it."""
    operations = list(done_in(migration.operations))
    new = {one.name_lower for one in operations if isinstance(one, migrations.CreateModel)}
    return [one for one in operations if getattr(one, "model_name", "").lower() not in new]


def changes_rows(operation):
    if isinstance(operation, migrations.RunSQL):
        return re.search(r"\b(update|insert)\b", str(operation.sql), re.IGNORECASE) is not None
    return isinstance(operation, migrations.RunPython) and operation.code is not migrations.RunPython.noop


def test_an_index_of_an_old_table_is_built_beside_all_that_work_on_it():
    builds = [
        (str(migration), operation.describe())
        for migration in made_since()
        for operation in of_old_tables(migration)
        if (isinstance(operation, BUILDS) and not isinstance(operation, CONCURRENT))
        or (isinstance(operation, migrations.RunSQL) and IN_SQL.search(str(operation.sql)))
    ]
    assert builds == []


def has_check(operation):
    return operation.model_name_lower not in SMALL and operation.field.db_check(connection) is not None


def test_a_new_rule_of_an_old_table_is_held_against_its_rows_while_others_work_on_them():
    checks = [
        (str(migration), operation.describe())
        for migration in made_since()
        for operation in of_old_tables(migration)
        if (isinstance(operation, migrations.AddField) and has_check(operation))
        or (isinstance(operation, migrations.RunSQL) and CHECKS.search(str(operation.sql)))
    ]
    assert checks == []


def test_no_table_is_closed_while_its_rows_are_written():
    # What changes a table has it for itself until its transaction ends.
    both = [
        str(migration)
        for migration in made_since()
        if migration.atomic
        and any(changes_rows(one) for one in migration.operations)
        and any(isinstance(one, CHANGES_TABLE) for one in of_old_tables(migration))
    ]
    assert both == []


#: What has a table for itself while it reads or writes all of its rows, or takes away what the release before asks for.
HOLDS = re.compile(
    r"alter column \S+ type|set not null|drop column|drop table|rename|lock table"
    r"|add constraint (?!.*(not valid|using index)).*(foreign key|check|unique|exclude)",
    re.IGNORECASE | re.DOTALL,
)
#: What was looked at, and does neither.
KNOWN = {
    "cases.0020_handed_over_is_a_state": "a longer text, of which no row is written anew",
    "meetings.0020_calendar_address_sealed": "some rows a user, and the column came with the release that sealed it",
}


def statements_since():
    """What each migration since the release in use says to the database; nothing is done in it."""
    loader = MigrationLoader(connection, replace_migrations=False)
    state, ours = loader.project_state(RELEASE), {(one.app_label, one.name) for one in made_since()}
    for node in dict.fromkeys(node for leaf in loader.graph.leaf_nodes() for node in loader.graph.forwards_plan(leaf)):
        if node in ours:
            with connection.schema_editor(collect_sql=True, atomic=loader.graph.nodes[node].atomic) as editor:
                state = loader.graph.nodes[node].apply(state, editor, collect_sql=True)
            yield ".".join(node), [one for one in editor.collected_sql if not one.startswith("--")]


@pytest.mark.django_db(transaction=True)
def test_no_statement_holds_an_old_table_while_its_rows_are_read_or_written():
    holding = {}
    for name, statements in statements_since():
        for one in filter(HOLDS.search, statements):
            altered = re.match(r'ALTER TABLE (?:ONLY )?"?(\w+)"?', one)
            if not altered or not any(f'CREATE TABLE "{altered[1]}"' in made for made in statements):
                holding[name] = one
    assert {name: statement for name, statement in holding.items() if name not in KNOWN} == {}
    assert holding.keys() == KNOWN.keys()


#: The indexes of a table that another one begins with: each costs its part of every write, and finds nothing more.
BEGUN_WITH = """
    SELECT begun.indexrelid::regclass::text, begun.indrelid::regclass::text
    FROM pg_index begun
    JOIN pg_index longer ON longer.indrelid = begun.indrelid AND longer.indexrelid <> begun.indexrelid
    JOIN pg_class one ON one.oid = begun.indexrelid
    JOIN pg_class other ON other.oid = longer.indexrelid AND other.relam = one.relam
    WHERE NOT begun.indisunique AND num_nulls(begun.indexprs, begun.indpred, longer.indexprs, longer.indpred) = 4
        AND longer.indkey::text || ' ' LIKE begun.indkey::text || ' %'
"""


@pytest.mark.django_db
def test_no_index_of_a_case_or_a_person_is_one_that_another_begins_with():
    with connection.cursor() as cursor:
        cursor.execute(BEGUN_WITH)
        found = {index for index, table in cursor.fetchall() if table in policies.conditions()}

    assert found == set()
