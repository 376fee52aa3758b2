"""Seals the logs, and finds what was taken from them or changed in them since.

A trigger refuses every change of a log; the owner of the tables can take the trigger away, and the seals tell of it
afterwards. Whoever owns the tables could make all seals anew, too: so the newest, the heads, are written each night
to the log of the worker, outside the database, and are asked for again by `verify_logs --head`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from cases.models import LogSeal
from cases.operation import roles

#: So many rows at most lie under one seal: to check it reads no more than these.
ROWS_A_SEAL = 10_000

_TRIGGER = "append_only"

#: Below every id, so that what is put in before the first row is put in under the first seal.
_BEFORE_ALL = -(2**63)


def logs() -> list[str]:
    """The tables to which is only ever added; the seals are a chain by themselves."""
    return sorted(roles.append_only() - {LogSeal._meta.db_table})


def seal(log: str, *, at: datetime) -> bool:
    """Put one more seal on the log of that table; False while there is nothing that may be sealed.

    A row may become visible after one with a higher id. So each seal notes how far the log was written, and the next
    one covers that, once all transactions of that moment have ended. Safe to repeat, to kill and to run twice at once.
    """
    before = LogSeal.objects.filter(log=log).last()
    new = _begin(log) if before is None else _next(log, before)
    if new is None:
        return False
    new.sealed_at = at
    new.digest = _digest(new, before)
    try:
        with transaction.atomic(durable=True):
            new.save()
    except IntegrityError:
        # Another worker was first.
        return False
    return True


def faults(*, heads: Iterable[str] = ()) -> Iterator[str]:
    """Say of each log what is not as it was sealed; the heads were kept elsewhere, each as log:number:digest."""
    for log in logs():
        if not _is_guarded(log):
            yield f"{log}: triggeren »{_TRIGGER}« er fjernet eller slået fra, så rækker kan ændres og slettes."
        before, columns = None, _columns(log)
        for one in LogSeal.objects.filter(log=log).iterator():
            if gone := set(one.columns) - columns:
                yield f"{log}: kolonnen {min(gone)} er væk, så segl {one.number} kan ikke efterprøves."
            elif (before.number + 1, before.last) != (one.number, one.after) if before else one.number != 1:
                yield f"{log}: før segl {one.number} mangler der segl."
            elif _digest(one, before) != one.digest:
                day = f"{one.sealed_at:%d-%m-%Y}"
                yield f"{log}: rækkerne under segl {one.number}, til række {one.last}, er ikke, som de var den {day}."
            before = one
    for head in heads:
        log, number, digest = head.split(":")
        if not LogSeal.objects.filter(log=log, number=number, digest=digest).exists():
            yield f"{log}: segl {number} er et andet end det, der blev gemt uden for databasen. Kæden er lavet om."


def heads() -> list[str]:
    """The newest seal of each log, as log:number:digest."""
    return [str(one) for one in LogSeal.objects.order_by("log", "-number").distinct("log")]


def sealed_rows() -> int:
    """How many rows lie under the seals."""
    return LogSeal.objects.aggregate(rows=Sum("rows"))["rows"] or 0


def _begin(log: str) -> LogSeal:
    """The place where the chain begins: nothing lies under it."""
    written_to, _, open_from = _written(log)
    return LogSeal(log=log, number=1, after=_BEFORE_ALL, last=_BEFORE_ALL, written_to=written_to, open_from=open_from)


def _next(log: str, before: LogSeal) -> LogSeal | None:
    written_to, oldest_open, open_from = _written(log)
    if before.last == before.written_to:
        # All of it is sealed: what was written since may be once those have ended who write now.
        last = before.last if written_to > before.last else None
    elif oldest_open >= before.open_from or open_from < before.open_from:
        # Numbers of transactions begin anew where a backup was restored; whoever wrote then has ended.
        last = _end_of_portion(before)
    else:
        last = None
    if last is None:
        return None
    if last < before.written_to:
        written_to, open_from = before.written_to, before.open_from
    new = LogSeal(log=log, number=before.number + 1, after=before.last, last=last, written_to=written_to)
    new.open_from = open_from
    new.columns = sorted(_columns(log))
    new.rows = _content(new)[0]
    return new


def _written(log: str) -> tuple[int, int, int]:
    """The highest id of the log, the oldest transaction that is open, and the first that has not begun."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(id), %s), pg_snapshot_xmin(pg_current_snapshot())::text::bigint,"
            f" pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM {connection.ops.quote_name(log)}",
            [_BEFORE_ALL],
        )
        written_to, oldest_open, open_from = cursor.fetchone()
    return written_to, oldest_open, open_from


def _end_of_portion(before: LogSeal) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {connection.ops.quote_name(before.log)} WHERE id > %s AND id <= %s"
            " ORDER BY id OFFSET %s LIMIT 1",
            [before.last, before.written_to, ROWS_A_SEAL - 1],
        )
        found = cursor.fetchone()
    return found[0] if found else before.written_to


def _digest(one: LogSeal, before: LogSeal | None) -> str:
    """The seal of these rows, of how many they are, and of the seal before."""
    span = (one.log, one.number, one.after, one.last, one.rows, *one.columns)
    text = "\n".join(map(str, (before.digest if before else "", *span, _content(one)[1])))
    return sha256(text.encode()).hexdigest()


def _content(one: LogSeal) -> tuple[int, str]:
    """The number of rows under the seal now, and a digest of what they hold in the sealed columns."""
    if not one.columns:
        return 0, ""
    log, columns = connection.ops.quote_name(one.log), ", ".join(map(connection.ops.quote_name, one.columns))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), encode(sha256(convert_to("
            "coalesce(string_agg(to_jsonb(line)::text, E'\\n' ORDER BY id), ''), 'UTF8')), 'hex')"
            f" FROM (SELECT {columns} FROM {log} WHERE id > %s AND id <= %s) line",
            [one.after, one.last],
        )
        rows, digest = cursor.fetchone()
    return rows, digest


def _columns(log: str) -> set[str]:
    with connection.cursor() as cursor:
        return {column.name for column in connection.introspection.get_table_description(cursor, log)}


def _is_guarded(log: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_trigger"
            " WHERE tgrelid = %s::regclass AND tgname LIKE %s AND tgenabled = 'O')",
            [log, f"pgtrigger\\_{_TRIGGER}\\_%"],
        )
        return bool(cursor.fetchone()[0])
