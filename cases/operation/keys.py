"""The CPR keys of this process are those of its database, or it does not work on it.

With another key no number could be read, and each citizen would be made a second time.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, OperationalError, ProgrammingError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from cases.models import KeyCheck
from cases.people import cpr

NAMES = ("CPR_ENCRYPTION_KEY", "CPR_INDEX_KEY")


class KeysDiffer(CommandError):
    """The keys are not those of the database; a command that meets it prints its sentence alone."""


def on_connection(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Let no connection stand whose keys differ: so web, worker and every command are asked, whatever they do."""
    try:
        _require(_written(connection))
    except KeysDiffer:
        connection.close()
        raise
    except ProgrammingError:
        # Before the first migrate there is no table, and no number either.
        pass


def check(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """For `manage.py check --database default`."""
    try:
        require_at_start(databases or ())
    except KeysDiffer as error:
        return [Error(str(error), id="cases.E001")]
    return []


def require_at_start(aliases: Sequence[str] = (DEFAULT_DB_ALIAS,)) -> None:
    """Raise KeysDiffer before any work is taken; a database that does not answer is another matter."""
    for alias in aliases:
        with suppress(OperationalError, ProgrammingError):
            _require(_written(connections[alias]))


def write_first(*, apps: Any, using: str) -> None:
    """Write the check values, once, with the models of the migration that asks; what is there must be readable."""
    _require_that_a_number_is_read(apps.get_model("cases", "Citizen").objects.using(using))
    model = apps.get_model("cases", "KeyCheck")
    model.objects.using(using).bulk_create([model(name=name, value=value) for name, value in _values().items()])


def _written(connection: BaseDatabaseWrapper) -> dict[str, str]:
    # A connection that has just been made is nobody's yet: the queryset would ask for it by its alias.
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name, value FROM {KeyCheck._meta.db_table}")
        return dict(cursor.fetchall())


def _require(written: Mapping[str, str]) -> None:
    wrong = [name for name, value in _values().items() if name in written and written[name] != value]
    if not wrong:
        return
    encryption, index = NAMES
    swapped = {encryption: _value(encryption, key_of=index), index: _value(index, key_of=encryption)}
    if written == swapped:
        raise KeysDiffer(f"{encryption} and {index} are swapped: give each the other's value.")
    raise KeysDiffer(
        f"{' and '.join(wrong)}: the CPR numbers in this database were written with another key. Start with that one: "
        "with this one no number can be read or found."
    )


def _values() -> dict[str, str]:
    return {name: _value(name, key_of=name) for name in NAMES}


def _value(name: str, *, key_of: str) -> str:
    """By which a key is known again under this name; the key cannot be worked out from it."""
    return hmac.new(getattr(settings, key_of), f"samtaleflow check of {name}".encode(), hashlib.sha256).hexdigest()


def _require_that_a_number_is_read(citizens: QuerySet[Any]) -> None:
    citizen = citizens.only("cpr_encrypted", "cpr_index", "born_on").order_by("pk").first()
    if citizen is None:
        return
    try:
        digits = cpr.unseal(citizen.cpr_encrypted)
    except InvalidTag:
        raise KeysDiffer("CPR_ENCRYPTION_KEY does not read the CPR numbers that are in this database.") from None
    if cpr.index(cpr.Cpr(digits=digits, born_on=citizen.born_on, is_replacement=False)) != citizen.cpr_index:
        raise KeysDiffer("CPR_INDEX_KEY does not find the CPR numbers that are in this database.")
