"""The law as people read it: what a book or one act says of each value, and two such readings side by side."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from cases import models
from cases.law.wording import by_subject, in_words
from cases.rules.declaring import Parameter, UnreadableText
from cases.rules.rule_book import Act, NotInForce, RuleBook
from cases.rules.wording import day_text
from cases.seam import TablesOfMeetings


@dataclass(frozen=True)
class Waiting:
    """A draft that may change the law; what it says only where the reader may know it."""

    title: str
    in_force_on: date
    slug: str
    says: str = ""


@dataclass(frozen=True)
class Row:
    """What is said of one value: in words, by which act and on what ground; or why there is nothing to say."""

    parameter: Parameter
    words: str = "ikke fastsat"
    value: Any = None
    act: Act | None = None
    legal_basis: str = ""
    certainty: str = ""
    note: str = ""
    error: str = ""
    waiting: Waiting | None = None


@dataclass(frozen=True)
class Pair:
    """One value in two readings of the law."""

    before: Row
    after: Row

    @property
    def parameter(self) -> Parameter:
        return self.after.parameter

    @property
    def differs(self) -> bool:
        return self.before.words != self.after.words


def row_of(act: Act, parameter: Parameter) -> Row:
    """What an act itself says of a value that it sets, whether the act counts or not."""
    stored = act.values[parameter.key]
    ground: dict[str, Any] = {"legal_basis": stored.legal_basis, "certainty": stored.certainty, "note": stored.note}
    try:
        value = parameter.value_of(stored.text)
    except UnreadableText as error:
        return Row(parameter, "kan ikke læses", act=act, error=str(error), **ground)
    return Row(parameter, in_words(parameter, value), value, act, **ground)


def row_on(parameter: Parameter, *, day: date, book: RuleBook) -> Row:
    """What a book says of a value on a day."""
    try:
        return row_of(book.value_on(parameter, day).act, parameter)
    except NotInForce as error:
        return Row(parameter, error=str(error))
    except UnreadableText as error:
        return Row(parameter, "kan ikke læses", error=str(error))


def rows_on(parameters: Iterable[Parameter], *, day: date, book: RuleBook) -> Iterator[Row]:
    """What a book says of each value on a day."""
    return (row_on(one, day=day, book=book) for one in parameters)


# A day, and two days


def subjects_on(*, day: date, book: RuleBook, shows_drafts: bool) -> list[tuple[str, list[Row]]]:
    """Every value on a day by subject, with the draft that may change it."""
    draft = book.unconfirmed(day)
    return [
        (title, [_with_draft(row, draft, shows_drafts) for row in rows_on(parameters, day=day, book=book)])
        for title, parameters in by_subject()
    ]


def _with_draft(row: Row, draft: Act | None, shows_drafts: bool) -> Row:
    if draft is None or row.parameter.key not in draft.values:
        return row
    says = row_of(draft, row.parameter).words if shows_drafts else ""
    return replace(row, waiting=Waiting(draft.title, draft.in_force_on, draft.slug, says))


def waiting_on(day: date, book: RuleBook) -> Waiting | None:
    """The draft that is newer than the law of that day, without what it says."""
    draft = book.unconfirmed(day)
    return Waiting(draft.title, draft.in_force_on, draft.slug) if draft else None


def differences(before: date, after: date, book: RuleBook) -> list[tuple[str, list[Pair]]]:
    """The values that are not the same on two days, by subject; drafts never count."""
    found = []
    for title, parameters in by_subject():
        pairs = [Pair(row_on(one, day=before, book=book), row_on(one, day=after, book=book)) for one in parameters]
        found.append((title, [pair for pair in pairs if pair.differs]))
    return [(title, pairs) for title, pairs in found if pairs]


# The acts


def values_of(act: Act, *, book: RuleBook) -> list[tuple[str, list[Pair]]]:
    """The values of an act by subject, each beside what held that day before the act did."""
    earlier, day = RuleBook(_behind(act, book)), act.in_force_on
    found = []
    for title, parameters in by_subject():
        own = [one for one in parameters if one.key in act.values]
        found.append((title, [Pair(row_on(one, day=day, book=earlier), row_of(act, one)) for one in own]))
    return [(title, pairs) for title, pairs in found if pairs]


@dataclass(frozen=True)
class Change:
    """A day on which an act came into force, and the day before."""

    before: date
    after: date
    title: str
    is_table_1: bool


def changes(book: RuleBook, tables: TablesOfMeetings) -> list[Change]:
    """Return each day on which published law changed, oldest first; the first day of all has nothing before it."""
    days = sorted({act.in_force_on for act in book.acts})[1:]
    return [
        Change(
            before := day - timedelta(days=1),
            day,
            next(act.title for act in book.acts if act.in_force_on == day),
            tables.are_table_1(before, day),
        )
        for day in days
    ]


def carries_out_the_agreement(act: Act, tables: TablesOfMeetings) -> bool:
    """Return whether a value of the act or a row of its table rests on the agreement."""
    grounds = [*(value.legal_basis for value in act.values.values()), *tables.grounds_of(act)]
    return any("nden delaftale" in ground for ground in grounds)


@dataclass(frozen=True)
class Withdrawn:
    """An act that was published and taken back before its day: it never counted."""

    act: Act
    on: date


def withdrawn_acts() -> list[Withdrawn]:
    """List the acts that were published and withdrawn, the newest first."""
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


def visible_drafts(book: RuleBook, *, shows_drafts: bool) -> list[Act]:
    """The drafts that this reader may know of: those that give a notice, and all of them to whoever writes them."""
    if shows_drafts:
        return list(book.drafts)
    return [draft for draft in book.drafts if not draft.is_sketch and _gives_notice(draft, book)]


def _gives_notice(draft: Act, book: RuleBook) -> bool:
    waits = book.unconfirmed(draft.in_force_on)
    return waits is not None and waits.in_force_on == draft.in_force_on


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
