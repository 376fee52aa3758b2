"""The meetings the law demands of a course, by which day, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Explanation, Step, by, unconfirmed_notice
from cases.rules.facts import Course, ExemptionFact, Party
from cases.rules.parameters import TARGET_GROUPS, YOUNG_COURSE_BY_MUNICIPALITY
from cases.rules.responsibility import is_young, municipality_from
from cases.rules.rule_book import Act, NotInForce, RuleBook
from cases.rules.transition import Move, answer_across_moves
from cases.rules.unemployment_clock import UnemploymentClock, clock_of, open_pauses
from cases.rules.wording import counted, day_text
from cases.rules.workdays import deadline_warning
from meetings.rules.exemption import postponed
from meetings.rules.kinds import MeetingKind
from meetings.rules.parameters import (
    FIRST_CONTACT_GROUPS,
    OLD_KINDS_ENFORCED,
    OTHER_GROUPS,
    OTHER_GROUPS_FIRST_DAYS,
    OTHER_GROUPS_MEETINGS,
    YOUNG_MEETINGS,
)


class BadTable(ValueError):
    """A row of an act's table contradicts itself, so no course can follow it."""


@dataclass(frozen=True)
class TableRow:
    """One row of an act's table of required meetings; both months are in it."""

    order: int
    kind: MeetingKind
    responsible: Party
    number: int
    from_month: int
    to_month: int
    due_days_after_registration: int | None
    legal_basis: str

    def __post_init__(self) -> None:
        if self.number < 1 or not 1 <= self.from_month <= self.to_month:
            raise BadTable("Antallet er mindst 1, og den sidste måned ligger ikke før den første.")


ROW_FIELDS = tuple(field.name for field in fields(TableRow))


def row_of(data: Mapping[str, Any]) -> TableRow:
    """A row of a table from plain data, as a file of an act has it."""
    try:
        coded = {"kind": MeetingKind(data["kind"]), "responsible": Party(data["responsible"])}
        return TableRow(**{name: data[name] for name in ROW_FIELDS} | coded)
    except ValueError as error:
        raise BadTable(f"Række {data['order']}: {error}") from error


class MeetingTable:
    """The tables of the acts; of these, the newest act in force gives the whole table."""

    def __init__(self, rows_by_act: Mapping[str, tuple[TableRow, ...]]) -> None:
        self.rows_by_act = {slug: tuple(rows) for slug, rows in rows_by_act.items() if rows}
        self._content = tuple(sorted(self.rows_by_act.items()))
        self._hash = hash(self._content)

    def in_force(self, book: RuleBook, placed_on: date, event: date | None = None) -> tuple[Act, tuple[TableRow, ...]]:
        """The act that gives the table of a course that starts on a day, and its rows.

        An act that moves running courses counts as in RuleBook.in_force; for the law on a day, that day is the event.
        """
        may_move = bool(book.moves_after(placed_on))
        for act in book.acts:
            counts = act.in_force_on <= placed_on or (may_move and act.reaches(event))
            if counts and act.slug in self.rows_by_act:
                return act, self.rows_by_act[act.slug]
        raise NotInForce("samtaletabellen", placed_on)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MeetingTable) and self._content == other._content

    def __hash__(self) -> int:
        return self._hash


class PlannedMeeting(NamedTuple):
    """One meeting that the law demands.

    It counts when it is held from `window_from` to `window_to`, both in it, and is late after `due_on`. Its
    number runs from 1 within its kind and responsible party. Without enforcement it is historic: shown, never late.
    """

    kind: MeetingKind
    responsible: Party
    number: int
    window_from: date
    window_to: date
    due_on: date
    is_enforced: bool
    is_postponed: bool
    act: str
    legal_basis: str
    row: int
    why: Explanation


@dataclass(frozen=True)
class Plan:
    """The required meetings of one course, by due day, then by the window's first day, then by number."""

    act: str | None
    placed_on: date
    meetings: tuple[PlannedMeeting, ...]
    notes: Explanation = ()


def plan(*, course: Course, book: RuleBook, table: MeetingTable) -> Plan:
    """Plan the meetings that the law demands of this course, by the acts in force when it started.

    A course that began under old rules runs to its end under them, unless an act moves it: then what fell due before
    the act's day stays as it was, and the rest is as the act has it.
    """
    return answer_across_moves(
        lambda law: _planned_under(course, law, table),
        lambda old, new, move: _moved(old, new, move, course, book),
        placed_on=course.placed_on,
        book=book,
    )


def _planned_under(course: Course, book: RuleBook, table: MeetingTable) -> Plan:
    # Courses begin on few days, so few different questions are asked: the facts
    # that a plan does not depend on are kept out of what is remembered.
    relevant = Course(
        registered_on=course.registered_on,
        placed_on=course.placed_on,
        target_group=course.target_group,
        pauses=course.pauses,
        exemptions=course.exemptions,
        is_trial=course.is_trial,
    )
    return _plan(relevant, not course.is_trial and is_young(course, book), book, table)


@lru_cache(maxsize=4096)
def _plan(course: Course, young: bool, book: RuleBook, table: MeetingTable) -> Plan:
    if course.is_trial:
        text = "Forløbet hører til a-kasseforsøget og følger ingen af lovens tabeller. Der er ingen frister."
        return Plan(None, course.placed_on, (), (Step(text),))
    act, rows, notes = _rows_for(course, young, book, table)
    if not rows:
        return Plan(None, course.placed_on, (), notes)
    clock = clock_of(course, book)
    meetings: list[PlannedMeeting] = []
    numbers: Counter[tuple[MeetingKind, Party]] = Counter()
    for row in rows:
        meetings += _meetings_of(row, act, course.registered_on, clock, numbers[row.kind, row.responsible])
        numbers[row.kind, row.responsible] += row.number
    meetings.sort(key=_order)
    if course.exemptions:
        meetings = [
            _after_exemptions(meeting, course.exemptions, is_first, book)
            for is_first, meeting in ((index == 0, meeting) for index, meeting in enumerate(meetings))
        ]
        meetings.sort(key=_order)
    return Plan(
        act.slug,
        course.placed_on,
        tuple(_judged(meeting, book) for meeting in meetings),
        notes + _open_pauses(course) + unconfirmed_notice(meetings[-1].due_on, book),
    )


def _moved(old: Plan, new: Plan, move: Move, course: Course, book: RuleBook) -> Plan:
    """The plan after a day that moves the course from old rules to new ones."""
    was = {_key(meeting): meeting for meeting in old.meetings}
    will_be = {_key(meeting): meeting for meeting in new.meetings}
    meetings = [meeting for key, meeting in was.items() if meeting.due_on < move.day and key not in will_be]
    for key, meeting in will_be.items():
        before = was.get(key)
        if before is None:
            meetings += (
                [_moved_meeting(meeting, meeting, move)] if _is_newly_required(meeting, move, course, book) else []
            )
        elif before.due_on < move.day or meeting._replace(why=()) == before._replace(why=()):
            meetings.append(before)
        else:
            meetings.append(_moved_meeting(meeting, before, move))
    meetings.sort(key=_order)
    if meetings == list(old.meetings):
        return old
    counts = any(meeting.act == new.act for meeting in meetings)
    return Plan(new.act if counts else old.act, new.placed_on, tuple(meetings), (move.step, *new.notes))


def _moved_meeting(meeting: PlannedMeeting, before: PlannedMeeting, move: Move) -> PlannedMeeting:
    # What was held before the day, in a window that was open then, still counts.
    window_from = min(meeting.window_from, before.window_from) if before.window_from < move.day else meeting.window_from
    return meeting._replace(window_from=window_from, why=(meeting.why[0], move.step, *meeting.why[1:]))


def _is_newly_required(meeting: PlannedMeeting, move: Move, course: Course, book: RuleBook) -> bool:
    """Whether a meeting that the older rules did not have is demanded: not before the day, nor of a party that left."""
    if meeting.due_on < move.day:
        return False
    if meeting.responsible != Party.FUND:
        return True
    passed_on = municipality_from(course, book).day
    return passed_on is None or passed_on >= move.day


def _key(meeting: PlannedMeeting) -> tuple[MeetingKind, Party, int]:
    return (meeting.kind, meeting.responsible, meeting.number)


def _rows_for(
    course: Course, young: bool, book: RuleBook, table: MeetingTable
) -> tuple[Act, tuple[TableRow, ...], Explanation]:
    """The act and the rows that this person follows; no rows when the law gives no number."""
    dates = CaseDates(course_start=course.placed_on)
    act, rows = table.in_force(book, course.placed_on)
    if young:
        number = book.in_force(YOUNG_MEETINGS, dates)
        if number.value is None:
            raise NotInForce(YOUNG_MEETINGS, course.placed_on)
        rule = book.in_force(YOUNG_COURSE_BY_MUNICIPALITY, dates)
        note = by(rule, "Borgeren er ung uden uddannelse og hjemmeboende børn: alle samtaler holdes af jobcentret.")
        return number.act, (_one_row(rows, number.value, None, number.legal_basis),), (note,)
    if course.target_group in book.in_force(TARGET_GROUPS, dates).value:
        return act, rows, ()
    others = book.in_force(OTHER_GROUPS, dates)
    if course.target_group in others.value:
        number = book.in_force(OTHER_GROUPS_MEETINGS, dates)
        first_days = book.in_force(OTHER_GROUPS_FIRST_DAYS, dates)
        has_first_day = course.target_group in book.in_force(FIRST_CONTACT_GROUPS, dates).value
        row = _one_row(rows, number.value, first_days.value if has_first_day else None, number.legal_basis)
        return number.act, (row,), ()
    text = f"Loven kræver ikke et fast antal samtaler i målgruppe {course.target_group}."
    return act, (), (by(others, text),)


def _one_row(rows: tuple[TableRow, ...], number: int, due_days: int | None, legal_basis: str) -> TableRow:
    # The persons outside the table have their own number in the months that the table covers.
    return TableRow(
        order=1,
        kind=MeetingKind.CONTACT_INTERVIEW,
        responsible=Party.MUNICIPALITY,
        number=number,
        from_month=min(row.from_month for row in rows),
        to_month=max(row.to_month for row in rows),
        due_days_after_registration=due_days,
        legal_basis=legal_basis,
    )


def _meetings_of(
    row: TableRow, act: Act, registered_on: date, clock: UnemploymentClock, before: int
) -> list[PlannedMeeting]:
    window_from = clock.first_day_after(row.from_month - 1)
    window_to = clock.last_day_of(row.to_month)
    why: Explanation = (_begins(clock.placed_on), _table_says(row, act.slug, act.title))
    if row.from_month > 1:
        why += (_month_begins(row.from_month, window_from),)
    why += clock.why(row.to_month)
    meetings = [
        PlannedMeeting(
            kind=row.kind,
            responsible=row.responsible,
            number=before + nth,
            window_from=window_from,
            window_to=window_to,
            due_on=window_to,
            is_enforced=True,
            is_postponed=False,
            act=act.slug,
            legal_basis=row.legal_basis,
            row=row.order,
            why=why,
        )
        for nth in range(1, row.number + 1)
    ]
    if row.due_days_after_registration is not None:
        step = _due_after_registration(registered_on, row.due_days_after_registration, act.slug, row.legal_basis)
        first = meetings[0]
        meetings[0] = first._replace(
            window_from=min(registered_on, window_from) if row.from_month == 1 else window_from,
            due_on=min(step.day or window_to, window_to),
            why=(*why, step),
        )
    return meetings


def _after_exemptions(
    meeting: PlannedMeeting, exemptions: tuple[ExemptionFact, ...], is_first: bool, book: RuleBook
) -> PlannedMeeting:
    moved = postponed(due_on=meeting.due_on, exemptions=exemptions, is_first=is_first, book=book)
    return meeting._replace(
        due_on=moved.due_on,
        window_to=max(meeting.window_to, moved.due_on),
        is_postponed=moved.is_postponed,
        why=meeting.why + moved.why,
    )


def _judged(meeting: PlannedMeeting, book: RuleBook) -> PlannedMeeting:
    """The meeting with what only its final deadline decides."""
    steps = _warnings(meeting.due_on) + unconfirmed_notice(meeting.due_on, book)
    if meeting.kind == MeetingKind.CONTACT_INTERVIEW:
        return meeting._replace(why=meeting.why + steps) if steps else meeting
    enforced = book.in_force(OLD_KINDS_ENFORCED, CaseDates(event=meeting.due_on))
    if enforced.value:
        return meeting._replace(why=meeting.why + steps)
    text = (
        f"Historisk: fristen den {day_text(meeting.due_on)} ligger, efter at {meeting.kind.plural} holdt op "
        "med at være et krav. Der er ingen pligt og ingen overskridelse."
    )
    return meeting._replace(is_enforced=False, why=(*meeting.why, *steps, by(enforced, text, meeting.due_on)))


def _order(meeting: PlannedMeeting) -> tuple[date, date, int, int]:
    return (meeting.due_on, meeting.window_from, meeting.number, meeting.row)


def _open_pauses(course: Course) -> Explanation:
    return tuple(
        Step(
            f"Pausen fra den {day_text(pause.span.start)} har ingen slutdato. Fristerne flyttes, når den er kendt.",
            pause.span.start,
        )
        for pause in open_pauses(course)
    )


@lru_cache(maxsize=4096)
def _begins(start: date) -> Step:
    return Step(f"Forløbet begynder ved indplaceringen den {day_text(start)}.", start)


@lru_cache(maxsize=256)
def _table_says(row: TableRow, act: str, title: str) -> Step:
    months = f"måned {row.from_month}" if row.from_month == row.to_month else f"måned {row.from_month}-{row.to_month}"
    what = counted(row.number, row.kind.label, row.kind.plural)
    text = f"Efter »{title}« skal {row.responsible.label} holde mindst {what} i {months} af forløbet."
    return Step(text, None, act, row.legal_basis)


@lru_cache(maxsize=20_000)
def _month_begins(month: int, day: date) -> Step:
    return Step(f"Måned {month} begynder den {day_text(day)}.", day)


@lru_cache(maxsize=20_000)
def _due_after_registration(registered_on: date, days: int, act: str, legal_basis: str) -> Step:
    due_on = registered_on + timedelta(days=days)
    text = (
        f"Den første skal holdes senest {counted(days, 'dag', 'dage')} efter tilmeldingen den "
        f"{day_text(registered_on)}: den {day_text(due_on)}."
    )
    return Step(text, due_on, act, legal_basis)


@lru_cache(maxsize=20_000)
def _warnings(due_on: date) -> Explanation:
    warning = deadline_warning(due_on)
    return (Step(warning, due_on),) if warning else ()
