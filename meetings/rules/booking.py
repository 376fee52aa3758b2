"""Says what the law has against a booking: some objections refuse it, the others the adviser may overrule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from cases.rules.declaring import CaseDates
from cases.rules.facts import Course, Party
from cases.rules.responsibility import municipality_from, responsible_on
from cases.rules.rule_book import RuleBook
from cases.rules.wording import day_text, listed
from cases.rules.workdays import closed_day
from meetings.rules.contact_course import MeetingTable, Plan, PlannedMeeting, plan
from meetings.rules.exemption import resting_on
from meetings.rules.kinds import MeetingKind
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.matching import MeetingFact, RequirementFact, assign, holds
from meetings.rules.parameters import BOOKABLE_KINDS, KINDS_CALLED_BY_FUND, KINDS_CALLED_BY_MUNICIPALITY


class ObjectionKind(StrEnum):
    REFUSE = "refuse"
    WARN = "warn"


class Objection(NamedTuple):
    kind: ObjectionKind
    text: str


# What is on neither list is called by whoever holds the course.
CALLED_BY = {Party.FUND: KINDS_CALLED_BY_FUND, Party.MUNICIPALITY: KINDS_CALLED_BY_MUNICIPALITY}


def check_booking(
    *,
    course: Course,
    kind: MeetingKind,
    party: Party,
    day: date,
    book: RuleBook,
    table: MeetingTable,
    counting: Sequence[MeetingFact] = (),
    today: date | None = None,
) -> list[Objection]:
    """What speaks against one party's meeting on a day: refusals first. With `today`, also that the day has passed.

    `counting` are the other meetings of the course, booked and held: what they fulfil, this one cannot.
    """
    if day < course.registered_on:
        text = f"Den {day_text(day)} ligger før tilmeldingen den {day_text(course.registered_on)}. Vælg en senere dag."
        return [Objection(ObjectionKind.REFUSE, text)]
    refusal = _kind_not_bookable(course, kind, day, book) or _wrong_caller(course, kind, party, day, book)
    if refusal:
        return [Objection(ObjectionKind.REFUSE, refusal)]
    rest = resting_on(course, day)
    warnings = (
        f"Den {day_text(day)} er passeret." if today is not None and day < today else None,
        _not_responsible(course, kind, party, day, book),
        _late_or_outside(course, kind, party, day, plan(course=course, book=book, table=table), counting),
        f"{rest.text} Så længe indkaldes borgeren ikke." if rest else None,
        _closed(day),
    )
    return [Objection(ObjectionKind.WARN, text) for text in warnings if text]


def check_held(*, course: Course, kind: MeetingKind, party: Party, day: date, book: RuleBook) -> list[Objection]:
    """What speaks against that a party held a meeting on a day, as it is registered afterwards: refusals first.

    That it came late, or that the law demanded none that day, is no objection: it was held all the same.
    """
    if day < course.registered_on:
        text = (
            f"Den {day_text(day)} ligger før tilmeldingen den {day_text(course.registered_on)}. Ret dagen, eller ret "
            "tilmeldingen på sagen."
        )
        return [Objection(ObjectionKind.REFUSE, text)]
    refusal = _kind_not_bookable(course, kind, day, book) or _wrong_caller(course, kind, party, day, book)
    if refusal:
        return [Objection(ObjectionKind.REFUSE, refusal)]
    rest = resting_on(course, day)
    warnings = (
        _not_responsible(course, kind, party, day, book),
        f"{rest.text} Så længe indkaldes borgeren ikke." if rest else None,
        _closed(day),
    )
    return [Objection(ObjectionKind.WARN, text) for text in warnings if text]


def _kind_not_bookable(course: Course, kind: MeetingKind, day: date, book: RuleBook) -> str | None:
    bookable = book.in_force(BOOKABLE_KINDS, CaseDates(course_start=course.placed_on, event=day))
    if kind in bookable.value:
        return None
    names = listed((other.label for other in MeetingKind if other in bookable.value), "eller")
    return (
        f"En {kind.label} kan ikke bookes i et forløb, der begyndte den {day_text(course.placed_on)} "
        f"({bookable.legal_basis}). Vælg {names}."
    )


def _caller(course: Course, kind: MeetingKind, day: date, book: RuleBook) -> Party | None:
    """Who calls to this kind, whoever holds the course."""
    dates = CaseDates(course_start=course.placed_on, event=day)
    return next((party for party, kinds in CALLED_BY.items() if kind in book.in_force(kinds, dates).value), None)


def _wrong_caller(course: Course, kind: MeetingKind, party: Party, day: date, book: RuleBook) -> str | None:
    caller = _caller(course, kind, day, book)
    if caller is not None:
        if caller == party:
            return None
        return f"En {kind.label} indkaldes af {caller.label}. Tal med dem, hvis den er nødvendig."
    begins = municipality_from(course, book)
    if party == Party.FUND and begins.day == course.registered_on:
        return f"A-kassen kan ikke holde jobsamtaler i dette forløb. {begins.why[-1].text}"
    return None


def _not_responsible(course: Course, kind: MeetingKind, party: Party, day: date, book: RuleBook) -> str | None:
    if _caller(course, kind, day, book) is not None:
        return None
    holder = responsible_on(course, day, book)
    if holder.party == party:
        return None
    return (
        f"Den {day_text(day)} er det {holder.party.label}, der har ansvaret for kontaktforløbet. {holder.why[-1].text}"
    )


#: Stands for the meeting that is not booked yet.
_NEW = object()


def _late_or_outside(
    course: Course, kind: MeetingKind, party: Party, day: date, planned: Plan, counting: Sequence[MeetingFact]
) -> str | None:
    """That the law demands no meeting that day: it fulfils what is overdue, or nothing."""
    outside = _outside_windows(course, kind, party, day, planned)
    if outside is None:
        return None
    new = MeetingFact(key=_NEW, kind=kind, party=party, day=day, status=MeetingStatus.BOOKED)
    matched = assign(
        requirements=[as_requirement(one, planned.placed_on) for one in planned.meetings],
        meetings=[*counting, new],
        handed_over_on=course.handed_over_on,
    )
    overdue, _ = matched.get(_NEW, (None, False))
    if not isinstance(overdue, PlannedMeeting):
        return outside
    if not overdue.is_enforced:
        return None
    return f"Efter fristen: samtalen skulle være holdt senest den {day_text(overdue.due_on)}."


def as_requirement(meeting: PlannedMeeting, placed_on: date) -> RequirementFact:
    """The planned meeting as held meetings are matched with it, under itself as the key."""
    return RequirementFact(
        key=meeting,
        kind=meeting.kind,
        responsible=meeting.responsible,
        number=meeting.number,
        window_from=meeting.window_from,
        window_to=meeting.window_to,
        due_on=meeting.due_on,
        is_month_one=meeting.window_from <= placed_on,
    )


def _outside_windows(course: Course, kind: MeetingKind, party: Party, day: date, planned: Plan) -> str | None:
    # A kind that the law does not demand here is booked because somebody needs it.
    windows = [
        (_opens(meeting.window_from, party, course), meeting.window_to)
        for meeting in planned.meetings
        if meeting.kind == kind and holds(party, meeting.responsible)
    ]
    if not windows or any(first <= max(day, course.placed_on) <= last for first, last in windows):
        return None
    first, last = min(windows)[0], max(last for _, last in windows)
    spans = f"fra den {day_text(first)} til og med den {day_text(last)}"
    return (
        f"Den {day_text(day)} ligger uden for de dage, hvor loven kræver {kind.plural} hos "
        f"{party.label} ({spans}). Samtalen kan holdes, men opfylder ikke et krav."
    )


def _opens(window_from: date, party: Party, course: Course) -> date:
    # After an early hand-over the municipality's meetings count from that day.
    if party == Party.MUNICIPALITY and course.handed_over_on is not None:
        return min(window_from, course.handed_over_on)
    return window_from


def _closed(day: date) -> str | None:
    name = closed_day(day)
    return f"Den {day_text(day)} er {name}." if name else None
