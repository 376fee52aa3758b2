"""The system reminds an office of what is due; a leader who takes it up proposes it, and another approves."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from cases import tasks
from cases.erasure import erasing, services
from cases.models import Case, ErasureRun, Role
from tests import factories
from tests.cases.erasure.steps import LAST, close, decide
from tests.cases.pages import said

DAY = timedelta(days=1)
TILE = "Sletning venter på dig"


def runs(office):
    return list(ErasureRun.objects.filter(organisation=office).order_by("pk"))


@pytest.fixture
def told(log_in):
    def told(by, page="cases:erasure"):
        text = log_in(by).get(reverse(page)).content.decode()
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))

    return told


@pytest.fixture
def theirs(office):
    """A leader of the other party."""
    return factories.user(organisation=office.municipality, role=Role.TEAM_LEADER, username="their_leader")


@pytest.fixture
def due(old):
    """Nothing was proposed yet."""
    ErasureRun.objects.all().delete()
    return old


def test_each_office_is_told_once_of_a_case_whose_time_is_over_and_nothing_is_erased(due, office, now):
    close(due, LAST + DAY)
    assert tasks.remind_of_erasure() == 0
    with time_machine.travel(now + DAY, tick=False):
        assert tasks.remind_of_erasure() == 2
        assert tasks.remind_of_erasure() == 0

        [run] = runs(office.fund)
        assert (run.proposed_by, run.approved_by, run.erasures.get().case_key) == (None, None, due.pk)
        assert len(runs(office.municipality)) == 1
        assert tasks.erase_approved() == 0
    assert Case.objects.filter(pk=due.pk).exists()


def test_a_leader_sees_it_on_the_worklist_takes_it_up_and_another_approves(due, office, told, log_in, second):
    assert TILE not in told(office.leader, "meetings:worklist")
    tasks.remind_of_erasure()
    [reminder] = runs(office.fund)
    assert f"1 {TILE}" in told(office.leader, "meetings:worklist")
    assert TILE not in told(office.adviser, "meetings:worklist")
    assert "Påmindelse fra Samtaleflow" in told(office.leader)
    assert "Foreslå 1 sag slettet" in told(office.leader)

    approve = reverse("cases:erasure_approve", args=[reminder.public_id])
    assert "Ingen har foreslået sletningen endnu" in said(log_in(office.leader).post(approve))
    log_in(office.leader).post(reverse("cases:erasure"))

    [_, run] = runs(office.fund)
    assert TILE not in told(office.leader, "meetings:worklist")
    assert f"1 {TILE}" in told(second, "meetings:worklist")
    assert "Foreslået af en teamleder" in told(second)
    log_in(second).post(reverse("cases:erasure_approve", args=[run.public_id]))
    assert tasks.erase_approved() == 1
    assert not Case.objects.filter(pk=due.pk).exists()


@pytest.mark.parametrize("first", [0, 40])
def test_what_was_taken_back_comes_again_after_a_month(first, due, office, now, log_in):
    tasks.remind_of_erasure()
    [reminder] = runs(office.fund)
    with time_machine.travel(now + first * DAY, tick=False):
        log_in(office.leader).post(reverse("cases:erasure_withdraw", args=[reminder.public_id]))
    for days, count in ((1, 1), (29, 1), (30, 2)):
        with time_machine.travel(now + (first + days) * DAY, tick=False):
            tasks.remind_of_erasure()
        assert len(runs(office.fund)) == count


def erase_it(due, office, second, now):
    decide(office, second, now)
    assert tasks.erase_approved() == 1


def hold_it(due, office, second, now):
    services.hold(case_id=due.pk, reason="Ankesag", by=office.leader, at=now)


def approve_it(due, office, second, now):
    """A worker has not come to it yet."""
    decide(office, second, now)


@pytest.mark.parametrize("happen", [erase_it, hold_it, approve_it])
def test_a_proposal_of_which_nothing_is_left_waits_for_nobody(happen, due, office, second, theirs, told, now):
    other = factories.user(organisation=office.municipality, role=Role.TEAM_LEADER, username="their_second")
    proposed = services.propose(by=other, at=now, today=now.date())
    assert f"1 {TILE}" in told(theirs, "meetings:worklist")

    happen(due, office, second, now)

    assert TILE not in told(theirs, "meetings:worklist")
    with time_machine.travel(now + DAY, tick=False):
        tasks.remind_of_erasure()
        proposed.refresh_from_db()
        assert (proposed.approved_at, proposed.finished_at) == (None, now + DAY)
        assert "Ikke længere aktuel" in told(theirs)


@pytest.mark.parametrize("happen", [erase_it, hold_it, approve_it])
def test_a_reminder_of_which_nothing_is_left_waits_for_nobody(happen, due, office, second, theirs, told, now):
    tasks.remind_of_erasure()
    assert f"1 {TILE}" in told(theirs, "meetings:worklist")

    happen(due, office, second, now)

    assert TILE not in told(theirs, "meetings:worklist")
    with time_machine.travel(now + DAY, tick=False):
        assert tasks.remind_of_erasure() == 0
        [reminder] = runs(office.municipality)
        assert (reminder.approved_at, reminder.finished_at) == (None, now + DAY)
        assert "Ikke længere aktuel" in told(theirs)


def test_a_reminder_stays_while_one_of_its_cases_is_to_be_proposed(due, office, second, theirs, told, now):
    other = factories.case(office, citizen=factories.citizen_details())
    close(other)
    tasks.remind_of_erasure()

    hold_it(due, office, second, now)

    with time_machine.travel(now + DAY, tick=False):
        assert tasks.remind_of_erasure() == 0
        assert f"1 {TILE}" in told(theirs, "meetings:worklist")
        assert "Foreslå 1 sag slettet" in told(theirs)


def test_what_is_held_back_is_no_reminder(due, office, now):
    services.hold(case_id=due.pk, reason="Ankesag", by=office.leader, at=now)

    assert tasks.remind_of_erasure() == 0


def test_the_database_takes_no_reminder_for_one_of_the_two(due, office, now):
    tasks.remind_of_erasure()

    with pytest.raises(DatabaseError, match="not approved"), transaction.atomic():
        erasing.erase([due.pk], at=now)
    with pytest.raises(IntegrityError, match="erasure_is_proposed_before_it_is_approved"), transaction.atomic():
        ErasureRun.objects.update(approved_by=office.leader, approved_at=now)
    assert Case.objects.filter(pk=due.pk).exists()
