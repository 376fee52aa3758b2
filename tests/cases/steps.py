"""A case is opened, corrected or closed, as the tests of many rooms need it."""

from datetime import date

from cases.closing import services as closing_services
from cases.corrections import services as corrections_services
from cases.intake.new_case import CourseDetails, NewCase
from cases.models.cases import CloseReason
from cases.people import cpr
from tests import factories

PLACED = date(2026, 4, 13)


def new_case(office, **changes):
    fields = {
        "citizen": factories.citizen_details(),
        "course": CourseDetails(registered_on=PLACED, placed_on=PLACED),
        "fund_id": office.fund.pk,
        "municipality_id": office.municipality.pk,
    }
    return NewCase(**{**fields, **changes})


def last_event(case):
    """The latest that this app recorded; what the apps above made of it comes after."""
    return case.events.filter(kind__startswith="cases.").latest("pk")


def cpr_of(case):
    return cpr.read(case.citizen.cpr_number, today=date(2026, 5, 4))


def close(case, office, now):
    case.refresh_from_db()
    return closing_services.close_case(
        case_id=case.pk,
        version=case.version,
        reason=CloseReason.WORK,
        closed_on=date(2026, 5, 4),
        by=office.adviser,
        at=now,
    )


def correct(case, office, now, **changes):
    return corrections_services.correct_course(
        case_id=case.pk, version=case.version, changes=changes, reason="Skrevet forkert.", by=office.adviser, at=now
    )
