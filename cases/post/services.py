"""A message that did not reach the citizen is sent again, or somebody posts it by hand."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cases import wall
from cases.history import events as history_events
from cases.models import Case, Dispatch, Reminder, ReminderState, User
from cases.reminders import owing
from cases.rules.refusal import Refused
from cases.rules.wording import day_text

#: How a message went that somebody posted.
BY_LETTER = "brev"


class NotPossible(Refused):
    """The message cannot be sent again, or was brought already."""


@wall.lifted()
@transaction.atomic(durable=True)
def send_again(*, dispatch_id: int, by: User, at: datetime) -> Reminder:
    """Owe the message once more; what goes out is written anew, and only if it still holds.

    Asked for twice before it has gone, it is owed once.
    """
    dispatch = _lock(dispatch_id)
    first = dispatch.reminder
    if first.case.citizen_is_dead:
        raise NotPossible("Borgeren er død, og der sendes ikke flere beskeder. Er det en fejl, så åbn sagen igen.")
    same = Reminder.objects.to_citizen().filter(kind=first.kind, subject=first.subject, version=first.version)
    waiting = same.owed().first()
    if waiting is not None:
        return waiting
    again = Reminder.objects.create(
        kind=first.kind,
        case=first.case,
        subject=first.subject,
        version=first.version,
        sending=same.aggregate(last=Max("sending"))["last"] + 1,
        due_at=at,
        recorded_at=at,
    )
    _settle(dispatch, at=at)
    _tell(dispatch, "cases.message_sent_again", "Beskeden »{label}« sendes igen.", by=by, at=at)
    return again


@wall.lifted()
@transaction.atomic(durable=True)
def post_by_hand(*, dispatch_id: int, by: User, at: datetime) -> Dispatch:
    """Record that the message was posted as a letter. Twice is once. Raises NotPossible where it has been sent."""
    dispatch = _lock(dispatch_id)
    row = dispatch.reminder
    if row.route == BY_LETTER:
        return dispatch
    if row.is_gone:
        raise NotPossible("Beskeden er sendt. Du kan sende den igen.")
    row.state, row.route, row.closed_at = ReminderState.SENT, BY_LETTER, at
    row.outcome = f"Sendt med brev af {by}."[:200]
    row.save(update_fields=["state", "route", "outcome", "closed_at"])
    _settle(dispatch, at=at)
    day = day_text(timezone.localtime(at).date())
    _tell(dispatch, "cases.posted_by_hand", f"Beskeden »{{label}}« er sendt med brev den {day}.", by=by, at=at)
    return dispatch


def _lock(dispatch_id: int) -> Dispatch:
    """The dispatch, once nobody else sends or brings anything of its case, closed or not."""
    Case.objects.select_for_update(of=("self",), no_key=True).get(reminders__dispatch=dispatch_id)
    return Dispatch.objects.select_related("reminder__case").defer("letter").get(pk=dispatch_id)


def _settle(dispatch: Dispatch, *, at: datetime) -> None:
    dispatch.settled_at = at
    dispatch.save(update_fields=["settled_at"])


def _tell(dispatch: Dispatch, kind: str, text: str, *, by: User, at: datetime) -> None:
    row = dispatch.reminder
    label = owing.kind_labels().get(row.kind, row.kind)
    history_events.record(case=row.case, kind=kind, by=by, at=at, text=text.format(label=label))
