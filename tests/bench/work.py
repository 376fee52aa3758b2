"""Work in the background, with a worker, beat and Redis as in operation."""

import csv
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from celery import Celery
from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from cases.imports import batches, reading, services
from cases.imports.file import read_rows
from cases.models import ImportRow, Organisation, Reminder, User
from cases.models.people import OrganisationKind
from meetings.models import NextLook
from referrals.demo.country_people import people
from tests.bench.measure import Bench, Line, seconds, seconds_of_copy, seconds_of_insert
from tests.bench.runs import with_name
from tests.bench.sweeps import ahead, catch_up

#: Of so many cases at the most: what is a hundredth of a large load would take longer and say the same.
MOST = 1_000
#: What an import writes, and the row that it was.
IMPORTED = (
    *("cases_citizen", "cases_citizennumber", "cases_citizencontact", "cases_case", "cases_event"),
    *("meetings_requiredmeeting", "meetings_worklistentry", "referrals_offerduty", "cases_importrow"),
)


def import_rows(bench: Bench) -> Iterator[Line]:
    """A file of one case for every hundred of the load, at most MOST: read, checked, shown and carried out."""
    number, today = min(max(bench.cases // 100, 100), MOST), timezone.localtime(bench.at).date()
    by = User.objects.get(username="anne")
    content = _file(number, bench)
    last = {table: _last(table) for table in IMPORTED}

    def work_off() -> None:
        while batches.take_next_batch(at=bench.at, today=today):
            pass

    def carry_out() -> None:
        with tempfile.TemporaryFile() as file:
            file.write(content)
            file.seek(0)
            rows = read_rows(file, name="sager.csv", size=len(content))
            run = reading.take_in(rows=rows, by=by, at=bench.at)
        work_off()
        services.start(run_id=run.pk)
        work_off()

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
    """What falls due for one case in a hundred, from the sweep's task until each message has gone or is put off.

    Of a small load it is more of them, or the start of the worker would be all that is measured.
    """
    catch_up(bench.at)
    cases = NextLook.objects.count()
    wanted = min(max(cases // 100, min(cases // 3, 1_000)), MOST)
    due = NextLook.objects.order_by("look_at").values_list("look_at", flat=True)[wanted]
    assert due is not None
    before = Reminder.objects.aggregate(last=Max("pk"))["last"] or 0
    left = Reminder.objects.due(due)
    with ahead(due, at=bench.at), background(at=due) as running:
        begun = time.perf_counter()
        running.broker.send_task("meetings.tasks.sweep", queue="messages")
        while not Reminder.objects.filter(pk__gt=before).exists() or left.exists():
            if time.perf_counter() - begun > 600:
                raise SystemExit(f"{left.count()} reminders were not sent in ten minutes.")
            time.sleep(0.05)
        took = time.perf_counter() - begun
    rows = Reminder.objects.filter(pk__gt=before).count()
    other = rows / seconds_of_insert(Reminder._meta.db_table, f"id > {before}")
    note = f"{rows} reminders, each with its mail as a file"
    yield Line("reminders", rows / took, "/s", "one INSERT .. SELECT of the same rows", other, 0.9, True, note=note)


class Running(NamedTuple):
    """What stands behind the pages: the broker, and the folder in which all lies that leaves the house."""

    broker: Celery
    folder: Path


@contextmanager
def background(*, at: datetime | None = None, has_beat: bool = False) -> Iterator[Running]:
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
            yield Running(broker, Path(folder))
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
