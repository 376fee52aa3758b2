"""A case with a past, read on a day of it."""

import pytest

from tests import factories
from tests.meetings.case_page.on_day.steps import OPENED


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


@pytest.fixture
def case(office):
    """Opened on the day of registration, so that it has a past."""
    return factories.case(office, registered_on=OPENED.date(), at=OPENED)
