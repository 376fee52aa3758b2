"""What every test stands on: the safety net, the shipped law, two neighbours of each kind, and a still clock.

Network, unknown template variables and warnings are forbidden in pyproject.toml; the rest of the net is tests/net.
"""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import time_machine
from django.core.management import call_command

from cases.models import OrganisationKind, Role
from tests import factories, net

#: A Monday in the middle of a working day in Copenhagen.
NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def safety_net():
    with pytest.MonkeyPatch.context() as patch:
        net.spread(patch)
        yield


@pytest.fixture
def now():
    """The moment at which the test begins; time stands still there."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def law(db):
    """The acts as shipped: a, b and c published, d and e drafts."""
    call_command("load_acts", verbosity=0)


@pytest.fixture
def office(law, now):
    """A fund and a municipality with their people, and a neighbour of each kind."""
    fund = factories.organisation(kind=OrganisationKind.FUND, name="Fagkassen")
    other_fund = factories.organisation(kind=OrganisationKind.FUND, name="Nabokassen")
    municipality = factories.organisation(kind=OrganisationKind.MUNICIPALITY, name="Jobcenter Solby")
    other_municipality = factories.organisation(kind=OrganisationKind.MUNICIPALITY, name="Jobcenter Naboby")
    return SimpleNamespace(
        fund=fund,
        other_fund=other_fund,
        municipality=municipality,
        other_municipality=other_municipality,
        adviser=factories.user(organisation=fund, role=Role.ADVISER, username="adviser"),
        colleague=factories.user(organisation=fund, role=Role.ADVISER, username="colleague"),
        leader=factories.user(organisation=fund, role=Role.TEAM_LEADER, username="leader"),
        other_adviser=factories.user(organisation=other_fund, role=Role.ADVISER, username="other_adviser"),
        caseworker=factories.user(organisation=municipality, role=Role.CASEWORKER, username="caseworker"),
        other_caseworker=factories.user(
            organisation=other_municipality, role=Role.CASEWORKER, username="other_caseworker"
        ),
        administrator=factories.user(
            organisation=None, role=Role.ADMINISTRATOR, username="administrator", is_staff=True, is_superuser=True
        ),
    )


@pytest.fixture
def case(office):
    """A case begun three weeks ago, with its plan; the fund holds the course."""
    return factories.case(office)
