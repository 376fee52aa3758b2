"""Records what falls due, delivers each message that is owed once, and stores the result."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, models, transaction
from django.db.models import Case as SqlCase
from django.db.models import Min, When

from cases.history import events as history_events
from cases.models import Case, Organisation, Reminder, ReminderState, SweepRun, User
from cases.models.reminders import ReminderQuerySet
from cases.reminders import carriers, deciding, digests, outcomes, post_book, receivers
from cases.reminders.deciding import Wanted
from cases.reminders.messages import Message, on_paper
from cases.reminders.outcomes import Envelope
from cases.reminders.owing import OTHERS_HAVE_IT, PassOn, Send, kind_labels, owe_again, sources

logger = logging.getLogger(__name__)

#: With a wait that grows to an hour this is more than a day, which a mail server needs at times.
MAX_ATTEMPTS = 30
LONGEST_WAIT = timedelta(hours=1)
#: The sweep comes by so often.
_LOOK_AGAIN = timedelta(minutes=1)

#: Of whatever is owed to somebody who is dead.
IS_DEAD = "Borgeren er død."


class Receiver(NamedTuple):
    """Whom a message goes to: exactly one of the three; `case` means its citizen."""

    user: int | None = None
    organisation: int | None = None
    case: int | None = None


def sweep(*, at: datetime, limit: int = 20_000) -> list[Receiver]:
    """Record everything that is due and not yet recorded; gives the receivers who wait, the longest wait first."""
    SweepRun.objects.update_or_create(pk=1, defaults={"started_at": at, "finished_at": None})
    recorded = sum(source.record_due(at) for source in sources())
    waiting = _waiting(at=at, limit=limit)
    SweepRun.objects.filter(pk=1).update(finished_at=at, recorded=recorded, receivers=len(waiting))
    return waiting


def _waiting(*, at: datetime, limit: int) -> list[Receiver]:
    case_of_citizen = SqlCase(When(user=None, organisation=None, then="case_id"), output_field=models.BigIntegerField())
    rows = (
        Reminder.objects.due(at)
        .values("user_id", "organisation_id", citizen=case_of_citizen)
        .annotate(first=Min("due_at"))
        .order_by("first")[:limit]
    )
    return [Receiver(row["user_id"], row["organisation_id"], row["citizen"]) for row in rows]


class _Undelivered(Exception):
    """These messages could not be judged, or were judged and could not be sent; the cause says why."""

    def __init__(self, rows: Sequence[Reminder], *, are_judged: bool) -> None:
        self.rows = rows
        self.are_judged = are_judged


def deliver(receiver: Receiver, *, at: datetime) -> int:
    """Send the receiver everything that is due; gives the number of messages.

    Each message is claimed, checked against the case as it is now, sent, and its outcome stored, in one
    transaction. Mail cannot be rolled back: a crash after the sending and before the commit sends that one message
    again, under the same Message-ID; none is ever lost. A receiver whom another worker is serving is left to it.
    """
    sent = 0
    # Whatever fails, fails for this receiver alone: the others wait no longer for it, and the row says so.
    try:
        while _deliver_one(receiver, at=at):
            sent += 1
    except _Undelivered as failure:
        logger.exception("A reminder could not be delivered.")
        _record_failure(receiver, failure, at=at)
    return sent


@transaction.atomic(durable=True)
def _deliver_one(receiver: Receiver, *, at: datetime) -> bool:
    holder = _lock(receiver)
    if holder is None:
        return False
    rows = list(due_rows(_rows_of(receiver), at=at))
    if rows and isinstance(holder, Case) and holder.citizen_is_dead:
        outcomes.close(rows, ReminderState.SKIPPED, outcome=IS_DEAD, at=at)
        return False
    with _blaming(rows, are_judged=False):
        wanted = _settle(rows, at=at)
    if not wanted:
        return False
    if isinstance(holder, Case):
        # The first alone; each message has its own transaction, so that a crash repeats one at most.
        first = wanted[0]
        with _blaming([first.row, *first.covers], are_judged=True):
            _send_to_citizen(holder, first, at=at)
    else:
        # All is said in one mail.
        with _blaming(rows, are_judged=True):
            _send_digest(holder, wanted, at=at)
    return True


@contextmanager
def _blaming(rows: Sequence[Reminder], *, are_judged: bool) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise _Undelivered(rows, are_judged=are_judged) from error


def _lock(receiver: Receiver) -> Case | User | Organisation | None:
    """Lock the receiver, so that one worker sends all of its messages. Others may still write rows that point to it."""
    if receiver.case is not None:
        # A service that changes the case waits for us, or we pass it by: what is sent is true when it is sent.
        cases = Case.objects.filter(pk=receiver.case).lock(skip_locked=True, no_key=True)
        return cases.with_parties().first()
    if receiver.user is not None:
        users = User.objects.select_related("organisation").filter(pk=receiver.user)
        return users.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
    assert receiver.organisation is not None
    organisations = Organisation.objects.filter(pk=receiver.organisation)
    return organisations.select_for_update(skip_locked=True, no_key=True).first()


def _rows_of(receiver: Receiver) -> ReminderQuerySet:
    if receiver.case is not None:
        return Reminder.objects.to_citizen().filter(case=receiver.case)
    return Reminder.objects.filter(user=receiver.user, organisation=receiver.organisation)


def due_rows(rows: ReminderQuerySet, *, at: datetime) -> ReminderQuerySet:
    """Those of them that are due, locked, in order; what another transaction holds is passed by."""
    # A kind that only a newer release knows waits for its worker.
    known = rows.due(at).filter(kind__in=kind_labels())
    locked = known.select_related("user").select_for_update(skip_locked=True, of=("self",))
    return locked.order_by("due_at", "pk")


def _settle(rows: Sequence[Reminder], *, at: datetime) -> list[Wanted]:
    """Close the messages that are no longer wanted or that another covers. Return the others, which are to be sent."""
    decided = deciding.decide(rows, deciding.verdicts_of(rows, at=at))
    # In one order for all workers: of two who pass on the same, one waits for the other, and never both.
    for row, receiver in sorted(decided.passed_on, key=lambda pair: (pair[0].kind, pair[0].subject, pair[0].version)):
        if not _pass_on(row, receiver, at=at):
            decided.skipped[OTHERS_HAVE_IT].append(row)
    outcomes.put_off(decided.put_off)
    outcomes.skip(decided.skipped, at=at)
    return decided.wanted


def _pass_on(row: Reminder, to: PassOn, *, at: datetime) -> bool:
    """Let the message be that receiver's; False when it is owed or told them already, or owed them again."""
    same = Reminder.objects.filter(kind=row.kind, subject=row.subject, version=row.version, sending=row.sending)
    theirs = same.filter(user=to.user_id, organisation=to.organisation_id)
    if not theirs.exists():
        row.user_id, row.organisation_id = to.user_id, to.organisation_id
        try:
            with transaction.atomic():
                row.save(update_fields=["user", "organisation"])
        except IntegrityError:
            # Another worker has passed on the same to them meanwhile.
            return False
        return True
    if not theirs.select_for_update(skip_locked=True).first():
        # Whoever judges theirs now may be skipping it because of this one, and may wait for one of ours.
        row.due_at = at + _LOOK_AGAIN
        row.save(update_fields=["due_at"])
        return True
    owe_again(theirs)
    return False


def _send_to_citizen(case: Case, wanted: Wanted, *, at: datetime) -> None:
    row = wanted.row
    message, envelopes = envelopes_of(case, wanted)
    for envelope in envelopes:
        try:
            _carry(envelope, at=at)
        except carriers.AddressRefused:
            continue
        except carriers.NoCarrier:
            row.due_at, row.outcome = at + LONGEST_WAIT, carriers.NO_CARRIER
            row.save(update_fields=["due_at", "outcome"])
        return
    reason = carriers.why_unreached(message, case.contact_of(message.sender))
    outcomes.close([row], ReminderState.SKIPPED, outcome=f"Kan ikke nås. {reason}", at=at)
    post_book.keep([(row, message, on_paper(message))], is_reached=False, at=at)
    _tell_not_reached(case, row, why=reason, at=at)


def envelopes_of(case: Case, wanted: Wanted) -> tuple[Message, list[Envelope]]:
    """The message to the citizen, written, and an envelope for each way that it may go, in order."""
    assert callable(wanted.send.content)
    message = wanted.send.content()
    # The sender's own contact data: what another organisation was told is not its to use.
    contact = case.contact_of(message.sender)
    ways = carriers.ways_for(message, contact)
    return message, [Envelope(case, wanted.row, message, way, to=way.address_of(contact)) for way in ways]


@transaction.atomic
def _carry(envelope: Envelope, *, at: datetime) -> None:
    """Write down that it is sent, and send it: what may fail comes before what nobody can take back."""
    outcomes.write_down([envelope], at=at)
    envelope.carry()


def _send_digest(holder: User | Organisation, wanted: Sequence[Wanted], *, at: datetime) -> None:
    deputies = receivers.deputies_of([holder] if isinstance(holder, User) else [], at=at)
    digest = digests.digest_of(holder, wanted, deputies=deputies, at=at)
    outcomes.close_sent([one.row for one in wanted], carrier=carriers.EMAIL, at=at)
    carriers.EMAIL.carry(digest.message, to=digest.address)


@transaction.atomic(durable=True)
def _record_failure(receiver: Receiver, failure: _Undelivered, *, at: datetime) -> None:
    holder = _lock(receiver)
    if holder is None:
        # Another worker serves the receiver: what it fails to send, it records.
        return
    rows = list(due_rows(_rows_of(receiver), at=at).filter(pk__in=[row.pk for row in failure.rows]))
    if not failure.are_judged:
        # They were judged together: those that can be judged alone are not to blame.
        rows = [row for row in rows if not _can_be_judged(row, at=at)] or rows
    for row in rows:
        row.attempts += 1
        row.outcome = f"Forsøg {row.attempts} mislykkedes ({type(failure.__cause__).__name__})."
        row.due_at = at + min(timedelta(minutes=2 ** min(row.attempts - 1, 10)), LONGEST_WAIT)
        row.save(update_fields=["attempts", "outcome", "due_at"])
        if row.attempts >= MAX_ATTEMPTS:
            outcomes.close([row], ReminderState.FAILED, outcome=row.outcome, at=at)
            if isinstance(holder, Case):
                _keep_unsent(row, at=at)
                _tell_not_reached(holder, row, why="Forsendelsen svigtede igen og igen.", at=at)


def _can_be_judged(row: Reminder, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            return row.pk in deciding.verdicts_of([row], at=at)
    except Exception:
        return False


def _keep_unsent(row: Reminder, *, at: datetime) -> None:
    """Keep what was never sent, so that somebody can post it; what cannot be written is told in the history alone."""
    try:
        # What the database refused on the way leaves the rest of the transaction whole.
        with transaction.atomic():
            verdict = deciding.verdicts_of([row], at=at)[row.pk]
            if isinstance(verdict, Send) and callable(verdict.content):
                message = verdict.content()
                post_book.keep([(row, message, on_paper(message))], is_reached=False, at=at)
    except Exception:
        logger.exception("A message that could not be sent cannot be written either.")


def _tell_not_reached(case: Case, row: Reminder, *, why: str, at: datetime) -> None:
    text = f"Borgeren har ikke fået beskeden »{outcomes.label_of(row)}«. {why} Kontakt borgeren på en anden måde."
    history_events.record(case=case, kind="cases.citizen_not_reached", by=None, at=at, text=text)
