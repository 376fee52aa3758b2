"""A machine of its own: PostgreSQL with archived WAL, Redis, web, worker and beat, each started again when it ends."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import IO

from config import local
from config.local import servers
from config.local.process import Child, Command, LocalError, as_user, end, start

#: As the service manager of operation waits before it starts a process again (RestartSec).
RESTART_SECONDS = 1

CELERY = ("-m", "celery", "--quiet", "--app", "config.celery")


class Machine:
    """The processes by their names; whoever is killed comes again, unless it is held."""

    def __init__(self, folder: Path, *, port: int) -> None:
        self.folder, self.port = folder, port
        self.archive = folder / "archive"
        self._children: dict[str, Child] = {}
        self._held: set[str] = set()
        self._largest_file: int | None = None
        self._is_over = threading.Event()
        self._lock = threading.RLock()
        self._commands: dict[str, Callable[[], Command]] = {
            "PostgreSQL": lambda: self.postgres,
            "Redis": lambda: servers.redis(folder),
            "web": lambda: self.python("web", "-m", "gunicorn", "-c", "config/gunicorn.py", *self._address),
            "worker": lambda: self.python("worker", *CELERY, "worker", "--concurrency", "2", "--loglevel", "WARNING"),
            "beat": lambda: self.python(
                "beat", *CELERY, "beat", "--loglevel", "WARNING", "--pidfile", "", "--schedule", folder / "beat"
            ),
        }

    @property
    def _address(self) -> tuple[str, ...]:
        return "--bind", f"127.0.0.1:{self.port}", "config.wsgi"

    @property
    def environment(self) -> dict[str, str]:
        """As a service of the installation has it."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": local.database_url(self.folder),
            "MIGRATE_DATABASE_URL": "",
            "REDIS_URL": local.redis_url(self.folder),
            "MAIL_FOLDER": str(self.folder / "mail"),
            "POST_FOLDER": str(self.folder / "post"),
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "SWEEP_SECONDS": "1",
            "PYTHONUNBUFFERED": "1",
        }

    @cached_property
    def postgres(self) -> Command:
        """PostgreSQL as in operation: every commit on the disk, and each segment of the WAL archived."""
        plain = servers.postgres(self.folder)
        keep = (
            f"test ! -f {self.archive}/%f && cp %p {self.archive}/%f.new && mv {self.archive}/%f.new {self.archive}/%f"
        )
        settings = ("--archive_mode=on", f"--archive_command={keep}", "--archive_timeout=5")
        return replace(plain, arguments=[*plain.arguments, *settings])

    def python(self, name: str, *arguments: str | Path) -> Command:
        called = [sys.executable, *arguments]
        return Command(name=name, arguments=called, folder=local.CHECKOUT, environment=self.environment)

    def start(self, *names: str) -> None:
        for name in names:
            with self._lock:
                self._children[name] = start(self._commands[name](), output=self._log(name))
                if name == "PostgreSQL" and self._largest_file:
                    self._limit(name)

    def _log(self, name: str) -> IO[bytes]:
        return (self.folder / f"{name}.out").open("ab")

    def pid(self, name: str) -> int:
        return self._children[name].process.pid

    def kill(self, name: str) -> None:
        """kill -9, and all that it started with it."""
        self._children[name].kill()

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """Killed, and not started again meanwhile."""
        with self._lock:
            self._held.add(name)
        self.kill(name)
        yield
        with self._lock:
            self._held.discard(name)

    @contextmanager
    def full_disk(self, *, largest_file: int) -> Iterator[None]:
        """No process of PostgreSQL writes behind this place of a file; what stands there already is left alone."""
        with self._lock:
            self._largest_file = largest_file
            self._limit("PostgreSQL")
        yield
        with self._lock:
            self._largest_file = None
            self._limit("PostgreSQL")

    def _limit(self, name: str) -> None:
        """Asked for as the user whose processes they are, who needs no right for it."""
        limit = self._largest_file or "unlimited"
        for pid in (self.pid(name), *_children_of(self.pid(name))):
            # One that has just ended needs none.
            asked = ["prlimit", f"--pid={pid}", f"--fsize={limit}:"]
            subprocess.run(asked, capture_output=True, **as_user(self.postgres.user))

    def watch(self) -> None:
        """Start again whatever ends, until the end."""
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        ended: dict[str, float] = {}
        while not self._is_over.wait(0.1):
            with self._lock:
                gone = [name for name, one in self._children.items() if one.has_ended and name not in self._held]
            for name in gone:
                since = ended.setdefault(name, time.monotonic())
                if time.monotonic() - since >= RESTART_SECONDS:
                    del ended[name]
                    self.start(name)

    def end(self) -> None:
        self._is_over.set()
        with self._lock:
            # Who asks first, the servers last.
            for name in reversed(self._commands):
                if name in self._children:
                    end([self._children[name]], patience=5)

    def manage(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A command of manage.py beside the services."""
        called = [sys.executable, "manage.py", *arguments]
        environment = {**self.environment, **environment}
        return subprocess.run(called, cwd=local.CHECKOUT, env=environment, capture_output=True, text=True)


def _children_of(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def as_postgres(machine: Machine, program: str, *arguments: str | Path) -> None:
    """Run one of PostgreSQL's programs as the user of its cluster."""
    called = [Path(machine.postgres.arguments[0]).with_name(program), *arguments]
    done = subprocess.run(called, cwd=machine.folder, capture_output=True, text=True, **as_user(machine.postgres.user))
    if done.returncode:
        raise LocalError(f"{program}: {done.stderr}")


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards; PostgreSQL's own user passes through it."""
    made = Path(tempfile.mkdtemp(prefix=f"samtaleflow-drill-{os.getuid()}-", dir=local.TEMPORARY))
    made.chmod(0o711)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def end_with_terminal() -> None:
    """Whoever asks us to end gets the same tidy end as Ctrl-C."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
