"""The types of offers, with their Danish names, and what the rules must know about one offer."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cases.rules.facts import BadFacts
from cases.rules.period import Period
from cases.rules.wording import day_text, listed


class OfferType(StrEnum):
    """In the order in which they are offered."""

    INTERNSHIP = "internship"
    WAGE_SUBSIDY = "wage_subsidy"
    COMMUNITY_WORK = "community_work"
    ORDINARY_WAGE_HOURS = "ordinary_wage_hours"
    ORDINARY_EDUCATION = "ordinary_education"
    OTHER_GUIDANCE = "other_guidance"
    BASIC_SKILLS = "basic_skills"
    PRIOR_LEARNING = "prior_learning"
    SIX_WEEKS_COURSE = "six_weeks_course"


OFFER_TYPE_NAMES = {
    OfferType.INTERNSHIP: "virksomhedspraktik",
    OfferType.WAGE_SUBSIDY: "løntilskud",
    OfferType.COMMUNITY_WORK: "nytteindsats",
    OfferType.ORDINARY_WAGE_HOURS: "ordinære løntimer",
    OfferType.ORDINARY_EDUCATION: "ordinær uddannelse",
    OfferType.OTHER_GUIDANCE: "øvrig vejledning og opkvalificering",
    OfferType.BASIC_SKILLS: "læse-, skrive-, regne- eller ordblindekursus",
    OfferType.PRIOR_LEARNING: "realkompetencevurdering",
    OfferType.SIX_WEEKS_COURSE: "6 ugers jobrettet uddannelse",
}


class OfferKind(StrEnum):
    """What sort of effort a type is: the shift that the agreement wants is from guidance to the first three."""

    COMPANY = "company"
    WAGE_HOURS = "wage_hours"
    EDUCATION = "education"
    GUIDANCE = "guidance"
    OWN_RIGHT = "own_right"


OFFER_KIND_NAMES = {
    OfferKind.COMPANY: "virksomhedsrettede tilbud",
    OfferKind.WAGE_HOURS: "ordinære løntimer",
    OfferKind.EDUCATION: "ordinær uddannelse",
    OfferKind.GUIDANCE: "vejledning og opkvalificering",
    OfferKind.OWN_RIGHT: "borgerens egen ret",
}

KIND_OF_TYPE = {
    OfferType.INTERNSHIP: OfferKind.COMPANY,
    OfferType.WAGE_SUBSIDY: OfferKind.COMPANY,
    OfferType.COMMUNITY_WORK: OfferKind.COMPANY,
    OfferType.ORDINARY_WAGE_HOURS: OfferKind.WAGE_HOURS,
    OfferType.ORDINARY_EDUCATION: OfferKind.EDUCATION,
    OfferType.OTHER_GUIDANCE: OfferKind.GUIDANCE,
    OfferType.BASIC_SKILLS: OfferKind.GUIDANCE,
    OfferType.PRIOR_LEARNING: OfferKind.GUIDANCE,
    OfferType.SIX_WEEKS_COURSE: OfferKind.OWN_RIGHT,
}

#: What the jobcenter grants. Six weeks of education is the citizen's own right, asked for at the a-kasse.
GRANTED_TYPES = tuple(type_ for type_ in OfferType if KIND_OF_TYPE[type_] != OfferKind.OWN_RIGHT)
#: These take place with an employer, who is named by CVR number.
EMPLOYER_TYPES = tuple(type_ for type_ in OfferType if KIND_OF_TYPE[type_] in (OfferKind.COMPANY, OfferKind.WAGE_HOURS))


@dataclass(frozen=True)
class OfferFact:
    """One offer that was not cancelled, with its days as they are or are meant; `granted_on` may be unknown."""

    key: Hashable
    type: str
    span: Period
    granted_on: date | None = None

    def __post_init__(self) -> None:
        if self.type not in OFFER_TYPE_NAMES:
            raise BadFacts(f"»{self.type}« er ikke en tilbudstype. Vælg {listed(OFFER_TYPE_NAMES, 'eller')}.")
        if self.granted_on is not None and self.granted_on > self.span.start:
            raise BadFacts(
                f"Tilbuddet er bevilget den {day_text(self.granted_on)}, efter at det begyndte den "
                f"{day_text(self.span.start)}. Ret en af de to datoer."
            )
