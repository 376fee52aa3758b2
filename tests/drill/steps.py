"""What is done to the machine, one after the other, and what is looked at after each."""

import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import psycopg
from django.conf import settings
from django.db import Error, connection
from django.test import Client

from cases import tasks
from cases.erasure import services as erasure_services
from cases.models import CaseNote, Event, Reminder, ReminderState, Role, SweepRun
from config import local
from meetings.models import Meeting
from meetings.owing import meeting_news
from meetings.owing.kinds import ReminderKind
from tests import factories
from tests.cases.erasure.steps import close
from tests.drill import restore
from tests.drill.__main__ import Row
from tests.drill.load import Load
from tests.drill.machine import Machine

T = TypeVar("T")

DESKS, MESSAGES = 3, 30
#: Far below what a table has: no segment of the WAL can be written on, as on a disk without room.
LARGEST_FILE = 64 * 1024
#: The longest time back of each, in seconds.
BACK = {"web": 15, "PostgreSQL": 20, "the disk": 30, "messages": 60, "beat": 30, "restore": 300}


class Drill:
    """The office on the machine, and the people who work in it all the time."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.office = factories.small_office()
        self.owed = 0
        desks = []
        for _ in range(DESKS):
            case = factories.case(self.office)
            client, name = Client(), settings.SESSION_COOKIE_NAME
            client.force_login(self.office.adviser)
            desks.append((f"{name}={client.cookies[name].value}", case.get_absolute_url()))
        self.load = Load(machine.port, desks)

    def steps(self) -> Iterator[Row]:
        self.machine.start("web", "worker", "beat")
        self.machine.watch()
        self.load.begin()
        self.load.back_after(time.monotonic() - 1)
        yield self._worker()
        yield self._web()
        yield self._beat()
        base = restore.back_up(self.machine)
        yield self._postgres()
        yield self._redis()
        yield self._full_disk()
        yield self._keys()
        yield from self._restore(base)
        self.load.end()
        yield self._in_the_end()

    def _worker(self) -> Row:
        self._owe(MESSAGES)
        _until(lambda: self._sent() > 0, 60)
        killed = time.monotonic()
        for _ in range(3):
            self.machine.kill("worker")
            time.sleep(2)
        return self._of_messages("kill -9 the worker, three times, with 30 messages owed", killed)

    def _of_messages(self, done: str, since: float, failed: int | None = None) -> Row:
        back = _until(lambda: self._sent() == self.owed, BACK["messages"] + 30, since=since)
        twice = Event.objects.filter(kind="cases.message_sent").count() - self._sent()
        holds = self._sent() == self.owed and not twice and back <= BACK["messages"] and not failed
        pages = "" if failed is None else f", {failed} pages failed"
        must = f"every message sent, none twice, within {BACK['messages']} s" + (", no page fails" if pages else "")
        return Row(done, must, f"{self._sent()} of {self.owed} sent, {twice} twice{pages}", back, holds)

    def _web(self) -> Row:
        return self._of_pages("kill -9 the web and its workers", "web", lambda: self.machine.kill("web"))

    def _postgres(self) -> Row:
        return self._of_pages("kill -9 PostgreSQL", "PostgreSQL", lambda: self.machine.kill("PostgreSQL"))

    def _of_pages(self, done: str, part: str, act: Callable[[], None]) -> Row:
        moment = time.monotonic()
        act()
        back = self.load.back_after(moment)
        lost, twice = self._notes()
        failed = sum(count for status, count in self.load.since(moment).items() if status not in (200, 302))
        must = f"no written note lost or doubled, back within {BACK[part]} s"
        seen = f"{len(self.load.written)} notes, {lost} lost, {twice} doubled; {failed} requests failed"
        return Row(done, must, seen, back, not lost and not twice and back <= BACK[part])

    def _beat(self) -> Row:
        self.machine.kill("beat")
        killed = datetime.now(UTC)
        back = _until(lambda: SweepRun.objects.filter(started_at__gt=killed + timedelta(seconds=1)).exists(), 90)
        seen = "the sweep goes on" if back <= BACK["beat"] else "no sweep"
        return Row("kill -9 beat", f"the sweep goes on within {BACK['beat']} s", seen, back, back <= BACK["beat"])

    def _redis(self) -> Row:
        moment = time.monotonic()
        with self.machine.held("Redis"):
            shutil.rmtree(local.redis_socket(self.machine.folder).parent)
            self._owe(MESSAGES)
            time.sleep(5)
            statuses = self.load.since(moment)
        failed = sum(count for status, count in statuses.items() if status not in (200, 302))
        done = "kill -9 Redis and take away its data, with 30 messages owed; five seconds without it"
        return self._of_messages(done, time.monotonic(), failed)

    def _full_disk(self) -> Row:
        """By the limit of a file's size: a small disk wants rights. It says EFBIG where a full disk says ENOSPC."""

        def fill() -> None:
            with self.machine.full_disk(largest_file=LARGEST_FILE):
                time.sleep(10)

        begun = time.monotonic()
        row = self._of_pages("PostgreSQL cannot write (RLIMIT_FSIZE) for ten seconds", "the disk", fill)
        refused = self.load.since(begun)
        is_felt = any(status not in (200, 302) for status in refused)
        back = (row.back or 0) - 10
        seen = row.seen if is_felt else f"{row.seen}; nobody noticed, so nothing was tried"
        return Row(row.done, row.must, seen, back, row.holds and is_felt)

    def _keys(self) -> Row:
        done = self.machine.manage("check", "--database", "default", CPR_INDEX_KEY=f"1:{secrets.token_hex(32)}")
        right = self.machine.manage("check", "--database", "default")
        holds = done.returncode == 1 and "CPR_INDEX_KEY:1" in done.stderr and right.returncode == 0
        seen = "another is refused by name, its own is taken" if holds else restore.said(done)
        return Row("start with another CPR key", "no work with it, and a sentence that names it", seen, None, holds)

    def _restore(self, base: Path) -> Iterator[Row]:
        # What the first run finds, the second seals.
        for _ in range(2):
            _settled(tasks.seal_logs)
        waiting = _settled(self._decide_to_erase)
        moment = datetime.now(UTC)
        before = {text for text, at in list(self.load.written.items()) if at < moment}
        there = restore.guards(self.machine.folder)
        time.sleep(2)
        _settled(tasks.erase_approved)
        erasures = self.machine.folder / "erasures.txt"
        erasures.write_text(self.machine.manage("erasures").stdout)
        with psycopg.connect(local.owner_url(self.machine.folder)) as owner:
            is_erased = not _has(owner, waiting)
            gone = owner.execute("DELETE FROM cases_casenote").rowcount
        self.load.written.clear()
        self._archive_all()
        begun = time.monotonic()
        with restore.restored(self.machine, base, to=moment) as folder:
            back = time.monotonic() - begun
            with psycopg.connect(local.owner_url(folder)) as owner:
                texts = {text for (text,) in owner.execute("SELECT text FROM cases_casenote")}
            lost = len(before - texts)
            yield Row(
                f"delete all {gone} notes, and restore base backup and WAL to the moment before",
                f"all that was written before is there, within {BACK['restore']} s",
                f"{len(before & texts)} of {len(before)} there, {lost} lost",
                back,
                not lost and bool(before) and back <= BACK["restore"],
            )
            yield self._erase_again(folder, erasures, waiting, is_erased=is_erased)
            yield from self._of_restored(folder, there)

    def _decide_to_erase(self) -> str:
        """The name of somebody whose case is over its time, and whom two leaders have decided to erase."""
        at, name = datetime.now(UTC), "Glemt Prøvesen"
        one, two = (factories.user(organisation=self.office.fund, role=Role.TEAM_LEADER) for _ in range(2))
        close(factories.case(self.office, citizen=factories.citizen_details(name=name)))
        run = erasure_services.propose(by=one, at=at, today=at.date())
        erasure_services.approve(run_id=run.pk, by=two, at=at)
        return name

    def _erase_again(self, folder: Path, erasures: Path, name: str, *, is_erased: bool) -> Row:
        with psycopg.connect(local.owner_url(folder)) as owner:
            is_back = _has(owner, name)
            urls = {"DATABASE_URL": local.database_url(folder), "MIGRATE_DATABASE_URL": local.owner_url(folder)}
            done = self.machine.manage("erase_again", str(erasures), **urls)
            is_gone = not _has(owner, name)
        return Row(
            "erase_again the list of who was erased after that moment",
            "who was erased comes back with the restore, and is gone again",
            done.stdout.strip() or restore.said(done),
            None,
            is_erased and is_back and is_gone and done.returncode == 0,
        )

    def _of_restored(self, folder: Path, there: dict[str, tuple[int, str]]) -> Iterator[Row]:
        here = restore.guards(folder)
        for name, (count, digest) in there.items():
            seen = f"{here[name][0]} of {count}, {'the same' if here[name][1] == digest else 'others'}"
            holds = count > 0 and here[name] == (count, digest)
            yield Row(f"look at the {name} after the restore", "as before", seen, None, holds)
        database = {"DATABASE_URL": local.database_url(folder)}
        for what, command in (
            ("the keys", ("check", "--database", "default")),
            ("the migrations", ("migrate", "--check")),
            ("the chains of the logs", ("verify_logs",)),
        ):
            done = self.machine.manage(*command, **database)
            seen = restore.said(done) or "nothing to say"
            yield Row(f"ask for {what} after the restore", "status 0", seen, None, done.returncode == 0)

    def _archive_all(self) -> None:
        """Wait until the segment of this moment lies in the archive."""
        with psycopg.connect(local.superuser_url(self.machine.folder), autocommit=True) as superuser:
            (name,) = superuser.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone() or ("",)
        _until(lambda: (self.machine.archive / str(name)).exists(), 60)

    def _in_the_end(self) -> Row:
        done = self.machine.manage("verify_logs")
        late = Reminder.objects.due(datetime.now(UTC) - timedelta(minutes=1)).count()
        seen = f"{restore.said(done)}; {late} messages late"
        must = "the logs are as they were sealed, nothing is late"
        return Row("look at what went on working", must, seen, None, done.returncode == 0 and not late)

    def _owe(self, number: int) -> None:
        """Book talks, and owe their citizens the invitations now."""
        at = datetime.now(UTC) - timedelta(hours=1)
        for index in range(number):
            starts_at = at + timedelta(days=3, minutes=30 * (self.owed + index))
            case = factories.case(self.office)
            meeting = Meeting.objects.create(
                case=case,
                citizen=case.citizen,
                organisation=self.office.fund,
                adviser=self.office.adviser,
                kind="contact_interview",
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=30),
                channel="attendance",
                channel_chosen_by="default",
                place=self.office.fund.meeting_place,
                booked_at=at,
                booked_by=self.office.adviser,
            )
            meeting_news.owe_invitation(meeting=meeting, at=at)
        self.owed += number

    def _sent(self) -> int:
        return Reminder.objects.filter(kind=ReminderKind.INVITATION, state=ReminderState.SENT).count()

    def _notes(self) -> tuple[int, int]:
        """How many notes that somebody was told were written are not there, and how many are there twice."""
        told = set(self.load.written)
        stored = _settled(lambda: list(CaseNote.objects.values_list("text", flat=True)))
        return len(told - set(stored)), len(stored) - len(set(stored))


def _has(owner: psycopg.Connection[tuple[object, ...]], name: str) -> bool:
    return owner.execute("SELECT FROM cases_citizen WHERE name = %s", [name]).fetchone() is not None


def _settled(answer: Callable[[], T] = lambda: None) -> T:  # type: ignore[assignment]  # nothing is an answer too
    """Asked until the database answers: our own connection was cut with all others."""
    last_moment = time.monotonic() + 60
    while True:
        try:
            return answer()
        except Error:
            connection.close()
            if time.monotonic() > last_moment:
                raise
            time.sleep(0.2)


def _until(answer: Callable[[], bool], patience: float, *, since: float | None = None) -> float:
    """The seconds until the answer was true, or until the patience was over."""
    begun = since or time.monotonic()
    while time.monotonic() - begun < patience and not _settled(answer):
        time.sleep(0.1)
    return time.monotonic() - begun
