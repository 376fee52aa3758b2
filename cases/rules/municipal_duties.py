"""What the municipality owes each year apart from its cases: the employment plan and the result audit, until lifted."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Explanation, by
from cases.rules.labelled import Labelled
from cases.rules.parameters import EMPLOYMENT_PLAN_REQUIRED, RESULT_AUDIT_REQUIRED
from cases.rules.rule_book import RuleBook
from cases.rules.wording import day_text


class YearlyDuty(Labelled):
    EMPLOYMENT_PLAN = "employment_plan", "beskæftigelsesplan"
    RESULT_AUDIT = "result_audit", "resultatrevision"


#: A plan is for the year it is asked in; an audit looks back on the year before.
YEARS_BACK = {YearlyDuty.EMPLOYMENT_PLAN: 0, YearlyDuty.RESULT_AUDIT: 1}

PARAMETERS = {
    YearlyDuty.EMPLOYMENT_PLAN: EMPLOYMENT_PLAN_REQUIRED,
    YearlyDuty.RESULT_AUDIT: RESULT_AUDIT_REQUIRED,
}


class DutyAnswer(NamedTuple):
    """One duty as it stands on a day: a task about a year, or lifted."""

    duty: YearlyDuty
    year: int
    is_required: bool
    why: Explanation


def duties_on(day: date, book: RuleBook) -> tuple[DutyAnswer, ...]:
    """Each of the two duties on a day; a document that was once made stays readable either way."""
    return tuple(_duty_on(duty, day, book) for duty in YearlyDuty)


def _duty_on(duty: YearlyDuty, day: date, book: RuleBook) -> DutyAnswer:
    rule = book.in_force(PARAMETERS[duty], CaseDates(event=day))
    name, year = duty.label, day.year - YEARS_BACK[duty]
    if rule.value:
        text = f"Den {day_text(day)} skal kommunen hvert år have en {name}; denne er for {year}."
    else:
        text = (
            f"Kommunen skal ikke have en {name}: kravet er væk fra den {day_text(rule.act.in_force_on)}. Ældre "
            "dokumenter kan stadig læses."
        )
    return DutyAnswer(duty, year, bool(rule.value), (by(rule, text, day),))
