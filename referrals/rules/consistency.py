"""What is missing or contradictory in the values about referrals, offers and six weeks of education."""

from __future__ import annotations

from collections.abc import Iterator

from cases.rules.consistency import LawOfTheDay, Problem
from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS
from cases.rules.rule_book import Act, RuleBook
from cases.rules.wording import counted
from referrals.rules.parameters import (
    CONTINUATION_DAYS,
    COUNTING_OFFER_TYPES,
    ENABLED,
    OFFER_DEADLINE_MONTHS,
    OFFER_GROUPS,
    OFFER_START_WITHIN_MONTHS,
    REASONS_REQUIRED_ON_REJECTION,
    REJECTION_RECIPIENTS,
    SIX_WEEKS_EARLIEST_WEEKS,
    SIX_WEEKS_FINISH_MONTHS_FROM_25,
    SIX_WEEKS_FINISH_MONTHS_UNDER_25,
)

#: Short enough that no month is shorter: what does not fit into these weeks fits into no course.
_WEEKS_OF_A_MONTH = 4


def problems(act: Act, book: RuleBook) -> Iterator[Problem]:
    """The contradictions of the law on the day of the act, which is in the book."""
    law = LawOfTheDay(act, book)
    if law.says(ENABLED):
        yield from _referrals(law)
    if law.says(OFFER_GROUPS) and law.says(COUNTING_OFFER_TYPES) == frozenset():
        deadline = law.says(OFFER_DEADLINE_MONTHS)
        within = f" inden {counted(deadline, 'måned', 'måneder')}" if deadline is not None else ""
        yield law.against(
            f"Målgrupper har ret og pligt til tilbud{within}, men ingen tilbudstype tæller.",
            OFFER_GROUPS,
            COUNTING_OFFER_TYPES,
        )
    if law.says(REASONS_REQUIRED_ON_REJECTION) and law.says(REJECTION_RECIPIENTS) == frozenset():
        yield law.against(
            "En afvisning skal begrundes, men ingen skal have begrundelsen.",
            REASONS_REQUIRED_ON_REJECTION,
            REJECTION_RECIPIENTS,
        )
    yield from _six_weeks(law)


def _referrals(law: LawOfTheDay) -> Iterator[Problem]:
    months, within = law.says(FUND_RESPONSIBLE_MONTHS), law.says(OFFER_START_WITHIN_MONTHS)
    if months == 0:
        yield law.against(
            "A-kassen kan sende indstillinger, men har ikke ansvaret for kontaktforløbet i nogen måned.",
            ENABLED,
            FUND_RESPONSIBLE_MONTHS,
        )
    for parameter, what in (
        (OFFER_START_WITHIN_MONTHS, "de måneder, som tilbuddet skal begynde inden for"),
        (CONTINUATION_DAYS, "de dage, hvor tilbuddet begynder i forlængelse af dem"),
    ):
        if law.says(parameter) is None:
            yield law.against(f"A-kassen kan sende indstillinger, men der mangler {what}.", ENABLED, parameter)
    if (
        months
        and within is not None
        and months != within
        and law.sets(FUND_RESPONSIBLE_MONTHS, OFFER_START_WITHIN_MONTHS)
    ):
        yield Problem.warning(
            f"A-kassen har ansvaret i {counted(months, 'måned', 'måneder')}, men et indstillet tilbud skal begynde "
            f"inden for {counted(within, 'måned', 'måneder')}. Er det meningen?",
        )


def _six_weeks(law: LawOfTheDay) -> Iterator[Problem]:
    earliest = law.says(SIX_WEEKS_EARLIEST_WEEKS)
    for parameter, who in (
        (SIX_WEEKS_FINISH_MONTHS_UNDER_25, "de unge"),
        (SIX_WEEKS_FINISH_MONTHS_FROM_25, "alle andre"),
    ):
        latest = law.says(parameter)
        if earliest is not None and latest is not None and earliest >= latest * _WEEKS_OF_A_MONTH:
            yield law.against(
                f"6 ugers jobrettet uddannelse kan først begynde efter {counted(earliest, 'uge', 'uger')}, men skal "
                f"for {who} være slut inden {counted(latest, 'måned', 'måneder')}.",
                SIX_WEEKS_EARLIEST_WEEKS,
                parameter,
            )
