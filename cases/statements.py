"""Readings whose SQL text is made once for each kind of asker, and asked again and again with other values.

Django makes the text of a query anew each time and PostgreSQL its plan, and both take longer than the answer. The
conditions stay where they stand, in the query sets; what a page asks every time is wrapped in a `Statement`, whose text
is made once in each process and prepared once on each connection.
"""

import copy
import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet, PermissionDenied
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateField,
    DateTimeField,
    Expression,
    F,
    Field,
    Func,
    QuerySet,
    TextField,
    UUIDField,
)
from django.db.models.expressions import RawSQL
from django.utils import timezone
from psycopg.sql import Literal

Row = TypeVar("Row")
#: What a parameter may be.
Given = date | datetime | int | str | UUID | list[int]

#: So many texts of one statement are kept; who asks for more than these filters makes them anew.
_KEPT = 200


class Parameter(Expression):
    """The place of a value in a text; it may stand wherever a query set takes an expression."""

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", (self,)


class IsOneOf(Func):
    """Whether the key at a path is among some keys, which may be a parameter: one list, by which rows are found."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()

    def __init__(self, path: str, keys: Any) -> None:
        if not isinstance(keys, Expression):
            # As one word: Django and the driver would each look at every key, of which there may be thousands.
            keys = RawSQL("%s::bigint[]", [f"{{{','.join(map(str, keys))}}}"])
        super().__init__(F(path), keys)


def midnight(day: date) -> Any:
    """The first moment of a day in Denmark, also of a day that is a parameter."""
    if isinstance(day, Expression):
        template = f"(%(expressions)s::timestamp AT TIME ZONE '{settings.TIME_ZONE}')"
        return Func(day, template=template, output_field=DateTimeField())
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True)
class AskersOrganisation:
    """Of the asker's organisation: what a text may depend on."""

    pk: Parameter = field(compare=False, repr=False)
    kind: str
    is_fund: bool
    is_municipality: bool


@dataclass(frozen=True)
class Asker:
    """A user as a text may know one: the ids are parameters, and two users of equal askers share their texts.

    It has nothing else of the user, so that no text made for one can say anything of that one to another.
    """

    is_active: bool
    role: str
    is_administrator: bool
    organisation: AskersOrganisation | None
    has_team: bool

    @classmethod
    def of(cls, user: Any) -> "Asker":
        place = user.organisation
        return cls(
            is_active=user.is_active,
            role=user.role,
            is_administrator=user.is_administrator,
            organisation=place
            and AskersOrganisation(
                pk=_ORGANISATION, kind=place.kind, is_fund=place.is_fund, is_municipality=place.is_municipality
            ),
            has_team=user.team_id is not None,
        )

    @property
    def pk(self) -> Parameter:
        return _USER

    @property
    def workplace(self) -> AskersOrganisation:
        if self.organisation is None:
            raise PermissionDenied
        return self.organisation

    @property
    def organisation_id(self) -> Parameter | None:
        return _ORGANISATION if self.organisation else None

    def looks_after(self, today: date) -> Parameter:
        return _LOOKED_AFTER

    @property
    def team_id(self) -> Parameter | None:
        return _TEAM if self.has_team else None


_USER = Parameter("user", BigIntegerField())
_ORGANISATION = Parameter("organisation", BigIntegerField())
_TEAM = Parameter("team", BigIntegerField())
#: What the asker looks after on the day that the statement calls `today`.
_LOOKED_AFTER = Parameter("looked_after", ArrayField(BigIntegerField()))


@dataclass(frozen=True)
class _Made:
    rows: QuerySet[Any, Any]
    compiler: Any
    sql: str
    names: tuple[str, ...]
    #: How each column becomes a value of its field, which Django would find out for every answer.
    converters: dict[int, Any] = field(default_factory=dict)


class Statement(Generic[Row]):
    """A query set of an asker and of named days, moments and words, whose text is made once for each kind of asker.

    `build` takes an `Asker` where a user is asked for, then what decides the shape of the text (a scope, a filter: all
    hashable), and by name the days, moments, keys and words, as parameters: it computes with them only as the database
    can, and asks nothing. What reads much by values that differ much (a whole organisation, large or small) is planned
    anew each time.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], *, is_planned_once: bool = True) -> None:
        self._build = build
        self._is_planned_once = is_planned_once
        self._made: dict[Hashable, _Made] = {}

    def rows(self, user: Any, *shape: Hashable, **values: Given) -> list[Row]:
        """The rows that `build` finds for this user, with these values; of nobody's where the user is None."""
        asker = Asker.of(user) if user is not None else None
        key = (asker, shape, *values)
        # Another thread may empty what is kept at any moment.
        made = self._made.get(key)
        if made is None:
            if len(self._made) >= _KEPT:
                self._made.clear()
            made = self._made[key] = self._make(asker, shape, values)
        if not made.sql:
            return []
        given: dict[str, Any] = dict(values)
        if user is not None:
            given |= {"user": user.pk, "organisation": user.organisation_id, "team": user.team_id}
        if _LOOKED_AFTER.name in made.names:
            given[_LOOKED_AFTER.name] = user.looks_after(values["today"])
        return list(_filled(made, [given[name] for name in made.names], is_planned_once=self._is_planned_once))

    def _make(self, asker: Asker | None, shape: tuple[Hashable, ...], values: dict[str, Any]) -> _Made:
        """The text with its parameters; empty where it can find nothing, whatever they are."""
        rows = self._build(asker, *shape, **{name: Parameter(name, _field_of(value)) for name, value in values.items()})
        compiler = rows.query.get_compiler(rows.db)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return _Made(rows, compiler, "", ())
        connection = connections[rows.db]
        connection.ensure_connection()
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        return _Made(rows, compiler, *_with_constants(sql, params, connection.connection), converters)


def _field_of(value: Given) -> "Field[Any, Any]":
    if isinstance(value, list):
        return ArrayField(BigIntegerField())
    if isinstance(value, UUID):
        return UUIDField()
    if isinstance(value, int):
        return BigIntegerField()
    if isinstance(value, str):
        return TextField()
    return DateTimeField() if isinstance(value, datetime) else DateField()


def _with_constants(text: str, params: Iterable[Any], connection: Any) -> tuple[str, tuple[str, ...]]:
    """The text with all values but the parameters written into it, and the names of those in their order.

    A plan that is kept knows the constants, and so what they find.
    """
    given, names = iter(params), []

    def write(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return "%%"
        if isinstance(value := next(given), Parameter):
            names.append(value.name)
            return "%s"
        return Literal(value).as_string(connection).replace("%", "%%")

    return re.sub("%%|%s", write, text), tuple(names)


def prepared_cursor() -> Any:
    """A cursor of the default connection that leaves the values to the database, which then keeps the plan."""
    return _Preparing(connections[DEFAULT_DB_ALIAS]).cursor()


class _Preparing:
    """A connection of Django's whose cursors leave the values to the database, which then keeps the plan."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def cursor(self) -> Any:
        if self._connection.queries_logged:
            # Of what is prepared the log would know no text.
            return self._connection.cursor()
        self._connection.close_if_health_check_failed()
        self._connection.ensure_connection()
        with self._connection.wrap_database_errors:
            cursor: Any = ServerBindingCursor
            return self._connection._prepare_cursor(cursor(self._connection.connection))


def _filled(made: _Made, values: Sequence[Any], *, is_planned_once: bool) -> QuerySet[Any, Any]:
    """The query set once more, which will ask the text as it is, with these values in their places."""
    compiler = copy.copy(made.compiler)
    # The text may have been made in another thread, over its own connection.
    connection = connections[made.rows.db]
    compiler.connection = _Preparing(connection) if is_planned_once else connection
    compiler.as_sql = lambda *args, **kwargs: (made.sql, values)
    compiler.get_converters = lambda expressions: made.converters
    rows = made.rows.all()
    rows.query.get_compiler = lambda *args, **kwargs: compiler  # type: ignore[method-assign]  # of this query alone
    return rows
