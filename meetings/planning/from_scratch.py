"""Counts the worklist again from the cases, their requirements, talks, pauses and exemptions, for whoever doubts it.

It is said once more here, as the database says it: what `judgement` writes is held against it, column by column.
"""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from cases.models import Case
from meetings.models import WorklistEntry
from meetings.planning import stored as planning_stored
from meetings.planning.judgement import judgement_as_planned
from meetings.planning.stored import Entry
from meetings.planning.writing import write

#: So many cases are counted in one statement, and so many are written in one transaction.
_COUNTED, _WRITTEN = 20_000, 200

_COLUMNS = [name for name in Entry._fields if name != "organisation_id"]
_KEPT, _WANTED = (", ".join(f"{table}.{name}" for name in _COLUMNS) for table in ("kept", "derived"))

_DIFFERENCES = f"""
WITH party AS (
    SELECT id AS case_id, municipality_id AS organisation_id, municipality_caseworker_id AS worker_id,
           false AS is_fund, NULL::date AS active_until, municipality_from AS held_from,
           EXISTS (SELECT FROM cases_handover WHERE case_id = cases_case.id AND received_at IS NULL) AS awaits_receipt
    FROM cases_case WHERE status = 'open' AND id BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT id, fund_id, fund_adviser_id, true, CASE WHEN municipality_from > placed_on THEN municipality_from END,
           NULL, false
    FROM cases_case WHERE status = 'open' AND fund_id IS NOT NULL AND id BETWEEN %(first)s AND %(last)s
), missing AS (
    SELECT required.*, EXISTS (
        SELECT FROM meetings_meeting WHERE id = required.meeting_id AND status = 'booked') AS is_booked
    FROM meetings_requiredmeeting AS required
    WHERE replaced_at IS NULL AND state = 'open' AND case_id BETWEEN %(first)s AND %(last)s
), derived AS (
    SELECT party.case_id, party.organisation_id, party.worker_id, first.due_on, first.id AS requirement_id,
           COALESCE(first.kind, '') AS kind, unbooked.due_on AS unbooked_due_on,
           unbooked.window_from AS unbooked_from, talk.id AS meeting_id, talk.ends_at AS meeting_ends_at,
           COALESCE(talk.channel, '') AS channel,
           party.active_until, party.held_from, party.awaits_receipt, COALESCE(rest.days, '{{}}') AS rests
    FROM party
    LEFT JOIN (
        SELECT DISTINCT ON (case_id, responsible = 'fund') *, responsible = 'fund' AS is_fund FROM missing
        ORDER BY case_id, responsible = 'fund', due_on, window_from, number, id
    ) AS first USING (case_id, is_fund)
    LEFT JOIN (
        SELECT DISTINCT ON (case_id, responsible = 'fund') *, responsible = 'fund' AS is_fund FROM missing
        WHERE NOT is_booked ORDER BY case_id, responsible = 'fund', due_on, window_from, number, id
    ) AS unbooked USING (case_id, is_fund)
    LEFT JOIN (
        SELECT DISTINCT ON (case_id, organisation_id) * FROM meetings_meeting
        WHERE status = 'booked' AND case_id BETWEEN %(first)s AND %(last)s
        ORDER BY case_id, organisation_id, starts_at
    ) AS talk USING (case_id, organisation_id)
    LEFT JOIN (
        SELECT case_id, range_agg(span) AS days FROM (
            SELECT case_id, span FROM cases_pause
            UNION ALL SELECT case_id, span FROM meetings_exemption WHERE NOT is_duty_kept
        ) AS resting WHERE case_id BETWEEN %(first)s AND %(last)s GROUP BY case_id
    ) AS rest USING (case_id)
), kept AS (
    SELECT * FROM meetings_worklistentry WHERE case_id BETWEEN %(first)s AND %(last)s
)
SELECT case_id, organisation_id, kept.id, derived.case_id IS NOT NULL, {_KEPT}, {_WANTED}
FROM derived FULL JOIN kept USING (case_id, organisation_id)
WHERE derived.case_id IS NULL OR kept.id IS NULL OR ({_KEPT}) IS DISTINCT FROM ({_WANTED})
ORDER BY 1, 2
"""


class Difference(NamedTuple):
    """An entry that is not what it should be, that is missing, or that should not be."""

    case_id: int
    organisation_id: int
    #: The number of the entry; None where it is missing.
    entry: int | None
    is_wanted: bool
    #: By the name of each column that differs: what is kept, and what it should be.
    columns: dict[str, tuple[Any, Any]]


def differences() -> Iterator[Difference]:
    """Every entry that differs, in the order of the cases; the cases are counted portion by portion."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(max(id), 0) FROM cases_case")
        ((highest,),) = cursor.fetchall()
        for first in range(0, highest + 1, _COUNTED):
            cursor.execute(_DIFFERENCES, {"first": first, "last": first + _COUNTED - 1})
            for case_id, organisation_id, entry, is_wanted, *values in cursor.fetchall():
                pairs = zip(_COLUMNS, values[: len(_COLUMNS)], values[len(_COLUMNS) :], strict=True)
                columns = {name: (kept, wanted) for name, kept, wanted in pairs if kept != wanted}
                yield Difference(case_id, organisation_id, entry, is_wanted, columns)


def mend(wrong: Collection[Difference]) -> None:
    """Write these cases' entries as the services do, a few cases in each transaction.

    By what they ask for now: one may have been closed, opened again or erased since it was counted.
    """
    ids = sorted({one.case_id for one in wrong})
    for first in range(0, len(ids), _WRITTEN):
        with transaction.atomic():
            locked = Case.objects.filter(pk__in=ids[first : first + _WRITTEN]).lock()
            is_party = Q(fund=OuterRef("organisation")) | Q(municipality=OuterRef("organisation"))
            wanted = Case.objects.open().filter(is_party, pk=OuterRef("case"))
            WorklistEntry.objects.filter(~Exists(wanted), case__in=locked).delete()
            cases = planning_stored.cases_with_facts(list(locked.values_list("pk", flat=True)))
            write(
                [
                    judgement_as_planned(facts=facts, course=planning_stored.course_of(facts.case))
                    for facts in planning_stored.read(cases)
                ],
                is_looked_at_anew=True,
            )
