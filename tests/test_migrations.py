"""A release is put beside the one before: its migrations keep nobody waiting who works on the large tables."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib import import_module
from threading import current_thread, main_thread
from types import SimpleNamespace

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import connection, migrations, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models.expressions import RawSQL

from cases.models import Case
from cases.operation import policies
from meetings.models import RequiredMeeting, WorklistEntry
from tests import factories
from tests.durability.test_upgrade import RELEASE
from tests.meetings.steps import WEDNESDAY_TEN
from tests.transactions import somebody_waits

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


#: What is refused the second time: a column, an index that was left half built, a rule that is there.
MAKES = re.compile(r'(ADD COLUMN|CREATE (?:UNIQUE )?INDEX CONCURRENTLY|ADD CONSTRAINT) "?((?:IF NOT EXISTS )?\w+)')


def refused_again(statements):
    """What a migration makes that would be refused if an interrupted one were run once more."""
    whole = ";\n".join(statements)
    made_here = re.findall(r'CREATE TABLE "(\w+)"', whole)
    for statement in statements:
        if any(re.search(rf'\b(?:TABLE|ON) "?{table}\b', statement) for table in made_here):
            continue
        for made in MAKES.finditer(statement):
            what, name = made.groups()
            before = whole[: whole.index(statement) + made.start()]
            if what == "ADD COLUMN":
                is_safe = name.startswith("IF NOT EXISTS")
            else:
                is_safe = re.search(rf'DROP (?:INDEX CONCURRENTLY|CONSTRAINT) IF EXISTS "?{name}\b', before)
            if not is_safe:
                yield f"{what} {name}"


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_migration_that_is_not_one_transaction_can_be_run_once_more():
    by_itself = {str(migration) for migration in made_since() if not migration.atomic}
    refused = {name: [*refused_again(said)] for name, said in statements_since() if name in by_itself}

    assert len(refused) == len(by_itself) > 10
    assert {name: made for name, made in refused.items() if made} == {}


# What fills new columns while all others work


FILLED = ["0024_what_a_list_is_chosen_by", "0026_what_a_jobcenter_receives"]


def fill(name):
    filling = import_module(f"meetings.migrations.{name}")
    try:
        filling.fill(None, SimpleNamespace(connection=connection))
    finally:
        if current_thread() is not main_thread():
            connection.close()


def what_is_filled():
    return list(
        WorklistEntry.objects.order_by("pk")
        .annotate(written_by=RawSQL("meetings_worklistentry.xmin::text", []))
        .values_list("organisation", "kind", "held_from", "written_by")
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", FILLED)
def test_entries_are_filled_after_whoever_changes_their_case_and_by_what_they_wrote(name, case, office):
    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            Case.objects.select_for_update().get(pk=case.pk)
            filling = pool.submit(fill, name)
            while not somebody_waits():
                assert not filling.done()
            for entry in WorklistEntry.objects.order_by("-pk"):
                WorklistEntry.objects.filter(pk=entry.pk).update(kind="", held_from=None)
            RequiredMeeting.objects.filter(case=case).update(kind="joint_interview")
            Case.objects.filter(pk=case.pk).update(municipality_from=date(2030, 1, 1))
        filling.result(timeout=30)
    filled = {place: (kind, held_from) for place, kind, held_from, _ in what_is_filled()}
    if name == FILLED[0]:
        assert filled[office.fund.pk] == ("joint_interview", None)
    else:
        assert filled[office.municipality.pk] == ("", date(2030, 1, 1))


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILLED)
def test_an_entry_that_is_right_is_not_written_anew(name, case):
    before = what_is_filled()
    fill(name)

    assert what_is_filled() == before


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


def say_as_the_release_before(meeting, requirement, *, is_late=False):
    """That release writes with the talk what it fulfils."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE meetings_meeting SET requirement_id = %s, is_late = %s WHERE id = %s",
            [requirement and requirement.pk, is_late, meeting.pk],
        )


def fulfilled(case):
    return list(case.required_meetings.exclude(meeting=None).values_list("pk", "meeting", "is_met_late"))


@pytest.mark.django_db
def test_what_a_talk_fulfils_follows_the_release_before(case, office, now):
    meeting = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
    first, second = case.required_meetings.current().order_by("due_on")[:2]
    for requirement, is_late in ((second, True), (first, True), (first, False)):
        say_as_the_release_before(meeting, requirement, is_late=is_late)
        assert fulfilled(case) == [(requirement.pk, meeting.pk, is_late)]
    say_as_the_release_before(meeting, None)

    assert fulfilled(case) == []


@pytest.mark.django_db
def test_what_a_talk_fulfils_is_filled_from_the_talk(case, office, now):
    meeting = factories.book(case, office.adviser, WEDNESDAY_TEN, at=now)
    (said,) = fulfilled(case)
    say_as_the_release_before(meeting, meeting.requirement, is_late=meeting.is_late)
    RequiredMeeting.objects.filter(case=case).update(meeting=None)
    fill("0032_the_talk_that_fulfils_a_requirement")
    assert fulfilled(case) == [said]
    # What was closed meanwhile has no talk.
    RequiredMeeting.objects.filter(case=case).update(meeting=None, replaced_at=case.created_at)
    fill("0032_the_talk_that_fulfils_a_requirement")

    assert fulfilled(case) == []
