"""What we owe somebody is a row, and the verdict on it when it is due: it is sent, skipped, put off or passed on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from cases import seam
from cases.models import Reminder, ReminderState
from cases.models.reminders import ReminderQuerySet
from cases.reminders.messages import Message
from cases.seam import ReminderSource

OTHERS_HAVE_IT = "En anden har sagen nu."


class DigestLine(NamedTuple):
    """One line of the mail to an employee, with the page it leads to."""

    heading: str
    text: str
    path: str


@dataclass(frozen=True)
class Send:
    """The message is to be sent. Of several about the same thing, only the one with the highest rank is."""

    about: tuple[str, int]
    rank: int
    content: DigestLine | Callable[[], Message]


@dataclass(frozen=True)
class Skip:
    """The message is not to be sent; the reason is one Danish sentence."""

    reason: str


@dataclass(frozen=True)
class Postpone:
    """The message is to be sent later, when the case no longer rests, or when what comes before it has gone."""

    until: datetime


@dataclass(frozen=True)
class PassOn:
    """The message is for somebody else of the office now, or for the office, and is sent to them instead."""

    user_id: int | None = None
    organisation_id: int | None = None


Verdict = Send | Skip | Postpone | PassOn


def sources() -> list[ReminderSource]:
    return [source for app in seam.INSTALLED for source in app.reminders]


def kind_labels() -> dict[str, str]:
    """Every kind of reminder with its Danish name."""
    return {str(kind): label for source in sources() for kind, label in source.kinds.items()}


def kinds_judged_alone() -> list[str]:
    """The kinds whose verdict is read anew for each receiver, or by what has reached others."""
    return [kind for source in sources() for kind in source.judged_alone]


def kinds_between_offices() -> list[str]:
    """The kinds that go from one office of a case to the other."""
    return [kind for source in sources() for kind in source.between_offices]


class Owed(NamedTuple):
    """A message to be owed; without an employee or an organisation it goes to the citizen of the case."""

    kind: str
    case: int
    subject: int
    version: int
    due_at: datetime
    user: int | None = None
    organisation: int | None = None


def owe(
    *,
    kind: str,
    case_id: int,
    subject: int,
    version: int,
    at: datetime,
    due_at: datetime | None = None,
    user_id: int | None = None,
    organisation_id: int | None = None,
) -> None:
    """Owe a message in the caller's transaction, now or from `due_at`; owed already, it is not owed twice.

    Without an employee or an organisation it goes to the citizen of the case.
    """
    owe_all([Owed(str(kind), case_id, subject, version, due_at or at, user_id, organisation_id)], at=at)


def owe_all(messages: Iterable[Owed], *, at: datetime) -> None:
    """Owe many messages at the cost of one, in one statement; what is owed already stays as it is."""
    rows = [
        Reminder(
            kind=one.kind,
            case_id=one.case,
            subject=one.subject,
            version=one.version,
            user_id=one.user,
            organisation_id=one.organisation,
            due_at=one.due_at,
            recorded_at=at,
        )
        # In one order for all: of two who owe the same, one waits for the other, and never both.
        for one in sorted(messages, key=lambda one: (one.kind, one.subject, one.version))
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)


def void(unsent: ReminderQuerySet, *, outcome: str, at: datetime) -> None:
    """Close unsent messages with an outcome, in the caller's transaction, so that they are never sent."""
    unsent.update(state=ReminderState.VOID, outcome=outcome, closed_at=at)


def owe_again(skipped: ReminderQuerySet) -> None:
    """Owe again what nobody was told, in the caller's transaction; each is checked again before it is sent."""
    skipped.unsaid().update(state=ReminderState.OWED, outcome="", closed_at=None)
