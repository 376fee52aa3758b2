"""The time of some people of the demo: hours of one's own, an absence to come, a closing day, and a cap."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from meetings.models import AbsenceKind, StaffAbsence
from meetings.rules.availability import Hours
from meetings.rules.spans import Span
from meetings.working_time import services
from referrals.demo.office import Office


def write(*, office: Office, at: datetime) -> None:
    """Keep them through the services; told once."""
    if StaffAbsence.objects.exists():
        return
    anne, today = office.by_name["anne"], timezone.localtime(at).date()
    monday = today + timedelta(days=14 - today.weekday())
    morning, afternoon = (time(8, 30), time(12)), (time(12, 30), time(15, 30))
    hours = [Hours(weekday, *span) for weekday in range(4) for span in (morning, afternoon)]
    services.set_hours(user_id=anne.pk, hours=[*hours, Hours(4, *morning)])
    colleague = next(one for one in office.workers[anne.organisation_id or 0] if one != anne)
    for who, first, last in ((anne, monday + timedelta(days=2), 0), (colleague, monday, 4)):
        span = Span.of_days(first, first + timedelta(days=last))
        kind = AbsenceKind.COURSE if who == anne else AbsenceKind.HOLIDAY
        services.add_absence(user_id=who.pk, kind=kind, span=span, by=who, at=at)
    closed = monday + timedelta(days=4)
    services.say_of_day(organisation=anne.workplace, day=closed, name="personaledag", is_open=False)
    services.set_caps(organisation=anne.workplace, user=None, caps={None: 10})
