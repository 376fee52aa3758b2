"""The CPR keys of this process are those of its database, or it does not work on it.

With another key no number could be read, and each citizen would be made a second time. So the database names every key
that was ever let in and may have written: all of them must be given, and the one that writes must be one of them.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, OperationalError, ProgrammingError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from cases.models import KeyCheck
from cases.people import cpr, encryption

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
    model.objects.using(using).bulk_create([model(name=name, value=value) for name, value in _values(_rings()).items()])


def _written(connection: BaseDatabaseWrapper) -> dict[str, str]:
    # A connection that has just been made is nobody's yet: the queryset would ask for it by its alias.
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name, value FROM {KeyCheck._meta.db_table}")
        return dict(cursor.fetchall())


def _require(written: Mapping[str, str]) -> None:
    given = _values(_rings())
    wrong = [name for name, value in written.items() if given.get(name) != value]
    encryption_name, index_name = NAMES
    if wrong and written.items() <= _values(dict(zip(NAMES, reversed(_rings().values()), strict=True))).items():
        raise KeysDiffer(f"{encryption_name} and {index_name} are swapped: give each the other's value.")
    if wrong:
        raise KeysDiffer(
            f"{' and '.join(wrong)}: the CPR numbers in this database were written with another key. Start with that "
            "one: with this one no number can be read or found."
        )
    for new in [name for name in _newest().values() if written and name not in written]:
        raise KeysDiffer(
            f"{new} is new to this database, and must not write in it yet: put it behind the others, restart all that "
            "runs, let it in by `rotate_keys --add`, and put it first then."
        )


def let_in() -> list[str]:
    """Let every key that is given write, once all that runs can read it; gives the names of those that are new."""
    written = _written(connections[DEFAULT_DB_ALIAS])
    new = {name: value for name, value in _values(_rings()).items() if name not in written}
    KeyCheck.objects.bulk_create(KeyCheck(name=name, value=value) for name, value in new.items())
    return list(new)


def forget_others() -> list[str]:
    """Forget every key but those that write, since nothing is left of theirs; gives their names."""
    others = KeyCheck.objects.exclude(name__in=_newest().values())
    names = list(others.values_list("name", flat=True))
    others.delete()
    return names


def _rings() -> dict[str, Sequence[encryption.Key]]:
    return dict(zip(NAMES, (settings.CPR_ENCRYPTION_KEYS, settings.CPR_INDEX_KEYS), strict=True))


def _newest() -> dict[str, str]:
    return {name: _named(name, ring[0]) for name, ring in _rings().items()}


def _named(name: str, key: encryption.Key) -> str:
    return f"{name}:{key.id}" if key.id else name


def _values(rings: Mapping[str, Sequence[encryption.Key]]) -> dict[str, str]:
    return {_named(name, key): _value(name, key) for name, ring in rings.items() for key in ring}


def _value(name: str, key: encryption.Key) -> str:
    """By which a key is known again under this name; the key cannot be worked out from it."""
    return hmac.new(key.secret, f"samtaleflow check of {name}".encode(), hashlib.sha256).hexdigest()


def _require_that_a_number_is_read(citizens: QuerySet[Any]) -> None:
    citizen = citizens.only("cpr_encrypted", "cpr_index", "born_on").order_by("pk").first()
    if citizen is None:
        return
    try:
        digits = cpr.digits_of(citizen.cpr_encrypted, index=citizen.cpr_index)
    except encryption.CannotBeRead:
        raise KeysDiffer("CPR_ENCRYPTION_KEY does not read the CPR numbers that are in this database.") from None
    number = cpr.Cpr(digits=digits, born_on=citizen.born_on, is_replacement=False)
    if citizen.cpr_index not in cpr.indexes(number):
        raise KeysDiffer("CPR_INDEX_KEY does not find the CPR numbers that are in this database.")
