"""A case is closed, as many tests of its end need it."""

from datetime import date

from cases.closing import services as closing_services
from cases.models.cases import CloseReason


def close(case, office, now):
    closing_services.close_case(
        case_id=case.pk,
        version=case.version,
        reason=CloseReason.WORK,
        closed_on=date(2026, 5, 4),
        by=office.adviser,
        at=now,
    )
