"""The policies of the second wall: which rows of which tables an organisation sees (`cases.wall` says for which).

They are coarse: the case is, or was, one of the organisation's. What its people may do with it, and for how long, the
querysets say exactly.
"""

from collections.abc import Sequence

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from cases import seam, wall
from cases.models import Case, Citizen, ImportRow, Organisation

NAME = "second_wall"
#: Zero is operation, and no organisation's number.
_SEES = f"(SELECT NULLIF(current_setting('{wall.SETTING}', true), '')::bigint)"
_STANDING = """
SELECT relname, obj_description(pg_policy.oid, 'pg_policy') FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace AND relrowsecurity AND polname = %s
AND (SELECT count(*) FROM pg_policy AS other WHERE other.polrelid = pg_class.oid) = 1
"""


# The index of names is not asked where a policy stands: the database trusts no comparison of words to keep quiet about
# the rows that do not pass. So this is asked as the owner, and gives numbers alone, of the organisation's own citizens.
_CITIZENS_NAMED = f"""
CREATE OR REPLACE FUNCTION citizens_named(asked text, at_most integer) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT id FROM public.cases_citizen AS citizen
    WHERE to_tsvector('simple'::regconfig, COALESCE(search_key, '')) @@ to_tsquery('simple'::regconfig, asked)
    AND ({_SEES} = 0 OR EXISTS (
        SELECT FROM public.cases_case WHERE citizen_id = citizen.id AND {_SEES} IN (fund_id, municipality_id)
    ))
    LIMIT at_most
$$
"""


def governed() -> list[type[models.Model]]:
    """The models whose rows are a case's, a person's, or an organisation's own, and all that hangs on one of these."""
    found: list[type[models.Model]] = [Case, Citizen, *_of_one_party()]
    left = [model for model in apps.get_models() if model not in found]
    while more := [model for model in left if _columns(model, found)]:
        found += more
        left = [model for model in left if model not in more]
    return found


def _of_one_party() -> list[type[models.Model]]:
    return [model for app in seam.INSTALLED for model in app.of_one_party]


def conditions() -> dict[str, str]:
    """By the table of each such model: which of its rows are seen."""
    found = governed()
    return {model._meta.db_table: _condition(model, found) for model in found}


def build(connection: BaseDatabaseWrapper) -> None:
    """Raise the wall as the models of this release ask for it; asked as the owner, after each change of the tables."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(_CITIZENS_NAMED)
        cursor.execute("REVOKE ALL ON FUNCTION citizens_named FROM PUBLIC")
        role = connection.ops.quote_name(settings.APPLICATION_ROLE)
        cursor.execute(f"GRANT EXECUTE ON FUNCTION citizens_named TO {role}")
        there, standing = connection.introspection.table_names(cursor), _standing(connection)
        for table, condition in conditions().items():
            if table not in there or standing.get(table) == condition:
                continue
            cursor.execute(f"DROP POLICY IF EXISTS {NAME} ON {table}")
            cursor.execute(f"CREATE POLICY {NAME} ON {table} USING ({condition})")
            # The database keeps a policy in words of its own.
            cursor.execute(f"COMMENT ON POLICY {NAME} ON {table} IS %s", [condition])
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def stands(connection: BaseDatabaseWrapper) -> bool:
    """Whether each such table is behind the wall, by one policy; its words may be those of the release after."""
    return _standing(connection).keys() >= conditions().keys()


def _standing(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [NAME])
        return dict(cursor.fetchall())


def _condition(model: type[models.Model], found: list[type[models.Model]]) -> str:
    table = model._meta.db_table
    if model is Case:
        # One that was left reads on (`meetings.former_cases`): the few rows are found once for each query.
        left = f"SELECT case_id FROM cases_formerparty AS left_one WHERE left_one.organisation_id = {_SEES}"
        return _passes("fund_id", "municipality_id", otherwise=f"{table}.id IN ({left}) OR NULL")
    if model is Citizen:
        return _passes(otherwise=f"SELECT true FROM cases_case AS own WHERE own.citizen_id = {table}.id LIMIT 1")
    if model is ImportRow:
        # Before it has a case it is of the file that somebody read.
        runs = f"cases_importrun AS run WHERE run.id = {table}.run_id AND run.organisation_id = {_SEES}"
        return _passes(otherwise=f"SELECT true FROM {runs}")
    own = _columns(model, [Organisation])[:1]
    if model in _of_one_party():
        return _passes(*own)
    # Of a case, if it is of one.
    parent = next(one for one in found if _columns(model, [one]))
    [column, *_] = _columns(model, [parent])
    return _passes(*own, otherwise=f"SELECT true FROM {parent._meta.db_table} AS own WHERE own.id = {table}.{column}")


def _passes(*columns: str, otherwise: str = "") -> str:
    """Whether one of the columns is the organisation, or the question is answered by a row.

    What is asked of the setting is asked once for each query. Written as a question for null, the planner takes it that
    nearly all rows pass, as they do behind `visible_to`; by itself it would take it for independent of what is asked,
    expect next to nothing, and join in the wrong order.
    """
    seen = "".join(f" WHEN {column} THEN true" for column in ("0", *columns))
    return f"CASE {_SEES}{seen}{f' ELSE ({otherwise})' if otherwise else ''} END IS NOT NULL"


def _columns(model: type[models.Model], to: Sequence[type[models.Model]]) -> list[str]:
    return [
        field.column
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model in to
    ]
