"""The acts as plain values, and which of them gives a value on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from cases.rules.declaring import Anchor, CaseDates, Parameter, UnreadableText
from cases.rules.refusal import Refused
from cases.rules.wording import day_text, listed


class NotInForce(Refused, ValueError):
    """No act in force on the day sets what the rule asks for."""

    def __init__(self, parameter: Parameter | str, day: date) -> None:
        self.key = parameter if isinstance(parameter, str) else parameter.key
        self.day = day
        super().__init__(f"Ingen lov i kraft den {day_text(day)} fastsætter »{self.key}«.")


class UnknownDraft(ValueError):
    """No draft act has the name that was given."""


@dataclass(frozen=True)
class LegalValue:
    """What one act says about one parameter; no text means that nothing applies."""

    text: str | None
    legal_basis: str
    note: str = ""
    certainty: str = ""


@dataclass(frozen=True, eq=False)
class Act:
    """One act: values of law that hold from a day, until a later act sets them."""

    slug: str
    title: str
    reference: str
    in_force_on: date
    published_at: datetime | None
    values: Mapping[str, LegalValue]
    is_draft: bool = False
    #: A draft of what nobody has adopted: it gives no notice.
    is_sketch: bool = False
    source_url: str = ""
    note: str = ""
    #: Where the start of the course decides: whether courses that began before the day in force follow it from there.
    moves_running_courses: bool = False

    def reaches(self, event: date | None) -> bool:
        """Whether a course begun before the act follows it on the day of the event; without an event, at any time."""
        return self.moves_running_courses and (event is None or self.in_force_on <= event)

    @property
    def letter(self) -> str:
        """The short name before the first hyphen of the slug."""
        return self.slug.partition("-")[0]


@dataclass(frozen=True)
class Value:
    """A value in force, with the act that gives it."""

    value: Any
    act: Act
    legal_basis: str
    parameter: Parameter = field(repr=False)


class RuleBook:
    """The acts that count, newest first, and the drafts that only give a notice.

    Two books with the same content are equal, so that what was computed from one can be remembered for the other.
    """

    def __init__(self, acts: Iterable[Act], drafts: Iterable[Act] = ()) -> None:
        self.acts: tuple[Act, ...] = _newest_first(acts)
        self.drafts: tuple[Act, ...] = _newest_first(drafts)
        self.fingerprint: str = _fingerprint(self.acts, self.drafts)
        # The fingerprint tells which cases a law moves; an explanation also names what an act is called elsewhere.
        self._content = (self.fingerprint, tuple(act.reference for act in (*self.acts, *self.drafts)))
        self._hash = hash(self._content)
        self._waiting = tuple(_waiting(self.acts, self.drafts))
        self._moving = tuple(act for act in reversed(self.acts) if act.moves_running_courses)
        # A course begun from this day on is moved by no act: nearly all questions end here.
        self._moved_until = self._moving[-1].in_force_on if self._moving else date.min
        self._by_key: dict[str, tuple[tuple[date, Value], ...]] = {}
        self._without_moves: dict[date, RuleBook] = {}

    def in_force(self, parameter: Parameter, dates: CaseDates) -> Value:
        """Return the value of the newest act in force on the date that decides for this parameter. Raises NotInForce.

        Where the start of the course decides, an act that moves running courses also counts for a course begun
        before it: from its day, when the question has an event; else as soon as it is in the book.
        """
        day = dates.on(parameter.anchor)
        may_move = parameter.anchor == Anchor.COURSE_START and day < self._moved_until
        for in_force_on, value in self._values_of(parameter):
            if in_force_on <= day or (may_move and value.act.reaches(dates.event)):
                return value
        raise NotInForce(parameter, day)

    def value_on(self, parameter: Parameter, day: date) -> Value:
        """Return the value on a day, as for a case of which every deciding date is that day. Raises NotInForce."""
        return self.in_force(parameter, CaseDates(course_start=day, event=day, decision=day, payout=day))

    def values_of(self, parameter: Parameter) -> tuple[Value, ...]:
        """What each of the acts says, the newest one first. Raises UnreadableText."""
        return tuple(value for _, value in self._values_of(parameter))

    def moves_after(self, day: date) -> tuple[Act, ...]:
        """The acts that move the courses begun by that day, the first one first."""
        if day >= self._moved_until:
            return ()
        return tuple(act for act in self._moving if act.in_force_on > day)

    def without_moves_after(self, day: date) -> RuleBook:
        """This book as if running courses kept their rules under every act that is in force after the day.

        The acts themselves stay: what an event decides is read as before.
        """
        later = self.moves_after(day)
        if not later:
            return self
        first = later[0].in_force_on
        if first not in self._without_moves:
            acts = [replace(act, moves_running_courses=False) if act in later else act for act in self.acts]
            self._without_moves[first] = RuleBook(acts, self.drafts)
        return self._without_moves[first]

    def unconfirmed(self, day: date) -> Act | None:
        """The adopted draft that may change the law of that day: in force then, newer than every act that counts."""
        for draft, until in self._waiting:
            if draft.in_force_on <= day and (until is None or day < until):
                return draft
        return None

    def draft(self, name: str) -> Act:
        """Return the draft of that slug or letter. Raises UnknownDraft."""
        for draft in self.drafts:
            if name in (draft.slug, draft.letter):
                return draft
        known = listed(draft.slug for draft in self.drafts) if self.drafts else "ingen"
        raise UnknownDraft(f"Der er intet udkast, som hedder »{name}«. Udkast: {known}.")

    def with_draft(self, name: str) -> RuleBook:
        """This book as if the draft were published last on its day."""
        return self.with_act(self.draft(name))

    def with_act(self, act: Act) -> RuleBook:
        """This book as if the act counted: a draft as published last on its day, another one where it was published."""
        others = self.without(act.slug)
        return RuleBook([*others.acts, act], others.drafts)

    def without(self, slug: str) -> RuleBook:
        """This book as if the act, or the draft, of that name had never been written."""
        acts, drafts = ([one for one in group if one.slug != slug] for group in (self.acts, self.drafts))
        return RuleBook(acts, drafts)

    def _values_of(self, parameter: Parameter) -> tuple[tuple[date, Value], ...]:
        found = self._by_key.get(parameter.key)
        if found is None:
            found = tuple((act.in_force_on, _read(parameter, act)) for act in self.acts if parameter.key in act.values)
            self._by_key[parameter.key] = found
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RuleBook) and self._content == other._content

    def __hash__(self) -> int:
        return self._hash


def _newest_first(acts: Iterable[Act]) -> tuple[Act, ...]:
    # Among acts of the same day a draft comes first, then the one published last: a later act mends an earlier one.
    # Of two published at the same moment the slug decides, so that the order in which they are given never does.
    never = datetime.min.replace(tzinfo=UTC)

    def place(act: Act) -> tuple[date, bool, datetime, str]:
        return act.in_force_on, act.is_draft, act.published_at or never, act.slug

    return tuple(sorted(acts, key=place, reverse=True))


def _waiting(acts: Sequence[Act], drafts: Sequence[Act]) -> Iterator[tuple[Act, date | None]]:
    """The adopted drafts, the newest first, each with the day of the next act: then that one is newer."""
    for draft in drafts:
        until = min((act.in_force_on for act in acts if act.in_force_on >= draft.in_force_on), default=None)
        if not draft.is_sketch and until != draft.in_force_on:
            yield draft, until


def _read(parameter: Parameter, act: Act) -> Value:
    stored = act.values[parameter.key]
    try:
        value = parameter.value_of(stored.text)
    except UnreadableText as error:
        raise UnreadableText(f"{act.slug}, {parameter.key}: {error}") from error
    return Value(value, act, stored.legal_basis, parameter)


def _fingerprint(acts: tuple[Act, ...], drafts: tuple[Act, ...]) -> str:
    content = [
        [
            (
                act.slug,
                act.title,
                act.in_force_on.isoformat(),
                act.moves_running_courses,
                act.is_sketch,
                sorted((key, value.text or "", value.legal_basis) for key, value in act.values.items()),
            )
            for act in group
        ]
        for group in (acts, drafts)
    ]
    return sha256(repr(content).encode()).hexdigest()
