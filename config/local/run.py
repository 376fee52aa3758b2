"""Web, worker and beat with the servers they need, as children of this process, until Ctrl-C."""

import http.client
import os
import signal
import socket
import sys
from pathlib import Path

from celery import Celery

from config import local
from config.local import servers
from config.local.family import Family, Stopped
from config.local.process import Command, LocalError

HOST = "127.0.0.1"


def run() -> None:
    """Returns when it was asked to end; raises LocalError when one of the processes ended by itself."""
    port = _port()
    # As root, PostgreSQL's user must pass through the data folder; mails and letters in it are nobody else's.
    os.umask(0o077)
    folder = local.data_folder()
    with servers.locked(folder):
        _refuse_taken(port)
        family = Family()
        family.end_on(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        try:
            _start_all(family, folder, port=port)
            while True:
                family.listen(0.5)
        except Stopped:
            return
        finally:
            family.end()


def _start_all(family: Family, folder: Path, *, port: int) -> None:
    servers.check_given()
    embedded = servers.missing(folder)
    environment = _environment(folder, port=port)
    if embedded:
        family.say("Starting " + " and ".join(server.name for server in embedded) + " ...")
    servers.wait_until_ready(folder, [family.start(server) for server in embedded], meanwhile=family.listen)

    log_ins = folder / "log-ins.txt"
    set_up = environment | {"MIGRATE_DATABASE_URL": _owner(folder)}
    family.finish(_python("set-up", "-m", "config.local.prepare", log_ins, environment=set_up))

    web = (
        "--bind",
        f"{HOST}:{port}",
        "--worker-class",
        "gthread",
        "--threads",
        "4",
        "--reload",
        "--graceful-timeout",
        "3",
    )
    celery = ("-m", "celery", "--quiet", "--app", "config.celery")
    worker = ("--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle")
    beat = ("--loglevel", "INFO", "--pidfile", "", "--schedule", folder / "beat-schedule")
    family.start(_python("web", "-m", "gunicorn", *web, "--no-control-socket", "config.wsgi", environment=environment))
    family.start(_python("worker", *celery, "worker", *worker, environment=environment))
    family.start(_python("beat", *celery, "beat", *beat, environment=environment))

    family.wait_for("web", lambda: _web_answers(port))
    broker = Celery(broker=environment["REDIS_URL"])
    family.wait_for("worker", lambda: bool(broker.control.ping(timeout=0.5, limit=1)))
    family.say(*log_ins.read_text().splitlines(), f"Samtaleflow is ready at http://{HOST}:{port}/ (Ctrl-C ends it)")


def _environment(folder: Path, *, port: int) -> dict[str, str]:
    addresses = {
        "DATABASE_URL": local.database_url(folder),
        "REDIS_URL": local.redis_url(folder),
        "SITE_URL": f"http://{HOST}:{port}",
        "STATIC_FOLDER": str(folder / "static"),
    }
    if os.environ.get("SAMTALEFLOW_MODE") != "production":
        # The same date for web, worker and beat, also after a new start; a production process refuses to have one.
        addresses["CLOCK_FILE"] = str(local.clock_file(folder))
        # Edited templates show at once, and whoever sits here sees the page of an error.
        addresses["DEVELOPER_ADDRESSES"] = HOST
    # Who owns the tables is told to nobody who serves.
    given = {name: value for name, value in os.environ.items() if value and name != "MIGRATE_DATABASE_URL"}
    return addresses | given | {"PYTHONUNBUFFERED": "1"}


def _owner(folder: Path) -> str:
    """By which address to migrate; a database of somebody's own may have one role for all."""
    return os.environ.get("MIGRATE_DATABASE_URL") or ("" if os.environ.get("DATABASE_URL") else local.owner_url(folder))


def _python(name: str, *arguments: str | Path, environment: dict[str, str]) -> Command:
    return Command(name=name, arguments=[sys.executable, *arguments], folder=local.CHECKOUT, environment=environment)


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise LocalError(f"PORT is '{text}': write a number from 1 to 65535.")
    return int(text)


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        # As gunicorn does: a connection that has just been closed is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise LocalError(
                f"Port {port} is for root alone: choose another, for instance PORT=8001 make run."
            ) from None
        except OSError:
            raise LocalError(
                f"Port {port} is taken: end what has it, or choose another, for instance PORT=8001 make run."
            ) from None


def _web_answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/")
        status = connection.getresponse().status
    except OSError:
        return False
    finally:
        connection.close()
    if status >= 500:
        raise LocalError(f"The web answers with an error (status {status}); its lines above say why.")
    return True
