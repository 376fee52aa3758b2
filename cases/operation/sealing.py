"""Seals the logs, and finds what was taken from them or changed in them since.

A trigger refuses every change of a log; the owner of the tables can take the trigger away, and the seals tell of it
afterwards. Whoever owns the tables could make all seals anew, too: so the newest, the heads, are written each night
to the log of the worker, outside the database, and are asked for again by `verify_logs --head`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import pairwise

from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from cases.models import Erasure, LogReseal, LogSeal
from cases.operation import log_years, roles
from cases.operation.logs import in_letters
from cases.rules.wording import counted

#: So many rows at most lie under one seal: to check it reads no more than these.
ROWS_A_SEAL = 10_000

#: The lock of whoever takes rows from a log, among those of the database; any number that no other lock has.
_TURN = 20_350_035

_TRIGGER = "append_only"

#: To which is only added, too. Each of its rows has for its key the digest of what it says, so it needs no seal.
_EXPLANATIONS = "meetings_explanation"

#: Those of them that say something else than their key.
_CHANGED_EXPLANATIONS = f"""
SELECT count(*), min(id::text) FROM {_EXPLANATIONS}
WHERE id <> encode(substring(sha256(convert_to(steps::text, 'UTF8')) FOR 16), 'hex')::uuid
"""

#: The seals of a log under which rows of some cases lie.
_OVER = """
SELECT seal.* FROM cases_logseal seal WHERE seal.log = %s AND EXISTS (
    SELECT FROM {log} line WHERE line.case_id = ANY(%s) AND line.id > seal.after AND line.id <= seal.last
)
"""

#: Below every id, so that what is put in before the first row is put in under the first seal.
_BEFORE_ALL = -(2**63)


def logs() -> list[str]:
    """The tables to which is only added and that are sealed: not the seals, a chain by themselves, nor explanations."""
    return sorted(roles.append_only() - {LogSeal._meta.db_table, _EXPLANATIONS})


def seal(log: str, *, at: datetime) -> Iterator[LogSeal]:
    """Put seals on what the log of that table held when it was looked at last; gives each when it is made.

    A row may become visible after one with a higher id. So the newest seal notes how far the log was written and who
    was writing in it, and the next run covers that, once those have ended. Safe to repeat, to kill and to run twice.
    """
    before = LogSeal.objects.filter(log=log).last()
    if before is None:
        if _save(first := _begin(log), None, at=at):
            yield first
        return
    noted = before.written_to
    if before.last == noted:
        if _written_to(log) > noted and _save(mark := _next(log, before, last=noted), before, at=at):
            yield mark
        return
    while before.last < noted and not set(before.writers) & set(_writers(log)):
        new = _next(log, before, last=_end_of_portion(before))
        if not _save(new, before, at=at):
            return
        yield new
        before = new


def faults(*, heads: Iterable[str] = ()) -> Iterator[str]:
    """Say of each log what is not as it was sealed, and of the explanations of deadlines how many are not as written.

    The heads were kept elsewhere, each as log:number:digest.
    """
    for log in logs():
        if not _is_guarded(log):
            yield f"{log}: triggeren »{_TRIGGER}« er fjernet eller slået fra, så rækker kan ændres og slettes."
        before, columns = None, _columns(log)
        for one in LogSeal.objects.filter(log=log).iterator():
            if gone := set(one.columns) - columns:
                yield f"{log}: kolonnen {min(gone)} er væk, så segl {one.number} kan ikke efterprøves."
            elif (before.number + 1, before.last) != (one.number, one.after) if before else one.number != 1:
                yield f"{log}: før segl {one.number} mangler der segl."
            elif not _is_as_sealed(one, before):
                day = f"{one.sealed_at:%d-%m-%Y}"
                yield f"{log}: rækkerne under segl {one.number}, til række {one.last}, er ikke, som de var den {day}."
            before = one
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED_EXPLANATIONS)
        number, first = cursor.fetchone()
    if number:
        rows = counted(number, "række siger", "rækker siger")
        yield f"{_EXPLANATIONS}: {rows} ikke det, der blev gemt; den første er {first}."
    for head in heads:
        log, number, digest = head.split(":")
        if not LogSeal.objects.filter(log=log, number=number, digest=digest).exists():
            yield f"{log}: segl {number} er et andet end det, der blev gemt uden for databasen. Kæden er lavet om."


def take_turn() -> None:
    """Until the transaction ends nobody else takes rows: two at once would each note the other's as still there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])


def sealed_over(logs: Iterable[str], *, cases: Sequence[int]) -> list[LogSeal]:
    """The seals over rows of these cases that hold now; one that is broken already stays so, whatever is erased."""
    found = []
    for log in logs:
        touched = list(LogSeal.objects.raw(_OVER.format(log=connection.ops.quote_name(log)), [log, list(cases)]))
        earlier = LogSeal.objects.filter(log=log, number__in=[one.number - 1 for one in touched])
        before = {one.number + 1: one for one in earlier}
        found += [one for one in touched if _is_as_sealed(one, before.get(one.number))]
    return found


def is_as_sealed(one: LogSeal) -> bool:
    """Whether the seal holds now."""
    return _is_as_sealed(one, LogSeal.objects.filter(log=one.log, number=one.number - 1).first())


def reseal(seals: Iterable[LogSeal], *, at: datetime, before: datetime | None = None) -> None:
    """Note what lies under these seals now, in the transaction in which some of it was taken.

    `before` is the moment before which the rows were over their time; without it a case was erased.
    """
    for one in seals:
        rows, content = _content(one)
        LogReseal.objects.create(log=one.log, number=one.number, rows=rows, content=content, at=at, before=before)


def erased() -> Iterator[tuple[str, int, int]]:
    """Each log with seals over rows that were taken: how often that was noted, and how many are gone."""
    for log in logs():
        notes = LogReseal.objects.filter(log=log)
        left = dict(notes.order_by("number", "-pk").distinct("number").values_list("number", "rows"))
        sealed = LogSeal.objects.filter(log=log, number__in=left).aggregate(rows=Sum("rows"))["rows"] or 0
        if left:
            yield log, notes.count(), sealed - sum(left.values())


def heads() -> list[str]:
    """The newest seal of each log, as log:number:digest."""
    return [str(one) for one in LogSeal.objects.order_by("log", "-number").distinct("log")]


def sealed_rows() -> int:
    """How many rows lie under the seals."""
    return LogSeal.objects.aggregate(rows=Sum("rows"))["rows"] or 0


def _is_as_sealed(one: LogSeal, before: LogSeal | None) -> bool:
    """Whether the rows are what they were, or what was left when some were taken by the rules."""
    rows, content = _content(one)
    if _digest(one, content, before) == one.digest:
        return True
    notes = list(LogReseal.objects.filter(log=one.log, number=one.number).order_by("pk"))
    return bool(notes) and (notes[-1].rows, notes[-1].content) == (rows, content) and _are_honest(one, before, notes)


def _are_honest(one: LogSeal, before: LogSeal | None, notes: Sequence[LogReseal]) -> bool:
    """Whether each note is of an erasure or of the end of a log, and left fewer rows or all: none hides a change."""
    moments = {note.at for note in notes if not log_years.is_of_an_end(note, one)}
    erased = set(Erasure.objects.filter(erased_at__in=moments).values_list("erased_at", flat=True))
    left = [(note.rows, note.content) for note in notes]
    rows, content = left[0]
    whole = left[0] if rows == one.rows and _digest(one, content, before) == one.digest else (one.rows, "")
    return moments == erased and all(was == now or was[0] > now[0] for was, now in pairwise([whole, *left]))


def _save(new: LogSeal, before: LogSeal | None, *, at: datetime) -> bool:
    """Close and keep the seal; False where another worker was first."""
    new.sealed_at = at
    new.rows, content = _content(new)
    new.digest = _digest(new, content, before)
    try:
        with transaction.atomic(durable=True):
            new.save()
    except IntegrityError:
        return False
    return True


def _begin(log: str) -> LogSeal:
    """The place where the chain begins: nothing lies under it."""
    new = LogSeal(log=log, number=1, after=_BEFORE_ALL, last=_BEFORE_ALL)
    new.written_to, new.writers = _written_to(log), _writers(log)
    return new


def _next(log: str, before: LogSeal, *, last: int) -> LogSeal:
    """The seal up to that row; what is noted stays until all of it is covered."""
    new = LogSeal(log=log, number=before.number + 1, after=before.last, last=last, columns=sorted(_columns(log)))
    if last < before.written_to:
        new.written_to, new.writers = before.written_to, before.writers
    else:
        new.written_to, new.writers = _written_to(log), _writers(log)
    return new


def _written_to(log: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), %s) FROM {connection.ops.quote_name(log)}", [_BEFORE_ALL])
        return int(cursor.fetchone()[0])


def _writers(log: str) -> list[str]:
    """The transactions that write in the log now. Asked after how far it is written.

    Whoever writes holds this lock from before the row takes its id until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT virtualtransaction FROM pg_locks WHERE relation = %s::regclass AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND mode = 'RowExclusiveLock'",
            [log],
        )
        return [writer for (writer,) in cursor.fetchall()]


def _end_of_portion(before: LogSeal) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {connection.ops.quote_name(before.log)} WHERE id > %s AND id <= %s"
            " ORDER BY id OFFSET %s LIMIT 1",
            [before.last, before.written_to, ROWS_A_SEAL - 1],
        )
        found = cursor.fetchone()
    return found[0] if found else before.written_to


def _digest(one: LogSeal, content: str, before: LogSeal | None) -> str:
    """The seal of these rows, of how many they are, and of the seal before."""
    span = (one.log, one.number, one.after, one.last, one.rows, *one.columns)
    text = "\n".join(map(str, (before.digest if before else "", *span, content)))
    return in_letters(sha256(text.encode()).hexdigest())


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
