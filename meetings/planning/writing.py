"""Writes what was judged, for one case or for many, in a number of statements that does not grow with them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID, uuid4

from django.db import connection

from cases.bulk_rows import insert_missing_rows, insert_rows, next_numbers, update_rows, upsert_rows
from cases.models import Case
from cases.rules import explanation
from cases.statements import IsOneOf
from meetings.models import Explanation, NextLook, RequiredMeeting, WorklistEntry
from meetings.planning.judgement import Judgement
from meetings.planning.stored import Entry, RequirementRow, Standing

_ROW = (
    "id",
    "public_id",
    "case_id",
    "act_id",
    "kind",
    "responsible",
    "number",
    "window_from",
    "window_to",
    "due_on",
    "legal_basis",
    "explanation",
    "state",
    "meeting_id",
    "is_met_late",
    "planned_at",
)

# What is to be looked at already stays as it is.
_LOOK_AGAIN = """
INSERT INTO meetings_nextlook (case_id) SELECT unnest(%s::bigint[])
ON CONFLICT (case_id) DO UPDATE SET look_at = NULL WHERE meetings_nextlook.look_at IS NOT NULL
"""


def write(judgements: Sequence[Judgement], *, at: datetime | None = None, is_looked_at_anew: bool = False) -> None:
    """Make the rows of these cases what they were judged to be; the caller has locked the cases, in a transaction.

    A case in which anything changes is looked at by the next sweep; with `is_looked_at_anew`, all are.
    `at` is when the plans were made, where any was.
    """
    anew = {judgement.case.pk for judgement in judgements if is_looked_at_anew or judgement.changes_anything}
    _write_handovers(judgements)
    restated = [(one, judgement.standings[one.key]) for judgement in judgements for one in judgement.restated]
    _let_go(judgements, restated, at=at)
    texts = _insert(
        [(one.case.pk, change.after) for one in judgements for change in one.changes if change.after is not None], at=at
    )
    _restate(restated)
    _write_entries(judgements, anew=anew)
    # Last, though the requirements name them: two who write the same one wait for each other's end.
    insert_missing_rows(Explanation, ("id", "steps"), list(texts.items()))


def _write_handovers(judgements: Sequence[Judgement]) -> None:
    moved = [judgement for judgement in judgements if judgement.is_handover_moved]
    for judgement in moved:
        judgement.case.municipality_from = judgement.municipality_from
    update_rows(Case, ["municipality_from"], [(one.case.pk, one.municipality_from) for one in moved])


def _let_go(
    judgements: Sequence[Judgement], restated: Sequence[tuple[RequirementRow, Standing]], *, at: datetime | None
) -> None:
    """Close what is replaced. Each talk that goes from one requirement to another is let go of first: it has one."""
    closed = [one.before.row for judgement in judgements for one in judgement.changes if one.before is not None]
    if closed:
        RequiredMeeting.objects.filter(IsOneOf("pk", closed)).update(replaced_at=at, meeting=None, is_met_late=False)
    freed = [one.row for one, standing in restated if one.meeting not in (None, standing.meeting)]
    if freed:
        RequiredMeeting.objects.filter(IsOneOf("pk", freed)).update(meeting=None)


def _insert(new: Sequence[tuple[int, RequirementRow]], *, at: datetime | None) -> dict[UUID, str]:
    """Give each new requirement its row, in one statement: a law that moves everybody writes millions of them."""
    texts: dict[UUID, str] = {}
    if not new:
        return texts
    numbers = next_numbers(RequiredMeeting, len(new))
    rows = []
    for row, (case, requirement) in zip(numbers, new, strict=True):
        requirement.row, planned = row, requirement.planned
        assert planned is not None
        key, texts[key] = _in_writing(planned.why)
        rows.append(
            (
                row,
                uuid4(),
                case,
                requirement.act,
                requirement.kind,
                requirement.responsible,
                requirement.number,
                requirement.window_from,
                requirement.window_to,
                requirement.due_on,
                planned.legal_basis,
                key,
                *requirement.standing,
                at,
            )
        )
    insert_rows(RequiredMeeting, _ROW, rows)
    return texts


@lru_cache(maxsize=4096)
def _in_writing(why: explanation.Explanation) -> tuple[UUID, str]:
    """The key and the text of an explanation: many deadlines, and all courses begun on one day, have the same."""
    return Explanation.key_of(explanation.to_data(why))


def _restate(restated: Sequence[tuple[RequirementRow, Standing]]) -> None:
    update_rows(
        RequiredMeeting, ["state", "meeting", "is_met_late"], [(one.row, *standing) for one, standing in restated]
    )
    for one, standing in restated:
        one.stands_as(standing)


def _write_entries(judgements: Sequence[Judgement], *, anew: set[int]) -> None:
    closed = [judgement.case.pk for judgement in judgements if not judgement.case.is_open]
    if closed:
        WorklistEntry.objects.filter(case__in=closed).delete()
        NextLook.objects.filter(case__in=closed).delete()
    changed = [
        (judgement.case.pk, *entry)
        for judgement in judgements
        for entry in judgement.entries()
        if entry != judgement.facts.entries.get(entry.organisation_id)
    ]
    upsert_rows(WorklistEntry, ["case_id", *Entry._fields], changed, unique=["case", "organisation"])
    look_again({case for case, *_ in changed} | anew.difference(closed))


def look_again(cases: Collection[int]) -> None:
    """Let the next sweep look at these cases; the caller has locked them, in a transaction."""
    if cases:
        with connection.cursor() as cursor:
            cursor.execute(_LOOK_AGAIN, [sorted(cases)])
