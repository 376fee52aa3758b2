"""python -m tests.bench [--cases 100000] [--only NAME] [--minutes 10] [--advisers 50] [--json FILE]: print a table."""

import argparse
import json
import os
import platform
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import django
import psycopg


def main() -> None:
    asked = _asked()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    # Models can be named only now.
    from tests.bench import runs

    if asked.worker:
        runs.work(datetime.fromisoformat(asked.worker))
        return
    if "DATABASE_URL" not in os.environ:
        raise SystemExit("Start it by `make bench`: it fills a database of its own.")
    _measure(asked)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--only", default="", help="one of the measurements, with what it stands on")
    parser.add_argument("--minutes", type=float, help="how long the advisers are at work")
    parser.add_argument("--advisers", type=int, default=50, help="how many of them, if there are so many")
    parser.add_argument("--json", type=Path, help="write the lines to this file too")
    parser.add_argument("--worker", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(asked: argparse.Namespace) -> None:
    from django.db import connection

    from cases.operation import roles
    from tests.bench import advisers, months, pages, peers, plans, runs, small, sweeps, work
    from tests.bench.measure import Bench, Line, use

    # The load is the owner's, who may clean up after it and make tables to compare with; web and workers are measured
    # as the application.
    roles.become_owner(connection)
    bench = Bench(cases=asked.cases, at=datetime.now(UTC), large="bench_large", small="bench_small")
    stored = plans.Plans()
    measurements: dict[str, Callable[[], Iterable[Line]]] = {
        "plan_load": lambda: stored.plan_load(bench),
        "plan_rate": lambda: plans.rates(bench),
        "plan_one": lambda: peers.plan_one(bench),
        "search": lambda: sweeps.search_flat(bench),
        "sweep_idle": lambda: sweeps.sweep_idle(bench),
        "sweep_due": lambda: sweeps.sweep_due(bench),
        "reminders": lambda: work.reminders(bench),
        "import_rows": lambda: work.import_rows(bench),
        "row_bytes": lambda: small.row_bytes(bench),
        "law_command": lambda: small.law_command(bench),
        "first_load": lambda: small.first_load(bench),
        "pages": lambda: pages.pages(bench),
        "second_wall": lambda: pages.second_wall(bench),
        "feed": lambda: pages.feed(bench),
        "plan_month": lambda: months.plan_month(bench),
        "accept_month": lambda: months.accept_month(bench),
        # These change the law for all that comes after.
        "simulate": lambda: runs.simulate_act(bench, stored),
        "replan": lambda: runs.replan(bench),
        "killed": lambda: runs.killed(bench),
        "advisers": lambda: advisers.advisers(bench, minutes=asked.minutes, wanted=asked.advisers),
    }
    if asked.only and asked.only not in measurements:
        raise SystemExit(f"There is no measurement {asked.only!r}, only {', '.join(measurements)}.")
    # A load test compares with one adviser alone, not with a hundredth of the load.
    if asked.only != "advisers":
        _build(bench.small, cases=max(asked.cases // 100, 100), at=bench.at)
        plans.Plans().store(bench)
    _build(bench.large, cases=asked.cases, at=bench.at)
    stored.store(bench)
    lines = []
    print(f"{asked.cases:,} cases, {platform.machine()}, {os.cpu_count()} cores, {bench.at:%Y-%m-%d}", flush=True)
    try:
        for name, measure in measurements.items():
            if asked.only in ("", name):
                for line in measure():
                    print(f"{line}  [load {os.getloadavg()[0]:.1f}]", flush=True)
                    lines.append(line.as_data())
                use(bench.large)
    finally:
        # What was measured before one of them ended it is measured.
        if asked.json:
            asked.json.write_text(json.dumps(lines, indent=2) + "\n")


def _build(name: str, *, cases: int, at: datetime) -> None:
    """An empty database with all tables, and the load in it; it is asked from now on."""
    from django.core.management import call_command

    from tests.bench.load import load
    from tests.bench.measure import use

    owner = os.environ.get("MIGRATE_DATABASE_URL") or os.environ["DATABASE_URL"]
    with psycopg.connect(owner, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    use(name)
    call_command("migrate", verbosity=0)
    load(cases=cases, at=at)


if __name__ == "__main__":
    main()
