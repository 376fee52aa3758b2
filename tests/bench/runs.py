"""An act held against all cases, and carried out, by workers that are processes of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from cases.law import services as law_services
from cases.models import Act, Case, Event, User
from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS
from config.celery import keep_what_is_loaded
from meetings.law.runs import affected_cases, batches
from meetings.law.runs import lifecycle as runs_lifecycle
from meetings.models import LawChange, LawRun, LawRunBatch, RunKind
from meetings.planning import judgement as planning_judgement
from meetings.planning import law as planning_law
from meetings.planning import stored as planning_stored
from tests.bench.load import PUBLISHER, WRITER, in_batches, vacuum
from tests.bench.measure import Bench, Line, peak_mb, seconds, taken_back
from tests.bench.plans import Plans

#: So many cases are gone through by a worker that is killed.
KILLED = 20_000


class Worker:
    """A process that takes batch after batch, as the Celery task does, and then tells how it went."""

    def __init__(self, bench: Bench) -> None:
        database = connection.settings_dict
        environment = {
            **os.environ,
            "DATABASE_URL": with_name(os.environ["DATABASE_URL"], str(database["NAME"])),
            "MIGRATE_DATABASE_URL": "",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench", "--worker", bench.at.isoformat()],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.idle_mb = self._hear()["peak"]

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def wait(self) -> dict[str, Any]:
        return self._hear()

    def _hear(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


def work(at: Any) -> None:
    """What the process of a worker does: says its memory, waits for the word, works, and says how it went."""
    LawRun.objects.first()
    keep_what_is_loaded()
    print(json.dumps({"peak": peak_mb()}), flush=True)
    for _ in sys.stdin:
        longest, cases = 0.0, 0
        while True:
            begun = time.perf_counter()
            done = batches.take_next_batch(at=at)
            longest = max(longest, time.perf_counter() - begun) if cases else longest
            if not done:
                break
            cases += done
        print(json.dumps({"peak": peak_mb(), "longest": longest, "cases": cases}), flush=True)


def with_name(url: str, name: str) -> str:
    """The same server with another database."""
    before, _, query = url.partition("?")
    return f"{before.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


def simulate_act(bench: Bench, plans: Plans) -> Iterator[Line]:
    act = draft(bench, months=4)
    with Worker(bench) as one, Worker(bench) as other:
        run = runs_lifecycle.simulate(act_id=act.pk, by=_user(WRITER), at=bench.at, today=_today(bench))
        took, told = _timed([one, other])
        peak = _peak([one, other], told)
    changes = LawChange.objects.filter(run=run).count()
    note = f"{bench.cases / took:,.0f} cases/s, {changes} changes, {sum(each['cases'] for each in told)} cases touched"
    yield Line("simulate_act", took, "s", "plan_load", plans.load_seconds, 0.25, note=note)
    yield Line("memory", peak, "MB", "simulate_act, above idle; the goal is MB", 1, 150)


def replan(bench: Bench) -> Iterator[Line]:
    """An act that moves all running courses, and then one that touches few."""
    act = draft(bench, months=4)
    with Worker(bench) as one, Worker(bench) as other:
        published = seconds(lambda: publish(act, bench))
        took, told = _timed([one, other])
    rows, blind = _blind_update()
    longest = max(each["longest"] for each in told)
    note = f"published in {published:.2f} s, {rows} rows written, longest batch {longest:.2f} s"
    yield Line("replan_all", took, "s", "blind UPDATE of the same rows, one connection", blind, 1.5, note=note)
    yield Line("replan_chunk", longest, "s", "the goal in seconds", 1, 0.5)
    yield Line("memory", _peak([one, other], told), "MB", "replan_all, above idle; the goal is MB", 1, 150)
    vacuum()

    few = draft(bench, months=5, on=_day_that_touches(bench, share=0.01), running_courses="keep")
    with Worker(bench) as one, Worker(bench) as other:
        publish(few, bench)
        touched = affected_cases.touched(few).count()
        few_took, _ = _timed([one, other])
    yield Line("replan_few", few_took, "s", "replan_all", took, 0.03, note=f"{touched} cases touched")


def killed(bench: Bench) -> Iterator[Line]:
    """One of two workers is killed (kill -9) when a third of the cases is done; nothing may be lost or doubled.

    Of a large load the act is one that touches KILLED of its cases at the most.
    """
    share = KILLED / bench.cases
    day = _day_that_touches(bench, share=share) if share < 1 else None
    act = draft(bench, months=2, on=day, running_courses="keep" if day else "move")
    with Worker(bench) as one, Worker(bench) as other:
        publish(act, bench)
        run = LawRun.objects.filter(act=act, kind=RunKind.REPLAN).get()
        one.go()
        other.go()
        while runs_lifecycle.progress(run).percent < 33:
            time.sleep(0.02)
        one.process.send_signal(signal.SIGKILL)
        other.wait()
        # What the killed one held is free as soon as the server misses it; the beat asks again every few seconds.
        while run.batches.filter(done_at=None).exists():
            other.go()
            other.wait()
    cases = [pk for batch in LawRunBatch.objects.filter(run=run) for pk in batch.cases]
    told = Event.objects.filter(kind="meetings.planned", data__run=str(run.public_id)).values_list("case_id", flat=True)
    changes = LawChange.objects.filter(run=run).values_list("case_id", "kind", "key")
    wrong = len(cases) - len(set(cases)) + len(told) - len(set(told)) + len(changes) - len(set(changes))
    wrong += run.batches.filter(done_at=None).count()
    wrong += _still_to_do(cases if day else list(Case.objects.open().values_list("pk", flat=True)))
    yield Line("killed", wrong, "cases", "lost or doubled after kill -9 of one of two workers", 1, 0)


def _still_to_do(cases: list[int]) -> int:
    """Those of the cases whose plan is not the one that the law demands: such a case was lost."""
    law, left = planning_law.law_in_force(), 0
    acts = planning_law.row_ids(law)
    for ids in in_batches(iter(cases)):
        for facts in planning_stored.read(planning_stored.cases_with_facts(ids), with_entries=False):
            course = planning_stored.course_of(facts.case)
            left += planning_judgement.judgement_of(facts=facts, course=course, law=law, acts=acts).changes_anything
    return left


def _timed(workers: list[Worker]) -> tuple[float, list[dict[str, Any]]]:
    begun = time.perf_counter()
    for worker in workers:
        worker.go()
    told = [worker.wait() for worker in workers]
    return time.perf_counter() - begun, told


def _peak(workers: list[Worker], told: list[dict[str, Any]]) -> float:
    return max(each["peak"] - worker.idle_mb for each, worker in zip(told, workers, strict=True))


def draft(bench: Bench, *, months: int, on: date | None = None, running_courses: str = "move") -> Act:
    """The a-kasse has so many months and meetings, and the jobcenter the rest of the first six."""
    # The day after tomorrow and later ones, so that every act is newer than the one before.
    day = on or _today(bench) + timedelta(days=2 + LawRun.objects.count())
    act = law_services.create_draft(
        title=f"A-kassen i {months} måneder",
        reference="Lov nr. 12",
        in_force_on=day,
        running_courses=running_courses,
        by=_user(WRITER),
    )
    act.values.create(key=FUND_RESPONSIBLE_MONTHS.key, text=str(months), legal_basis="§ 3")
    rows = (("fund", months, 1, months, 14), ("municipality", 6 - months, months + 1, 6, None))
    for order, (responsible, number, first, last, days) in enumerate(rows, start=1):
        act.meeting_rules.create(
            order=order,
            kind="contact_interview",
            responsible=responsible,
            number=number,
            from_month=first,
            to_month=last,
            due_days_after_registration=days,
            legal_basis="§ 4",
        )
    return act


def publish(act: Act, bench: Bench) -> None:
    law_services.publish(act_id=act.pk, reason="Måling.", is_day_confirmed=True, by=_user(PUBLISHER), at=bench.at)


def _day_that_touches(bench: Bench, *, share: float) -> date:
    """The first day, week by week, from which on an act touches at most that share of the cases."""
    for weeks in range(1, 260):
        act = Act(in_force_on=_today(bench) + timedelta(weeks=weeks), running_courses="keep")
        is_free = not Act.objects.filter(in_force_on=act.in_force_on).exists()
        if is_free and affected_cases.touched(act).count() <= share * bench.cases:
            return act.in_force_on
    raise SystemExit("Every act touches more cases than that.")


def _blind_update() -> tuple[int, float]:
    """The rows that the latest run wrote, and how long it takes to write them without a thought."""
    latest = LawRun.objects.order_by("pk").last()
    assert latest is not None
    with connection.cursor() as cursor, taken_back():
        changed = LawChange.objects.filter(run=latest, kind__in=("appears", "vanishes", "moves", "alters"))
        cases = list(changed.order_by("case").values_list("case", flat=True).distinct())
        rows = 0

        def update() -> None:
            nonlocal rows
            cursor.execute(
                "UPDATE meetings_requiredmeeting SET state = state WHERE case_id = ANY(%s) AND replaced_at IS NULL",
                [cases],
            )
            rows += cursor.rowcount
            cursor.execute("UPDATE meetings_worklistentry SET due_on = due_on WHERE case_id = ANY(%s)", [cases])
            rows += cursor.rowcount
            cursor.execute("UPDATE meetings_nextlook SET look_at = NULL WHERE case_id = ANY(%s)", [cases])
            rows += cursor.rowcount
            cursor.execute("UPDATE cases_case SET municipality_from = municipality_from WHERE id = ANY(%s)", [cases])
            rows += cursor.rowcount

        took = seconds(update)
    return rows, took


def _user(name: str) -> User:
    return User.objects.get(username=name)


def _today(bench: Bench) -> date:
    return timezone.localtime(bench.at).date()
