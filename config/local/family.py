"""The processes of one start: what they say, whether they live, and their end."""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

from config.local.process import Child, Command, LocalError, end, start

SECONDS_TO_START = 180


class Stopped(Exception):
    """Somebody asked for the end: Ctrl-C, SIGTERM, or make itself is gone."""


class ChildEnded(LocalError):
    """A process ended, or never answered, though nobody asked; the message names it."""


class Family:
    """The children in the order of their start; every line they say is passed on with the speaker's name before it."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        self._speakers = selectors.DefaultSelector()
        self._unfinished: dict[str, bytes] = {}
        self._parent = os.getppid()
        self._is_stopped = False

    def end_on(self, *signals: signal.Signals) -> None:
        """From now on these signals make listen() raise Stopped."""
        for number in signals:
            signal.signal(number, self._stop)

    def start(self, command: Command) -> Child:
        child = start(command, output=subprocess.PIPE)
        assert child.process.stdout is not None
        self._speakers.register(child.process.stdout, selectors.EVENT_READ, child)
        self._children.append(child)
        return child

    def finish(self, command: Command) -> None:
        """Run a command that ends by itself, and accept only status 0."""
        child = self.start(command)
        while not child.has_ended:
            self.listen(0.1, may_end=child)
        self._children.remove(child)
        self._pass_on_what_is_left()
        if child.process.returncode != 0:
            raise ChildEnded(f"The {child.name} failed (status {child.process.returncode}); its lines above say why.")

    def wait_for(self, name: str, answers: Callable[[], bool]) -> None:
        """Wait until the child with the name answers."""
        last_moment = time.monotonic() + SECONDS_TO_START
        while not answers():
            next_question = time.monotonic() + 0.2
            while time.monotonic() < next_question:
                self.listen(0.1)
            if time.monotonic() > last_moment:
                raise ChildEnded(f"The {name} did not answer within {SECONDS_TO_START} seconds.")

    def listen(self, seconds: float, *, may_end: Child | None = None) -> None:
        """Pass on what is said for at most so many seconds; raises Stopped or ChildEnded when that is so."""
        self._pass_on(seconds)
        # A make that was killed could tell nobody.
        if self._is_stopped or ("MAKELEVEL" in os.environ and os.getppid() != self._parent):
            raise Stopped
        for child in self._children:
            if child is not may_end and child.has_ended:
                self._pass_on_what_is_left()
                raise ChildEnded(
                    f"The {child.name} ended by itself (status {child.process.returncode}), and the others were ended."
                )

    def say(self, *lines: str) -> None:
        for line in lines:
            self._write("", line.encode())

    def end(self) -> None:
        """End all, the servers last, so that the others can finish what they have in hand."""
        servers = [child for child in self._children if child.name in ("redis", "postgres")]
        others = [child for child in self._children if child not in servers]
        end(others, patience=10, meanwhile=self._pass_on)
        end(servers, patience=10, meanwhile=self._pass_on)
        self._pass_on_what_is_left()
        for key in list(self._speakers.get_map().values()):
            self._close(key.data)
        self._speakers.close()

    def _close(self, child: Child) -> None:
        assert child.process.stdout is not None
        self._speakers.unregister(child.process.stdout)
        child.process.stdout.close()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._is_stopped = True

    def _pass_on(self, seconds: float) -> bool:
        """True if anything was said, or if somebody fell silent for good."""
        heard = self._speakers.select(seconds)
        for key, _ in heard:
            child: Child = key.data
            said = os.read(key.fd, 65536)
            *lines, rest = (self._unfinished.pop(child.name, b"") + said).split(b"\n")
            if not said:
                self._close(key.data)
                lines, rest = [rest] if rest else [], b""
            for line in lines:
                self._write(child.name, line)
            if rest:
                self._unfinished[child.name] = rest
        return bool(heard)

    def _pass_on_what_is_left(self) -> None:
        while self._pass_on(0):
            pass

    def _write(self, name: str, line: bytes) -> None:
        try:
            sys.stdout.buffer.write(f"{name:>8} | ".encode() + line + b"\n" if name else line + b"\n")
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            # Nobody reads any more: `make run | head`.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self._is_stopped = True
