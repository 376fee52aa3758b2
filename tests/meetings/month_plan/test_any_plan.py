"""Whatever the cases are, each proposal of a plan is one that a person could book."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.pauses import services as pauses_services
from cases.rules.facts import PauseKind
from cases.rules.period import Period
from meetings.models import PlanScope
from tests import factories, world
from tests.examples import asked
from tests.meetings.month_plan.steps import accepted, away, made

#: Of one case: how long ago it began, and whether it pauses in May and from which day.
CASES = st.lists(
    st.tuples(st.integers(1, 200), st.none() | st.integers(5, 25)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=asked(8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=CASES, is_away=st.booleans(), month=st.sampled_from([5, 6]), minutes=st.sampled_from([30, 50]))
@pytest.mark.django_db
def test_each_proposal_is_booked_with_no_warning_but_its_own(office, now, cases, is_away, month, minutes):
    with world.undone():
        for days, pause in cases:
            case = factories.case(office, registered_on=now.date() - timedelta(days=days))
            if pause is not None:
                span = Period(date(2026, 5, pause), date(2026, 5, pause + 5))
                pauses_services.add_pause(
                    case_id=case.pk, kind=PauseKind.HOLIDAY, span=span, source="borgeren", by=office.adviser, at=now
                )
        if is_away:
            away(office.adviser, first=6, last=20, at=now)
        plan = made(
            office.adviser, now, scope=PlanScope.ORGANISATION, month=date(2026, month, 1), minutes=minutes, kept_open=1
        )
        if plan.proposals.exclude(state="left").exists():
            accepted(plan, office.adviser, now)
        refused = plan.proposals.exclude(state__in=["booked", "left"])
        assert [(row.day, row.due_on, row.problem) for row in refused] == []
