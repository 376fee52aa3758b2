"""A plan of the team's next month, ready to be looked at and booked."""

from datetime import datetime, timedelta

from django.utils import timezone

from meetings.models import MonthPlan, PlanScope
from meetings.month_plan import making, services
from meetings.month_plan.services import Wish
from referrals.demo.office import Office


def write(*, office: Office, at: datetime) -> None:
    """Let the leader ask for it, and make it as a worker does; nothing is asked for where there is a plan."""
    if MonthPlan.objects.exists():
        return
    next_month = (timezone.localtime(at).date().replace(day=1) + timedelta(days=31)).replace(day=1)
    services.ask_for(wish=Wish(PlanScope.TEAM, next_month), by=office.by_name["leder"], at=at)
    making.make_next(at=at)
