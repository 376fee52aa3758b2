"""The types of offers, with their Danish names, and what the rules must know about one offer."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date

from cases.rules.facts import BadFacts
from cases.rules.labelled import Labelled
from cases.rules.period import Period
from cases.rules.wording import day_text, listed


class OfferType(Labelled):
    """In the order in which they are offered."""

    INTERNSHIP = "internship", "virksomhedspraktik"
    WAGE_SUBSIDY = "wage_subsidy", "løntilskud"
    COMMUNITY_WORK = "community_work", "nytteindsats"
    ORDINARY_WAGE_HOURS = "ordinary_wage_hours", "ordinære løntimer"
    ORDINARY_EDUCATION = "ordinary_education", "ordinær uddannelse"
    OTHER_GUIDANCE = "other_guidance", "øvrig vejledning og opkvalificering"
    BASIC_SKILLS = "basic_skills", "læse-, skrive-, regne- eller ordblindekursus"
    PRIOR_LEARNING = "prior_learning", "realkompetencevurdering"
    SIX_WEEKS_COURSE = "six_weeks_course", "6 ugers jobrettet uddannelse"


class OfferKind(Labelled):
    """What sort of effort a type is: the shift that the agreement wants is from guidance to the first three."""

    COMPANY = "company", "virksomhedsrettede tilbud"
    WAGE_HOURS = "wage_hours", "ordinære løntimer"
    EDUCATION = "education", "ordinær uddannelse"
    GUIDANCE = "guidance", "vejledning og opkvalificering"
    OWN_RIGHT = "own_right", "borgerens egen ret"


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
        if self.type not in list(OfferType):
            raise BadFacts(f"»{self.type}« er ikke en tilbudstype. Vælg {listed(OfferType, 'eller')}.")
        if self.granted_on is not None and self.granted_on > self.span.start:
            raise BadFacts(
                f"Tilbuddet er bevilget den {day_text(self.granted_on)}, efter at det begyndte den "
                f"{day_text(self.span.start)}. Ret en af de to datoer."
            )
