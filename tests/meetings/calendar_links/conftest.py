"""A host of calendars with a certificate of its own."""

import pytest

from tests.certificates import made


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate of the host, signed by itself, with its key."""
    return made("kalender.example.dk", tmp_path_factory.mktemp("host"))
