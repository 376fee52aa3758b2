"""Run Samtaleflow on a development machine, or one command beside servers of its own.

python -m config.local run                          web, worker and beat, with what they need, until Ctrl-C
python -m config.local exec -- pytest -k reminder   one command with a new, empty PostgreSQL and Redis
python -m config.local where                        the folder with this checkout's data
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

from config import local
from config.local import servers
from config.local.process import LocalError, end_with_parent
from config.local.run import run


def main(arguments: Sequence[str]) -> int:
    match arguments:
        case ["run"]:
            run()
            return 0
        case ["exec", "--", *command] if command:
            return execute(command)
        case ["where"]:
            print(local.data_folder())
            return 0
        case ["database"]:
            print(local.database_url())
            return 0
        case ["owner"]:
            print(local.owner_url())
            return 0
    print(__doc__, file=sys.stderr)
    return 2


def execute(command: Sequence[str]) -> int:
    """The command's exit status; a server that DATABASE_URL or REDIS_URL names is used instead of a temporary one."""
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return _run(command, environment=dict(os.environ))
    # SIGTERM must unwind like Ctrl-C, or the servers and their folder would stay.
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    with servers.temporary() as environment:
        return _run(command, environment=dict(os.environ) | _of_given(environment))


def _run(command: Sequence[str], *, environment: dict[str, str]) -> int:
    # The virtual environment's programs first: `exec -- pytest` is the project's pytest.
    environment["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), environment.get("PATH", os.defpath)])
    try:
        process = subprocess.Popen(command, env=environment, preexec_fn=end_with_parent(signal.SIGTERM))
    except FileNotFoundError:
        raise LocalError(f"There is no program '{command[0]}'.") from None
    try:
        return process.wait()
    except KeyboardInterrupt:
        # Ctrl-C reached the command too; SIGTERM did not.
        try:
            process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait()
        return 130


def _of_given(environment: dict[str, str]) -> dict[str, str]:
    """The environment of the temporary servers, with those of this process before them."""
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    if "DATABASE_URL" in given:
        # Whoever names a database also says who owns it, or has one role for all.
        environment = {name: value for name, value in environment.items() if name != "MIGRATE_DATABASE_URL"}
    return environment | given


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        status = main(sys.argv[1:])
    except LocalError as error:
        print(error, file=sys.stderr)
        status = 1
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)
