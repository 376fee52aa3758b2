"""The release before goes on working on the tables of this one: it serves while the new one is started."""

import unicodedata
from datetime import date
from typing import NamedTuple

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cases.models import Case, Citizen
from tests import wall as walls
from tests.world import NOW

pytestmark = [pytest.mark.durability, pytest.mark.django_db(transaction=True)]

#: The last migration of each app in the release that is in use. Whoever makes a release sets them to that release's.
RELEASE = [
    ("cases", "0012_adopted_drafts_and_their_writers"),
    ("meetings", "0006_longer_links"),
    ("referrals", "0003_decided_lately"),
]

COLUMNS = """
    SELECT table_name, column_name, udt_name, is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
    FROM information_schema.columns
    WHERE table_schema = 'public' AND split_part(table_name, '_', 1) IN ('cases', 'meetings', 'referrals')
"""


def migrate(targets):
    """Go there, and give the models of that point: on the way back Django returns those of another app's later one."""
    return walls.migrate(targets).loader.project_state(targets).apps


class Column(NamedTuple):
    kind: str
    is_asked_for: bool  # of every new row


def columns():
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        return {(table, column): Column(*facts) for table, column, *facts in cursor.fetchall()}


def open_case(apps, number):
    """A case with its citizen, as the models of these apps write them."""
    organisations = apps.get_model("cases", "Organisation").objects
    fund, _ = organisations.get_or_create(kind="fund", name="Prøvekassen", cvr="99009004", code="99")
    municipality, _ = organisations.get_or_create(
        kind="municipality", name="Jobcenter Prøveby", cvr="99009012", code="999"
    )
    citizen = apps.get_model("cases", "Citizen").objects.create(
        cpr_encrypted=b"",
        cpr_index=str(number),
        born_on=date(1980, 1, 1),
        name=unicodedata.normalize("NFD", "Åse Prøvesen"),
        name_key="aase",
        phone="+4520111111",
        address="Prøvevej 7",
    )
    case = apps.get_model("cases", "Case").objects.create(
        citizen=citizen,
        fund=fund,
        municipality=municipality,
        registered_on=date(2026, 5, 1),
        placed_on=date(2026, 5, 1),
        created_at=NOW,
    )
    return case.pk


@pytest.fixture
def old_and_before():
    """The models of the release in use, with a case, and its columns, after the migrations that came since."""
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        old = migrate(RELEASE)
        open_case(old, 1)
        before = columns()
    finally:
        migrate(newest)
    return old, before


def test_the_release_before_reads_and_writes_on_the_new_tables(old_and_before):
    old, before = old_and_before
    now = columns()

    gone = [name for name, facts in before.items() if name not in now or now[name].kind != facts.kind]
    stricter = [name for name in before.keys() & now.keys() if now[name].is_asked_for > before[name].is_asked_for]
    tables = {table for table, _ in before}
    new = [name for name in now if name[0] in tables and name not in before and now[name].is_asked_for]
    assert (gone, stricter, new) == ([], [], [])

    cases = old.get_model("cases", "Case").objects
    written = cases.get(pk=open_case(old, 2))
    assert (written.citizen.phone, written.municipality.name) == ("+4520111111", "Jobcenter Prøveby")
    assert cases.filter(citizen__phone="+4520111111").update(version=2) == 2

    _what_it_kept_for_everybody_is_both_parties(cases.earliest("pk").pk)


def _what_it_kept_for_everybody_is_both_parties(pk):
    case = Case.objects.with_parties().get(pk=pk)
    assert case.citizen.name == "Åse Prøvesen"
    assert case.citizen in Citizen.objects.named("aase")
    kept = [(contact.organisation.name, contact.phone, contact.address) for contact in case.citizen.contacts.all()]
    assert sorted(kept) == [
        ("Jobcenter Prøveby", "+4520111111", "Prøvevej 7"),
        ("Prøvekassen", "+4520111111", "Prøvevej 7"),
    ]
    assert {case.fund_contact.organisation, case.municipality_contact.organisation} == {case.fund, case.municipality}
