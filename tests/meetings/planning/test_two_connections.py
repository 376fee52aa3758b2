"""Whoever waits for a case sees all of it as the other has left it: the handover, the parties, their contact data."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial

import pytest
from django.db import connection

from cases.handover import services as handover_services
from cases.parties import services as parties_services
from meetings.booking import services as booking_services
from meetings.models import WorklistEntry
from meetings.planning import from_scratch
from tests import factories, world
from tests.meetings.steps import WEDNESDAY_TEN
from tests.transactions import around_services, somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)


def book(case, by, now):
    try:
        wanted = factories.booking(by, WEDNESDAY_TEN, is_confirmed=True)
        return booking_services.book(case_id=case.pk, booking=wanted, by=by, at=now)
    finally:
        connection.close()


@pytest.fixture
def booked_after(case, now):
    """Books a talk in the case on another connection, which waits until the change has been made."""

    def run(change, *, by):
        with ThreadPoolExecutor(max_workers=1) as pool:
            with around_services():
                change()
                late = pool.submit(partial(book, case, by, now))
                while not somebody_waits():
                    assert not late.done()
            return late.result(timeout=30)

    return run


def test_a_handover_and_its_receipt(booked_after, case, office, now):
    booked_after(
        lambda: world.hand_over(case, office, at=now, on=date(2026, 5, 1), is_received=False), by=office.adviser
    )
    assert WorklistEntry.objects.get(case=case, organisation=office.municipality).awaits_receipt
    assert list(from_scratch.differences()) == []


def test_a_receipt(booked_after, case, office, now):
    world.hand_over(case, office, at=now, on=date(2026, 5, 1), is_received=False)
    booked_after(
        lambda: handover_services.receive(
            case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now
        ),
        by=office.caseworker,
    )
    assert not WorklistEntry.objects.get(case=case, organisation=office.municipality).awaits_receipt
    assert list(from_scratch.differences()) == []


@pytest.mark.parametrize("changed", ["fund", "municipality"])
def test_another_party(booked_after, case, office, now, changed):
    others = {
        "fund": (office.other_fund, office.caseworker),
        "municipality": (office.other_municipality, office.adviser),
    }
    other, by = others[changed]
    change = partial(
        parties_services.change_parties,
        case_id=case.pk,
        version=case.version,
        on=now.date(),
        reason="Borgeren er flyttet.",
        by=office.adviser,
        at=now,
        **{"fund_id": office.fund.pk, "municipality_id": office.municipality.pk, f"{changed}_id": other.pk},
    )
    meeting = booked_after(change, by=by)
    assert getattr(meeting.case, changed) == other
    assert list(from_scratch.differences()) == []
