"""A case is not closed before it began."""

from datetime import date

import pytest

from cases.changing import StaleForm
from cases.closing import services as closing_services
from cases.models.cases import CloseReason
from cases.rules.refusal import Refused


def test_a_case_is_not_closed_before_it_began_nor_on_an_old_version(case, office, now):
    def close_on(day, version):
        closing_services.close_case(
            case_id=case.pk, version=version, reason=CloseReason.WORK, closed_on=day, by=office.adviser, at=now
        )

    with pytest.raises(Refused, match="tidligst"):
        close_on(date(2026, 4, 12), case.version)
    with pytest.raises(StaleForm):
        close_on(date(2026, 4, 13), case.version + 1)

    close_on(date(2026, 4, 13), case.version)
