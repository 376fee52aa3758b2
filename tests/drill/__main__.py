"""python -m tests.drill: kill what runs under load, fill the disk, restore a backup, and print what was seen.

It starts servers of its own in a folder of its own, and ends with 1 where something that must hold did not.
"""

import os
import secrets
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import django

from config import local
from config.local import servers
from config.local.process import LocalError
from tests.drill.machine import Machine, end_with_terminal, folder


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    done: str
    must: str
    seen: str
    back: float | None
    holds: bool


def main() -> None:
    if not sys.platform.startswith("linux"):
        sys.exit("The drill asks Linux for the limits of a file: run it there.")
    end_with_terminal()
    begun = time.monotonic()
    # Servers that somebody uses are nothing for a drill.
    for name in ("DATABASE_URL", "REDIS_URL", "MIGRATE_DATABASE_URL", "SAMTALEFLOW_MODE"):
        os.environ.pop(name, None)
    with folder() as place, servers.locked(place):
        machine = Machine(place, port=_free_port())
        try:
            rows = _drill(machine)
        except Exception:
            print(_last_words(place), file=sys.stderr)
            raise
        finally:
            machine.end()
    print(table(rows))
    print(f"\n{sum(row.holds for row in rows)} of {len(rows)} held, in {time.monotonic() - begun:.0f} seconds.")
    sys.exit(not all(row.holds for row in rows))


def _drill(machine: Machine) -> list[Row]:
    _set_up(machine)
    # Models can be named only now.
    from tests.drill.steps import Drill

    rows = []
    for row in Drill(machine).steps():
        print(table([row]).splitlines()[-1], file=sys.stderr, flush=True)
        rows.append(row)
    return rows


def _set_up(machine: Machine) -> None:
    for name in ("mail", "post"):
        (machine.folder / name).mkdir()
    machine.archive.mkdir()
    machine.start("Redis", "PostgreSQL")
    cluster = local.postgres_folder(machine.folder)
    os.chown(machine.archive, cluster.stat().st_uid, cluster.stat().st_gid)
    servers.wait_until_ready(machine.folder, [])
    _wait_for_the_database(machine.folder)
    os.environ |= machine.environment
    os.environ["CPR_ENCRYPTION_KEY"], os.environ["CPR_INDEX_KEY"] = (f"1:{secrets.token_hex(32)}" for _ in range(2))
    owner = {"MIGRATE_DATABASE_URL": local.owner_url(machine.folder)}
    for command in (("migrate",), ("load_acts",)):
        done = machine.manage(*command, **owner)
        if done.returncode:
            raise LocalError(done.stderr)
    django.setup()


def _wait_for_the_database(place: Path) -> None:
    last_moment = time.monotonic() + servers.SECONDS_TO_START
    while not servers._has_database(place):
        if time.monotonic() > last_moment:
            raise LocalError("PostgreSQL did not answer.")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _last_words(place: Path) -> str:
    return "\n".join(f"== {path.name}\n{path.read_text(errors='replace')[-2000:]}" for path in place.glob("*.out"))


def table(rows: list[Row]) -> str:
    lines = ["| done | must hold | seen | back after | |", "|---|---|---|---|---|"]
    for row in rows:
        back = "-" if row.back is None else f"{row.back:.1f} s"
        lines.append(f"| {row.done} | {row.must} | {row.seen} | {back} | {'held' if row.holds else '**no**'} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
