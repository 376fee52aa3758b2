"""The servers of a development machine: an embedded PostgreSQL and Redis, and where they keep their data.

Here are only names, worked out by the standard library alone, so that settings can ask for them before anything runs.
"""

import hashlib
import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

#: Not inside the checkout: its path may hold a space, be too long for a socket, or be closed to PostgreSQL's user.
TEMPORARY = Path("/var/tmp")

#: Who owns the tables, and who works on them.
OWNER, APPLICATION = "samtaleflow", "samtaleflow_app"


def data_folder() -> Path:
    """Where `make run` keeps the data of this checkout and this user; it need not exist yet."""
    name = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:10]
    return TEMPORARY / f"samtaleflow-{os.getuid()}-{name}"


def database_url(folder: Path | None = None) -> str:
    """The database on the socket in the folder, as the role of the application, which owns nothing in it."""
    return _postgres_url(folder or data_folder(), role=APPLICATION, database="samtaleflow")


def owner_url(folder: Path | None = None) -> str:
    """The same database as the owner of its tables, by whom `migrate` connects; no superuser either."""
    return _postgres_url(folder or data_folder(), role=OWNER, database="samtaleflow")


def superuser_url(folder: Path) -> str:
    """The same server as the one who may make roles and databases."""
    return _postgres_url(folder, role="postgres", database="postgres")


def redis_url(folder: Path | None = None) -> str:
    """The broker on the socket in the folder, as Celery writes such an address."""
    return f"redis+socket://{redis_socket(folder or data_folder())}"


def redis_socket(folder: Path) -> Path:
    """Redis' socket; its folder is closed to other users."""
    return folder / "redis" / "socket"


def clock_file(folder: Path | None = None) -> Path:
    """How far `manage.py move_clock` has moved the date; while nobody has, there is no such file."""
    return (folder or data_folder()) / "clock"


def postgres_folder(folder: Path) -> Path:
    """PostgreSQL's cluster and, within it, its socket; closed to other users."""
    return folder / "postgres"


def _postgres_url(folder: Path, *, role: str, database: str) -> str:
    # The port names the socket's file; said aloud, since PGPORT of the user's shell would change it.
    return f"postgresql://{role}@/{database}?host={postgres_folder(folder)}&port=5432"
