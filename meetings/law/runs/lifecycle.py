"""Starts and stops runs, follows how far they are, and sums up what they found."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Count, F, Func, IntegerField, Q, Sum
from django.utils import timezone

from cases.models import Act, Organisation, User
from cases.rules.refusal import Refused
from cases.rules.rule_book import RuleBook
from meetings.law.runs.affected_cases import touched
from meetings.models import ChangeKind, LawRun, LawRunBatch, RunKind, RunState
from meetings.planning.law import Law, law_in_force

UNDER_WAY = (RunState.WAITING, RunState.RUNNING)


class NotADraft(Refused):
    """The act is published, so there is nothing to simulate: the cases are planned by it already."""


@dataclass(frozen=True)
class Progress:
    """Says how far a run is, counted in cases."""

    total: int
    done: int
    is_under_way: bool

    @property
    def left(self) -> int:
        return self.total - self.done

    @property
    def percent(self) -> int:
        if not self.total:
            return 0 if self.is_under_way else 100
        return self.done * 100 // self.total


@transaction.atomic(durable=True)
def simulate(*, act_id: int, by: User, at: datetime, today: date) -> LawRun:
    """Hold a draft against the live cases, which stay as they are. A worker takes it from here.

    One under way for the draft as it is now is given again, not doubled. Raises NotADraft.
    """
    # The act is locked so that two who ask at once get the same run.
    act = Act.objects.select_for_update().get(pk=act_id)
    if not act.is_draft:
        raise NotADraft("Loven er offentliggjort, og sagerne planlægges efter den. Kun en kladde kan prøves.")
    now = fingerprint(law_in_force(draft=act.slug))
    under_way = act.runs.filter(kind=RunKind.SIMULATION, state__in=UNDER_WAY)
    under_way.exclude(fingerprint=now).update(state=RunState.OUTDATED, finished_at=at)
    return under_way.first() or LawRun.objects.create(
        kind=RunKind.SIMULATION, act=act, fingerprint=now, judged_on=today, started_by=by, started_at=at
    )


@transaction.atomic(durable=True)
def stop(*, run_id: int, at: datetime) -> None:
    """End a simulation and keep what it found. A re-planning cannot be stopped."""
    under_way = LawRun.objects.filter(pk=run_id, kind=RunKind.SIMULATION, state__in=UNDER_WAY)
    under_way.update(state=RunState.STOPPED, finished_at=at)


def wait_for_workers(act: Act) -> None:
    """Wait, in the caller's transaction, until no worker runs a batch of the draft, so that it can be deleted."""
    # A run that waits gets its batches first: who prepares it holds it.
    list(act.runs.filter(state=RunState.WAITING).select_for_update().values_list("pk", flat=True))
    left = LawRunBatch.objects.filter(run__act=act, done_at=None).order_by("pk")
    list(left.select_for_update(of=("self",)).values_list("pk", flat=True))


def on_law_changed(act: Act, by: User | None, at: datetime) -> None:
    """Start the re-planning of the cases that an act can change, when it is published or withdrawn."""
    # What the act had not reached when it was withdrawn, it does not move any more.
    under_way = act.runs.filter(state__in=UNDER_WAY)
    under_way.filter(kind=RunKind.REPLAN).update(state=RunState.STOPPED, finished_at=at)
    # What is still tried would be held against cases that follow the act already, and find nothing.
    under_way.filter(kind=RunKind.SIMULATION).update(state=RunState.OUTDATED, finished_at=at)
    if not touched(act).exists():
        return
    LawRun.objects.create(
        kind=RunKind.REPLAN,
        act=act,
        is_withdrawal=act.withdrawn is not None,
        fingerprint=fingerprint(law_in_force()),
        judged_on=timezone.localtime(at).date(),
        started_by=by,
        started_at=at,
    )


def fingerprint(law: Law) -> str:
    """Return a hash of everything the law says. Drafts that only cause a notice are left out."""
    # A sketch that becomes adopted law, or is published, says what it said before.
    acts = RuleBook(replace(act, is_sketch=False) for act in law.book.acts).fingerprint
    tables = sorted(law.table.rows_by_act.items())
    return sha256(f"{acts} {tables!r}".encode()).hexdigest()


def is_outdated(run: LawRun) -> bool:
    """Tell whether the law or the draft has changed since the simulation was started."""
    if not run.is_simulation:
        return False
    if run.state == RunState.OUTDATED:
        return True
    return run.fingerprint != fingerprint(law_in_force(draft=run.act.slug if run.act.is_draft else None))


def progress(run: LawRun) -> Progress:
    """Count the cases that the run has gone through, and all of its cases."""
    size = Func(F("cases"), function="cardinality", output_field=IntegerField())
    counted = run.batches.aggregate(total=Sum(size), done=Sum(size, filter=Q(done_at__isnull=False)))
    return Progress(total=counted["total"] or 0, done=counted["done"] or 0, is_under_way=run.is_under_way)


def summary(run: LawRun) -> Mapping[Organisation, Mapping[ChangeKind, int]]:
    """Count the changes of each kind for every organisation."""
    rows = run.changes.order_by().values("organisation", "kind").annotate(number=Count("pk"))
    counts: defaultdict[int, dict[ChangeKind, int]] = defaultdict(dict)
    for row in rows:
        counts[row["organisation"]][ChangeKind(row["kind"])] = row["number"]
    organisations = Organisation.objects.in_bulk(list(counts))
    return {organisations[pk]: by_kind for pk, by_kind in counts.items()}
