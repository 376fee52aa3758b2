"""How the installation runs: what it needs to answer, what is late, and the figures that are watched."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min
from django.utils.timezone import localdate
from kombu import Connection
from kombu.exceptions import OperationalError

from cases import seam
from cases.models import (
    ErasureRun,
    ImportRun,
    LogCheck,
    LogSeal,
    Reminder,
    ReminderState,
    SecurityEvent,
    SecurityKind,
    SweepRun,
)
from cases.models.imports import ImportState
from cases.operation import keys, log_ends, roles
from cases.operation.log_years import YEARS
from cases.rules.wording import counted

#: The queues of the work in the background; a worker that is told nothing takes them all.
QUEUES = ("messages", "imports", "law")

#: So long may a message or the sweep be late before somebody is told.
PATIENCE = timedelta(minutes=5)

#: The logs are checked each night; a night may be missed by an hour.
BETWEEN_LOG_CHECKS = timedelta(hours=25)

#: What was noted is sealed by the next run, ten minutes later, unless a transaction of then is open still.
LONGEST_UNSEALED = timedelta(hours=1)

#: What is over the years of the law goes from a log the next night; so many days may nights fail.
LONGEST_PAST_ITS_YEARS = timedelta(days=3)

#: What two people decided to erase is begun within a quarter of an hour; many cases may take a night.
LONGEST_ERASURE = timedelta(days=1)

#: So many within an hour are no accident: users locked out, and refusals of one user.
MANY_LOCKED_OUT, MANY_REFUSALS = 10, 30


class NotReady(Exception):
    """A part does not answer, or not as this release needs it."""


@dataclass(frozen=True)
class Problem:
    """What somebody must see to; the code stays the same when the sentence changes."""

    code: str
    text: str


def missing() -> list[str]:
    """The parts without which no page can be answered; empty when all are there."""
    return [name for name, ask in _PARTS.items() if not _answers(ask)]


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (Error, OperationalError, OSError, NotReady, keys.KeysDiffer, roles.WrongRole):
        return False
    return True


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_redis() -> None:
    with _broker() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)


@cache
def _ask_migrations() -> None:
    """Asked until it is so; what has been applied stays applied."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReady


_PARTS: dict[str, Callable[[], object]] = {
    "database": _ask_database,
    "redis": _ask_redis,
    "migrations": _ask_migrations,
    "keys": keys.require_at_start,
    "roles": roles.require,
}


def problems(*, at: datetime) -> Iterator[Problem]:
    """What is late."""
    sweep = SweepRun.objects.first()
    if sweep is None or sweep.started_at + PATIENCE < at:
        since = "har aldrig kørt" if sweep is None else f"har ikke kørt i {_minutes(at - sweep.started_at)}"
        yield Problem("sweep_stopped", f"Gennemgangen af påmindelser {since}. Se efter, om beat og worker kører.")
    late = Reminder.objects.due(at - PATIENCE)
    if number := late.count():
        oldest = late.aggregate(first=Min("due_at"))["first"]
        text = (
            f"{counted(number, 'besked er', 'beskeder er')} ikke sendt; den ældste har ventet {_minutes(at - oldest)}."
        )
        yield Problem("messages_late", f"{text} Se efter, om workeren til »messages« kører, og hvad dens log siger.")
    approved = ErasureRun.objects.filter(finished_at=None, approved_at__lt=at - LONGEST_ERASURE)
    if number := approved.count():
        text = f"{counted(number, 'sletning', 'sletninger')} er godkendt for over et døgn siden og ikke udført."
        yield Problem("erasure_late", f"{text} Se efter, hvad workerens log siger.")
    yield from _of_logs(at)
    yield from _of_ends_of_logs(at)
    yield from _at_the_doors(at)


def _at_the_doors(at: datetime) -> Iterator[Problem]:
    """What looks like somebody who tries doors that are not theirs, within the last hour."""
    lately = SecurityEvent.objects.filter(at__gt=at - timedelta(hours=1))
    locked = lately.filter(kind=SecurityKind.LOCKED_OUT).count()
    if locked >= MANY_LOCKED_OUT:
        text = f"{locked} er låst ude inden for en time. Se sikkerhedshændelserne: prøver nogen adgangskoder af?"
        yield Problem("many_locked_out", text)
    refused = lately.filter(kind__in=(SecurityKind.REFUSED, SecurityKind.LIMITED, SecurityKind.FORGED))
    of_users = refused.values_list("user").annotate(times=Count("pk")).filter(times__gte=MANY_REFUSALS)
    for user, times in of_users.order_by("user"):
        text = f"Bruger {user} er afvist {times} gange inden for en time. Se sikkerhedshændelserne."
        yield Problem("many_refusals", text)


def _of_logs(at: datetime) -> Iterator[Problem]:
    check, first_seal = LogCheck.objects.first(), LogSeal.objects.aggregate(at=Min("sealed_at"))["at"]
    since = check.checked_at if check else first_seal
    if since is not None and since + BETWEEN_LOG_CHECKS < at:
        text = f"Loggene er ikke efterprøvet siden {since:%d-%m-%Y}. Se efter, om beat og worker kører."
        yield Problem("logs_unchecked", text)
    heads = LogSeal.objects.order_by("log", "-number").distinct("log")
    for head in heads:
        if head.last < head.written_to and head.sealed_at + LONGEST_UNSEALED < at:
            text = (
                f"{head.log} er ikke forseglet siden {head.sealed_at:%d-%m-%Y %H:%M}. Se efter, om en transaktion i "
                "databasen står åben (pg_stat_activity, pg_prepared_xacts)."
            )
            yield Problem("logs_unsealed", text)
    if check is not None and check.faults:
        more = f" (og {len(check.faults) - 1} mere)" if len(check.faults) > 1 else ""
        yield Problem(
            "logs_broken", f"{check.faults[0]}{more} Kør verify_logs, og find ud af, hvem der har ændret det."
        )


def _of_ends_of_logs(at: datetime) -> Iterator[Problem]:
    """What stays in the logs though its years are over, and the logs whose years no act sets."""
    limits = log_ends.limits(localdate(at))
    for log in YEARS:
        if log not in limits:
            text = f"Ingen lov i kraft siger, hvor længe {log} gemmes, så intet går fra den. Kør load_acts."
            yield Problem("no_log_years", text)
        elif number := log_ends.not_looked_at(log, before=limits[log] - LONGEST_PAST_ITS_YEARS):
            text = (
                f"{log}: {counted(number, 'segl', 'segl')} over rækker, hvis år er gået for mere end "
                f"{LONGEST_PAST_ITS_YEARS.days} døgn siden, er ikke gennemgået. Se efter, hvad workerens log siger; "
                "under et brudt segl bliver alt stående (logs_broken)."
            )
            yield Problem("logs_kept_long", text)


def _minutes(span: timedelta) -> str:
    return counted(int(span.total_seconds() // 60), "minut", "minutter")


def figures(*, at: datetime) -> Iterator[tuple[str, str, float]]:
    """The numbers as they are now; no name of anybody is in them."""
    for name, what, value in (*_FIGURES, *(figure for app in seam.INSTALLED for figure in app.figures)):
        yield name, what, value(at)


def queue_lengths() -> dict[str, int]:
    """How much work waits in each queue; empty while Redis does not answer."""
    try:
        with _broker() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
            channel: Any = broker.default_channel
            redis = channel.client
            return {queue: redis.llen(queue) for queue in QUEUES}
    except (OperationalError, OSError):
        return {}


def _broker() -> Connection:
    return Connection(settings.REDIS_URL, connect_timeout=2)


def _oldest(at: datetime) -> float:
    first = Reminder.objects.due(at).aggregate(first=Min("due_at"))["first"]
    return (at - first).total_seconds() if first else 0


def _since_sweep(at: datetime) -> float:
    sweep = SweepRun.objects.first()
    return (at - sweep.started_at).total_seconds() if sweep else float("inf")


_FIGURES: tuple[seam.Figure, ...] = (
    ("reminders_owed", "Messages that are due and not sent", lambda at: Reminder.objects.due(at).count()),
    ("reminders_oldest_seconds", "How long the oldest of them has waited", _oldest),
    (
        "reminders_failed",
        "Messages that were given up",
        lambda at: Reminder.objects.filter(state=ReminderState.FAILED).count(),
    ),
    ("sweep_age_seconds", "How long ago the last sweep began", _since_sweep),
    (
        "imports_running",
        "Imports that are read or carried out",
        lambda at: ImportRun.objects.filter(state__in=[ImportState.READING, ImportState.RUNNING]).count(),
    ),
)
