"""Why something cannot be done. Rules and services refuse alike, and every page knows how to say it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Any, NamedTuple
from zlib import crc32


class Refused(Exception):
    """What was asked for cannot be done; the message is one Danish sentence for whoever asked."""

    #: The field that the sentence is about, on a page that has it.
    field: str | None = None

    @property
    def problems(self) -> tuple[tuple[str | None, str], ...]:
        """Each sentence to show, with the field it is about."""
        return ((self.field, str(self)),)


class Missing(NamedTuple):
    """What the law demands of something written and is not there: the field, and a sentence for whoever writes it."""

    field: str
    text: str


class Incomplete(Refused):
    """Something that the law demands of the text is missing; each sentence names its field."""

    def __init__(self, missing: Collection[Missing]) -> None:
        self.missing = tuple(missing)
        super().__init__(" ".join(one.text for one in missing))

    @property
    def problems(self) -> tuple[tuple[str | None, str], ...]:
        return tuple((one.field, one.text) for one in self.missing)


class Stale(Refused):
    """Somebody else saved a change after the page was opened."""

    def __init__(self, text: str, *, newest: int | None = None, events: Sequence[Any] = ()) -> None:
        """Takes the version there is now, and what happened since the one that was seen."""
        self.newest, self.events = newest, events
        super().__init__(text)


def version_of(*standing: Any) -> int:
    """A number for what stands, where nobody counts its versions: another one as soon as it says something else."""
    return crc32(repr(standing).encode())


def require_seen(seen: int | None, *standing: Any) -> None:
    """Raises Stale where the user saw something else than what stands; `seen` is the number of it, if known."""
    if seen is not None and seen != (now := version_of(*standing)):
        raise Stale("Det er rettet, efter at du åbnede siden. Se forskellen, og gem igen.", newest=now)


class NeedsConfirmation(Refused):
    """There is room for it, but the user must have seen the warnings first."""

    def __init__(self, warnings: Sequence[str]) -> None:
        self.warnings = tuple(warnings)
        super().__init__(" ".join(warnings))


def digest(warnings: Sequence[str]) -> str:
    """What stands for warnings that were shown, so that a tick accepts these and no others."""
    return sha256("\n".join(warnings).encode()).hexdigest()[:16] if warnings else ""


def require_accepted(warnings: Sequence[str], accepted: str) -> None:
    """Raises NeedsConfirmation unless just these warnings were accepted; `accepted` is their digest."""
    if warnings and accepted != digest(warnings):
        raise NeedsConfirmation(warnings)
