"""Who has a duty to guide on six weeks of job-oriented education."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Explanation, by
from cases.rules.facts import Party
from cases.rules.rule_book import RuleBook
from cases.rules.wording import day_text
from meetings.rules.parameters import SIX_WEEKS_GUIDANCE_BY, SIX_WEEKS_GUIDANCE_FUND_GROUPS


class GuidanceDuty(NamedTuple):
    has_duty: bool
    why: Explanation


def has_guidance_duty(party: Party, *, group: int, on: date, book: RuleBook, asked: bool) -> GuidanceDuty:
    """Whether a party must guide somebody of a target group on a day.

    The municipality, where it must at all, only when the citizen asks; the a-kasse only the groups that an act names.
    """
    rule = book.in_force(SIX_WEEKS_GUIDANCE_BY, CaseDates(event=on))
    who = party.label.capitalize()
    if party not in rule.value:
        text = f"{who} har den {day_text(on)} ikke pligt til at vejlede om 6 ugers jobrettet uddannelse."
        return GuidanceDuty(False, (by(rule, text, on),))
    groups = book.in_force(SIX_WEEKS_GUIDANCE_FUND_GROUPS, CaseDates(event=on))
    if party == Party.FUND and group not in groups.value:
        text = f"{who} har ikke pligt til at vejlede om 6 ugers jobrettet uddannelse i målgruppe {group}."
        return GuidanceDuty(False, (by(groups, text, on),))
    if party == Party.MUNICIPALITY and not asked:
        text = f"{who} skal den {day_text(on)} kun vejlede om 6 ugers jobrettet uddannelse, når borgeren spørger."
        return GuidanceDuty(False, (by(rule, text, on),))
    text = f"{who} har den {day_text(on)} pligt til at vejlede om 6 ugers jobrettet uddannelse."
    return GuidanceDuty(True, (by(rule, text, on),))
