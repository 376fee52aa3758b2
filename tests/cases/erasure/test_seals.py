"""The seals of the logs hold after an erasure, and still tell of what was taken without one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from cases import tasks
from cases.erasure import erasing, services
from cases.models import Case, Erasure, Event, LogReseal, LogSeal, Role
from cases.operation import sealing
from tests import factories, roles
from tests.transactions import somebody_waits

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


def spoil(case, statement="UPDATE cases_event SET text = 'noget andet' WHERE case_id = %s"):
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_event DISABLE TRIGGER USER")
        cursor.execute(statement, [case.pk])
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


def forge(at):
    """As somebody who may write to the notes: that an erasure left what is there now."""
    for one in LogSeal.objects.filter(log="cases_event").exclude(columns=[]):
        rows, content = sealing._content(one)
        LogReseal.objects.create(log=one.log, number=one.number, rows=rows, content=content, at=at)


@pytest.mark.parametrize("is_erased_before", [False, True])
def test_a_note_hides_no_change(is_erased_before, sealed, now):
    """Neither where nothing was erased, nor beside what was."""
    if is_erased_before:
        tasks.erase_approved()
    spoil(sealed[1])
    forge(now)
    assert [fault.split(":")[0] for fault in sealing.faults()] == ["cases_event"]


def test_a_note_of_a_moment_without_an_erasure_hides_no_loss(sealed, now):
    spoil(sealed[1], "DELETE FROM cases_event WHERE case_id = %s")
    forge(now)
    assert [fault.split(":")[0] for fault in sealing.faults()] == ["cases_event"]


def test_the_check_tells_how_many_rows_were_erased(sealed, capsys):
    gone = Event.objects.filter(case=sealed[0]).count()
    tasks.erase_approved()
    call_command("verify_logs")
    assert f"cases_event: {gone} række" in capsys.readouterr().out


def erase_as_owner(case, at):
    erasing.erase([case.pk], at=at, asks_for_approval=False)
    Erasure.objects.create(case_key=case.pk, case_public_id=case.public_id, erased_at=at)


def test_two_who_erase_under_one_seal_wait_for_each_other(sealed, now):
    """Each would note the rows of the other as still there."""
    first, second = sealed

    def erase():
        try:
            with roles.as_owner(), transaction.atomic():
                erase_as_owner(second, now)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with roles.as_owner(), transaction.atomic():
            erase_as_owner(first, now)
            late = pool.submit(erase)
            while not somebody_waits():
                assert not late.done()
        late.result(timeout=30)
    assert list(sealing.faults()) == []
