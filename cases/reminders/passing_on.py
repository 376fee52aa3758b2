"""Whether what was owed somebody in an office is still theirs to hear, asked when it is sent."""

from datetime import datetime

from django.utils import timezone

from cases.models import Case, Organisation, Reminder
from cases.reminders import receivers
from cases.reminders.delivery import OTHERS_HAVE_IT, PassOn, Skip


def elsewhere(row: Reminder, case: Case, office: Organisation | None, *, at: datetime) -> Skip | PassOn | None:
    """Judge whether what was owed the office of the case goes to somebody else of it; None when all is as it was."""
    if office is None or receivers.has_left(row, case):
        return Skip(OTHERS_HAVE_IT)
    now = PassOn(**receivers.receiver_at(office, case, at=at))
    return None if now == PassOn(row.user_id, row.organisation_id) else now


def moved_on(row: Reminder, *, office: int, at: datetime) -> PassOn | None:
    """Judge whether somebody else is told of what the employee has in the office; None when they are themselves."""
    if row.user_id is None:
        return None
    now = receivers.told_of([row.user_id], office=office, on=timezone.localtime(at).date())[row.user_id]
    return None if now == row.user_id else PassOn(user_id=now, organisation_id=None if now else office)
