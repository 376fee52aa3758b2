"""What every test stands on: the safety net, the shipped law, two neighbours of each kind, and a still clock.

Network, unknown template variables and warnings are forbidden in pyproject.toml; the rest of the net is tests/net.
"""

import pytest
import time_machine
from django.core.management import call_command

from tests import factories, net, world


@pytest.fixture(scope="session", autouse=True)
def safety_net():
    with pytest.MonkeyPatch.context() as patch:
        net.spread(patch)
        yield


@pytest.fixture
def now():
    """The moment at which the test begins; time stands still there."""
    with time_machine.travel(world.NOW, tick=False):
        yield world.NOW


@pytest.fixture
def law(db):
    """The acts as shipped: a, b and c published, d and e drafts."""
    call_command("load_acts", verbosity=0)


@pytest.fixture
def office(law, now):
    """A fund and a municipality with their people, and a neighbour of each kind."""
    return world.build_office()


@pytest.fixture
def case(office):
    """A case begun three weeks ago, with its plan; the fund holds the course."""
    return factories.case(office)


@pytest.fixture
def log_in(client):
    """The client, logged in as somebody else from now on."""

    def as_user(user):
        client.force_login(user)
        return client

    return as_user
