"""Works through the cases of a run in batches; one worker claims a batch and does it in one transaction."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from cases import seam
from cases.bulk_rows import insert_rows
from cases.history import events as history_events
from cases.law.services import hold_law_still
from cases.models import Act, Case, Event
from cases.rules.facts import Course
from meetings.law.runs import load
from meetings.law.runs.affected_cases import touched
from meetings.law.runs.before_after import Laws, laws_of
from meetings.law.runs.changes import Change, changes_of, unplanned
from meetings.law.runs.lifecycle import UNDER_WAY, fingerprint
from meetings.models import ChangeKind, LawChange, LawRun, LawRunBatch, RunKind, RunState
from meetings.planning import judgement as planning_judgement
from meetings.planning import law as planning_law
from meetings.planning import stored as planning_stored
from meetings.planning import writing as planning_writing
from meetings.planning.judgement import Judgement

logger = logging.getLogger(__name__)

#: The number of cases in one transaction: so few that progress shows, and that the cases are locked only briefly.
BATCH = 150
#: The number of cases of a simulation, which locks none: what is asked once for each batch is asked less often.
SIMULATED = 500

_TOLD_IN_EVENT = (
    ChangeKind.APPEARS,
    ChangeKind.VANISHES,
    ChangeKind.MOVES,
    ChangeKind.ALTERS,
    ChangeKind.HANDOVER,
)
#: How many finished simulations of one act are kept.
SIMULATIONS_KEPT = 3

#: From this number on, the deadlines that stay where they are share one sentence in the history.
_MANY = 2


def take_next_batch(*, at: datetime) -> int:
    """Go through the next cases of some run; gives how many, 0 when there is nothing to do.

    A worker that is killed leaves its cases as they were: the next one takes them. So do cases that fail; the next
    ones go first, and the run is not done before they have succeeded.
    """
    while _prepare(at=at):
        pass
    claimed: list[int] = []
    try:
        cases = _take(claimed, at=at)
    except Exception:
        if not claimed:
            raise
        logger.exception("The cases of batch %s could not be gone through.", claimed)
        LawRunBatch.objects.filter(pk__in=claimed).update(attempts=F("attempts") + 1)
        return 0
    if not cases:
        _finish(at=at)
    return cases


@transaction.atomic(durable=True)
def _prepare(*, at: datetime) -> bool:
    """Divide the cases of the next waiting run into batches. Return False when no run waits."""
    waiting = LawRun.objects.filter(state=RunState.WAITING).select_for_update(of=("self",), skip_locked=True)
    run = waiting.select_related("act").order_by("started_at", "pk").first()
    if run is None:
        return False
    _forget_old_simulations(run.act)
    size = SIMULATED if run.is_simulation else BATCH
    # Cases that began together follow each other: what they share is planned and explained once.
    ids = touched(run.act).order_by("placed_on", "registered_on", "pk").values_list("pk", flat=True)
    batches = (LawRunBatch(run=run, cases=some) for some in _in_batches(ids.iterator(chunk_size=10_000), size))
    while some := list(islice(batches, 100)):
        LawRunBatch.objects.bulk_create(some)
    if run.is_simulation:
        load.begin(run)
    run.state = RunState.RUNNING
    run.save(update_fields=["state"])
    return True


def _forget_old_simulations(act: Act) -> None:
    """Delete all but the newest simulations of the act, since each may hold a row for every case in the country."""
    over = act.runs.filter(kind=RunKind.SIMULATION).exclude(state__in=UNDER_WAY).order_by("-started_at", "-pk")
    LawRun.objects.filter(pk__in=list(over.values_list("pk", flat=True)[SIMULATIONS_KEPT:])).delete()


def _in_batches(ids: Iterator[int], size: int) -> Iterator[list[int]]:
    while some := list(islice(ids, size)):
        yield some


@transaction.atomic(durable=True)
def _take(claimed: list[int], *, at: datetime) -> int:
    batch = (
        LawRunBatch.objects.filter(done_at=None, run__state=RunState.RUNNING)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("run__act__withdrawal")
        # What is law already goes before what is only tried.
        .order_by("attempts", "run__kind", "run__started_at", "run_id", "pk")
        .first()
    )
    if batch is None:
        return 0
    claimed.append(batch.pk)
    run = batch.run
    is_written = run.kind == RunKind.REPLAN
    cases = planning_stored.cases_with_facts(batch.cases, lock=is_written)
    if is_written:
        hold_law_still()
    laws = laws_of(run.act)
    if not is_written and fingerprint(laws.after) != run.fingerprint:
        LawRun.objects.filter(pk=run.pk).update(state=RunState.OUTDATED, finished_at=at)
        return len(batch.cases)
    _tell(run, _go_through(cases, act=run.act, run=run, laws=laws, at=at, today=run.judged_on))
    LawRunBatch.objects.filter(pk=batch.pk).update(done_at=at)
    return len(batch.cases)


def _tell(run: LawRun, changes: Iterable[Change]) -> None:
    insert_rows(LawChange, ("run_id", *Change._fields), [(run.pk, *change) for change in changes])


@transaction.atomic(durable=True)
def _finish(*, at: datetime) -> None:
    left = LawRunBatch.objects.filter(run=OuterRef("pk"), done_at=None)
    LawRun.objects.filter(~Exists(left), state=RunState.RUNNING).update(state=RunState.DONE, finished_at=at)


def as_if(*, case: Case, draft: Act, at: datetime, today: date) -> list[LawChange]:
    """What the draft would change in one case, as a run would tell it; nothing is stored.

    For an act that is in force already, it is what would change without the act.
    """
    laws = laws_of(draft)
    if not draft.is_draft:
        laws = Laws(laws.after, laws.before)
    cases = planning_stored.cases_with_facts([case.pk])
    changes = _go_through(cases, act=draft, run=None, laws=laws, at=at, today=today)
    return [LawChange(**change._asdict()) for change in changes]


def _go_through(
    cases: Sequence[Case], *, act: Act, run: LawRun | None, laws: Laws, at: datetime, today: date
) -> list[Change]:
    """Return the changes of these cases; a re-planning also writes the new plans."""
    is_written = run is not None and run.kind == RunKind.REPLAN
    acts = planning_law.row_ids(laws.after)
    judgements: list[Judgement] = []
    courses: list[tuple[Case, Course]] = []
    changes: list[Change] = []
    told: list[Event] = []
    for facts in planning_stored.read(cases, with_entries=is_written):
        try:
            course = planning_stored.course_of(facts.case)
            judgement = planning_judgement.judgement_of(facts=facts, course=course, law=laws.after, acts=acts)
            found = [*changes_of(judgement, course=course, laws=laws, in_force_on=act.in_force_on, today=today)]
        except ValueError as error:
            # Facts that no plan can be made of: the case keeps the one it has, and the others go on.
            logger.warning("Case %s could not be planned: %s", facts.case.pk, type(error).__name__)
            changes.append(unplanned(facts.case, error=error, today=today))
            continue
        judgements.append(judgement)
        courses.append((facts.case, course))
        changes += found
        if run is not None and is_written and judgement.changes_plan:
            told.append(_event(judgement, found, run=run, at=at))
    if is_written:
        planning_writing.write(judgements, at=at)
        history_events.record_all(told)
    elif run is not None:
        load.add(run, judgements)
    for consequence in [consequence for app in seam.INSTALLED for consequence in app.law.consequences]:
        rows = consequence(courses, before=laws.before, after=laws.after, run=run, at=at, today=today, write=is_written)
        changes += [Change(*(getattr(row, name) for name in Change._fields)) for row in rows]
    return changes


def _event(judgement: Judgement, changes: Sequence[Change], *, run: LawRun, at: datetime) -> Event:
    moves = [change for change in changes if change.kind in _TOLD_IN_EVENT]
    begun = f"{run.act.title} er trukket tilbage" if run.is_withdrawal else run.act.title
    return Event(
        case_id=judgement.case.pk,
        kind="meetings.planned",
        at=at,
        text=f"{begun}: planen er beregnet igen. " + " ".join(_in_words(moves, is_withdrawal=run.is_withdrawal)),
        data={
            "act": run.act.slug,
            "run": str(run.public_id),
            "moves": [
                {
                    "key": change.key,
                    "before": change.day_before.isoformat() if change.day_before else None,
                    "after": change.day_after.isoformat() if change.day_after else None,
                }
                for change in moves
            ],
        },
    )


def _in_words(moves: Sequence[Change], *, is_withdrawal: bool) -> list[str]:
    """Return the sentences of the history: one for each deadline that moves, comes or goes, one for all that stay."""
    altered = [change for change in moves if change.kind == ChangeKind.ALTERS]
    if len(altered) < _MANY:
        return [change.text for change in moves]
    law = "igen den tidligere lov" if is_withdrawal else "nu denne lov"
    told = [change.text for change in moves if change.kind != ChangeKind.ALTERS]
    return [*told, f"{len(altered)} samtalekrav følger {law} med samme frist som før."]
