"""The seals of the logs hold after an erasure, and still tell of what was taken without one."""

from datetime import date

import pytest
from django.db import connection

from cases import tasks
from cases.erasure import services
from cases.models import Case, Event, LogReseal, Role
from cases.operation import sealing
from tests import factories, roles

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sealed(law, now):
    """Two cases whose history lies under one seal; the older one's time is over."""
    office = factories.small_office()
    cases = [factories.case(office, at=now) for _ in range(2)]
    Case.objects.filter(pk=cases[0].pk).update(status="closed", closed_on=date(2021, 5, 4), close_reason="work")
    tasks.seal_logs()
    tasks.seal_logs()
    first, second = (
        factories.user(organisation=office.fund, role=Role.TEAM_LEADER, username=name) for name in ("one", "two")
    )
    run = services.propose(by=first, at=now, today=now.date())
    services.approve(run_id=run.pk, by=second, at=now)
    return cases


def spoil(case):
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE cases_event SET text = 'noget andet' WHERE case_id = %s", [case.pk])
        cursor.execute("ALTER TABLE cases_event ENABLE TRIGGER USER")


def test_the_seals_hold_after_an_erasure(sealed):
    assert list(sealing.faults()) == []
    tasks.erase_approved()
    assert not Event.objects.filter(case=sealed[0]).exists()
    assert LogReseal.objects.filter(log="cases_event").exists()
    assert list(sealing.faults()) == []


def test_what_is_changed_after_an_erasure_is_told(sealed):
    tasks.erase_approved()
    spoil(sealed[1])
    assert [fault.split(":")[0] for fault in sealing.faults()] == ["cases_event"]


def test_an_erasure_hides_no_change_from_before_it(sealed):
    spoil(sealed[1])
    tasks.erase_approved()
    assert [fault.split(":")[0] for fault in sealing.faults()] == ["cases_event"]
