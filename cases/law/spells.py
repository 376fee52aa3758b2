"""One value of the law through time: which act set it when, in words and as a drawing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cases.law.reading import Row, Withdrawn, corrected_by, row_of, visible_drafts
from cases.rules.declaring import Parameter
from cases.rules.rule_book import Act, RuleBook


@dataclass(frozen=True)
class Spell:
    """What one act says of a value, from its day until another act sets it anew."""

    act: Act
    row: Row
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
            Spell(
                act,
                row_of(act, parameter),
                until=None if is_replaced else until,
                is_replaced=is_replaced,
                corrects=corrected_by(act, book, key=parameter.key),
            )
        )
        until = act.in_force_on
    drafts = [
        Spell(draft, row_of(draft, parameter) if shows_drafts else Row(parameter, ""), is_draft=True)
        for draft in visible_drafts(book, shows_drafts=shows_drafts)
        if parameter.key in draft.values
    ]
    taken_back = [
        Spell(one.act, row_of(one.act, parameter), withdrawn_on=one.on)
        for one in withdrawn
        if parameter.key in one.act.values
    ]
    return sorted([*drafts, *taken_back, *spells], key=lambda spell: spell.act.in_force_on, reverse=True)


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
        short = spell.row.words if len(spell.row.words) <= room else f"{spell.row.words[: max(room - 1, 0)].rstrip()}…"
        bars.append(Bar(start, spell.row.words, short, f"{left:.2f}%", f"{width:.2f}%"))
    return bars
