"""The one reading of free time: each adviser's own facts, at the same cost for one and for many."""

from datetime import date, time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Role, User
from cases.rules.period import Period
from meetings.models import ClosingDay, StaffAbsence, TalkCap, WorkingHours
from meetings.rules.spans import Span, local
from meetings.working_time import queries
from tests import factories

MONDAY = date(2026, 5, 4)
TUESDAY = date(2026, 5, 5)
DAYS = Period(MONDAY, date(2026, 5, 11))


def people(*users):
    return list(User.objects.select_related("organisation").filter(pk__in=[one.pk for one in users]))


def absent(user, first, last, *, at):
    span = Span.of_days(first, last)
    return StaffAbsence.objects.create(
        user=user,
        kind="absence",
        starts_at=span.starts_at,
        ends_at=span.ends_at if last else None,
        recorded_by=user,
        recorded_at=at,
    )


def test_each_adviser_has_his_own_time(office, case, now):
    WorkingHours.objects.create(user=office.adviser, weekday=1, begins=time(8), ends=time(12))
    absent(office.colleague, TUESDAY, None, at=now)
    ClosingDay.objects.create(organisation=office.municipality, day=TUESDAY, name="flytning")
    factories.book(case, office.adviser, local(TUESDAY, time(9)), at=now)

    found = queries.free_spans(people(office.adviser, office.colleague, office.caseworker, office.other_adviser), DAYS)

    assert {day for free in found.values() for day in free} == {date(2026, 5, day) for day in range(4, 11)}
    free = {pk: days[TUESDAY] for pk, days in found.items()}
    assert free == {
        office.adviser.pk: [Span.on(TUESDAY, time(8), time(9)), Span.on(TUESDAY, time(9, 30), time(12))],
        office.colleague.pk: [],
        office.caseworker.pk: [],
        office.other_adviser.pk: [Span.on(TUESDAY, time(9), time(15))],
    }
    assert found[office.adviser.pk][MONDAY] == []
    assert found[office.colleague.pk][MONDAY] == [Span.on(MONDAY, time(9), time(15))]


def test_ones_own_cap_goes_before_that_of_the_office(office, case, now):
    for user, most in ((None, 1), (office.adviser, 2)):
        TalkCap.objects.create(organisation=office.fund, user=user, most=most)
    factories.book(case, office.adviser, local(TUESDAY, time(9)), at=now)
    factories.book(factories.case(office), office.colleague, local(TUESDAY, time(9)), at=now)

    found = queries.free_spans(people(office.adviser, office.colleague), DAYS)

    assert bool(found[office.adviser.pk][TUESDAY])
    assert found[office.colleague.pk][TUESDAY] == []


def test_many_cost_no_more_queries_than_one(office, now):
    more = [factories.user(organisation=office.fund, role=Role.ADVISER) for _ in range(8)]
    for one in more:
        absent(one, MONDAY, MONDAY, at=now)
    counts = []
    for some in (people(office.adviser), people(*more, office.caseworker)):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            queries.free_spans(some, DAYS)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 7
