"""The law as people read it: a day, two days compared, one value through time, one act."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from cases import models
from cases.law.wording import by_subject, in_words
from cases.rules.parameter import Parameter, UnreadableText
from cases.rules.rule_book import Act, NotInForce, RuleBook, Value
from cases.rules.wording import day_text
from meetings.law.table_wording import demands_on
from meetings.planning.law import Law
from meetings.rules.contact_course import TableRow

# The values of a day


@dataclass(frozen=True)
class Waiting:
    """A draft that may change the law; what it says only where the reader may know it."""

    title: str
    in_force_on: date
    slug: str
    says: str = ""


@dataclass(frozen=True)
class Line:
    """One parameter on a day: its value in words and where it comes from; without an act, nothing is set."""

    parameter: Parameter
    words: str = "ikke fastsat"
    act: Act | None = None
    legal_basis: str = ""
    certainty: str = ""
    note: str = ""
    waiting: Waiting | None = None


@dataclass(frozen=True)
class Subject:
    title: str
    lines: tuple[Line, ...]


def subjects_on(*, day: date, book: RuleBook, shows_drafts: bool) -> list[Subject]:
    """Every declared value on a day, by subject."""
    return [
        Subject(title, tuple(line_on(one, day=day, book=book, shows_drafts=shows_drafts) for one in parameters))
        for title, parameters in by_subject()
    ]


def line_on(parameter: Parameter, *, day: date, book: RuleBook, shows_drafts: bool) -> Line:
    found = _value_on(parameter, day, book)
    waiting = _waiting(parameter, day, book, shows_drafts=shows_drafts)
    if found is None:
        return Line(parameter, waiting=waiting)
    stored = found.act.values[parameter.key]
    return Line(
        parameter,
        words=in_words(parameter, found.value),
        act=found.act,
        legal_basis=found.legal_basis,
        certainty=stored.certainty,
        note=stored.note,
        waiting=waiting,
    )


def waiting_on(day: date, book: RuleBook) -> Waiting | None:
    """The draft that is newer than the law of that day, without what it says."""
    draft = book.unconfirmed(day)
    return Waiting(draft.title, draft.in_force_on, draft.slug) if draft else None


def _waiting(parameter: Parameter, day: date, book: RuleBook, *, shows_drafts: bool) -> Waiting | None:
    draft = book.unconfirmed(day)
    if draft is None or parameter.key not in draft.values:
        return None
    says = _draft_says(parameter, draft) if shows_drafts else ""
    return Waiting(draft.title, draft.in_force_on, draft.slug, says)


def _draft_says(parameter: Parameter, draft: Act) -> str:
    try:
        return in_words(parameter, parameter.value_of(draft.values[parameter.key].text))
    except UnreadableText:
        return "kan ikke læses"


def _value_on(parameter: Parameter, day: date, book: RuleBook) -> Value | None:
    try:
        return book.value_on(parameter, day)
    except NotInForce:
        return None


# Two days


@dataclass(frozen=True)
class Difference:
    parameter: Parameter
    before: Line
    after: Line


def differences(before: date, after: date, book: RuleBook) -> list[tuple[str, list[Difference]]]:
    """The values that are not the same on two days, by subject; drafts never count."""
    found = []
    for title, parameters in by_subject():
        lines = [
            Difference(
                one,
                line_on(one, day=before, book=book, shows_drafts=False),
                line_on(one, day=after, book=book, shows_drafts=False),
            )
            for one in parameters
        ]
        differing = [one for one in lines if one.before.words != one.after.words]
        if differing:
            found.append((title, differing))
    return found


# One value through time


@dataclass(frozen=True)
class Withdrawn:
    """An act that was published and taken back before its day: it never counted."""

    act: Act
    on: date


def withdrawn_acts() -> list[Withdrawn]:
    """Newest first."""
    acts = models.Act.objects.filter(withdrawal__isnull=False).select_related("withdrawal").prefetch_related("values")
    return [Withdrawn(act.as_fact(), timezone.localtime(act.withdrawal.at).date()) for act in acts]


def corrected_by(act: Act, book: RuleBook, *, key: str = "") -> Act | None:
    """The act of the same day that this one mends: published before it, and sets what it sets; with a key, that key."""
    same_day = (one for one in _behind(act, book) if one.in_force_on == act.in_force_on)
    # An act without values gives a table, and mends the one that stood.
    keys = {key} if key else act.values.keys()
    return next((one for one in same_day if not keys or keys & one.values.keys()), None)


def _behind(act: Act, book: RuleBook) -> tuple[Act, ...]:
    """The acts that held on the day of this one before it did, newest first."""
    with_it = book.with_act(act).acts
    return with_it[with_it.index(act) + 1 :]


@dataclass(frozen=True)
class Spell:
    """What one act says of a value, from its day until another act sets it anew."""

    act: Act
    words: str
    legal_basis: str
    certainty: str
    note: str
    until: date | None = None
    is_replaced: bool = False
    is_draft: bool = False
    corrects: Act | None = None
    withdrawn_on: date | None = None

    @property
    def last_day(self) -> date | None:
        return self.until - timedelta(days=1) if self.until else None

    @property
    def counts(self) -> bool:
        return not (self.is_draft or self.is_replaced or self.withdrawn_on)


def history(
    parameter: Parameter, *, book: RuleBook, shows_drafts: bool, withdrawn: Iterable[Withdrawn] = ()
) -> list[Spell]:
    """Who set the value when, newest first; of a draft only that it waits, unless the reader may know more."""
    spells: list[Spell] = []
    until: date | None = None
    for act in (act for act in book.acts if parameter.key in act.values):
        # Of two acts of the same day the one published last counts.
        is_replaced = until == act.in_force_on
        spells.append(
            _spell(
                parameter,
                act,
                until=None if is_replaced else until,
                is_replaced=is_replaced,
                corrects=corrected_by(act, book, key=parameter.key),
            )
        )
        until = act.in_force_on
    drafts = [
        _spell(parameter, draft, is_draft=True) if shows_drafts else Spell(draft, "", "", "", "", is_draft=True)
        for draft in visible_drafts(book, shows_drafts=shows_drafts)
        if parameter.key in draft.values
    ]
    taken_back = [
        _spell(parameter, one.act, withdrawn_on=one.on) for one in withdrawn if parameter.key in one.act.values
    ]
    return sorted([*drafts, *taken_back, *spells], key=lambda spell: spell.act.in_force_on, reverse=True)


def visible_drafts(book: RuleBook, *, shows_drafts: bool) -> list[Act]:
    """The drafts that this reader may know of: those that give a notice, and all of them to whoever writes them."""
    if shows_drafts:
        return list(book.drafts)
    return [draft for draft in book.drafts if not draft.is_sketch and _gives_notice(draft, book)]


def _gives_notice(draft: Act, book: RuleBook) -> bool:
    waits = book.unconfirmed(draft.in_force_on)
    return waits is not None and waits.in_force_on == draft.in_force_on


#: The drawing is laid out for the narrowest screen that shows it; on a wider one there is only more room.
_NARROWEST, _CHARACTER, _PADDING = 690, 8, 16


@dataclass(frozen=True)
class Bar:
    """One published value in the drawing: across in percent, always with a point."""

    since: date
    words: str
    short: str
    x: str
    width: str


def drawn(spells: Sequence[Spell], *, until: date) -> list[Bar]:
    """The published values as bars, from the first act to a day or to the last act, whichever is later."""
    shown = sorted(
        (spell for spell in spells if spell.counts),
        key=lambda spell: spell.act.in_force_on,
    )
    if not shown:
        return []
    first = shown[0].act.in_force_on
    # The newest value gets room even when it has only just begun, or has not yet.
    last = max(until, shown[-1].act.in_force_on + timedelta(days=365))
    bars = []
    for spell in shown:
        start, end = spell.act.in_force_on, spell.until or last
        left, width = (100 * days.days / (last - first).days for days in (start - first, end - start))
        room = max(int((_NARROWEST * width / 100 - _PADDING) / _CHARACTER), 0)
        short = spell.words if len(spell.words) <= room else f"{spell.words[: max(room - 1, 0)].rstrip()}…"
        bars.append(Bar(start, spell.words, short, f"{left:.2f}%", f"{width:.2f}%"))
    return bars


def _spell(parameter: Parameter, act: Act, **more: Any) -> Spell:
    stored = act.values[parameter.key]
    return Spell(act, _draft_says(parameter, act), stored.legal_basis, stored.certainty, stored.note, **more)


# One act


@dataclass(frozen=True)
class SetValue:
    """What an act says of one parameter, and what held before it."""

    parameter: Parameter
    words: str
    before: str
    legal_basis: str
    certainty: str
    note: str


def values_of(act: Act, *, book: RuleBook) -> list[tuple[str, list[SetValue]]]:
    """The values of an act by subject, each beside what held that day before the act did."""
    earlier = RuleBook(_behind(act, book))
    found = []
    for title, parameters in by_subject():
        lines = [_set_value(one, act, earlier) for one in parameters if one.key in act.values]
        if lines:
            found.append((title, lines))
    return found


def _set_value(parameter: Parameter, act: Act, earlier: RuleBook) -> SetValue:
    stored = act.values[parameter.key]
    before = _value_on(parameter, act.in_force_on, earlier)
    return SetValue(
        parameter,
        words=_draft_says(parameter, act),
        before=in_words(parameter, before.value) if before else "",
        legal_basis=stored.legal_basis,
        certainty=stored.certainty,
        note=stored.note,
    )


def carries_out_the_agreement(act: Act, rows: Iterable[TableRow] = ()) -> bool:
    """Whether anything in the act has its ground in the agreement."""
    grounds = [*(value.legal_basis for value in act.values.values()), *(row.legal_basis for row in rows)]
    return any("nden delaftale" in ground for ground in grounds)


# Days to choose among


@dataclass(frozen=True)
class Change:
    """A day on which an act came into force, and the day before."""

    before: date
    after: date
    title: str
    is_table_1: bool


def changes(law: Law) -> list[Change]:
    """Each day on which published law changed, oldest first; the first day of all has nothing before it."""
    days = sorted({act.in_force_on for act in law.book.acts})[1:]
    return [
        Change(
            before := day - timedelta(days=1),
            day,
            next(act.title for act in law.book.acts if act.in_force_on == day),
            is_table_1(before, day, law),
        )
        for day in days
    ]


def is_table_1(before: date, after: date, law: Law) -> bool:
    """Whether the two days are the two columns of the agreement's table 1."""
    old, new = demands_on(before, law), demands_on(after, law)
    return bool(old and new and old.rows != new.rows and old.cites_the_table and new.cites_the_table)


@dataclass(frozen=True)
class Nothing:
    """What an empty page says, and the way on."""

    heading: str
    text: str


def nothing_on(day: date, book: RuleBook) -> Nothing | None:
    """What to say of a day before the first act; None where there are rules."""
    if not book.acts:
        return Nothing("Ingen love er offentliggjort.", "En administrator lægger lovene ind.")
    first = min(act.in_force_on for act in book.acts)
    if day >= first:
        return None
    return Nothing(f"Ingen regler er i kraft den {day_text(day)}.", f"De første gælder fra {day_text(first)}.")
