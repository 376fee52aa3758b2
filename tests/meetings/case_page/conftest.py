"""Somebody who reads the page of a case."""

import pytest


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


@pytest.fixture
def caseworker(client, office):
    client.force_login(office.caseworker)
    return client
