"""Decides what becomes of messages that are due, by the verdicts on them: nothing is written here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from cases.models import Reminder
from cases.models.reminders import MERGED
from cases.reminders.owing import PassOn, Postpone, Send, Skip, Verdict, sources


class Wanted(NamedTuple):
    """A message to be sent, and the messages that it covers. They get the same outcome as it gets."""

    row: Reminder
    send: Send
    covers: list[Reminder]


@dataclass(frozen=True)
class Decided:
    """What becomes of the messages of one receiver."""

    wanted: list[Wanted] = field(default_factory=list)
    #: By the reason, one Danish sentence.
    skipped: defaultdict[str, list[Reminder]] = field(default_factory=lambda: defaultdict(list))
    put_off: list[tuple[Reminder, datetime]] = field(default_factory=list)
    passed_on: list[tuple[Reminder, PassOn]] = field(default_factory=list)


def verdicts_of(rows: Sequence[Reminder], *, at: datetime) -> dict[int, Verdict]:
    """The verdict on each message, by its row; each app reads once for all of its own."""
    verdicts: dict[int, Verdict] = {}
    for source in sources():
        verdicts |= source.verdicts([row for row in rows if row.kind in source.kinds], at)
    return verdicts


def decide(rows: Sequence[Reminder], verdicts: Mapping[int, Verdict]) -> Decided:
    """What the verdicts come to for one receiver: of several about the same thing one is sent and covers the others."""
    decided = Decided()
    sends: list[tuple[Reminder, Send]] = []
    for row in rows:
        match verdicts[row.pk]:
            case Send() as send:
                sends.append((row, send))
            case Skip(reason):
                decided.skipped[reason].append(row)
            case Postpone(until):
                decided.put_off.append((row, until))
            case PassOn() as receiver:
                decided.passed_on.append((row, receiver))
    newest: dict[tuple[str, int], Wanted] = {}
    for row, send in sorted(sends, key=lambda pair: -pair[1].rank):
        chosen = newest.setdefault(send.about, Wanted(row, send, []))
        if chosen.row is not row:
            chosen.covers.append(row)
            decided.skipped[MERGED].append(row)
    decided.wanted.extend(newest[send.about] for row, send in sends if newest[send.about].row is row)
    return decided
