"""Min Plan: which parts the law demands on the day it is saved, and who makes the first version, at which meeting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Explanation, Step, by
from cases.rules.facts import Course, Party
from cases.rules.parameters import (
    FUND_RESPONSIBLE_MONTHS,
    PLAN_FIRST_VERSION_AT,
    PLAN_FIRST_VERSION_BY,
    PLAN_REQUIRED_ITEMS,
    PLAN_REQUIRES_STATUS,
    PLAN_STABILISING_GROUPS,
    TARGET_GROUPS,
)
from cases.rules.plan_parts import PlanMeeting, PlanPart
from cases.rules.refusal import Missing
from cases.rules.responsibility import is_young, responsible_on
from cases.rules.rule_book import RuleBook
from cases.rules.wording import day_text, listed


class PlanParts(NamedTuple):
    """What a plan saved on a day must have, and what it may have; nothing else is asked for."""

    required: tuple[PlanPart, ...]
    optional: tuple[PlanPart, ...]
    why: Explanation

    @property
    def asked(self) -> tuple[PlanPart, ...]:
        return tuple(part for part in PlanPart if part in self.required + self.optional)


class FirstVersion(NamedTuple):
    """Who makes the first version, and the meeting it is made at: the first of its kind."""

    parties: tuple[Party, ...]
    meeting: PlanMeeting
    why: Explanation


class MayWrite(NamedTuple):
    is_allowed: bool
    why: Explanation


def parts_on(*, target_group: int, saved_on: date, book: RuleBook) -> PlanParts:
    """The parts of a plan saved on that day; older versions keep those of their own day."""
    dates = CaseDates(event=saved_on)
    items = book.in_force(PLAN_REQUIRED_ITEMS, dates)
    status = book.in_force(PLAN_REQUIRES_STATUS, dates)
    groups = book.in_force(PLAN_STABILISING_GROUPS, dates)
    required = tuple(part for part in PlanPart if part in items.value)
    why: Explanation = (by(items, f"Min Plan skal have {listed(part.label for part in required)}."),)
    efforts = f"{PlanPart.STATUS.label} og {PlanPart.FOLLOW_UP.label}"
    if status.value:
        required += (PlanPart.STATUS, PlanPart.FOLLOW_UP)
        why += (by(status, f"En plan, der gemmes den {day_text(saved_on)}, skal også have {efforts}.", saved_on),)
    else:
        text = (
            f"En plan, der gemmes den {day_text(saved_on)}, skal ikke have {efforts}: jobcentret følger op på sin måde."
        )
        why += (by(status, text, saved_on),)
    optional = (PlanPart.STABILISING,) if target_group in groups.value else ()
    if optional:
        text = f"I målgruppe {target_group} kan planen også have {PlanPart.STABILISING.label}."
        why += (by(groups, text),)
    return PlanParts(required, optional, why)


def missing_parts(
    contents: Mapping[str, str], *, target_group: int, saved_on: date, book: RuleBook
) -> tuple[Missing, ...]:
    """The demanded parts that are empty in a plan saved on that day, by the codes of PlanPart."""
    required = parts_on(target_group=target_group, saved_on=saved_on, book=book).required
    return tuple(
        Missing(
            part,
            f"Min Plan, der gemmes den {day_text(saved_on)}, skal have {part.label} "
            f"({_rule_of(part, saved_on, book)}). Udfyld feltet, eller skriv »ingen«.",
        )
        for part in required
        if not contents.get(part, "").strip()
    )


def first_version(*, course: Course, on: date, book: RuleBook) -> FirstVersion:
    """Who makes the course's first plan, and at which meeting, as the law stands on a day."""
    book = book.without_moves_after(on)
    dates = CaseDates(course_start=course.placed_on)
    groups = book.in_force(TARGET_GROUPS, dates)
    parties = book.in_force(PLAN_FIRST_VERSION_BY, dates)
    at = book.in_force(PLAN_FIRST_VERSION_AT, dates)
    if course.target_group not in groups.value or is_young(course, book):
        text = "Jobcentret har hele forløbet og laver første version af Min Plan ved den første jobsamtale."
        return FirstVersion((Party.MUNICIPALITY,), PlanMeeting.CONTACT_INTERVIEW, (by(groups, text),))
    meeting = PlanMeeting(*at.value)
    makers = tuple(party for party in Party if party in parties.value)
    text = (
        f"{listed(party.label for party in makers).capitalize()} laver første version af Min Plan ved {meeting.label}."
    )
    return FirstVersion(makers, meeting, (by(parties, text), by(at, text)))


def may_write(party: Party, *, course: Course, on: date, is_first: bool, book: RuleBook) -> MayWrite:
    """Whether a party may save a version: the act says who makes the first, and the responsible party later ones."""
    holder = responsible_on(course, on, book)
    if not is_first:
        return MayWrite(
            party == holder.party,
            (
                *holder.why,
                Step(f"Min Plan ændres af {holder.party.label}, som har ansvaret den {day_text(on)}."),
            ),
        )
    first = first_version(course=course, on=on, book=book)
    if party in first.parties:
        return MayWrite(True, first.why)
    months = book.in_force(FUND_RESPONSIBLE_MONTHS, CaseDates(course_start=course.placed_on, event=on))
    if party == holder.party and months.value:
        # The fund has had its months: the plan must not wait for it any longer.
        text = f"{party.label.capitalize()} har overtaget forløbet uden en plan og laver den første version."
        return MayWrite(True, (*holder.why, Step(text)))
    return MayWrite(False, first.why)


def _rule_of(part: PlanPart, saved_on: date, book: RuleBook) -> str:
    parameter = PLAN_REQUIRES_STATUS if part in (PlanPart.STATUS, PlanPart.FOLLOW_UP) else PLAN_REQUIRED_ITEMS
    return book.in_force(parameter, CaseDates(event=saved_on)).legal_basis
