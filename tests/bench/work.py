"""Work in the background and people at their desks, with a worker, beat, Redis and a web server as in operation."""

import csv
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from celery import Celery
from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from cases.imports import batches, services
from cases.imports.file import read_rows
from cases.models import Case, ImportRow, Organisation, Reminder, User
from cases.models.people import OrganisationKind, Role
from meetings.models import WorklistEntry
from referrals.demo.country_people import people
from tests.bench.measure import Bench, Line, percentile, seconds, seconds_of_copy, seconds_of_insert
from tests.bench.pages import log_in, server
from tests.bench.runs import draft, publish, with_name
from tests.bench.sweeps import catch_up
from tests.drill.load import Load

ADVISERS = 50
#: Each looks so long at an answer.
LOOKS = 8.0
#: What an import writes, and the row that it was.
IMPORTED = (
    *("cases_citizen", "cases_citizennumber", "cases_citizencontact", "cases_case", "cases_event"),
    *("meetings_requiredmeeting", "meetings_worklistentry", "referrals_offerduty", "cases_importrow"),
)


def import_rows(bench: Bench) -> Iterator[Line]:
    """A file of one case for every hundred of the load: read, checked, shown and carried out."""
    number, today = max(bench.cases // 100, 100), timezone.localtime(bench.at).date()
    by = User.objects.get(username="anne")
    content = _file(number, bench)
    last = {table: _last(table) for table in IMPORTED}

    def carry_out() -> None:
        with tempfile.TemporaryFile() as file:
            file.write(content)
            file.seek(0)
            rows = read_rows(file, name="sager.csv", size=len(content))
            run = services.preview(rows=rows, by=by, at=bench.at, today=today)
        services.start(run_id=run.pk)
        while batches.take_next_batch(at=bench.at, today=today):
            pass

    took = seconds(carry_out)
    refused = ImportRow.objects.filter(pk__gt=last["cases_importrow"]).exclude(problem="").count()
    bare = seconds(lambda: list(csv.reader(io.StringIO(content.decode()), delimiter=";")))
    bare += seconds_of_copy({table: f"id > {pk}" for table, pk in last.items()}, constraints_first=True)
    note = f"{number} rows, {number / took:.0f} a second, {refused} refused"
    yield Line("import_rows", took, "s", "the CSV reader and COPY of the same rows", bare, 6, note=note)


def _file(number: int, bench: Bench) -> bytes:
    out, today = io.StringIO(), timezone.localtime(bench.at).date()
    write = csv.writer(out, delimiter=";").writerow
    write(("cpr-nummer", "navn", "tilmeldt", "modpart", "målgruppe", "forsikret", "uddannelse", "børn hjemme"))
    municipality = Organisation.objects.filter(kind=OrganisationKind.MUNICIPALITY).order_by("pk").first()
    # Some of them the load has as well, if chance will have it; the others come after all that it asked for.
    for person in islice(people("import", today=today, of=number), number):
        registered_on = today - timedelta(days=person.number.born_on.day)
        write((person.number, person.name, f"{registered_on:%d-%m-%Y}", municipality, 1, "fuldtid", "ja", "nej"))
    return out.getvalue().encode()


def _last(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        [last] = cursor.fetchone()
    return int(last)


def reminders(bench: Bench) -> Iterator[Line]:
    """What falls due for one entry in a hundred, from the sweep's task until each message has gone or is put off.

    Of a small load it is more of them, or the start of the worker would be all that is measured.
    """
    catch_up(bench.at)
    entries = WorklistEntry.objects.count()
    wanted = max(entries // 100, min(entries // 3, 1_000))
    due = WorklistEntry.objects.order_by("look_at").values_list("look_at", flat=True)[wanted]
    assert due is not None
    before = Reminder.objects.aggregate(last=Max("pk"))["last"] or 0
    left = Reminder.objects.due(due)
    with _background(at=due) as broker:
        begun = time.perf_counter()
        broker.send_task("meetings.tasks.sweep", queue="messages")
        while not Reminder.objects.filter(pk__gt=before).exists() or left.exists():
            if time.perf_counter() - begun > 600:
                raise SystemExit(f"{left.count()} reminders were not sent in ten minutes.")
            time.sleep(0.05)
        took = time.perf_counter() - begun
    rows = Reminder.objects.filter(pk__gt=before).count()
    other = rows / seconds_of_insert(Reminder._meta.db_table, f"id > {before}")
    note = f"{rows} reminders, each with its mail as a file"
    yield Line("reminders", rows / took, "/s", "one INSERT .. SELECT of the same rows", other, 0.9, True, note=note)


def advisers(bench: Bench) -> Iterator[Line]:
    """Fifty at their desks: lists, cases and notes, with worker and beat, and an act published in the middle."""
    for_seconds = 180 if bench.cases >= 100_000 else 30
    desks = []
    for user in User.objects.filter(role=Role.ADVISER).order_by("pk")[:ADVISERS]:
        case = Case.objects.visible_to(user).order_by("pk").first()
        if case is not None:
            desks.append((log_in(user), case.get_absolute_url()))
    with server() as (port, _), _background(has_beat=True):
        quiet = Load(port, desks[:1])
        _work(quiet, 5)
        busy = Load(port, desks, looks=LOOKS)
        busy.begin()
        time.sleep(for_seconds / 2)
        publish(draft(bench, months=4), bench)
        _work(busy, for_seconds / 2, is_begun=True)
    usual = statistics.median(_times(quiet))
    errors = sum(not answer.is_good for answer in busy.answers)
    note = f"{len(desks)} advisers, {len(busy.answers) / for_seconds:.1f} requests/s, {errors} errors"
    yield Line("advisers", percentile(_times(busy), 0.95), "ms", "p50 of one alone", usual, 4, note=note)
    yield Line("advisers_errors", errors, "answers", "the goal is none", 1, 0)


def _work(load: Load, for_seconds: float, *, is_begun: bool = False) -> None:
    if not is_begun:
        load.begin()
    time.sleep(for_seconds)
    load.end()


def _times(load: Load) -> list[float]:
    return [(answer.answered - answer.asked) * 1e3 for answer in load.answers]


@contextmanager
def _background(*, at: datetime | None = None, has_beat: bool = False) -> Iterator[Celery]:
    """A worker with two processes on this database, and beat if asked; with `at`, it is that moment for both."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as output:
        environment = {
            **os.environ,
            "DATABASE_URL": with_name(os.environ["DATABASE_URL"], str(connection.settings_dict["NAME"])),
            "MIGRATE_DATABASE_URL": "",
            "MAIL_FOLDER": f"{folder}/mail",
            "POST_FOLDER": f"{folder}/post",
        }
        if at is not None:
            (Path(folder) / "clock").write_text(f"{(at - timezone.now()).total_seconds() + 1:.0f}")
            environment["CLOCK_FILE"] = f"{folder}/clock"
        for name in ("mail", "post"):
            (Path(folder) / name).mkdir()
        celery = [sys.executable, "-m", "celery", "--quiet", "--app", "config.celery"]
        commands = [[*celery, "worker", "--concurrency", "2", "--loglevel", "ERROR"]]
        if has_beat:
            commands.append([*celery, "beat", "--loglevel", "ERROR", "--pidfile", "", "--schedule", f"{folder}/beat"])
        processes = [
            subprocess.Popen(one, cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=output)
            for one in commands
        ]
        broker = Celery(broker=settings.REDIS_URL)
        try:
            while not broker.control.ping(timeout=0.5, limit=1):
                if processes[0].poll() is not None:
                    output.seek(0)
                    raise SystemExit(f"The worker did not start:\n{output.read().decode()}")
            yield broker
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()
