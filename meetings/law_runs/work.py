"""Goes through the cases of a run, batch after batch: each in a transaction of its own, claimed by one worker."""

import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice

from django.db import transaction
from django.db.models import Exists, OuterRef

from cases.models import Act, Case, Event
from cases.rules.rule_book import RuleBook
from cases.services import events
from cases.services.law import hold_law_still
from meetings import planning
from meetings.law_runs.changes import changes_of
from meetings.law_runs.reach import FOLLOWERS, touched
from meetings.law_runs.runs import fingerprint
from meetings.models import ChangeKind, LawChange, LawRun, LawRunBatch, RunKind, RunState
from meetings.planning import Judgement, Law

logger = logging.getLogger(__name__)

#: Cases in one transaction: few enough to show progress, and to be held from others for a moment only.
BATCH = 500

_TOLD_IN_EVENT = (
    ChangeKind.APPEARS,
    ChangeKind.VANISHES,
    ChangeKind.MOVES,
    ChangeKind.ALTERS,
    ChangeKind.HANDOVER,
)


def take_next_batch(*, at: datetime) -> int:
    """Go through the next cases of some run; gives how many, 0 when there is nothing to do.

    A worker that is killed leaves its cases as they were: the next one takes them.
    """
    while _prepare(at=at):
        pass
    cases = _take(at=at)
    if not cases:
        _finish(at=at)
    return cases


@transaction.atomic(durable=True)
def _prepare(*, at: datetime) -> bool:
    """Say which cases the next waiting run goes through."""
    waiting = LawRun.objects.filter(state=RunState.WAITING).select_for_update(of=("self",), skip_locked=True)
    run = waiting.select_related("act").order_by("started_at", "pk").first()
    if run is None:
        return False
    ids = touched(run.act).order_by("pk").values_list("pk", flat=True).iterator(chunk_size=10_000)
    batches = (LawRunBatch(run=run, cases=some) for some in _in_batches(ids))
    while some := list(islice(batches, 100)):
        LawRunBatch.objects.bulk_create(some)
    run.state = RunState.RUNNING
    run.save(update_fields=["state"])
    return True


def _in_batches(ids: Iterator[int]) -> Iterator[list[int]]:
    while some := list(islice(ids, BATCH)):
        yield some


@transaction.atomic(durable=True)
def _take(*, at: datetime) -> int:
    batch = (
        LawRunBatch.objects.filter(done_at=None, run__state=RunState.RUNNING)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("run__act__withdrawal")
        # What is law already goes before what is only tried.
        .order_by("run__kind", "run__started_at", "run_id", "pk")
        .first()
    )
    if batch is None:
        return 0
    run = batch.run
    is_written = run.kind == RunKind.REPLAN
    cases = planning.cases_with_facts(batch.cases, lock=is_written)
    if is_written:
        hold_law_still()
    before, after = _laws(run.act, is_simulation=not is_written)
    if not is_written and fingerprint(after) != run.fingerprint:
        LawRun.objects.filter(pk=run.pk).update(state=RunState.OUTDATED, finished_at=at)
        return len(batch.cases)
    changes = _go_through(cases, act=run.act, run=run, before=before, after=after, at=at, today=run.judged_on)
    LawChange.objects.bulk_create(changes, batch_size=2000)
    LawRunBatch.objects.filter(pk=batch.pk).update(done_at=at)
    return len(batch.cases)


@transaction.atomic(durable=True)
def _finish(*, at: datetime) -> None:
    left = LawRunBatch.objects.filter(run=OuterRef("pk"), done_at=None)
    LawRun.objects.filter(~Exists(left), state=RunState.RUNNING).update(state=RunState.DONE, finished_at=at)


def what_if(*, case: Case, draft: Act, at: datetime, today: date) -> list[LawChange]:
    """What the draft would change in one case, as a run would tell it; nothing is stored.

    Of an act that is law already: what it would change if the act were not.
    """
    before, after = _laws(draft, is_simulation=True)
    cases = planning.cases_with_facts([case.pk])
    return _go_through(cases, act=draft, run=None, before=before, after=after, at=at, today=today)


def _laws(act: Act, *, is_simulation: bool) -> tuple[Law, Law]:
    """The law before and after what the run is about."""
    if is_simulation and act.is_draft:
        return planning.law_in_force(), planning.law_in_force(draft=act.slug)
    if is_simulation:
        return planning.law_in_force(), planning.law_in_force(without=act.slug)
    after = planning.law_in_force()
    if act.withdrawn is None:
        return planning.law_in_force(without=act.slug), after
    return planning.of_book(RuleBook([*after.book.acts, act.as_fact()], after.book.drafts)), after


def _go_through(
    cases: Sequence[Case], *, act: Act, run: LawRun | None, before: Law, after: Law, at: datetime, today: date
) -> list[LawChange]:
    """The changes of these cases; a re-planning also writes them."""
    is_written = run is not None and run.kind == RunKind.REPLAN
    acts = planning.row_ids(after)
    judgements, changes, told = [], [], []
    for facts in planning.read(cases):
        course = planning.course_of(facts.case)
        try:
            judgement = planning.judge(facts=facts, course=course, law=after, acts=acts, at=at)
            found = list(
                changes_of(
                    judgement,
                    course=course,
                    before=before,
                    after=after,
                    in_force_on=act.in_force_on,
                    run=run,
                    today=today,
                )
            )
        except ValueError as error:
            # Facts that no plan can be made of: the case keeps the one it has, and the others go on.
            logger.warning("Case %s could not be planned: %s", facts.case.pk, type(error).__name__)
            continue
        judgements.append(judgement)
        changes += found
        if is_written and judgement.changes_plan:
            told.append(_event(judgement, found, act=act, run=run, at=at))
    if is_written:
        planning.write(judgements, at=at)
        events.record_all(told)
    for follower in FOLLOWERS:
        changes += follower.consequence(
            cases, before=before, after=after, run=run, at=at, today=today, write=is_written
        )
    return changes


def _event(judgement: Judgement, changes: Sequence[LawChange], *, act: Act, run: LawRun | None, at: datetime) -> Event:
    moves = [change for change in changes if change.kind in _TOLD_IN_EVENT]
    begun = f"{act.title} er trukket tilbage" if act.withdrawn else act.title
    return Event(
        case=judgement.case,
        kind="meetings.planned",
        at=at,
        text=f"{begun}: planen er beregnet igen. " + " ".join(change.text for change in moves),
        data={
            "act": act.slug,
            "run": str(run.public_id) if run else None,
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
