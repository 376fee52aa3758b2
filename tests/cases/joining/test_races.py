"""Two connections at once on the two records of one person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial

import pytest
from django.db import connection, transaction

from cases.changing import CitizenHasOpenCase, StaleForm
from cases.closing.services import lock_with_citizen
from cases.intake.services import open_case
from cases.joining import services
from cases.models import Case, CitizenJoin
from cases.models.cases import CloseReason
from cases.numbers import services as numbers_services
from cases.people import cpr
from tests import factories
from tests.cases.joining.test_joining import REAL, REPLACEMENT, TODAY, WHY
from tests.cases.steps import new_case
from tests.transactions import around_services, somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)

THIRD = cpr.read("120385-4445", today=TODAY)


@pytest.fixture
def cases(office, now):
    """Three cases of three records: the first is open, the others have ended one after the other."""
    made = []
    for number, first, last in (
        (THIRD, date(2026, 1, 5), date(2026, 2, 2)),
        (REAL, date(2026, 2, 2), date(2026, 3, 2)),
        (REPLACEMENT, date(2026, 4, 13), None),
    ):
        case = factories.case(office, citizen=factories.citizen_details(number=number), registered_on=first)
        if last is not None:
            ended = {"status": "closed", "closed_on": last, "close_reason": CloseReason.WORK}
            Case.objects.filter(pk=case.pk).update(**ended)
        made.insert(0, Case.objects.with_parties().get(pk=case.pk))
    return made


def join(case, other, *, by, at):
    facts = {"takes_number": True, "takes_name": False, "takes_contact": False, "reason": WHY}
    return services.join(case_id=case.pk, other_id=other.pk, version=case.version, **facts, by=by, at=at)


def closing_connection(work):
    try:
        return work()
    finally:
        connection.close()


def test_of_two_who_join_with_one_record_the_second_is_told(office, now, cases):
    case, other, third = cases
    with ThreadPoolExecutor(max_workers=1) as pool:
        with around_services():
            join(case, other, by=office.adviser, at=now)
            late = pool.submit(closing_connection, partial(join, third, other, by=office.colleague, at=now))
            while not somebody_waits():
                assert not late.done()
        with pytest.raises(StaleForm):
            late.result(timeout=30)
    assert CitizenJoin.objects.count() == 1


def test_the_second_of_two_clicks_at_once_finds_it_done(office, now, cases):
    case, other, _ = cases
    with ThreadPoolExecutor(max_workers=1) as pool:
        with around_services():
            done = join(case, other, by=office.adviser, at=now)
            late = pool.submit(closing_connection, partial(join, case, other, by=office.adviser, at=now))
            while not somebody_waits():
                assert not late.done()
        assert late.result(timeout=30) == done


def test_no_case_is_opened_on_a_record_that_a_colleague_has_just_emptied(office, now, cases):
    case, other, _ = cases
    new = new_case(office, citizen=factories.citizen_details(number=REAL))
    with ThreadPoolExecutor(max_workers=1) as pool:
        with around_services():
            join(case, other, by=office.adviser, at=now)
            late = pool.submit(closing_connection, partial(open_case, new=new, by=office.colleague, at=now))
            while not somebody_waits():
                assert not late.done()
        with pytest.raises(CitizenHasOpenCase):
            late.result(timeout=30)
    assert Case.objects.open().get() == case


def test_records_are_told_apart_while_a_colleague_has_the_case(office, now, cases):
    case, other, _ = cases
    done = join(case, other, by=office.adviser, at=now)
    separate = partial(services.separate, join_id=done.pk, reason="To søstre.", by=office.adviser, at=now)
    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            Case.objects.select_for_update().get(pk=other.pk)
            late = pool.submit(closing_connection, separate)
            while not somebody_waits():
                assert not late.done()
            lock_with_citizen(other.pk)
        assert late.result(timeout=30).separated_at == now


def test_a_number_changes_on_a_case_that_has_ended_while_a_colleague_has_the_open_one(office, now, cases):
    case, other, _ = cases
    Case.objects.filter(pk=other.pk).update(citizen=case.citizen)
    change = partial(
        numbers_services.change_number,
        case_id=other.pk,
        version=other.version,
        number=THIRD,
        on=None,
        is_slip=True,
        reason=WHY,
        by=office.adviser,
        at=now,
    )
    other.refresh_from_db()
    number = cpr.read("120385-4446", today=TODAY)
    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            Case.objects.select_for_update().get(pk=case.pk)
            late = pool.submit(closing_connection, partial(change, number=number))
            while not somebody_waits():
                assert not late.done()
            lock_with_citizen(case.pk)
        assert late.result(timeout=30).pk == other.pk
