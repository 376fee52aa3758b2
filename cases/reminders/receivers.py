"""Whom in an office a message about a case goes to."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from cases.models import Case, Deputy, Organisation, User


def told(worker: str, office: str, day: str = "%(today)s") -> str:
    """In SQL: who is told of what the worker has in the office. The one reading of it, for every message.

    It is the worker, while they work there; else whoever stands in for them that day; else nobody, which means the
    office. Somebody who works elsewhere is never told. The three name a column or a parameter.
    """
    return f"""(
        SELECT told.id FROM cases_user told
        WHERE told.is_active AND told.organisation_id = {office} AND told.id IN (
            SELECT {worker} UNION ALL
            SELECT stands_in.deputy_id FROM cases_deputy stands_in
            WHERE stands_in.user_id = {worker} AND {day}::date BETWEEN stands_in.first_day AND stands_in.last_day)
        ORDER BY told.id <> {worker}, told.id LIMIT 1)"""


def told_of(workers: Collection[int], *, office: int, on: date) -> dict[int, int | None]:
    """By worker who is told in their place, or they themselves; None means the office."""
    return {worker: user for (worker, _), user in told_of_each([(worker, office) for worker in workers], on=on).items()}


def told_of_each(asked: Collection[tuple[int, int]], *, on: date) -> dict[tuple[int, int], int | None]:
    """The same by worker and office, at the cost of one statement for all of them."""
    query = f"""
        SELECT worker, office, {told("worker", "office")}
        FROM unnest(%(workers)s::bigint[], %(offices)s::bigint[]) AS asked (worker, office)
    """
    workers, offices = [worker for worker, _ in asked], [office for _, office in asked]
    with connection.cursor() as cursor:
        cursor.execute(query, {"workers": workers, "offices": offices, "today": on})
        return {(worker, office): user for worker, office, user in cursor.fetchall()}


def receiver_at(organisation: Organisation, case: Case, *, at: datetime) -> dict[str, int | None]:
    """Name who in the organisation is told of the case, or else the office."""
    worker = case.worker_at(organisation)
    receiver = told_of([worker.pk], office=organisation.pk, on=timezone.localdate(at))[worker.pk] if worker else None
    return {"organisation_id": organisation.pk} if receiver is None else {"user_id": receiver}


def deputies_of(users: Collection[User], *, at: datetime) -> dict[int, User]:
    """By user who stands in for them that day, and is told in their place; read once for all of them."""
    if not users:
        return {}
    standing_in = Deputy.objects.at_work().on(timezone.localdate(at)).filter(user__in=users)
    # Of several the first by the order of the table, which comes last here and stays.
    return {row.user_id: row.deputy for row in standing_in.select_related("deputy").reverse()}
