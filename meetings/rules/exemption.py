"""When nobody need come to meetings, and to which day a deadline is postponed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Explanation, Step, by
from cases.rules.facts import BadFacts, Course, ExemptionFact, ExemptionReason
from cases.rules.period import Period, add_months
from cases.rules.refusal import Refused
from cases.rules.rule_book import RuleBook, Value
from cases.rules.unemployment_clock import ONE_DAY
from cases.rules.wording import counted, day_text
from meetings.rules.parameters import (
    AFTER_EXEMPTION_MONTHS,
    EDUCATION_NOT_EXEMPTING_GROUPS,
    EXEMPT_ONGOING_REASONS,
    EXEMPT_QUOTA_PERCENT,
    EXEMPT_START_REASONS,
    EXEMPT_START_WITHIN_WEEKS,
    FIRST_MEETING_OUTSIDE_QUOTA,
)


class NotExempt(Refused, ValueError):
    """The facts give no exemption; the message says why, and what would."""


class Postponed(NamedTuple):
    """Holds a deadline as the exemptions have moved it."""

    due_on: date
    is_postponed: bool
    why: Explanation


def may_exempt(
    *,
    course: Course,
    reason: str,
    span: Period,
    documented_on: date,
    starts_on: date | None,
    book: RuleBook,
) -> Explanation:
    """Why the citizen need not come in these days; raises NotExempt otherwise.

    `starts_on` is the day on which something begins that exempts already now; without it the reason must last.
    """
    if reason not in list(ExemptionReason):
        raise BadFacts(f"»{reason}« er ikke en fritagelsesgrund.")
    reason = ExemptionReason(reason)
    if reason == ExemptionReason.CONCRETE_ASSESSMENT:
        raise NotExempt("En fritagelse efter konkret vurdering hører under enhedens andel. Registrér den som sådan.")
    if starts_on is None:
        return _lasts(reason, span, book)
    return _begins_soon(course, reason, documented_on, starts_on, book)


def may_exempt_by_share(*, on: date, exempted: int, citizens: int, book: RuleBook) -> Explanation:
    """Why one more of a unit's citizens may be exempted by concrete assessment; raises NotExempt otherwise."""
    percent = book.in_force(EXEMPT_QUOTA_PERCENT, CaseDates(event=on))
    if percent.value == 0:
        raise NotExempt(f"Den {day_text(on)} kan ingen fritages efter en konkret vurdering: loven giver ingen andel.")
    if (exempted + 1) * 100 > percent.value * citizens:
        raise NotExempt(
            f"Enheden har fritaget {exempted} af {citizens} borgere, og højst {percent.value} procent kan "
            "fritages efter en konkret vurdering. Vent, til en anden fritagelse er slut."
        )
    text = f"Med denne er {exempted + 1} af {citizens} borgere fritaget; højst {percent.value} procent kan være det."
    return (by(percent, text, on),)


def resting_on(course: Course, day: date) -> Step | None:
    """Why nobody is called and no alarm is raised on a day: a pause, or an exemption without kept duty."""
    for pause in course.pauses:
        if pause.span.contains(day):
            return Step(f"Forløbet er sat på pause {_until(pause.span)}.", day)
    for exemption in course.exemptions:
        if not exemption.duty_kept and exemption.span.contains(day):
            name = ExemptionReason(exemption.reason).label
            return Step(f"Borgeren er fritaget {_until(exemption.span)} ({name}).", day)
    return None


def resting_days(course: Course) -> tuple[Period, ...]:
    """All days on which nobody is called, in order; no two of the periods touch."""
    spans = [pause.span for pause in course.pauses]
    spans += [exemption.span for exemption in course.exemptions if not exemption.duty_kept]
    merged: list[Period] = []
    for span in sorted(spans):
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and last.end < span.start):
            merged.append(span)
        else:
            # The later of two that begin on one day is the one that ends last.
            merged[-1] = max(last, Period(last.start, span.end))
    return tuple(merged)


def postponed(*, due_on: date, exemptions: Iterable[ExemptionFact], is_first: bool, book: RuleBook) -> Postponed:
    """Move the deadline to after each exemption that it falls in, as the law says for a first or a later meeting."""
    steps: list[Step] = []
    is_postponed = False
    for exemption in sorted(exemptions, key=lambda exemption: exemption.span):
        if exemption.duty_kept or not exemption.span.contains(due_on):
            continue
        if is_first and exemption.reason == ExemptionReason.CONCRETE_ASSESSMENT:
            outside = book.in_force(FIRST_MEETING_OUTSIDE_QUOTA, CaseDates(event=due_on))
            if outside.value:
                steps.append(by(outside, "Den første samtale holdes med alle, også den, der er fritaget.", due_on))
                continue
        is_postponed = True
        name = ExemptionReason(exemption.reason).label
        if exemption.span.end is None:
            text = f"Fristen den {day_text(due_on)} falder i en fritagelse uden slutdato ({name}) og er udskudt."
            steps.append(Step(text, due_on))
            break
        last_day = exemption.span.end - ONE_DAY
        months = book.in_force(AFTER_EXEMPTION_MONTHS, CaseDates(event=last_day))
        new_day = add_months(exemption.span.end, months.value) - ONE_DAY
        text = (
            f"Fristen den {day_text(due_on)} falder i en fritagelse til og med den {day_text(last_day)} ({name}). "
            f"Den er udskudt til {counted(months.value, 'måned', 'måneder')} efter: den {day_text(new_day)}."
        )
        steps.append(by(months, text, new_day))
        due_on = new_day
    return Postponed(due_on, is_postponed, tuple(steps))


def _lasts(reason: ExemptionReason, span: Period, book: RuleBook) -> Explanation:
    # The reasons are read on every day of the span, so on its first day and
    # on each day that brings a new act.
    days = [span.start, *sorted(act.in_force_on for act in book.acts if span.contains(act.in_force_on))]
    for day in days:
        rule: Value = book.in_force(EXEMPT_ONGOING_REASONS, CaseDates(event=day))
        if reason not in rule.value:
            raise NotExempt(
                f"{_capitalised(reason)} fritager ikke i sig selv den {day_text(day)}. Begynder det senere, så skriv, "
                "hvilken dag det begynder."
            )
    return (by(rule, f"{_capitalised(reason)} fritager, så længe det varer.", span.start),)


def _begins_soon(
    course: Course, reason: ExemptionReason, documented_on: date, starts_on: date, book: RuleBook
) -> Explanation:
    dates = CaseDates(event=documented_on)
    reasons = book.in_force(EXEMPT_START_REASONS, dates)
    if reason not in reasons.value:
        raise NotExempt(f"{_capitalised(reason)} fritager ikke, før det begynder.")
    if reason == ExemptionReason.FULL_TIME_EDUCATION:
        groups = book.in_force(EDUCATION_NOT_EXEMPTING_GROUPS, dates)
        if course.target_group in groups.value:
            raise NotExempt(f"Uddannelse på fuld tid fritager ikke i målgruppe {course.target_group}.")
    weeks = book.in_force(EXEMPT_START_WITHIN_WEEKS, dates)
    latest = documented_on + timedelta(weeks=weeks.value)
    if starts_on > latest:
        raise NotExempt(
            f"{_capitalised(reason)} begynder den {day_text(starts_on)}, mere end "
            f"{counted(weeks.value, 'uge', 'uger')} efter dokumentationen den {day_text(documented_on)}. "
            f"Fritagelsen kan tidligst gives, når der er højst {counted(weeks.value, 'uge', 'uger')} til."
        )
    if starts_on < documented_on:
        raise NotExempt(
            f"{_capitalised(reason)} begyndte den {day_text(starts_on)}, før dokumentationen den "
            f"{day_text(documented_on)}. Registrér det i stedet som en pause eller som noget, der varer."
        )
    days = (starts_on - documented_on).days
    text = (
        f"{_capitalised(reason)} begynder den {day_text(starts_on)}, {counted(days, 'dag', 'dage')} efter "
        f"dokumentationen den {day_text(documented_on)} og dermed inden for {counted(weeks.value, 'uge', 'uger')}."
    )
    return (by(weeks, text, starts_on),)


def _capitalised(reason: ExemptionReason) -> str:
    name = reason.label
    return name[0].upper() + name[1:]


def _until(span: Period) -> str:
    return "indtil videre" if span.last_day is None else f"til og med den {day_text(span.last_day)}"
