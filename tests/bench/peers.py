"""OpenFisca, the law as code of others, asked the same: its packages are no part of this project."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from cases.rules.facts import Course
from meetings.planning import law as planning_law
from meetings.rules.contact_course import plan
from tests.bench.measure import Bench, Line

PACKAGES = ("openfisca-core==46.0.1",)
SECONDS = 5.0
_SCRIPT = Path(__file__).with_name("peer_openfisca.py")


def plan_one(_bench: Bench) -> Iterator[Line]:
    """New plans with their explanations, one after the other, and one person after the other by OpenFisca-core."""
    law = planning_law.law_in_force()
    newest = max(act.in_force_on for act in law.book.acts)
    asked, until = 0, time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        # A day that nobody has asked for: nothing is remembered.
        day = newest + timedelta(days=asked % 10_000, weeks=asked // 10_000)
        plan(course=Course(registered_on=day, placed_on=day), book=law.book, table=law.table)
        asked += 1
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "bin" / "python"
        made = [
            [sys.executable, "-m", "venv", folder],
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES],
        ]
        for command in made:
            if subprocess.run(command, capture_output=True).returncode:
                print("plan_one: OpenFisca could not be brought; is there a network?", file=sys.stderr)
                return
        told = subprocess.run([str(python), str(_SCRIPT), str(SECONDS)], capture_output=True, text=True, check=True)
    other = float(told.stdout)
    note = "with explanation; OpenFisca's six deadlines without"
    yield Line("plan_one", asked / SECONDS, "plans/s", "OpenFisca-core, one person", other, 5, True, note=note)
