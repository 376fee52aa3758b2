"""Delivers what many receivers are owed in one transaction, where what is carried twice arrives once.

A file is written over by the same file: when a worker is killed before the outcomes are stored, the messages are
carried again under the same names. A mail server would send them twice: what goes to one is delivered one by one.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from cases.models import Case, Organisation, Reminder, User
from cases.reminders import carriers, deciding, delivery, digests, outcomes, owing
from cases.reminders.deciding import Decided
from cases.reminders.delivery import Receiver
from cases.reminders.digests import Digest
from cases.reminders.outcomes import Envelope
from cases.reminders.receivers import deputies_of

logger = logging.getLogger(__name__)

#: So many receivers are served in one transaction.
PORTION = 50

#: So long a portion writes at its messages, and the next one goes on: whoever changes one of its cases waits for that,
#: and for what takes the same few statements for one and for many, the judging before it and the files after it.
SECONDS_OF_WRITING = 0.5

_Holder = Case | User | Organisation


class _Due(NamedTuple):
    """What one receiver is owed now, what becomes of it, and what is to be sent, when it is written."""

    receiver: Receiver
    decided: Decided
    envelope: Envelope | None = None
    digest: Digest | None = None

    @property
    def told(self) -> list[Reminder]:
        return [one.row for one in self.decided.wanted]

    def carry(self) -> None:
        if self.envelope is not None:
            self.envelope.carry()
        if self.digest is not None:
            carriers.EMAIL.carry(self.digest.message, to=self.digest.address)


class _Served(NamedTuple):
    """What came of a portion: the messages sent, whom the time did not reach, and who is served one by one."""

    sent: int
    later: list[Receiver]
    alone: list[Receiver]


def deliver_all(receivers: Sequence[Receiver], *, now: Callable[[], datetime], stop_at: float) -> int:
    """Send the receivers everything that is due, until that moment of the monotonic clock; gives the messages sent.

    Each portion, and each who is served alone, is judged by the moment that `now` tells then. What fails here, what
    goes to a mail server and what somebody else is to hear is left to `delivery.deliver`.
    """
    sent, waiting = 0, list(receivers)
    while waiting and time.monotonic() < stop_at:
        portion, waiting = waiting[:PORTION], waiting[PORTION:]
        try:
            served = _deliver_portion(portion, at=now())
        except Exception:
            # One by one it is seen which message it was, and the others go.
            logger.warning("A portion of reminders is delivered one by one.", exc_info=True)
            served = _Served(0, later=[], alone=portion)
        sent += served.sent
        waiting = served.later + waiting
        for receiver in served.alone:
            if time.monotonic() < stop_at:
                sent += delivery.deliver(receiver, at=now())
    return sent


@transaction.atomic(durable=True)
def _deliver_portion(receivers: Sequence[Receiver], *, at: datetime) -> _Served:
    holders = _lock(receivers)
    alone = [receiver for receiver, holder in holders.items() if not _goes_into_files(holder)]
    rows = _due_rows([receiver for receiver in holders if receiver not in alone], at=at)
    slow = owing.kinds_judged_alone()
    for receiver in [one for one, theirs in rows.items() if any(row.kind in slow for row in theirs)]:
        alone.append(receiver)
        del rows[receiver]
    verdicts = deciding.verdicts_of([row for of_receiver in rows.values() for row in of_receiver], at=at)
    deputies = deputies_of([one for one in holders.values() if isinstance(one, User)], at=at)
    due: list[_Due] = []
    later, stop_at = [], time.monotonic() + SECONDS_OF_WRITING
    for receiver, of_receiver in rows.items():
        decided = deciding.decide(of_receiver, verdicts)
        if due and time.monotonic() > stop_at:
            later.append(receiver)
            continue
        one = None
        if _is_simple(decided, receiver):
            try:
                # What the database refuses of one message leaves the rest of the transaction whole.
                with transaction.atomic():
                    one = _write(receiver, holders[receiver], decided, deputies=deputies, at=at)
            except Exception:
                logger.warning("A message of a portion could not be written.", exc_info=True)
        if one is None:
            alone.append(receiver)
        else:
            due.append(one)
    served = _carry(due, at=at)
    alone += [one.receiver for one in due[len(served) :]]
    _close_unsent(served, at=at)
    return _Served(sum(one.envelope is not None or one.digest is not None for one in served), later, alone)


def _lock(receivers: Sequence[Receiver]) -> dict[Receiver, _Holder]:
    """Lock the receivers whom no other worker serves and no service changes; nobody is waited for."""
    cases = Case.objects.filter(pk__in=[one.case for one in receivers if one.case is not None])
    users = User.objects.select_related("organisation").filter(pk__in=[one.user for one in receivers])
    offices = Organisation.objects.filter(pk__in=[one.organisation for one in receivers])
    held: dict[Receiver, _Holder] = {}
    for case in cases.lock(skip_locked=True, no_key=True).with_parties():
        held[Receiver(case=case.pk)] = case
    for user in users.order_by("pk").select_for_update(skip_locked=True, no_key=True, of=("self",)):
        held[Receiver(user=user.pk)] = user
    for office in offices.order_by("pk").select_for_update(skip_locked=True, no_key=True):
        held[Receiver(organisation=office.pk)] = office
    return {receiver: held[receiver] for receiver in receivers if receiver in held}


def _goes_into_files(holder: _Holder) -> bool:
    """Whether what the receiver is owed may go into files alone. What follows the end of a case is looked at alone."""
    if not isinstance(holder, Case):
        return carriers.EMAIL.writes_over()
    offices = [office for office in (holder.fund, holder.municipality) if office is not None]
    ways = [carriers.ways_to(holder.contact_of(office))[:1] for office in offices]
    return holder.is_open and any(way.writes_over() for first in ways for way in first)


def _due_rows(receivers: Sequence[Receiver], *, at: datetime) -> dict[Receiver, list[Reminder]]:
    """What each is owed now, locked; who is owed nothing more is not in it."""
    to_citizens = Reminder.objects.to_citizen().filter(case__in=[one.case for one in receivers if one.case is not None])
    to_users = Reminder.objects.filter(user__in=[one.user for one in receivers if one.user is not None])
    to_offices = Reminder.objects.filter(
        organisation__in=[one.organisation for one in receivers if one.organisation is not None]
    )
    rows: defaultdict[Receiver, list[Reminder]] = defaultdict(list)
    for of_kind in (to_citizens, to_users, to_offices):
        for row in delivery.due_rows(of_kind, at=at):
            to_citizen = row.user_id is None and row.organisation_id is None
            rows[Receiver(row.user_id, row.organisation_id, row.case_id if to_citizen else None)].append(row)
    return {receiver: rows[receiver] for receiver in receivers if receiver in rows}


def _is_simple(decided: Decided, receiver: Receiver) -> bool:
    """Whether nothing that is sent here changes what becomes of the receiver's other messages."""
    is_several = receiver.case is not None and len(decided.wanted) > 1
    return not decided.passed_on and not is_several


def _write(
    receiver: Receiver, holder: _Holder, decided: Decided, *, deputies: Mapping[int, User], at: datetime
) -> _Due | None:
    """The message as it is to be sent, if there is one; None where it does not go into a file."""
    if not decided.wanted:
        return _Due(receiver, decided)
    if not isinstance(holder, Case):
        return _Due(receiver, decided, digest=digests.digest_of(holder, decided.wanted, deputies=deputies, at=at))
    [wanted] = decided.wanted
    _, envelopes = delivery.envelopes_of(holder, wanted)
    goes_into_a_file = envelopes and envelopes[0].carrier.writes_over()
    return _Due(receiver, decided, envelope=envelopes[0]) if goes_into_a_file else None


def _carry(due: Sequence[_Due], *, at: datetime) -> Sequence[_Due]:
    """Write down that all is sent, and send it; gives those before the first that failed.

    Of these alone it stays written down.
    """
    carried: list[_Due] = []
    try:
        with transaction.atomic():
            _write_down(due, at=at)
            for one in due:
                one.carry()
                carried.append(one)
    except Exception:
        logger.warning("A message of a portion could not be carried.", exc_info=True)
        _write_down(carried, at=at)
    return carried


def _write_down(due: Iterable[_Due], *, at: datetime) -> None:
    outcomes.write_down([one.envelope for one in due if one.envelope is not None], at=at)
    told = [row for one in due if one.digest is not None for row in one.told]
    outcomes.close_sent(told, carrier=carriers.EMAIL, at=at)


def _close_unsent(due: Iterable[_Due], *, at: datetime) -> None:
    skipped: defaultdict[str, list[Reminder]] = defaultdict(list)
    for one in due:
        for reason, rows in one.decided.skipped.items():
            skipped[reason] += rows
    outcomes.skip(skipped, at=at)
    outcomes.put_off([pair for one in due for pair in one.decided.put_off])
