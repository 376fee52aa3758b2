import pytest

from cases.history import events as history_events
from cases.models import Role
from tests import factories
from tests.cases.pages import url


@pytest.fixture
def broken_history(monkeypatch):
    """The last step of every change fails."""

    def fail(*_, **__):
        raise RuntimeError("the history cannot be written")

    monkeypatch.setattr(history_events, "record", fail)
    monkeypatch.setattr(history_events, "record_all", fail)


@pytest.fixture
def page(log_in, office, case):
    """Open and post the pages of the case as somebody."""

    class Page:
        def get(self, name, by=office.adviser, subject=case):
            return log_in(by).get(url(name, subject))

        def post(self, name, fields, by=office.adviser, subject=case):
            return log_in(by).post(url(name, subject), fields)

        def client_get(self, address, by=office.adviser):
            return log_in(by).get(address)

    return Page()


@pytest.fixture
def administrator(office, log_in):
    """Logged in."""
    log_in(office.administrator)
    return office.administrator


@pytest.fixture
def second(office):
    """Another administrator, who writes what the first may publish."""
    return factories.user(organisation=None, role=Role.ADMINISTRATOR, username="second", is_staff=True)
