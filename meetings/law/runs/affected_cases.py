"""Finds the cases that an act can change, by dates alone."""

from datetime import time
from typing import Any

from django.db.models import Exists, Manager, Max, OuterRef, Q, QuerySet

from cases import seam
from cases.models import Act, Case, Pause
from cases.models.law import RunningCourses
from cases.rules.period import add_months
from meetings.models import Exemption, Meeting, MeetingRule, RequiredMeeting
from meetings.rules.spans import local


def touched(act: Act) -> QuerySet[Case]:
    """Return the open cases that the act can change: those with something on or after its day in force.

    No case that it changes is left out; some are in that it does not change.
    """
    day = act.in_force_on
    midnight = local(day, time.min)
    reaches = (
        Q(placed_on__gte=day)
        | Q(municipality_from__gte=day)
        | _has(RequiredMeeting.objects.current().filter(due_on__gte=day))
        | _has(Meeting.objects.booked().filter(starts_at__gte=midnight))
        | _has(Pause.objects.filter(span__endswith__gt=day))
        | _has(Exemption.objects.filter(span__endswith__gt=day))
    )
    if act.running_courses == RunningCourses.MOVE:
        # A requirement that is new has no row yet: a course is reached while the longest table lasts, and what
        # moves its months has no end that can be told from its start.
        reaches |= Q(placed_on__gt=add_months(day, -_longest_table())) | _has(Pause.objects) | _has(Exemption.objects)
        reaches |= Q(municipality_from=None)
    for touches in [touches for app in seam.INSTALLED for touches in app.law.touches]:
        reaches |= Q(pk__in=touches(day))
    return Case.objects.open().filter(reaches)


def _has(rows: QuerySet[Any] | Manager[Any]) -> Exists:
    return Exists(rows.filter(case=OuterRef("pk")))


def _longest_table() -> int:
    # A draft's too: what is simulated is counted.
    return MeetingRule.objects.aggregate(months=Max("to_month"))["months"] or 0
