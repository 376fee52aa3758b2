"""Two connections at once on one citizen."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction

from cases.changing import CitizenHasOpenCase
from cases.closing import services as closing_services
from cases.intake import opening
from cases.intake.new_case import CourseDetails, NewCase
from cases.models.cases import CloseReason
from cases.people import cpr
from tests import factories
from tests.transactions import somebody_waits


@pytest.mark.django_db(transaction=True)
def test_a_case_that_is_opened_again_while_another_is_opened_is_told_of_it(office, now):
    closed = factories.case(office)
    closed = closing_services.close_case(
        case_id=closed.pk,
        version=closed.version,
        reason=CloseReason.WORK,
        closed_on=now.date(),
        by=office.adviser,
        at=now,
    )
    number = cpr.read(closed.citizen.cpr_number, today=now.date())
    new = NewCase(
        citizen=replace(factories.citizen_details(name=closed.citizen.name), number=number),
        course=CourseDetails(registered_on=now.date() - timedelta(days=1), placed_on=now.date(), target_group=2),
        fund_id=office.fund.pk,
        municipality_id=office.municipality.pk,
    )

    def reopen():
        try:
            closing_services.reopen_case(
                case_id=closed.pk, version=closed.version, reason="En fejl.", by=office.adviser, at=now
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            opening.open_weighed(opening.weigh([new], by=office.adviser), by=office.adviser, at=now)
            late = pool.submit(reopen)
            while not somebody_waits():
                assert not late.done()
        with pytest.raises(CitizenHasOpenCase):
            late.result(timeout=30)
    closed.refresh_from_db()
    assert not closed.is_open
