"""Writes what was judged, for one case or for many, in a number of statements that does not grow with them."""

from collections.abc import Sequence
from datetime import datetime

from cases.models import Case
from meetings.models import Meeting, RequiredMeeting, WorklistEntry
from meetings.planning.judgement import NO_LINK, Judgement, key_of

_TOLD = [field.name for field in WorklistEntry._meta.concrete_fields]


def write(judgements: Sequence[Judgement], *, at: datetime | None = None, is_looked_at_anew: bool = False) -> None:
    """Make the rows of these cases what they were judged to be; the caller has locked the cases.

    The entries of a case in which anything changes are looked at by the next sweep; with `is_looked_at_anew`, all.
    `at` is when the plans were made, where any was.
    """
    entries = [
        entry
        for judgement in judgements
        for entry in judgement.entries_to_write(is_looked_at_anew=is_looked_at_anew or judgement.changes_anything)
    ]
    _write_handovers(judgements)
    _write_requirements(judgements, at=at)
    _write_links(judgements)
    _write_states(judgements)
    _write_entries(judgements, entries)


def _write_handovers(judgements: Sequence[Judgement]) -> None:
    moved = [judgement for judgement in judgements if judgement.is_handover_moved]
    for judgement in moved:
        judgement.case.municipality_from = judgement.municipality_from
    Case.objects.bulk_update([judgement.case for judgement in moved], ["municipality_from"])


def _write_requirements(judgements: Sequence[Judgement], *, at: datetime | None) -> None:
    changes = [change for judgement in judgements for change in judgement.changes]
    closed = [change.before.pk for change in changes if change.before is not None]
    RequiredMeeting.objects.filter(pk__in=closed).update(replaced_at=at)
    RequiredMeeting.objects.bulk_create([change.after for change in changes if change.after is not None])


def _write_links(judgements: Sequence[Judgement]) -> None:
    changed, freed = [], []
    for judgement in judgements:
        for meeting in judgement.relinked:
            requirement, is_late = judgement.links.get(meeting.pk, NO_LINK)
            freed += [meeting.pk] if meeting.requirement_id else []
            meeting.requirement_id, meeting.is_late = requirement.pk if requirement else None, is_late
            changed.append(meeting)
    # The unique constraint looks at each statement: let go of all before any is taken again.
    Meeting.objects.filter(pk__in=freed).update(requirement=None)
    Meeting.objects.bulk_update(changed, ["requirement", "is_late"])


def _write_states(judgements: Sequence[Judgement]) -> None:
    restated: dict[str, list[int]] = {}
    for judgement in judgements:
        for row in judgement.restated:
            row.state = judgement.states[key_of(row)]
            restated.setdefault(row.state, []).append(row.pk)
    for state, rows in sorted(restated.items()):
        RequiredMeeting.objects.filter(pk__in=rows).update(state=state)


def _write_entries(judgements: Sequence[Judgement], entries: Sequence[WorklistEntry]) -> None:
    closed = [judgement.case.pk for judgement in judgements if not judgement.case.is_open]
    if closed:
        WorklistEntry.objects.filter(case__in=closed).delete()
    WorklistEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["case", "organisation"],
        update_fields=[name for name in _TOLD if name not in ("id", "case", "organisation")],
    )
