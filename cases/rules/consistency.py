"""What is missing or contradictory in the law as it will be on the day of an act, as far as the case itself goes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from cases.rules.declaring import Parameter, UnreadableText
from cases.rules.parameters import (
    ACCESS_LOG_YEARS,
    AIM_GROUPS,
    FUND_RESPONSIBLE_MONTHS,
    HANDOVER_HOURS_FULL_TIME,
    HANDOVER_HOURS_PART_TIME,
    JOB_FOCUS_ALLOWED,
    JOB_FOCUS_GROUPS,
    SECURITY_LOG_YEARS,
    TARGET_GROUPS,
    YOUNG_AGE_LIMIT,
    YOUNG_COURSE_BY_MUNICIPALITY,
)
from cases.rules.rule_book import Act, NotInForce, RuleBook
from cases.rules.wording import counted, listed


@dataclass(frozen=True)
class Problem:
    """Something to know of an act before it is law, as one Danish sentence; an error stops it from becoming law."""

    is_error: bool
    text: str

    @classmethod
    def error(cls, text: str) -> Problem:
        return cls(is_error=True, text=text)

    @classmethod
    def warning(cls, text: str) -> Problem:
        return cls(is_error=False, text=text)


class LawOfTheDay:
    """The law on the day of one act, with the act in it, and which of its values the act itself sets."""

    def __init__(self, act: Act, book: RuleBook) -> None:
        self.act = act
        self._book = book

    def says(self, parameter: Parameter) -> Any:
        """The value on that day; None also where no act sets it, or where what is set cannot be read."""
        try:
            return self._book.value_on(parameter, self.act.in_force_on).value
        except (NotInForce, UnreadableText):
            return None

    def knows(self, *parameters: Parameter) -> bool:
        """Whether all these parameters have a value on that day, so that they can be compared."""
        return all(self.says(parameter) is not None for parameter in parameters)

    def sets(self, *parameters: Parameter) -> bool:
        return any(parameter.key in self.act.values for parameter in parameters)

    def against(self, text: str, *parameters: Parameter, is_set: bool = False) -> Problem:
        """Return the contradiction as an error if the act sets one of the values, else as a warning.

        What was wrong before the act must not stop an act that mends something else.
        """
        if is_set or self.sets(*parameters):
            return Problem.error(text)
        return Problem.warning(f"Allerede i den lov, der gælder: {text}")


def problems(act: Act, book: RuleBook) -> Iterator[Problem]:
    """The contradictions among the values about the case itself."""
    law = LawOfTheDay(act, book)
    yield from _handover_hours(law)
    if law.says(YOUNG_COURSE_BY_MUNICIPALITY) and not law.says(YOUNG_AGE_LIMIT):
        yield law.against(
            "Unge skal have hele kontaktforløbet i jobcentret, men aldersgrænsen for at være ung er ikke sat.",
            YOUNG_COURSE_BY_MUNICIPALITY,
            YOUNG_AGE_LIMIT,
        )
    if law.says(TARGET_GROUPS) == frozenset():
        yield law.against("Ingen målgruppe følger tabellen over samtaler.", TARGET_GROUPS)
    if law.says(JOB_FOCUS_ALLOWED) and law.knows(JOB_FOCUS_GROUPS, AIM_GROUPS):
        yield from _job_focus(law)
    for parameter in (ACCESS_LOG_YEARS, SECURITY_LOG_YEARS):
        if law.says(parameter) == 0:
            yield law.against(
                f"»{parameter.description}« er 0, men en log gemmes mindst et år, så misbrug kan efterforskes: "
                "skriv 1 eller mere.",
                parameter,
            )


def _handover_hours(law: LawOfTheDay) -> Iterator[Problem]:
    months = law.says(FUND_RESPONSIBLE_MONTHS)
    for parameter, insured in ((HANDOVER_HOURS_FULL_TIME, "fuldtid"), (HANDOVER_HOURS_PART_TIME, "deltid")):
        if months and law.says(parameter) is None:
            yield law.against(
                f"A-kassen har forløbet i {counted(months, 'måned', 'måneder')}, men der mangler et antal "
                f"dagpengetimer, som skal overstiges før overgangen til jobcentret, for forsikrede på {insured}.",
                FUND_RESPONSIBLE_MONTHS,
                parameter,
            )


def _job_focus(law: LawOfTheDay) -> Iterator[Problem]:
    groups = law.says(JOB_FOCUS_GROUPS)
    if not groups:
        yield law.against(
            "Indsatsen kan rettes mod job, men ikke for nogen målgruppe.", JOB_FOCUS_ALLOWED, JOB_FOCUS_GROUPS
        )
    elif beyond := groups - law.says(AIM_GROUPS):
        yield law.against(
            f"{groups_text(beyond)} kan få indsatsen rettet mod job, men hører ikke til dem, hvor kommunen træffer "
            "afgørelse om sigtet.",
            JOB_FOCUS_GROUPS,
            AIM_GROUPS,
        )


def groups_text(numbers: Collection[int]) -> str:
    """Målgruppe 4; Målgruppe 4 og 5"""
    return f"Målgruppe {listed(str(number) for number in sorted(numbers))}"
