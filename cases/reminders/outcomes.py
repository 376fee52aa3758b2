"""Stores what became of messages, in a number of statements that does not grow with them.

All in the caller's transaction, which holds the rows.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import F

from cases import bulk_rows
from cases.history import events as history_events
from cases.models import Case, Event, Reminder, ReminderState
from cases.reminders import post_book
from cases.reminders.carriers import Carrier
from cases.reminders.messages import Message
from cases.reminders.owing import kind_labels


class Envelope(NamedTuple):
    """A message to the citizen of a case with the way it goes and its address there."""

    case: Case
    row: Reminder
    message: Message
    carrier: Carrier
    to: str

    def carry(self) -> None:
        self.carrier.carry(self.message, to=self.to)


def close(rows: Sequence[Reminder], state: ReminderState, *, outcome: str, at: datetime) -> None:
    """End these messages with an outcome."""
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(state=state, outcome=outcome, closed_at=at)


def skip(skipped: Mapping[str, Sequence[Reminder]], *, at: datetime) -> None:
    """End messages that are not to be sent, by the reason."""
    for reason, rows in skipped.items():
        close(rows, ReminderState.SKIPPED, outcome=reason, at=at)


def put_off(rows: Sequence[tuple[Reminder, datetime]]) -> None:
    """Let each be due at its moment."""
    bulk_rows.update_rows(Reminder, ["due_at"], [(row.pk, until) for row, until in rows])


def close_sent(rows: Sequence[Reminder], *, carrier: Carrier, at: datetime) -> None:
    """End these messages as the carrier leaves them."""
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=carrier.leaves_it,
        outcome=f"{said(carrier)}.",
        route=carrier.name,
        attempts=F("attempts") + 1,
        closed_at=at,
    )


def write_down(envelopes: Sequence[Envelope], *, at: datetime) -> None:
    """Write down that these are sent: the rows are closed, the post book has them, and the history tells of them."""
    for carrier in {one.carrier.name: one.carrier for one in envelopes}.values():
        close_sent([one.row for one in envelopes if one.carrier is carrier], carrier=carrier, at=at)
    written = [(one.row, one.message, one.carrier.written(one.message, to=one.to)) for one in envelopes]
    post_book.keep(written, is_reached=True, at=at)
    history_events.record_all(
        [
            Event(
                case=one.case,
                kind="cases.message_sent",
                at=at,
                text=f"{said(one.carrier)} til borgeren med {one.carrier.name}: {label_of(one.row)}.",
            )
            for one in envelopes
        ]
    )


def said(carrier: Carrier) -> str:
    return carrier.leaves_it.label.capitalize()


def label_of(row: Reminder) -> str:
    """The kind of the message in Danish."""
    return kind_labels().get(row.kind, row.kind)
