"""The role of the application owns nothing: what it may do is granted table by table, anew after each migrate.

So whoever takes over a process can neither empty a log nor switch off a trigger, by whatever statement.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pgtrigger
from django.conf import settings
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from cases.operation import policies

#: All that a role may do with a table and with a sequence; its owner may also empty, change and drop it.
_PRIVILEGES = {
    "r": ("DELETE", "INSERT", "SELECT", "UPDATE", "TRUNCATE", "REFERENCES", "TRIGGER", "OWNER"),
    "S": ("USAGE", "SELECT", "UPDATE"),
}
_OF_AN_OWNER = {"TRUNCATE", "REFERENCES", "TRIGGER", "OWNER"}
_GRANTED = """
SELECT relname, relkind::text, ARRAY(
    SELECT one FROM jsonb_array_elements_text(%(privileges)s::jsonb -> relkind::text) AS one
    WHERE CASE WHEN one = 'OWNER' THEN pg_has_role(%(role)s, relowner, 'MEMBER')
        WHEN relkind = 'S' THEN has_sequence_privilege(%(role)s, pg_class.oid, one)
        ELSE has_table_privilege(%(role)s, pg_class.oid, one) END
)
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
"""


class WrongRole(CommandError):
    """The role of this process can do more than the application needs, or less; the message is one sentence."""


@contextmanager
def as_owner(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Connect as the owner of the tables until the end, where the environment names one."""
    before = dict(connection.settings_dict)
    become_owner(connection)
    try:
        yield
    finally:
        if connection.settings_dict != before:
            connection.close()
            connection.settings_dict.update(before)


def become_owner(connection: BaseDatabaseWrapper) -> None:
    """Connect as the owner of the tables from now on; the database stays the one that the connection leads to."""
    owner = settings.OWNER_DATABASE
    if owner is None:
        return
    options = {**connection.settings_dict["OPTIONS"], **owner.get("OPTIONS", {})}
    connection.close()
    connection.settings_dict.update({**owner, "NAME": connection.settings_dict["NAME"], "OPTIONS": options})


def require_owner(connection: BaseDatabaseWrapper) -> None:
    """Raise WrongRole where the role of this connection can make no table, and so cannot migrate."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege('public', 'CREATE')")
        [may_make_tables] = cursor.fetchone()
    if not may_make_tables:
        raise WrongRole(
            "The role of DATABASE_URL owns nothing and cannot migrate: "
            "give the owner's address in MIGRATE_DATABASE_URL."
        )


def grant(connection: BaseDatabaseWrapper) -> None:
    """Give the application's role what it needs and no more; asked as the owner, after each change of the tables.

    All at once, so that whoever serves meanwhile never lacks anything. One role that does everything is left alone.
    """
    role = connection.ops.quote_name(settings.APPLICATION_ROLE)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [settings.APPLICATION_ROLE]
        )
        owner, is_there = cursor.fetchone()
        if owner == settings.APPLICATION_ROLE:
            return
        if not is_there:
            raise WrongRole(
                f"There is no role {settings.APPLICATION_ROLE}, which DATABASE_URL names: make it with "
                f"`createuser --pwprompt {settings.APPLICATION_ROLE}`, as PostgreSQL's own user."
            )
        if not _may_copy(connection):
            database = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"GRANT TEMPORARY ON DATABASE {database} TO {role}")
        # So it was by itself until PostgreSQL 15.
        cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}")
        wanted = _wanted(connection)
        if _granted(connection) == wanted:
            return
        for kind in ("TABLES", "SEQUENCES"):
            cursor.execute(f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM PUBLIC, {role}")
        for (name, kind), privileges in wanted.items():
            what = "SEQUENCE" if kind == "S" else "TABLE"
            cursor.execute(
                f"GRANT {', '.join(sorted(privileges))} ON {what} {connection.ops.quote_name(name)} TO {role}"
            )


def require_at_start() -> None:
    """Raise WrongRole before any work is taken, in production; a database that does not answer is another matter."""
    if settings.IS_PRODUCTION and settings.OWNER_DATABASE is not None:
        raise WrongRole(
            "MIGRATE_DATABASE_URL is for `migrate` alone: whoever takes over a process that has it can empty the logs. "
            "Take it out of the environment of the services."
        )
    with suppress(OperationalError):
        require()


def require() -> None:
    """Raise WrongRole where a production works as another than a role that owns nothing and may do what it needs."""
    if not settings.IS_PRODUCTION:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    granted, wanted = _granted(connection), _wanted(connection)
    # What only the next release names, it judges itself: this one serves beside it.
    ours = {*connection.introspection.django_table_names(), MigrationRecorder.Migration._meta.db_table}
    for name, kind in set(granted):
        if name.removesuffix("_id_seq") not in ours:
            wanted |= {(name, kind): granted[name, kind] - _OF_AN_OWNER}
    if any(privileges - wanted[name] for name, privileges in granted.items()):
        raise WrongRole(
            "The role of DATABASE_URL may empty logs and switch off triggers: give the services a role that owns "
            "nothing, and `migrate` the owner's address in MIGRATE_DATABASE_URL."
        )
    if granted != wanted or not _may_copy(connection):
        raise WrongRole(
            "The role of DATABASE_URL lacks rights in the database: run `migrate` with the owner's address in "
            "MIGRATE_DATABASE_URL, which grants them."
        )
    if not policies.stands(connection):
        raise WrongRole(
            "The second wall does not stand, and a page that forgets to ask whose a case is would show it: run "
            "`migrate` with the owner's address in MIGRATE_DATABASE_URL, which raises it."
        )


def append_only() -> set[str]:
    """The tables whose rows are never changed nor taken away, as the triggers of their models say."""
    never = str(pgtrigger.Update | pgtrigger.Delete)
    return {
        model._meta.db_table
        for model, trigger in pgtrigger.registered()
        if isinstance(trigger, pgtrigger.Protect) and trigger.condition is None and str(trigger.operation) == never
    }


def _wanted(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], frozenset[str]]:
    """All there is, also what only the release before names: it serves until this one does."""
    logs, migrations = append_only(), MigrationRecorder.Migration._meta.db_table

    def wanted(name: str, kind: str) -> str:
        if kind == "S":
            return "USAGE"
        if name == migrations:
            return "SELECT"
        return "INSERT SELECT" if name in logs else "DELETE INSERT SELECT UPDATE"

    return {(name, kind): frozenset(wanted(name, kind).split()) for name, kind in _granted(connection)}


def _may_copy(connection: BaseDatabaseWrapper) -> bool:
    """Whether the role may make the temporary tables of `cases.bulk_rows`; in a new database everybody may."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_database_privilege(%s, current_database(), 'TEMPORARY')", [settings.APPLICATION_ROLE]
        )
        [may_copy] = cursor.fetchone()
    return bool(may_copy)


def _granted(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], frozenset[str]]:
    with connection.cursor() as cursor:
        cursor.execute(_GRANTED, {"privileges": json.dumps(_PRIVILEGES), "role": settings.APPLICATION_ROLE})
        rows: list[Any] = cursor.fetchall()
    return {(name, kind): frozenset(privileges) for name, kind, privileges in rows}
