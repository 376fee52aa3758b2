"""Every case is looked at before something falls due in it; one that is not is told, and put right on demand."""

from datetime import date, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection

from cases.models import Reminder
from cases.pauses import services as pauses_services
from cases.reminders import delivery as reminders_delivery
from cases.rules.facts import PauseKind
from cases.rules.period import Period
from meetings.due import looks
from meetings.due.looks import LateLook
from meetings.due.sweep import LOOK_AGAIN
from meetings.models import NextLook, WorklistEntry
from meetings.owing.kinds import ReminderKind
from tests import factories
from tests.cases.steps import close
from tests.meetings.due.test_sweep import DUE_ON, MINUTE, REGISTERED_ON, morning

OVERDUE = morning(DUE_ON + timedelta(days=1))


@pytest.fixture
def fresh(office):
    return factories.case(office, registered_on=REGISTERED_ON, at=morning(REGISTERED_ON - timedelta(days=1)))


def late(at):
    return list(looks.late_looks(at))


def put_off(case, to):
    NextLook.objects.filter(case=case).update(look_at=to)


def reported(case):
    return Reminder.objects.filter(case=case, kind=ReminderKind.DEADLINE_PASSED).exists()


def test_a_case_that_was_looked_at_is_looked_at_in_time(fresh):
    for day in range(40):
        at = morning(REGISTERED_ON + timedelta(days=day))
        reminders_delivery.sweep(at=at)
        assert late(at) == late(at + timedelta(hours=6)) == []


def test_a_look_after_the_next_moment_is_late_and_is_mended(fresh):
    at = OVERDUE - timedelta(hours=1)
    reminders_delivery.sweep(at=at)
    put_off(fresh, OVERDUE)
    assert late(at) == []

    put_off(fresh, OVERDUE + MINUTE)
    assert late(at) == [LateLook(fresh.pk, OVERDUE + MINUTE, OVERDUE)]
    looks.mend(late(at))

    assert late(at) == []
    reminders_delivery.sweep(at=OVERDUE)
    assert reported(fresh)


def test_a_look_that_comes_while_something_is_due_and_unsaid_is_late(fresh):
    put_off(fresh, OVERDUE + timedelta(days=2))
    (one,) = late(OVERDUE + timedelta(days=1))
    assert one.wanted_by < OVERDUE

    NextLook.objects.update(look_at=None)
    reminders_delivery.sweep(at=OVERDUE)
    assert late(OVERDUE + timedelta(days=1)) == []


def test_no_look_is_put_off_for_longer_than_a_week(fresh, office, now):
    span = Period(date(2026, 5, 10), date(2026, 6, 30))
    pauses_services.add_pause(
        case_id=fresh.pk, kind=PauseKind.HOLIDAY, span=span, source="borgeren", by=office.adviser, at=now
    )
    at = morning(date(2026, 5, 20))
    # What waits for the end of the pause is not late.
    put_off(fresh, at + LOOK_AGAIN)
    assert late(at) == []

    put_off(fresh, at + LOOK_AGAIN + MINUTE)
    assert late(at) == [LateLook(fresh.pk, at + LOOK_AGAIN + MINUTE, at + LOOK_AGAIN)]


def test_a_case_that_nothing_would_look_at_is_told_and_mended(fresh, capsys):
    NextLook.objects.all().delete()
    reminders_delivery.sweep(at=OVERDUE)
    assert not reported(fresh)

    with pytest.raises(SystemExit) as ended:
        call_command("check_worklist")
    first, last = capsys.readouterr().out.splitlines()
    assert ended.value.code == 1
    assert first.startswith(f"{fresh.label}: næste eftersyn mangler, skal være senest 2026-05-")
    assert last == "Arbejdslisterne er ikke rigtige."

    call_command("check_worklist", "--mend")
    assert NextLook.objects.get().look_at is None
    capsys.readouterr()
    call_command("check_worklist")
    assert capsys.readouterr().out == "Arbejdslisterne er rigtige.\n"
    reminders_delivery.sweep(at=OVERDUE)
    assert reported(fresh)


def test_a_closed_case_is_not_looked_at_and_is_not_mended(fresh, office, now):
    NextLook.objects.all().delete()
    wrong = late(now)
    close(fresh, office, now)
    assert not NextLook.objects.exists()
    assert late(now) == []

    looks.mend(wrong)

    assert not NextLook.objects.exists()


# While the release before serves beside this one


def as_the_release_before(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_change_by_the_release_before_asks_for_another_look(fresh):
    reminders_delivery.sweep(at=OVERDUE)
    (before,) = NextLook.objects.all()

    as_the_release_before("UPDATE meetings_worklistentry SET look_at = %s", OVERDUE)
    assert NextLook.objects.get().look_at == before.look_at
    as_the_release_before("UPDATE meetings_worklistentry SET due_on = due_on, look_at = NULL")
    assert NextLook.objects.get().look_at is None


def test_a_case_opened_by_the_release_before_is_looked_at(fresh):
    NextLook.objects.all().delete()
    columns = "case_id, organisation_id, awaits_receipt, look_at"

    WorklistEntry.objects.all().delete()
    as_the_release_before(
        f"INSERT INTO meetings_worklistentry ({columns}) SELECT id, municipality_id, false, NULL FROM cases_case"
    )
    assert NextLook.objects.get(case=fresh).look_at is None


@pytest.mark.parametrize(
    ("looked_at", "wanted"),
    [
        pytest.param((OVERDUE, OVERDUE + MINUTE), OVERDUE, id="the first of its entries"),
        pytest.param((OVERDUE, None), None, id="one at once"),
    ],
)
def test_the_upgrade_takes_over_when_the_entries_were_to_be_looked_at(fresh, office, looked_at, wanted):
    for party, at in zip((office.fund, office.municipality), looked_at, strict=True):
        as_the_release_before("UPDATE meetings_worklistentry SET look_at = %s WHERE organisation_id = %s", at, party.pk)
    NextLook.objects.all().delete()
    fill = import_module("meetings.migrations.0031_next_look_of_each_case").fill

    fill(None, SimpleNamespace(connection=connection))
    assert NextLook.objects.get(case=fresh).look_at == wanted

    put_off(fresh, OVERDUE - MINUTE)
    fill(None, SimpleNamespace(connection=connection))
    assert NextLook.objects.get(case=fresh).look_at == OVERDUE - MINUTE
