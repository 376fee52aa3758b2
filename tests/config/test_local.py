"""The embedded servers and the family of processes; real processes, so that nothing is believed unseen."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import local
from config.local import servers
from config.local.family import ChildEnded, Family
from config.local.process import Command, LocalError

EXEC = [sys.executable, "-m", "config.local", "exec", "--"]

#: Says which roles there are, and whether nothing could stop them.
WHO = """
import json, os, psycopg
mine = "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
roles = [psycopg.connect(os.environ[url]).execute(mine).fetchone() for url in ("DATABASE_URL", "MIGRATE_DATABASE_URL")]
print(json.dumps({"roles": roles, "folder": os.path.dirname(os.environ["MAIL_FOLDER"])}))
"""


def _alone() -> dict[str, str]:
    """The environment without the servers of the suite itself."""
    of_the_suite = ("DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL")
    return {name: value for name, value in os.environ.items() if name not in of_the_suite}


def _command(name: str, script: str) -> Command:
    return Command(name=name, arguments=["sh", "-c", script], folder=Path("/"), environment=dict(os.environ))


def _until(condition, *, seconds: float = 10) -> bool:
    last_moment = time.monotonic() + seconds
    while not condition() and time.monotonic() < last_moment:
        time.sleep(0.05)
    return condition()


def test_the_addresses_fit_into_a_socket():
    assert len(str(local.redis_socket(local.data_folder()))) < 100
    assert " " not in local.database_url() + local.redis_url()


@pytest.mark.durability
def test_a_command_gets_servers_as_ordinary_roles_and_leaves_nothing():
    said = subprocess.run([*EXEC, "python", "-c", WHO], env=_alone(), capture_output=True, text=True, check=True)

    answer = json.loads(said.stdout)
    assert answer["roles"] == [["samtaleflow_app", False, False], ["samtaleflow", False, False]]
    assert not Path(answer["folder"]).exists()


@pytest.mark.durability
def test_the_status_of_the_command_is_the_status_of_exec():
    assert subprocess.run([*EXEC, "sh", "-c", "exit 7"], env=_alone(), check=False).returncode == 7


@pytest.mark.durability
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a child that its parent died")
def test_servers_end_with_a_parent_that_is_killed():
    parent = subprocess.Popen(
        [*EXEC, "sh", "-c", 'echo "$MAIL_FOLDER"; exec sleep 60'], env=_alone(), stdout=subprocess.PIPE, text=True
    )
    folder = Path(parent.stdout.readline().strip()).parent
    pid_file = folder / "postgres" / "postmaster.pid"
    assert pid_file.exists()

    parent.kill()
    parent.wait()
    parent.stdout.close()

    # PostgreSQL takes its note away when it ends.
    has_ended = _until(lambda: not pid_file.exists())
    shutil.rmtree(folder)
    assert has_ended


def test_a_child_that_ends_by_itself_is_named(capfdbinary):
    family = Family()
    family.start(_command("web", "sleep 60"))
    family.start(_command("worker", "echo last words; exit 3"))

    with pytest.raises(ChildEnded, match=r"worker ended by itself \(status 3\)"):
        family.wait_for("web", lambda: False)
    family.end()

    assert b"  worker | last words\n" in capfdbinary.readouterr().out


def test_the_end_reaches_the_children_of_a_child(tmp_path):
    family = Family()
    # The shell obeys, its own child does not.
    child = family.start(_command("web", f"sh -c 'trap \"\" TERM; echo $$ > {tmp_path}/grandchild; sleep 60' & wait"))
    note = tmp_path / "grandchild"
    assert _until(lambda: note.exists() and note.read_text().strip())

    family.end()

    assert child.process.returncode == -signal.SIGTERM
    assert _until(lambda: not Path(f"/proc/{note.read_text().strip()}").exists())


def test_a_second_start_says_who_has_the_servers_and_touches_nothing(tmp_path):
    folder, told = tmp_path / "data", rf"already runs from this checkout \(process {os.getpid()}\): end it first"
    with servers.locked(folder):
        before = sorted(folder.iterdir())
        with pytest.raises(LocalError, match=told), servers.locked(folder):
            pass
        assert sorted(folder.iterdir()) == before
    with servers.locked(folder):
        pass
