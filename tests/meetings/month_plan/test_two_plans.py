"""Two plans of the same talks accepted by many workers at once: nobody is ever booked twice."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from meetings.models import Meeting, PlanProposal, PlanScope
from meetings.month_plan import carrying_out, services
from tests import factories
from tests.meetings.month_plan.steps import made

THREADS = 30


def work(barrier, failed, at):
    try:
        barrier.wait(timeout=30)
        while carrying_out.carry_out_next(at=at):
            pass
    except Exception as error:  # told to the test's own thread
        failed.append(error)
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_thirty_workers_of_two_plans_leave_no_overlap_and_no_second_talk(office, now):
    for days in (14, 16, 18, 20, 21, 22):
        factories.case(office, registered_on=now.date() - timedelta(days=days))
    plans = [made(by, now, scope=PlanScope.ORGANISATION) for by in (office.adviser, office.leader)]
    for plan, by in zip(plans, (office.adviser, office.leader), strict=True):
        services.accept(plan=plan, chosen=None, by=by, at=now)
    barrier, failed = threading.Barrier(THREADS), []
    threads = [threading.Thread(target=work, args=(barrier, failed, now)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    states = list(PlanProposal.objects.values_list("state", flat=True))
    assert sorted(set(states)) == ["booked", "refused"]
    assert states.count("booked") == states.count("refused") == plans[0].proposals.count()
    assert Meeting.objects.booked().count() == states.count("booked")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM meetings_meeting a JOIN meetings_meeting b ON a.id < b.id"
            " AND (a.adviser_id = b.adviser_id OR a.citizen_id = b.citizen_id)"
            " AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)"
        )
        assert cursor.fetchone() == (0,)
