"""The access log and the log of security have an end: what is over its years goes, and the seals are told.

The years are values of the law. The application may take nothing from a log: a function of the database does, from
sealed rows alone, and asks for itself whether the years are over. A line that shows a case stays as long as the case,
so that the citizen is told who read it.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time

from django.db import connection, transaction
from django.utils import timezone

from cases.models import Act, LogReseal, LogSeal
from cases.operation import sealing
from cases.operation.log_years import YEARS
from cases.rules.retention import written_before
from cases.rules.rule_book import NotInForce

ACCESS = "cases_accesslog"

#: Its rows that are over their time. One that shows a case goes with the last of its cases.
_OVER = {
    "cases_accesslog": "line.at < %(before)s"
    " AND NOT EXISTS (SELECT FROM cases_case standing WHERE standing.id = ANY(line.cases))",
    "cases_securityevent": "line.at < %(before)s",
}
#: Seals of before that day under which nobody looked yet.
_NOT_LOOKED_AT = """
SELECT seal.number FROM cases_logseal seal WHERE seal.log = %(log)s AND seal.rows > 0 AND seal.sealed_at <= %(before)s
AND NOT EXISTS (SELECT FROM cases_logreseal note WHERE note.log = seal.log AND note.number = seal.number)
"""
#: And those under which a line stayed for the sake of a case that was erased since.
_ERASED_SINCE = f"""
SELECT seal.number FROM cases_erasure gone
JOIN cases_accesslog line ON line.cases @> ARRAY[gone.case_key]
JOIN cases_logseal seal ON seal.log = %(log)s AND line.id > seal.after AND line.id <= seal.last
WHERE gone.erased_at IS NOT NULL AND seal.sealed_at <= %(before)s AND {_OVER[ACCESS]}
"""


def limits(today: date) -> dict[str, datetime]:
    """By each log that ends the moment before which its rows are over their time, by the act in force on the day.

    A log whose years no act sets on that day is left out: nothing goes from it.
    """
    book, found = Act.objects.rule_book(), {}
    for log, parameter in YEARS.items():
        with suppress(NotInForce):
            day = written_before(today, parameter=parameter, book=book)
            found[log] = timezone.make_aware(datetime.combine(day, time()))
    return found


def due(log: str, *, before: datetime) -> list[int]:
    """The numbers of the seals to look under, the oldest first. Costs by what is due, and by how many were erased."""
    asked = _NOT_LOOKED_AT + (f"UNION {_ERASED_SINCE}" if log == ACCESS else "")
    return _numbers(f"{asked} ORDER BY number", log, before)


def not_looked_at(log: str, *, before: datetime) -> int:
    """How many seals of before that moment nobody looked under yet."""
    return len(_numbers(_NOT_LOOKED_AT, log, before))


def _numbers(statement: str, log: str, before: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"log": log, "before": before})
        return [number for (number,) in cursor.fetchall()]


@transaction.atomic(durable=True)
def end_portion(log: str, number: int, *, before: datetime, at: datetime) -> int:
    """Take what is over its time from under one seal and note what is left; gives how many rows. Safe to repeat.

    Where the rows are not what was sealed nothing is taken: that is evidence, and `verify_logs` tells of it.
    """
    sealing.take_turn()
    one = LogSeal.objects.get(log=log, number=number)
    if not sealing.is_as_sealed(one):
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_end_log(%s, %s, %s)", [log, number, before])
        [gone] = cursor.fetchone()
    if gone or not LogReseal.objects.filter(log=log, number=number).exists():
        sealing.reseal([one], at=at, before=before)
    return int(gone)


def counted(today: date) -> Iterator[tuple[str, datetime, int, int]]:
    """Say of each log before when its rows are over their time, how many go, and how many stay with their cases."""
    for log, before in limits(today).items():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FILTER (WHERE {_OVER[log]}), count(*) FROM {log} line WHERE line.at < %(before)s",
                {"before": before},
            )
            gone, old = cursor.fetchone()
        yield log, before, gone, old - gone
