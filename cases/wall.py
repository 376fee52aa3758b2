"""The second wall: whose rows a connection sees. It is said of the connection, and the database holds it.

The policies stand in `cases.operation.policies`. A connection of which nothing is said sees nobody.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections

SETTING = "samtaleflow.sees"
#: Works for all organisations: the worker, the commands, the administration, and what is lifted over the wall.
OPERATION = "0"
NOBODY = ""


def stand_before(sees: str) -> str:
    """Let the connection see the rows of that organisation alone from now on; return what it saw until now."""
    connection.ensure_connection()
    return say(sees)


def say(sees: str) -> str:
    """The same of a connection that is open. It is no query of the page, so it goes to the driver itself."""
    with connection.wrap_database_errors:
        row = connection.connection.execute(
            "SELECT current_setting(%(name)s, true), set_config(%(name)s, %(sees)s, false)",
            {"name": SETTING, "sees": sees},
        ).fetchone()
    return row[0] or NOBODY


def forget() -> None:
    """Let nobody's rows be seen by whoever comes next on this connection, without asking for a connection."""
    if connection.connection is None:
        return
    try:
        say(NOBODY)
    except OperationalError:
        connection.close()


@contextmanager
def seeing(sees: str) -> Iterator[None]:
    """Stand before the rows of that organisation until the end."""
    before = stand_before(sees)
    try:
        yield
    finally:
        # What is rolled back takes this back too.
        if not connection.needs_rollback:
            stand_before(before)


@contextmanager
def lifted() -> Iterator[None]:
    """See everybody until the end: for what is right only if more than one's own is asked, of what was found behind it.

    Also as a decorator, around the transaction of a change.
    """
    with seeing(OPERATION):
        yield


def begin_behind() -> None:
    """Let all connections of this process that are opened from now on see nobody, until something is said."""
    connections.close_all()
    options = connections.settings[DEFAULT_DB_ALIAS]["OPTIONS"]
    options["options"] = options["options"].replace(settings.SEES_ALL, "").strip()
