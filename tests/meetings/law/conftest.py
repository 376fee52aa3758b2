import pytest

from tests import factories


@pytest.fixture
def run(office, now):
    return factories.law_run(at=now)


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client
