"""Who counts in the share of a unit's citizens that may be exempted by a concrete assessment."""

from datetime import date

from cases.models.cases import CaseQuerySet
from cases.rules.facts import ExemptionReason


def by_assessment(cases: CaseQuerySet, *, on: date) -> CaseQuerySet:
    """Those of the cases that are so exempted on the day."""
    return cases.filter(exemptions__reason=ExemptionReason.CONCRETE_ASSESSMENT, exemptions__span__contains=on)
