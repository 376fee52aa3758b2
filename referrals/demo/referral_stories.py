"""Every turn a referral can take, from the draft to the decision."""

from datetime import datetime
from typing import Any

from referrals.demo.story_writer import Story, StoryWriter
from referrals.models import Referral
from referrals.referral import deciding as referral_deciding
from referrals.referral import writing as referral_writing
from referrals.referral.deciding import Reasons
from referrals.referral.writing import Proposal
from referrals.rules.offers import OfferType


class Referred:
    """A case in the a-kasse's months with a referral, taken as far as the story wants."""

    def __init__(
        self, tell: StoryWriter, name: str, *, days: int, offer_type: OfferType, place: str, **changes: Any
    ) -> None:
        self.tell = tell
        self.case = tell.open(name, days, **changes)
        tell.held(self.case, days + 10)
        self.proposal = Proposal(
            offer_type=str(offer_type),
            starts_on=tell.day(18),
            weeks=4,
            place=place,
            proposal="Oplæring i de daglige opgaver, så borgeren kan søge job i branchen.",
            joint_assessment="Borgeren har talt med stedet og har lyst til faget. Det kan åbne en ny vej til job.",
            citizen_agrees=True,
        )
        self.referral = self._write(tell.moment(tell.day(-8), 9))

    def _write(self, at: datetime) -> Referral:
        return referral_writing.write_draft(
            case_id=self.case.pk, proposal=self.proposal, version=0, by=self.tell.anne, at=at
        )

    def sent(self, days: int = -7) -> "Referred":
        self.referral = referral_writing.send(
            referral_id=self.referral.pk,
            version=self.referral.version,
            by=self.tell.anne,
            at=self.tell.moment(self.tell.day(days), 10),
        )
        return self

    def seen(self, days: int = -5) -> "Referred":
        self.referral = referral_deciding.mark_seen(
            referral_id=self.referral.pk, by=self.tell.jens, at=self.tell.moment(self.tell.day(days), 9)
        )
        return self

    def contacted(self, days: int = -4) -> "Referred":
        day = self.tell.day(days)
        referral_deciding.contact(
            referral_id=self.referral.pk,
            contacted_on=day,
            purpose="Om borgeren kan møde på de tider, stedet ønsker.",
            note="Borgeren kan møde alle dage.",
            by=self.tell.jens,
            at=self.tell.moment(day, 11),
        )
        return self

    def assessed(self, days: int = -3) -> "Referred":
        self.referral = referral_deciding.assess(
            referral_id=self.referral.pk,
            assessment="Forslaget passer til borgerens plan. Stedet skal bekræfte tiderne.",
            version=self.referral.version,
            by=self.tell.jens,
            at=self.tell.moment(self.tell.day(days), 9),
        )
        return self

    def granted(self, days: int = -2) -> None:
        referral_deciding.grant(
            referral_id=self.referral.pk,
            reasons=Reasons(legal_basis=_LEGAL_BASIS),
            version=self.referral.version,
            by=self.tell.jens,
            at=self.tell.moment(self.tell.day(days), 9),
        )

    def rejected(self, days: int = -2) -> None:
        referral_deciding.reject(
            referral_id=self.referral.pk,
            reasons=Reasons(
                considerations="Vi har lagt vægt på, at stedet ikke forventer at ansætte inden for det næste år.",
                facts="Stedet har oplyst, at det skærer ned på antallet af medarbejdere.",
                legal_basis=_LEGAL_BASIS,
                party_consultation="Borgeren har fået oplysningen i telefonen og havde ingen bemærkninger.",
            ),
            version=self.referral.version,
            by=self.tell.jens,
            at=self.tell.moment(self.tell.day(days), 9),
        )


_LEGAL_BASIS = "Anden delaftale (juni 2022); lov nr. 727/2023 (LOB kap. 2 a)"


def referral_drafted(tell: StoryWriter, name: str) -> None:
    Referred(tell, name, days=-36, offer_type=OfferType.INTERNSHIP, place="Planteskolen Grønne Fingre")


def referral_sent(tell: StoryWriter, name: str) -> None:
    Referred(tell, name, days=-41, offer_type=OfferType.INTERNSHIP, place="Værkstedet ved Åen").sent()


def referral_seen(tell: StoryWriter, name: str) -> None:
    Referred(tell, name, days=-44, offer_type=OfferType.WAGE_SUBSIDY, place="Trykkeriet Tusindben").sent().seen()


def referral_assessed(tell: StoryWriter, name: str) -> None:
    referred = Referred(tell, name, days=-47, offer_type=OfferType.ORDINARY_EDUCATION, place="Kursuscenter Solbakken")
    referred.sent().seen().contacted().assessed()


def referral_granted(tell: StoryWriter, name: str) -> None:
    Referred(
        tell, name, days=-50, offer_type=OfferType.INTERNSHIP, place="Bageriet Morgenstund"
    ).sent().seen().granted()


def referral_rejected(tell: StoryWriter, name: str) -> None:
    Referred(tell, name, days=-43, offer_type=OfferType.WAGE_SUBSIDY, place="Lageret Nord").sent().seen().rejected()


def referral_rejected_and_untold(tell: StoryWriter, name: str) -> None:
    referred = Referred(
        tell,
        name,
        days=-46,
        offer_type=OfferType.INTERNSHIP,
        place="Butikken på Torvet",
        is_exempt_from_digital_post=True,
    )
    referred.sent().seen().rejected()


def referral_withdrawn(tell: StoryWriter, name: str) -> None:
    referred = Referred(tell, name, days=-39, offer_type=OfferType.COMMUNITY_WORK, place="Naturskolen").sent()
    referral_writing.withdraw(
        referral_id=referred.referral.pk,
        reason="Borgeren har fået et vikariat.",
        by=tell.anne,
        at=tell.moment(tell.day(-4), 12),
    )


STORIES: dict[str, Story] = {
    "Vagn Kirsebærlund": referral_drafted,
    "Yrsa Hasselkær": referral_sent,
    "Zenia Ellebæk-Lund": referral_seen,
    "Ægir Pilegård": referral_assessed,
    "Øjvind Rønnehave": referral_granted,
    "Aksel Tjørnedal": referral_rejected,
    "Birgitte Hyldekær": referral_rejected_and_untold,
    "Carsten Lærkevang": referral_withdrawn,
}
