"""Child processes that end with their parent, however it ends."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

#: From <linux/prctl.h>: which signal a process gets when its parent dies.
PR_SET_PDEATHSIG = 1


class LocalError(Exception):
    """The machine lacks something; the message is one line that says what to do."""


@dataclass(frozen=True)
class Command:
    """What to start, as whom, and which signal asks it to end."""

    name: str
    arguments: Sequence[str | Path]
    folder: Path
    environment: Mapping[str, str]
    user: str | None = None
    end_signal: signal.Signals = signal.SIGTERM


@dataclass(frozen=True)
class Child:
    """A command that was started, with all that it started in turn."""

    command: Command
    process: subprocess.Popen[bytes]

    @property
    def name(self) -> str:
        return self.command.name

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def ask_to_end(self) -> None:
        if not self.has_ended:
            self.process.send_signal(self.command.end_signal)

    def kill(self) -> None:
        """End it and its own children at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def start(command: Command, *, output: int | IO[bytes]) -> Child:
    """Start a command in a process group of its own: Ctrl-C reaches only the parent, who ends the children in order."""
    process = subprocess.Popen(
        command.arguments,
        cwd=command.folder,
        env=dict(command.environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=end_with_parent(command.end_signal),
        **as_user(command.user),
    )
    return Child(command=command, process=process)


def end(children: Sequence[Child], *, patience: float, meanwhile: Callable[[float], object] = time.sleep) -> None:
    """Ask all to end, and kill those that have not when the patience (seconds) is over."""
    for child in children:
        child.ask_to_end()
    last_moment = time.monotonic() + patience
    while time.monotonic() < last_moment and not all(child.has_ended for child in children):
        meanwhile(0.05)
    for child in children:
        child.kill()


def end_with_parent(end_signal: signal.Signals) -> Callable[[], None] | None:
    """What a child does before it becomes its command; only Linux can tell a child that its parent died."""
    if not sys.platform.startswith("linux"):
        return None
    parent = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, int(end_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel


def as_user(name: str | None) -> dict[str, Any]:
    """The arguments of subprocess that start a command as another system user."""
    return {"user": name, "group": name, "extra_groups": []} if name else {}
