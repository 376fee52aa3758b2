"""Joint actions that are over: how many are under way, and what nobody needs any more is cleared at night."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cases.models import Reminder, ReminderState
from cases.models.reminders import GONE
from meetings.models import ListJob, ListJobRow, ListJobState
from meetings.owing.kinds import ReminderKind
from meetings.rules.lifecycle import MeetingStatus

#: What was only chosen or looked at is kept so long.
UNUSED_KEPT = timedelta(days=30)
#: What was done is kept as long as log-ins, for whoever asks. What came of it stands in the history of each case.
DONE_KEPT = timedelta(days=180)

_UNUSED = (ListJobState.CHOSEN, ListJobState.PREVIEWED)
_UNDER_WAY = (ListJobState.RUNNING, ListJobState.TAKING_BACK)


@transaction.atomic(durable=True)
def clear_old(at: datetime) -> None:
    """Clear what was never set in motion, and what was done long ago. Nothing that waits or that tells why it waits."""
    unused = Q(state__in=_UNUSED, chosen_at__lt=at - UNUSED_KEPT)
    done = Q(state__in=(ListJobState.DONE, ListJobState.TAKEN_BACK), finished_at__lt=at - DONE_KEPT)
    over = ListJob.objects.filter(unused | done).exclude(Exists(_owed())).exclude(Exists(_with_talks_left(at)))
    ListJob.objects.filter(pk__in=list(over.select_for_update(skip_locked=True).values_list("pk", flat=True))).delete()


def _owed() -> QuerySet[ListJobRow]:
    """Rows of which somebody has not been told yet, also a citizen whom no way reached: the text is sent again."""
    owed, is_lost = Reminder.objects.owed(), Q(dispatch__is_reached=False, dispatch__settled_at=None)
    of_row = Reminder.objects.filter(kind=ReminderKind.WRITTEN, subject=OuterRef("pk"))
    of_row = of_row.filter(Q(pk__in=owed.values("pk")) | Q(state=ReminderState.FAILED) | is_lost & ~Q(state__in=GONE))
    of_job = owed.filter(kind=ReminderKind.LIST_JOB, subject=OuterRef("job"))
    return ListJobRow.objects.filter(Exists(of_row) | Exists(of_job), job=OuterRef("pk"))


def _with_talks_left(at: datetime) -> QuerySet[ListJobRow]:
    """Rows that say of a talk that is still to come why nobody is there to hold it."""
    coming = {"case__meetings__status": MeetingStatus.BOOKED, "case__meetings__starts_at__gt": at}
    return ListJobRow.objects.filter(job=OuterRef("pk"), left__contains=[F("case__meetings__pk")], **coming)


def running(at: datetime) -> int:
    return ListJob.objects.filter(state__in=_UNDER_WAY).count()


def failed(at: datetime) -> int:
    """Count those under way of which the row that is tried now has failed."""
    return ListJob.objects.filter(state__in=_UNDER_WAY, attempts__gt=0).count()
