"""Somebody at the forms about meetings."""

import pytest

from tests.meetings.booking.steps import Visitor


@pytest.fixture
def adviser(client, office):
    return Visitor(client, office.adviser)


@pytest.fixture
def caseworker(client, office):
    return Visitor(client, office.caseworker)
