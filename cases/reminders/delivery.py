"""Records what falls due, delivers each message that is owed once, and stores the result."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Case as SqlCase
from django.db.models import F, Min, When
from django.template.loader import render_to_string

from cases.history import events as history_events
from cases.models import Case, Organisation, Reminder, ReminderState, SweepRun, User
from cases.models.reminders import MERGED, ReminderQuerySet
from cases.reminders import carriers, post_book, receivers
from cases.reminders.messages import Message, on_paper
from cases.reminders.owing import (
    OTHERS_HAVE_IT,
    DigestLine,
    PassOn,
    Postpone,
    Send,
    Skip,
    Verdict,
    kind_labels,
    owe_again,
    sources,
)

logger = logging.getLogger(__name__)

#: With a wait that grows to an hour this is more than a day, which a mail server needs at times.
MAX_ATTEMPTS = 30
LONGEST_WAIT = timedelta(hours=1)
#: The sweep comes by so often.
_LOOK_AGAIN = timedelta(minutes=1)

#: So many lines make a mail that is still read; the worklist has them all.
LINES_IN_A_MAIL = 40

#: Of whatever is owed to somebody who is dead.
IS_DEAD = "Borgeren er død."


class _Wanted(NamedTuple):
    """A message to be sent, and the messages that it covers. They get the same outcome as it gets."""

    row: Reminder
    send: Send
    covers: list[Reminder]


class Receiver(NamedTuple):
    """Whom a message goes to: exactly one of the three; `case` means its citizen."""

    user: int | None = None
    organisation: int | None = None
    case: int | None = None


def sweep(*, at: datetime, limit: int = 20_000) -> list[Receiver]:
    """Record everything that is due and not yet recorded; gives the receivers who wait, the longest wait first."""
    SweepRun.objects.update_or_create(pk=1, defaults={"started_at": at, "finished_at": None})
    recorded = sum(source.record_due(at) for source in sources())
    receivers = _waiting(at=at, limit=limit)
    SweepRun.objects.filter(pk=1).update(finished_at=at, recorded=recorded, receivers=len(receivers))
    return receivers


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
    rows = list(_due_rows(receiver, at=at))
    if rows and isinstance(holder, Case) and holder.citizen_is_dead:
        _close(rows, ReminderState.SKIPPED, outcome=IS_DEAD, at=at)
        return False
    with _blaming(rows, are_judged=False):
        wanted = _settle(rows, at=at)
    if not wanted:
        return False
    if isinstance(holder, Case):
        # The first alone; each message has its own transaction, so that a crash repeats one at most.
        first = wanted[0]
        with _blaming([first.row, *first.covers], are_judged=True):
            _send_to_citizen(holder, first.row, first.send, at=at)
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


def _due_rows(receiver: Receiver, *, at: datetime) -> ReminderQuerySet:
    # A kind that only a newer release knows waits for its worker.
    known = _rows_of(receiver).due(at).filter(kind__in=kind_labels())
    locked = known.select_related("user").select_for_update(skip_locked=True, of=("self",))
    return locked.order_by("due_at", "pk")


def _settle(rows: Sequence[Reminder], *, at: datetime) -> list[_Wanted]:
    """Close the messages that are no longer wanted or that another covers. Return the others, which are to be sent."""
    verdicts = _verdicts(rows, at=at)
    wanted: list[tuple[Reminder, Send]] = []
    skipped: defaultdict[str, list[Reminder]] = defaultdict(list)
    passed_on: list[tuple[Reminder, PassOn]] = []
    for row in rows:
        match verdicts[row.pk]:
            case Send() as send:
                wanted.append((row, send))
            case Skip(reason):
                skipped[reason].append(row)
            case Postpone(until):
                row.due_at = until
                row.save(update_fields=["due_at"])
            case PassOn() as receiver:
                passed_on.append((row, receiver))
    # In one order for all workers: of two who pass on the same, one waits for the other, and never both.
    for row, receiver in sorted(passed_on, key=lambda pair: (pair[0].kind, pair[0].subject, pair[0].version)):
        if not _pass_on(row, receiver, at=at):
            skipped[OTHERS_HAVE_IT].append(row)
    newest: dict[tuple[str, int], _Wanted] = {}
    for row, send in sorted(wanted, key=lambda pair: -pair[1].rank):
        chosen = newest.setdefault(send.about, _Wanted(row, send, []))
        if chosen.row is not row:
            chosen.covers.append(row)
            skipped[MERGED].append(row)
    for reason, of_reason in skipped.items():
        _close(of_reason, ReminderState.SKIPPED, outcome=reason, at=at)
    return [newest[send.about] for row, send in wanted if newest[send.about].row is row]


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


def _verdicts(rows: Sequence[Reminder], *, at: datetime) -> dict[int, Verdict]:
    verdicts: dict[int, Verdict] = {}
    for source in sources():
        verdicts |= source.verdicts([row for row in rows if row.kind in source.kinds], at)
    return verdicts


def _send_to_citizen(case: Case, row: Reminder, send: Send, *, at: datetime) -> None:
    assert callable(send.content)
    message = send.content()
    # The sender's own contact data: what another organisation was told is not its to use.
    contact = case.contact_of(message.sender)
    for carrier in carriers.ways_for(message, contact):
        try:
            _carry(case, row, message, carrier, to=carrier.address_of(contact), at=at)
        except carriers.AddressRefused:
            continue
        except carriers.NoCarrier:
            row.due_at, row.outcome = at + LONGEST_WAIT, carriers.NO_CARRIER
            row.save(update_fields=["due_at", "outcome"])
        return
    reason = carriers.why_unreached(message, contact)
    _close([row], ReminderState.SKIPPED, outcome=f"Kan ikke nås. {reason}", at=at)
    post_book.keep(row, message, on_paper(message), is_reached=False, at=at)
    _tell_not_reached(case, row, why=reason, at=at)


@transaction.atomic
def _carry(case: Case, row: Reminder, message: Message, carrier: carriers.Carrier, *, to: str, at: datetime) -> None:
    """Write down that it is sent, and send it: what may fail comes before what nobody can take back."""
    _close_sent([row], carrier=carrier, at=at)
    post_book.keep(row, message, carrier.written(message, to=to), is_reached=True, at=at)
    text = f"{_said(carrier)} til borgeren med {carrier.name}: {_label(row)}."
    history_events.record(case=case, kind="cases.message_sent", by=None, at=at, text=text)
    carrier.carry(message, to=to)


def _send_digest(holder: User | Organisation, wanted: Sequence[_Wanted], *, at: datetime) -> None:
    lines = [one.send.content for one in wanted if isinstance(one.send.content, DigestLine)]
    organisation = holder if isinstance(holder, Organisation) else holder.workplace
    first = min(one.row.pk for one in wanted)
    deputy = receivers.deputy_of(holder, at=at) if isinstance(holder, User) else None
    message = Message(
        key=f"reminder-{first}",
        sender=organisation,
        at=at,
        subject="Samtaleflow: 1 påmindelse" if len(lines) == 1 else f"Samtaleflow: {len(lines)} påmindelser",
        text=render_to_string("emails/digest.txt", _digest(holder, organisation, lines, deputy=deputy)),
    )
    _close_sent([one.row for one in wanted], carrier=carriers.EMAIL, at=at)
    carriers.EMAIL.carry(message, to=(deputy or holder).email or organisation.email)


def _digest(
    holder: User | Organisation, organisation: Organisation, lines: Sequence[DigestLine], *, deputy: User | None
) -> dict[str, Any]:
    shown = lines[:LINES_IN_A_MAIL]
    return {
        "name": (deputy or holder).first_name if isinstance(holder, User) else "",
        "stands_in_for": holder if deputy else "",
        "organisation": organisation,
        "groups": list(_grouped(shown)),
        "hidden": len(lines) - len(shown),
        "site_url": settings.SITE_URL,
    }


def _grouped(lines: Sequence[DigestLine]) -> Iterator[tuple[str, list[DigestLine]]]:
    for heading in dict.fromkeys(line.heading for line in lines):
        yield heading, [line for line in lines if line.heading == heading]


def _close(rows: Sequence[Reminder], state: ReminderState, *, outcome: str, at: datetime) -> None:
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(state=state, outcome=outcome, closed_at=at)


def _close_sent(rows: Sequence[Reminder], *, carrier: carriers.Carrier, at: datetime) -> None:
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=carrier.leaves_it,
        outcome=f"{_said(carrier)}.",
        route=carrier.name,
        attempts=F("attempts") + 1,
        closed_at=at,
    )


def _said(carrier: carriers.Carrier) -> str:
    return carrier.leaves_it.label.capitalize()


@transaction.atomic(durable=True)
def _record_failure(receiver: Receiver, failure: _Undelivered, *, at: datetime) -> None:
    holder = _lock(receiver)
    if holder is None:
        # Another worker serves the receiver: what it fails to send, it records.
        return
    rows = list(_due_rows(receiver, at=at).filter(pk__in=[row.pk for row in failure.rows]))
    if not failure.are_judged:
        # They were judged together: those that can be judged alone are not to blame.
        rows = [row for row in rows if not _can_be_judged(row, at=at)] or rows
    for row in rows:
        row.attempts += 1
        row.outcome = f"Forsøg {row.attempts} mislykkedes ({type(failure.__cause__).__name__})."
        row.due_at = at + min(timedelta(minutes=2 ** min(row.attempts - 1, 10)), LONGEST_WAIT)
        row.save(update_fields=["attempts", "outcome", "due_at"])
        if row.attempts >= MAX_ATTEMPTS:
            _close([row], ReminderState.FAILED, outcome=row.outcome, at=at)
            if isinstance(holder, Case):
                _keep_unsent(row, at=at)
                _tell_not_reached(holder, row, why="Forsendelsen svigtede igen og igen.", at=at)


def _can_be_judged(row: Reminder, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            return row.pk in _verdicts([row], at=at)
    except Exception:
        return False


def _keep_unsent(row: Reminder, *, at: datetime) -> None:
    """Keep what was never sent, so that somebody can post it; what cannot be written is told in the history alone."""
    try:
        # What the database refused on the way leaves the rest of the transaction whole.
        with transaction.atomic():
            verdict = _verdicts([row], at=at)[row.pk]
            if isinstance(verdict, Send) and callable(verdict.content):
                message = verdict.content()
                post_book.keep(row, message, on_paper(message), is_reached=False, at=at)
    except Exception:
        logger.exception("A message that could not be sent cannot be written either.")


def _tell_not_reached(case: Case, row: Reminder, *, why: str, at: datetime) -> None:
    text = f"Borgeren har ikke fået beskeden »{_label(row)}«. {why} Kontakt borgeren på en anden måde."
    history_events.record(case=case, kind="cases.citizen_not_reached", by=None, at=at, text=text)


def _label(row: Reminder) -> str:
    return kind_labels().get(row.kind, row.kind)
