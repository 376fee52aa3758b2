"""Whatever the cases are, each proposal of a plan is one that a person could book."""

from datetime import date, time, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cases.pauses import services as pauses_services
from cases.rules.facts import PauseKind
from cases.rules.period import Period
from meetings.models import PlanScope, WorkingHours
from tests import factories, world
from tests.examples import asked
from tests.meetings.month_plan.steps import accepted, away, made

#: Of one case: how long ago it began, and whether it pauses in May and from which day. After ten weeks two are due.
CASES = st.lists(
    st.tuples(st.integers(1, 200) | st.integers(65, 90), st.none() | st.integers(5, 25)),
    min_size=1,
    max_size=4,
)
#: The days of May on which anybody is there, for an hour each; None means all days and their working hours.
OPEN = st.none() | st.sets(st.sampled_from([5, 6, 7, 8, 11, 12, 13, 18, 19, 20, 26, 27]), min_size=2, max_size=5)


def there_only(office, days, at):
    """Both advisers are there for an hour of each of these days and no other."""
    WorkingHours.objects.bulk_create(
        WorkingHours(user=user, weekday=weekday, begins=time(9), ends=time(10))
        for user in (office.adviser, office.colleague)
        for weekday in range(5)
    )
    borders = [3, *sorted(days), 32]
    for user in (office.adviser, office.colleague):
        for before, after in zip(borders, borders[1:], strict=False):
            if before + 1 < after:
                away(user, first=before + 1, last=min(after, 31), at=at)


@settings(max_examples=asked(8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cases=CASES, open_on=OPEN, is_away=st.booleans(), month=st.sampled_from([5, 6]), minutes=st.sampled_from([30, 50])
)
# The overdue talk of the third was once given a day after that of the next one, which then counted for both.
@example(
    cases=[(122, None), (76, None), (65, None), (74, None)], open_on={7, 18, 19, 27}, is_away=False, month=5, minutes=50
)
@pytest.mark.django_db
def test_each_proposal_is_booked_with_no_warning_but_its_own(office, now, cases, open_on, is_away, month, minutes):
    with world.undone():
        for days, pause in cases:
            case = factories.case(office, registered_on=now.date() - timedelta(days=days))
            if pause is not None:
                span = Period(date(2026, 5, pause), date(2026, 5, pause + 5))
                pauses_services.add_pause(
                    case_id=case.pk, kind=PauseKind.HOLIDAY, span=span, source="borgeren", by=office.adviser, at=now
                )
        if open_on is not None:
            there_only(office, open_on, now)
        elif is_away:
            away(office.adviser, first=6, last=20, at=now)
        plan = made(
            office.adviser, now, scope=PlanScope.ORGANISATION, month=date(2026, month, 1), minutes=minutes, kept_open=1
        )
        if plan.proposals.exclude(state="left").exists():
            accepted(plan, office.adviser, now)
        refused = plan.proposals.exclude(state__in=["booked", "left"])
        assert [(row.day, row.due_on, row.problem) for row in refused] == []
