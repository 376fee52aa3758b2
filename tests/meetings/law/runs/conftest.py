"""An act to come, and courses at every stage."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cases import seam
from cases.closing import services as closing_services
from cases.intake import services as intake_services
from cases.intake.new_case import CourseDetails, NewCase
from cases.models import Role
from cases.models.cases import CloseReason
from cases.pauses import services as pauses_services
from cases.rules.facts import ExemptionReason, PauseKind
from cases.rules.period import Period
from meetings.exemptions import services as exemptions_services
from meetings.models import Outcome
from meetings.outcomes import services as outcomes_services
from tests import factories
from tests.meetings.law.runs.acts import EARLIER, TODAY, draft_of
from tests.world import NOW, hand_over


@pytest.fixture
def author(office):
    return factories.user(organisation=None, role=Role.ADMINISTRATOR, username="forfatter", is_staff=True)


@pytest.fixture
def draft(author):
    """Four months and four meetings with the a-kasse, two with the jobcenter after; running courses move in June."""
    return draft_of(author)


@pytest.fixture
def cases(office):
    """Courses at every stage, and what can stand in them."""

    def begun(day, **more):
        return factories.case(office, at=EARLIER, registered_on=day, **more)

    fresh = begun(date(2026, 4, 20))
    booked = begun(date(2026, 3, 30))
    factories.book(booked, office.adviser, NOW.replace(hour=10) + timedelta(days=2), at=EARLIER)
    factories.book(booked, office.colleague, NOW.replace(hour=10) + timedelta(days=50), at=EARLIER)
    held = begun(date(2026, 3, 2))
    meeting = factories.book(held, office.adviser, NOW.replace(hour=7) - timedelta(days=1), at=EARLIER)
    outcomes_services.register(
        meeting_id=meeting.pk,
        outcome=Outcome.HELD,
        note="",
        is_six_weeks_guided=True,
        next_booking=None,
        by=office.adviser,
        at=NOW - timedelta(hours=2),
    )
    late = begun(date(2026, 1, 12))
    old = begun(date(2025, 2, 3))
    handed_over = begun(date(2026, 2, 16))
    hand_over(handed_over, office, at=EARLIER)
    paused = begun(date(2026, 3, 9))
    pauses_services.add_pause(
        case_id=paused.pk,
        kind=PauseKind.EMPLOYMENT,
        span=Period(date(2026, 5, 25), date(2026, 6, 8)),
        source="borgeren",
        by=office.adviser,
        at=EARLIER,
    )
    exempt = begun(date(2026, 3, 16))
    exemptions_services.exempt(
        case_id=exempt.pk,
        reason=ExemptionReason.ORDINARY_JOB,
        span=Period(date(2026, 5, 18), date(2026, 6, 15)),
        documented_on=TODAY,
        starts_on=date(2026, 6, 10),
        document="Ansættelsesbrev",
        by=office.adviser,
        at=EARLIER,
    )
    young = begun(
        date(2026, 3, 23),
        citizen=factories.citizen_details(born_on=date(2003, 1, 1)),
        has_qualifying_education=False,
        has_children_at_home=False,
    )
    group_2 = begun(date(2026, 3, 24), target_group=2)
    without_fund = intake_services.open_case(
        new=NewCase(
            citizen=factories.citizen_details(),
            course=CourseDetails(registered_on=date(2026, 3, 25), placed_on=date(2026, 3, 25), target_group=2),
            fund_id=None,
            municipality_id=office.municipality.pk,
            worker_id=office.caseworker.pk,
        ),
        by=office.caseworker,
        at=EARLIER,
    )
    with_hours = begun(date(2026, 2, 23))
    pauses_services.record_hours(
        case_id=with_hours.pk, month=date(2026, 3, 1), hours=Decimal(100), by=office.adviser, at=EARLIER
    )
    closed = begun(date(2026, 4, 13))
    closing_services.close_case(
        case_id=closed.pk,
        version=closed.version,
        reason=CloseReason.WORK,
        closed_on=TODAY,
        by=office.adviser,
        at=EARLIER,
    )
    return {
        "fresh": fresh,
        "booked": booked,
        "held": held,
        "late": late,
        "old": old,
        "handed_over": handed_over,
        "paused": paused,
        "exempt": exempt,
        "young": young,
        "group_2": group_2,
        "without_fund": without_fund,
        "with_hours": with_hours,
        "closed": closed,
    }


@pytest.fixture
def nobody_follows(monkeypatch):
    """No app above meetings follows a change of the law."""
    monkeypatch.setattr(seam, "INSTALLED", [app for app in seam.INSTALLED if not app.law.consequences])
