"""After the months with a fixed number: meetings on request, and the one that the a-kasse takes part in."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Explanation, by, unconfirmed_notice
from cases.rules.facts import Course, Party
from cases.rules.parameters import TARGET_GROUPS
from cases.rules.rule_book import RuleBook
from cases.rules.unemployment_clock import clock_of
from cases.rules.wording import day_text
from meetings.rules.exemption import postponed
from meetings.rules.parameters import LONG_TERM_JOINT_MONTH, REQUEST_RIGHT_AFTER_MONTHS
from meetings.rules.participation import Participation


class RequestRight(NamedTuple):
    """Whether the citizen has a right to a meeting on request; the right begins on `from_day`."""

    has_right: bool
    from_day: date
    why: Explanation


class LongTermMeeting(NamedTuple):
    """The jobcenter's jobsamtale with the a-kasse, held from `window_from` to `due_on`, both in it."""

    window_from: date
    due_on: date
    is_postponed: bool
    act: str
    legal_basis: str
    why: Explanation


def right_on_request(*, course: Course, on: date, book: RuleBook) -> RequestRight:
    """Whether somebody who asks for a meeting on that day has a right to one."""
    months = book.in_force(REQUEST_RIGHT_AFTER_MONTHS, CaseDates(event=on))
    clock = clock_of(course, book.without_moves_after(on))
    from_day = clock.first_day_after(months.value)
    if on >= from_day:
        text = (
            f"Efter den {day_text(clock.last_day_of(months.value))} kræver loven ikke et fast antal samtaler. Borgeren "
            "har ret til en samtale, når borgeren beder om den."
        )
    else:
        text = (
            f"Retten til en samtale på borgerens ønske begynder den {day_text(from_day)}; til da gælder lovens tabel."
        )
    why = (*clock.why(months.value), by(months, text, from_day), *unconfirmed_notice(on, book))
    return RequestRight(on >= from_day, from_day, why)


def long_term_meeting(*, course: Course, on: date, book: RuleBook) -> LongTermMeeting | None:
    """The meeting with the a-kasse that long unemployment demands, as the law stands on a day.

    None where there is no a-kasse. The citizen may decline the a-kasse: the meeting is then held without it.
    """
    if course.is_trial:
        return None
    groups = book.in_force(TARGET_GROUPS, CaseDates(course_start=course.placed_on, event=on))
    if course.target_group not in groups.value:
        return None
    dates = CaseDates(event=on)
    month = book.in_force(LONG_TERM_JOINT_MONTH, dates)
    after = book.in_force(REQUEST_RIGHT_AFTER_MONTHS, dates)
    clock = clock_of(course, book.without_moves_after(on))
    due_on = clock.last_day_of(month.value)
    text = (
        f"Jobcentret holder en jobsamtale, som a-kassen deltager i, senest den {day_text(due_on)}, hvis borgeren "
        "stadig er ledig og ikke siger nej til a-kassen. Jobcentret tilbyder samtidig en intensiveret indsats."
    )
    moved = postponed(due_on=due_on, exemptions=course.exemptions, is_first=False, book=book)
    return LongTermMeeting(
        window_from=clock.first_day_after(after.value),
        due_on=moved.due_on,
        is_postponed=moved.is_postponed,
        act=month.act.slug,
        legal_basis=month.legal_basis,
        why=(
            *clock.why(month.value),
            by(month, text, due_on),
            *moved.why,
            *unconfirmed_notice(moved.due_on, book),
        ),
    )


def fulfils(meeting: LongTermMeeting, *, held_on: date, fund_took_part: bool, fund_declined: bool) -> bool:
    """Whether a jobsamtale held by the jobcenter is the demanded one; one that is held late still is."""
    return held_on >= meeting.window_from and (fund_took_part or fund_declined)


def fund_takes_part(*, course: Course, party: Party, on: date, book: RuleBook) -> Participation | None:
    """Whether a jobsamtale on that day can be the demanded one, with the a-kasse in it; None where none is demanded."""
    meeting = long_term_meeting(course=course, on=on, book=book)
    if meeting is None or party != Party.MUNICIPALITY or on < meeting.window_from:
        return None
    month = book.in_force(LONG_TERM_JOINT_MONTH, CaseDates(event=on))
    text = (
        f"A-kassen deltager i en jobsamtale i jobcentret senest i måned {month.value}, hvis borgeren ikke siger nej. "
        "Spørg borgeren."
    )
    return Participation(True, (by(month, text, meeting.due_on),))
