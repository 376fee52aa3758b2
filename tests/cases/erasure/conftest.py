"""Two leaders, and a case whose time is over."""

from datetime import timedelta

import pytest

from cases.models import Role
from cases.notes import services as notes_services
from tests import factories, world
from tests.cases.erasure.steps import MARK, close


@pytest.fixture
def second(office):
    return factories.user(organisation=office.fund, role=Role.TEAM_LEADER, username="second_leader")


@pytest.fixture
def old(office, now):
    """A case with everything that a case can have, closed long ago."""
    here = world.build(office, now, is_handed_over=False)
    notes_services.write(
        case_id=here.case.pk, text=MARK, due_on=None, worker_id=None, by=office.adviser, at=now - timedelta(days=1)
    )
    close(here.case)
    return here.case
