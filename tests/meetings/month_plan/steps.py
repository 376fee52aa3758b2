"""A plan that is asked for, made and carried out, as the worker does it."""

from datetime import UTC, date, datetime

from meetings.models import MonthPlan, PlanScope, StaffAbsence
from meetings.month_plan import carrying_out, making, services
from meetings.month_plan.services import Wish

MAY = date(2026, 5, 1)


def made(by, at, *, scope=PlanScope.MINE, month=MAY, **more) -> MonthPlan:
    plan = services.ask_for(wish=Wish(scope=scope, month=month, **more), by=by, at=at)
    return finished(plan, at)


def finished(plan, at) -> MonthPlan:
    assert making.make_next(at=at)
    plan.refresh_from_db()
    return plan


def accepted(plan, by, at, *, chosen=None) -> int:
    """Accept, and let the worker go on until nothing waits; gives how many were accepted."""
    number = services.accept(plan=plan, chosen=chosen, by=by, at=at)
    carried_out(at)
    return number


def carried_out(at) -> None:
    while carrying_out.carry_out_next(at=at):
        pass


def rows(plan, *names):
    return list(plan.proposals.order_by("pk").values_list(*names, flat=len(names) == 1))


def away(user, *, first, last, at):
    return StaffAbsence.objects.create(
        user=user,
        kind="illness",
        starts_at=datetime(2026, 5, first, tzinfo=UTC),
        ends_at=datetime(2026, 5, last, tzinfo=UTC),
        recorded_by=user,
        recorded_at=at,
    )
