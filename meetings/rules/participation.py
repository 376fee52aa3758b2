"""When the a-kasse takes part in a meeting of the jobcenter, and when the citizen may say no to it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Explanation, by
from cases.rules.facts import Course, Party
from cases.rules.parameters import TARGET_GROUPS
from cases.rules.rule_book import RuleBook
from meetings.rules.parameters import FUND_MAY_ATTEND_FIRST_MUNICIPALITY_MEETING, JOINT_FUND_MAY_BE_DECLINED


class Participation(NamedTuple):
    is_allowed: bool
    why: Explanation


def may_invite_fund(*, course: Course, party: Party, number: int, on: date, book: RuleBook) -> Participation:
    """Whether the citizen may wish the a-kasse's presence; `number` counts the meetings of the party that holds it."""
    rule = book.in_force(FUND_MAY_ATTEND_FIRST_MUNICIPALITY_MEETING, CaseDates(event=on))
    groups = book.in_force(TARGET_GROUPS, CaseDates(course_start=course.placed_on, event=on))
    if not rule.value:
        return Participation(False, (by(rule, "Reglerne den dag giver ikke a-kassen adgang til at deltage.", on),))
    if course.target_group not in groups.value:
        text = f"Målgruppe {course.target_group} har ingen a-kasse i kontaktforløbet."
        return Participation(False, (by(groups, text, on),))
    if party != Party.MUNICIPALITY:
        return Participation(False, (by(rule, "A-kassen holder selv denne samtale.", on),))
    if number != 1:
        text = f"A-kassen kan kun deltage i den første samtale i jobcentret; denne er nummer {number}."
        return Participation(False, (by(rule, text, on),))
    text = "A-kassen kan deltage i den første samtale i jobcentret, hvis borgeren ønsker det."
    return Participation(True, (by(rule, text, on),))


def joint_fund_may_be_declined(*, on: date, book: RuleBook) -> Participation:
    """Whether the citizen may have a joint interview without the a-kasse; it still counts."""
    rule = book.in_force(JOINT_FUND_MAY_BE_DECLINED, CaseDates(event=on))
    if rule.value:
        text = "Borgeren kan sige nej til a-kassen i fællessamtalen; den holdes så uden a-kassen og tæller stadig."
    else:
        text = "A-kassen deltager i fællessamtalen."
    return Participation(bool(rule.value), (by(rule, text, on),))
