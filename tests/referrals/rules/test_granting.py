import pytest

from cases.rules.explanation import law_only
from referrals.rules.granting import NotOffered, ground_of, require_offered
from referrals.rules.offers import GRANTED_TYPES
from referrals.rules.parameters import GRANTS
from tests.law import BOOK, act, day, shipped_and

RULES = {
    "internship": "LAB kap. 11",
    "wage_subsidy": "LAB kap. 12",
    "community_work": "LAB kap. 13",
    # The agreement names them; they stand in none of the chapters.
    "ordinary_wage_hours": "LAB § 102, stk. 1",
    "ordinary_education": "LAB kap. 14",
    "other_guidance": "LAB kap. 14, § 91",
    "basic_skills": "LAB kap. 14",
    "prior_learning": "LAB kap. 14, § 93",
}


def test_each_type_has_its_own_rule_of_the_law():
    grounds = {type_: ground_of(type_, starts_on=day("2026-05-11"), book=BOOK) for type_ in GRANTED_TYPES}

    assert {type_: law_only(step.legal_basis) for type_, step in grounds.items()} == RULES
    assert grounds["community_work"].text == "Kommunen kan give dig nytteindsats."


def test_the_law_of_the_first_day_decides_what_is_offered():
    book = shipped_and(act("2026-07-01", {GRANTS["community_work"]: "false"}, slug="x"))

    require_offered("community_work", starts_on=day("2026-06-30"), book=book)
    with pytest.raises(NotOffered, match=r"nytteindsats, der begynder den 1. juli 2026 \(§ 1\). Vælg virk"):
        require_offered("community_work", starts_on=day("2026-07-01"), book=book)
    assert ground_of("community_work", starts_on=day("2026-07-01"), book=book).text.startswith("Kommunen kan ikke")
