"""At a load, no page and no sweep reads a large table through, or sorts what a whole country has.

Each page that `test_access` knows is in it by itself, if it is of nothing or of a case: asked by somebody who works in
an office that has a small part of the cases.
"""

import json
import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from cases.models import Case, Organisation, Role, User
from meetings.due import sweep
from meetings.worklist.queries import Order, Tile
from referrals.demo import country
from tests import factories
from tests.roles import as_owner
from tests.test_access import PAGES, address
from tests.transactions import around_services

pytestmark = pytest.mark.long

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
CASES = 1_500
#: A table with so many rows is large, and an office has far fewer of any.
LARGE = CASES // 2
#: So many rows are sorted: those that hang on the cases of a page.
SORTED = 500
READS = re.compile(r"\s*(SELECT|WITH)\b", re.IGNORECASE)
WORKLISTS = [
    *(f"/?scope=organisation&tile={tile}" for tile in Tile),
    *(f"/?scope=organisation&sort={order}" for order in Order),
    "/?scope=organisation&kind=contact_interview",
    "/?scope=organisation&channel=attendance",
]
SEARCHES = ("Anne", "Anne Sand", "010190-1234", "01-01-1990")


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup, django_db_blocker):
    """One country for all tests of this file, with what the database knows of its rows."""
    around = around_services()
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=False),
        pytest.MonkeyPatch.context() as patch,
    ):
        # In one portion, and so in this process.
        patch.setattr(country, "PLANNED", CASES)
        patch.setattr(country, "shares", shares)
        around.__enter__()
        call_command("load_acts", verbosity=0)
        with as_owner():
            country.write(cases=CASES, at=NOW)
            country.plan_all(at=NOW)
        sweep.record_due(NOW)
        analyze()
        yield
        transaction.set_rollback(True)
        around.__exit__(None, None, None)
        forget_how_many()


def shares(number):
    """A few parties have most of the cases, and the others so few that nobody would read a table through for them."""
    weights = [(place + 1) ** -1.5 for place in range(number)]
    return [weight / sum(weights) for weight in weights]


def analyze():
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def forget_how_many():
    """How many rows there are is kept also of what is rolled back; the tests that follow find tables as new ones."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_clear_relation_stats(nspname, relname) FROM pg_class"
            " JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = 'public' AND relkind IN ('r', 'i')"
        )


@pytest.fixture(autouse=True)
def _database(loaded, db):
    """Each test leaves the country as it was."""


@pytest.fixture
def read_through():
    """What each statement from now on reads through or sorts that is large, as lines; each text is looked at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND reltuples >= %s", [LARGE]
        )
        large = {name for (name,) in cursor.fetchall()}
    assert {"cases_case", "meetings_requiredmeeting", "meetings_worklistentry"} <= large
    found, asked = [], set()

    def explain(execute, sql, params, many, context):
        if READS.match(sql) and sql not in asked:
            asked.add(sql)
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
                [(plan,)] = cursor.fetchall()
            found.extend(f"{line}: {sql[:200]}" for line in costly(plan[0]["Plan"], large))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield found
    assert asked


def costly(node, large):
    if node["Node Type"] == "Seq Scan" and node["Relation Name"] in large:
        yield f"reads all of {node['Relation Name']} for {json.dumps(node.get('Filter', ''))[:100]}"
    if node["Node Type"] == "Sort" and node["Plan Rows"] > SORTED:
        yield f"sorts {node['Plan Rows']} rows by {node['Sort Key']}"
    for inner in node.get("Plans", ()):
        yield from costly(inner, large)


#: Who asks: where a page is closed to the first, the second.
WHO = {"fund": ("adviser", "leader"), "municipality": ("caseworker",)}


def office(kind):
    """Those who ask, in a party that has a small part of the cases."""
    parties = list(Organisation.objects.filter(kind=kind).order_by("pk"))
    one = parties[20]
    worker = User.objects.filter(organisation=one).order_by("pk").first()
    return {WHO[kind][0]: worker, "leader": factories.user(organisation=one, role=Role.TEAM_LEADER)}


@pytest.mark.parametrize("kind", WHO)
def test_no_page_reads_a_large_table_through(kind, read_through):
    users, found = office(kind), {}
    case = Case.objects.visible_to(users[WHO[kind][0]]).open().order_by("pk").first()
    clients = {who: client_of(user) for who, user in users.items()}
    here = SimpleNamespace(objects={"case": case})
    asked = [(path, path, WHO[kind][0]) for path in WORKLISTS]
    for name, page in PAGES.items():
        who = next((one for one in WHO[kind] if page.who[one] == "ok"), None)
        if who and page.get == 200 and page.of in ("", "case"):
            asked.append((name, address(name, page, here), who))
    for name, path, who in asked:
        clients[who].get(path)
        found[name] = read_through[:]
        del read_through[:]

    assert len(found) > len(WORKLISTS) + 30
    assert {name: lines for name, lines in found.items() if lines} == {}


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def test_no_search_reads_a_large_table_through(read_through):
    client = client_of(office("fund")["adviser"])
    for typed in SEARCHES:
        assert client.post(reverse("cases:search"), {"q": typed}).status_code == 200

    assert read_through == []


def test_a_sweep_at_rest_reads_no_large_table_through(read_through):
    assert sweep.record_due(NOW) == 0
    assert read_through == []
