"""Plans that are over: how many wait for a worker, and what nobody needs any more is cleared at night."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cases.rules.undo_time import UNDO_WITHIN
from meetings.models import MonthPlan, PlanProposal, PlanState, ProposalState
from meetings.models.month_plans import WORKED_ON

#: A plan is kept so long after it was made, and at least till its last day. What was booked by it stands on the cases.
KEPT = timedelta(days=180)
_LATELY = timedelta(days=1)


@transaction.atomic(durable=True)
def clear_old(at: datetime) -> None:
    """Clear the plans of long ago; nothing that waits, or that can still be accepted or taken back."""
    lately = _of_plan().filter(state=ProposalState.BOOKED, done_at__gt=at - UNDO_WITHIN)
    old = MonthPlan.objects.exclude(state=PlanState.WAITING).filter(
        ~Exists(_worked_on()), ~Exists(lately), made_at__lt=at - KEPT, last__lt=timezone.localtime(at).date()
    )
    MonthPlan.objects.filter(pk__in=list(old.select_for_update(skip_locked=True).values_list("pk", flat=True))).delete()


def waiting(at: datetime) -> int:
    """Count those that are computed or booked by a worker, now or next."""
    return MonthPlan.objects.filter(Q(state=PlanState.WAITING) | Exists(_worked_on())).count()


def failed(at: datetime) -> int:
    """Count those that could not be computed within the last day."""
    return MonthPlan.objects.filter(state=PlanState.FAILED, finished_at__gt=at - _LATELY).count()


def _worked_on() -> QuerySet[PlanProposal]:
    return _of_plan().filter(state__in=WORKED_ON)


def _of_plan() -> QuerySet[PlanProposal]:
    return PlanProposal.objects.filter(plan=OuterRef("pk"))
