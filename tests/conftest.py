"""What every test stands on: the safety net, the shipped law, two neighbours of each kind, and a still clock.

Network, unknown template variables and warnings are forbidden in pyproject.toml; the rest of the net is tests/net.
"""

import gc
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from hypothesis import settings

from cases.models import Act
from meetings.owing import meeting_news
from tests import examples, factories, net, quick, roles, world
from tests.standing import Ground, Standing, ground_of

STANDING = pytest.StashKey[Standing]()

# A busy machine proves no rule wrong: speed is measured by the bench. The examples are the same in every run,
# and nothing is remembered from the last one, unless a seed asks for others: `make properties` asks for many, so
# that none need ask much.
settings.register_profile("suite", max_examples=examples.ONE_RUN, deadline=None, derandomize=True, database=None)
settings.register_profile("seeded", settings.get_profile("suite"), max_examples=examples.ONE_SEED, derandomize=False)


def pytest_configure(config):
    settings.load_profile("suite" if config.getoption("--hypothesis-seed") is None else "seeded")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: (ground_of(item), item.get_closest_marker("long") is None))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    # The first test that needs the database makes it, and what it stands on.
    if (standing := item.config.stash.get(STANDING, None)) is not None:
        standing.stand_on(ground_of(item))


@pytest.fixture(scope="session", autouse=True)
def safety_net():
    with pytest.MonkeyPatch.context() as patch:
        net.spread(patch)
        quick.spread(patch)
        roles.spread(patch)
        yield


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup, django_db_blocker):
    with roles.as_application():
        with django_db_blocker.unblock(), time_machine.travel(world.NOW, tick=False):
            call_command("load_acts", verbosity=0)
        yield from _stand(request, django_db_blocker)


def _stand(request, django_db_blocker):
    standing = request.config.stash[STANDING] = Standing(django_db_blocker)
    # What is loaded by now stays until the end: looking for litter in it again and again costs a tenth of the suite.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    yield
    standing.stand_on(Ground.EMPTY)


@pytest.fixture
def now():
    """The moment at which the test begins; time stands still there."""
    with time_machine.travel(world.NOW, tick=False):
        yield world.NOW


@pytest.fixture
def law(db):
    """The acts as shipped: a, b and c published, d and e drafts.

    Loaded once for all tests that roll back (`django_db_setup`); a test that commits begins with an empty database.
    """
    if not Act.objects.exists():
        call_command("load_acts", verbosity=0)


@pytest.fixture
def no_law(db):
    """A database in which no act was ever loaded."""
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE cases_act CASCADE")


@pytest.fixture
def standing(request, db):
    return request.config.stash[STANDING].copies()


@pytest.fixture
def standing_office(standing):
    return standing.office


@pytest.fixture
def standing_case(standing):
    return standing.case


@pytest.fixture
def office(law, now, standing_office):
    """A fund and a municipality with their people, and a neighbour of each kind."""
    return standing_office or world.build_office()


@pytest.fixture
def case(office, standing_case):
    """A case begun three weeks ago, with its plan; the fund holds the course."""
    return standing_case or factories.case(office)


@pytest.fixture
def told_at_once(monkeypatch):
    """What is owed of a booking is sent at once, as if nobody could take it back any more."""
    monkeypatch.setattr(meeting_news, "UNDO_WITHIN", timedelta())


@pytest.fixture
def log_in(client):
    """The client, logged in as somebody else from now on."""

    def as_user(user):
        client.force_login(user)
        return client

    return as_user
