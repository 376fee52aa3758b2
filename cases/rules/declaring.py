"""What a rule may ask the acts for: each value of law is declared once, with the date of the case that decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum
from typing import Any, NamedTuple

from cases.rules.labelled import Labelled


class Anchor(Labelled):
    """Names the date of a case that decides which act gives a value."""

    COURSE_START = "course_start", "forløbets start"
    EVENT = "event", "hændelsens dag"
    DECISION = "decision", "afgørelsens dag"
    PAYOUT = "payout", "udbetalingsmånedens sidste dag"


class Subject(StrEnum):
    """What a value of law is about, in the order in which people read them."""

    HOLDER = "Hvem der har kontaktforløbet"
    MEETINGS = "Samtaler"
    CHANNEL = "Samtaleform"
    COUNTING = "Tælling af måneder"
    EXEMPTION = "Fritagelse for samtaler"
    REFERRAL = "Indstilling fra a-kasse til jobcenter"
    OFFERS = "Tilbud, som jobcentret kan bevilge"
    RIGHT_AND_DUTY = "Ret og pligt til tilbud"
    SIX_WEEKS = "6 ugers jobrettet uddannelse"
    PLAN = "Min Plan"
    MUNICIPALITY = "Kommunens årlige pligter"
    AIM = "Uddannelse eller job som sigte"
    COMPLAINT = "Klage"
    ACCESS = "Adgang til oplysninger og sletning"
    LEAD_TIMES = "Varsler, som vi selv har sat"
    OTHER = "Andet"


class Unit(Enum):
    """Names what a number counts, for one of it and for several: dag, dage."""

    MONTHS = ("måned", "måneder")
    WEEKS = ("uge", "uger")
    DAYS = ("dag", "dage")
    WORKDAYS = ("arbejdsdag", "arbejdsdage")
    HOURS = ("time", "timer")
    YEARS = ("år", "år")
    PERCENT = ("procent", "procent")
    MEETINGS = ("jobsamtale", "jobsamtaler")
    #: Says which month, not how many.
    MONTH_NUMBER = ("måned", "måned")

    def __init__(self, one: str, many: str) -> None:
        self.one, self.many = one, many


class MissingDate(ValueError):
    """A rule was asked about a case without the date that decides."""


class UnreadableText(ValueError):
    """The text of an act cannot be read as its parameter demands."""


class DeclaredTwice(ValueError):
    """Two rules declare the same key."""


class CaseDates(NamedTuple):
    """The dates of one question; only those that its parameters are anchored to need be given."""

    course_start: date | None = None
    event: date | None = None
    decision: date | None = None
    payout: date | None = None

    def on(self, anchor: Anchor) -> date:
        day: date | None = getattr(self, anchor.value)
        if day is None:
            raise MissingDate(f"Reglen kræver en dato, som mangler: {anchor.label}.")
        return day


@dataclass(frozen=True)
class Reader:
    """Reads the text of an act as a value, and writes a value as that text."""

    name: str
    parse: Callable[[str], Any]
    write: Callable[[Any], str]
    #: The codes that it reads, each with its Danish word.
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __call__(self, text: str) -> Any:
        return self.parse(text.strip())


@dataclass(frozen=True)
class Parameter:
    """One value of law that a rule reads."""

    key: str
    read: Reader
    anchor: Anchor
    description: str
    event_is: str = ""
    optional: bool = False
    subject: Subject = Subject.OTHER
    unit: Unit | None = None

    @property
    def decided_by(self) -> str:
        """The day of a case that decides which act gives the value."""
        return self.event_is if self.anchor == Anchor.EVENT else self.anchor.label

    def value_of(self, text: str | None) -> Any:
        """Read an act's text as a value; only an optional parameter may have none (None). Raises UnreadableText."""
        value = self.read(text or "")
        if value is None and not self.optional:
            raise UnreadableText(f"»{self.key}« kræver en værdi.")
        return value

    def text_of(self, value: Any) -> str:
        return "" if value is None else self.read.write(value)


REGISTRY: dict[str, Parameter] = {}


def declare(
    key: str,
    *,
    read: Reader,
    description: str,
    anchor: Anchor = Anchor.EVENT,
    event_is: str = "",
    subject: Subject = Subject.OTHER,
    unit: Unit | None = None,
    optional: bool = False,
) -> Parameter:
    """A parameter, known from now on by its key to acts, administrators and the command line.

    Where no other anchor is said, the day of an event decides it, and `event_is` says which.
    """
    if key in REGISTRY:
        raise DeclaredTwice(f"»{key}« er erklæret to gange.")
    parameter = Parameter(key, read, anchor, description, event_is, optional, subject, unit)
    REGISTRY[key] = parameter
    return parameter


def _whole_number(text: str) -> int | None:
    if text == "":
        return None
    if not (text.isascii() and text.isdigit()):
        raise UnreadableText(f"»{text}« er ikke et helt tal på 0 eller mere.")
    return int(text)


def _yes_no(text: str) -> bool | None:
    answers = {"": None, "true": True, "false": False}
    if text not in answers:
        raise UnreadableText(f"»{text}« er hverken true eller false.")
    return answers[text]


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")] if text else []


def _set_of_numbers(text: str) -> frozenset[int]:
    numbers = [_whole_number(part) for part in _parts(text)]
    if None in numbers:
        raise UnreadableText(f"»{text}« har et tomt led.")
    return frozenset(number for number in numbers if number is not None)


whole_number = Reader("helt tal", _whole_number, str)
yes_no = Reader("true eller false", _yes_no, lambda value: "true" if value else "false")
set_of_numbers = Reader("tal med komma imellem", _set_of_numbers, lambda value: ", ".join(map(str, sorted(value))))


def set_of_codes(*allowed: Labelled) -> Reader:
    """Reads a set of codes, each one of the allowed; no text is the empty set."""
    names = {str(code): code.label for code in allowed}

    def parse(text: str) -> frozenset[str]:
        parts = _parts(text)
        for part in parts:
            if part not in names:
                raise UnreadableText(f"»{part}« er ikke en af koderne {', '.join(names)}.")
        return frozenset(parts)

    return Reader("koder med komma imellem", parse, lambda value: ", ".join(sorted(value)), names)


def set_of_one_code(*allowed: Labelled) -> Reader:
    """Reads a set that must hold exactly one of the allowed codes."""
    codes = set_of_codes(*allowed)

    def parse(text: str) -> frozenset[str]:
        found: frozenset[str] = codes(text)
        if len(found) != 1:
            raise UnreadableText(f"»{text}« er ikke præcis én kode.")
        return found

    return Reader("én kode", parse, codes.write, codes.names)
