"""A backup and the archived WAL, brought back to a moment in a cluster of its own."""

import hashlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg

from config import local
from config.local import servers
from config.local.process import end, start
from tests.drill.machine import Machine, as_postgres

#: What the database refuses by itself, and to whom it is open: the same after a restore as before.
GUARDS = {
    "triggers": "SELECT tgrelid::regclass::text, tgname, tgenabled::text, pg_get_triggerdef(oid)"
    " FROM pg_trigger WHERE NOT tgisinternal",
    "policies": "SELECT schemaname, tablename, policyname, coalesce(qual, ''), coalesce(with_check, '')"
    " FROM pg_policies",
    "constraints": "SELECT conrelid::regclass::text, conname, convalidated::text, pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "grants": "SELECT relname, coalesce(relacl::text, '') FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S')",
}


def guards(folder: Path) -> dict[str, tuple[int, str]]:
    """How many there are of each kind, and one hash of all of them."""
    with psycopg.connect(local.owner_url(folder)) as connection:
        found = {name: sorted(connection.execute(query).fetchall()) for name, query in GUARDS.items()}
    return {name: (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()) for name, rows in found.items()}


def back_up(machine: Machine) -> Path:
    """A base backup of the running cluster."""
    base = machine.folder / "base"
    cluster = local.postgres_folder(machine.folder)
    base.mkdir()
    shutil.chown(base, cluster.owner(), cluster.group())
    options = ("--checkpoint=fast", "--wal-method=stream", "--username=postgres")
    as_postgres(machine, "pg_basebackup", "--pgdata", base, "--host", cluster, *options)
    return base


@contextmanager
def restored(machine: Machine, base: Path, *, to: datetime) -> Iterator[Path]:
    """The folder of a second PostgreSQL, which has all that was committed before the moment and nothing after."""
    folder = machine.folder / "restored"
    folder.mkdir(mode=0o711)
    cluster = local.postgres_folder(folder)
    base.rename(cluster)
    cluster.chmod(0o700)
    with (cluster / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"\nrestore_command = 'cp {machine.archive}/%f %p'\n")
        settings.write(f"recovery_target_time = '{to.isoformat()}'\nrecovery_target_action = 'promote'\n")
    (cluster / "recovery.signal").touch()
    for changed in ("postgresql.auto.conf", "recovery.signal"):
        shutil.chown(cluster / changed, cluster.owner(), cluster.group())
    with (machine.folder / "restored.out").open("ab") as output:
        child = start(servers.postgres(folder), output=output)
    try:
        while not _has_ended_recovery(folder):
            if child.has_ended:
                raise RuntimeError((machine.folder / "restored.out").read_text()[-2000:])
            time.sleep(0.1)
        yield folder
    finally:
        end([child], patience=10)


def _has_ended_recovery(folder: Path) -> bool:
    try:
        with psycopg.connect(local.owner_url(folder)) as connection:
            row = connection.execute("SELECT NOT pg_is_in_recovery()").fetchone()
            return row is not None and bool(row[0])
    except psycopg.OperationalError:
        return False


def said(done: "subprocess.CompletedProcess[str]") -> str:
    """The last line of a command, whichever way it said it."""
    lines = f"{done.stdout}\n{done.stderr}".strip().splitlines()
    return lines[-1] if lines else ""
