"""Where a CPR number must never be: what the processes wrote, sent and asked of Redis, and what the browser kept."""

import base64
import binascii
import re
import secrets
import threading
from collections.abc import Iterable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import redis

from cases.models import CitizenNumber

_ENCODED = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")


class Traces:
    """All that was left in one test, by where it was left; a text may be left many times."""

    def __init__(self) -> None:
        self._texts: set[tuple[str, str]] = set()

    def leave(self, place: str, text: str) -> None:
        self._texts.add((place, text))
        # As Redis holds a task, and as a mail holds a letter.
        self._texts.update((place, found) for found in _decoded(text))

    def leave_files(self, folder: Path) -> None:
        """What the processes wrote of themselves, their mails with what is attached, and the folder of the post."""
        for path in folder.rglob("*"):
            if path.suffix == ".out":
                self.leave(f"log of {path.stem}", path.read_text(errors="replace"))
            elif path.suffix == ".eml":
                for part in message_from_bytes(path.read_bytes(), policy=policy.default).walk():
                    self._leave_part(part)
            elif path.is_file() and path.is_relative_to(folder / "post"):
                self.leave("name in the post", path.name)
                self.leave("post", path.read_bytes().decode(errors="replace"))

    def _leave_part(self, part: Any) -> None:
        self.leave("mail", "\n".join(f"{name}: {value}" for name, value in part.items()))
        if not part.is_multipart():
            self.leave("mail", part.get_payload(decode=True).decode(errors="replace"))

    def of(self, digits: Iterable[str]) -> list[str]:
        """Where one of the numbers stands, with the line of it."""
        numbers = [re.compile(rf".*{one[:6]}\W{{0,3}}{one[6:]}.*") for one in digits]
        return sorted(
            f"{place}: {line[0]}"
            for place, text in self._texts
            for one in numbers
            for line in one.finditer(unquote(text))
        )


def _decoded(text: str) -> Iterator[str]:
    for found in _ENCODED.findall(text):
        try:
            yield base64.b64decode(found, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue


def numbers() -> list[str]:
    """Every number that a citizen of the test has or had."""
    return [one.number.digits for one in CitizenNumber.objects.exclude(cpr_encrypted=b"")]


class RedisTraces:
    """Every command that Redis is given meanwhile: a key that was taken away at once is seen too."""

    def __init__(self, url: str, traces: Traces) -> None:
        address = urlsplit(url)
        # Whoever listens waits for as long as nobody asks anything.
        if "socket" in address.scheme:
            self._client = redis.Redis(unix_socket_path=address.path, socket_timeout=None)
        else:
            self._client = redis.Redis.from_url(url, socket_timeout=None)
        self._traces, self._last = traces, secrets.token_hex(8)
        self._is_listening = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def _listen(self) -> None:
        with self._client.monitor() as monitor:
            self._is_listening.set()
            for said in monitor.listen():
                if self._last in said["command"]:
                    return
                self._traces.leave("Redis", said["command"].replace("\\", ""))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._is_listening.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._client.echo(self._last)
        self._thread.join(10)
        self._client.close()
