"""Real workers and a Redis of the test's own, which can be killed: the database is all that is left."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import connection

from cases.models import Case
from config import local
from config.local import servers
from config.local.process import Child, Command, start
from meetings.models import Meeting
from meetings.owing import meeting_news
from tests import factories, rings
from tests.factories import Office
from tests.world import NOW

#: The clock of the test stands still; that of the processes goes on.
real_time = time_machine.escape_hatch.time.time

CELERY = (sys.executable, "-m", "celery", "--quiet", "--app", "config.celery")


class Machine:
    """Worker, beat and Redis as processes of their own, and the folders they write to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mail = folder / "mail"
        self.children: dict[str, Child] = {}
        self.move_clock(NOW)

    def move_clock(self, to: datetime) -> None:
        """For the processes it is this moment now; time goes on from there."""
        unfinished = self.folder / "clock.new"
        unfinished.write_text(str(to.timestamp() - real_time()))
        unfinished.replace(self.folder / "clock")

    def start_redis(self) -> None:
        child = self._start(servers.redis(self.folder))
        servers.wait_until_ready(self.folder, [child])

    def start_worker(self) -> None:
        options = ("--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle")
        self._start(self._celery("worker", *options))

    def start_beat(self) -> None:
        self._start(self._celery("beat", "--loglevel", "WARNING", "--pidfile", "", "--schedule", self.folder / "beat"))

    def kill(self, name: str) -> None:
        """kill -9, with all that it started."""
        child = self.children.pop(name)
        os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()

    def kill_all(self) -> None:
        for name in list(self.children):
            self.kill(name)

    def wipe_redis(self) -> None:
        shutil.rmtree(local.redis_socket(self.folder).parent)

    def mails(self) -> int:
        return len(list(self.mail.glob("*.eml")))

    def wait_for(self, answer: Callable[[], bool], *, seconds: float) -> float:
        """The seconds it took until the answer was true; fails with what the processes said.

        Like the service manager of production (docs/operation.md), it starts a process again that ended by itself.
        """
        begun = real_time()
        while not answer():
            for child in [child for child in self.children.values() if child.has_ended]:
                self._start(child.command)
            assert real_time() - begun < seconds, f"It took more than {seconds} s.\n{self._said()}"
            time.sleep(0.05)
        return real_time() - begun

    def manage(self, *arguments: str) -> str:
        """What a command of manage.py says, as a person beside the processes runs it."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=settings.BASE_DIR, env=self._environment(), capture_output=True, text=True, check=True
        ).stdout

    def _celery(self, name: str, *options: str | Path) -> Command:
        return Command(
            name=name, arguments=(*CELERY, name, *options), folder=settings.BASE_DIR, environment=self._environment()
        )

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": _test_database(),
            "MIGRATE_DATABASE_URL": "",
            "REDIS_URL": local.redis_url(self.folder),
            "CLOCK_FILE": str(self.folder / "clock"),
            "MAIL_FOLDER": str(self.mail),
            "POST_FOLDER": str(self.folder / "post"),
            "SWEEP_SECONDS": "1",
            "PYTHONUNBUFFERED": "1",
            **rings.as_environment(),
        }

    def _start(self, command: Command) -> Child:
        with (self.folder / f"{command.name}.out").open("ab") as output:
            child = start(command, output=output)
        self.children[command.name] = child
        return child

    def _said(self) -> str:
        return "\n".join(f"== {path.name}\n{path.read_text()[-3000:]}" for path in self.folder.glob("*.out"))


def _test_database() -> str:
    before, _, query = os.environ["DATABASE_URL"].partition("?")
    name = connection.settings_dict["NAME"]
    return f"{before.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


@pytest.fixture
def machine(transactional_db: None, now: datetime) -> Iterator[Machine]:
    # A short path: a socket's name has little room.
    folder = Path(tempfile.mkdtemp(prefix="samtaleflow-durability-", dir=local.TEMPORARY))
    machine = Machine(folder)
    try:
        yield machine
    finally:
        machine.kill_all()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def invite_many(office: Office) -> Callable[..., list[Meeting]]:
    """Book meetings of invented citizens with one adviser, one after the other, and owe them their invitations."""

    def invite_many(number: int, *, at: datetime = NOW) -> list[Meeting]:
        meetings = []
        for index in range(number):
            starts_at = at + timedelta(days=3, minutes=30 * index)
            case = factories.case(office, registered_on=datetime(2026, 5, 1, tzinfo=UTC).date(), at=at)
            meeting = _meeting(case, office, starts_at=starts_at, at=at)
            meeting_news.owe_invitation(meeting=meeting, at=at)
            meetings.append(meeting)
        return meetings

    return invite_many


def _meeting(case: Case, office: Office, *, starts_at: datetime, at: datetime) -> Meeting:
    return Meeting.objects.create(
        case=case,
        citizen=case.citizen,
        organisation=office.fund,
        adviser=office.adviser,
        kind="contact_interview",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        channel="attendance",
        channel_chosen_by="default",
        place=office.fund.meeting_place,
        booked_at=at,
        booked_by=office.adviser,
    )
