"""The referrals and offers of a case as they stood on a day that has passed. A reading: nothing is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.history.before import Later
from cases.models import Case, Event, User
from cases.seam import Part
from referrals.models import Offer, Referral
from referrals.offers import moves
from referrals.rules.lifecycle import OfferStatus, ReferralStatus
from referrals.rules.offers import OfferType

#: The state in which each event leaves a referral.
_AFTER = {
    "referrals.sent": ReferralStatus.SENT,
    "referrals.seen": ReferralStatus.SEEN,
    "referrals.assessed": ReferralStatus.ASSESSED,
    "referrals.granted": ReferralStatus.GRANTED,
    "referrals.rejected": ReferralStatus.REJECTED,
    "referrals.withdrawn": ReferralStatus.WITHDRAWN,
    "referrals.decision_undone": ReferralStatus.ASSESSED,
}


@dataclass(frozen=True)
class OfferOnDay:
    offer: Offer
    name: str
    status: str
    first: date
    last: date | None
    employer: str


@dataclass(frozen=True)
class ReferralOnDay:
    referral: Referral
    status: str


@dataclass(frozen=True)
class EffortsOnDay:
    """Holds the referrals that the jobcenter had received by a day, and the offers that it had granted."""

    referrals: Sequence[ReferralOnDay]
    offers: Sequence[OfferOnDay]
    #: A party that was left reads this page alone.
    has_pages: bool


def part_of(case: Case, user: User, last: datetime, later: Later) -> Part | None:
    """Return the referrals and offers known at the last moment of a day; a draft has no event and is not among them."""
    moves = Event.objects.filter(case=case, kind__in=_AFTER, at__lte=last).order_by("at", "pk")
    states = {event.data["referral"]: _AFTER[event.kind] for event in moves}
    efforts = EffortsOnDay(
        referrals=[
            ReferralOnDay(referral, states[referral.pk].label) for referral in case.referrals.filter(pk__in=states)
        ],
        offers=[_offer_on_day(offer, last, later) for offer in case.offers.filter(granted_at__lte=last)],
        has_pages=user.organisation_id in (case.fund_id, case.municipality_id),
    )
    return Part("referrals/offers/on_day.html", efforts)


def _offer_on_day(offer: Offer, last: datetime, later: Later) -> OfferOnDay:
    present = {**moves.kept(offer)[moves.key_of(offer)], "status": _status_at(offer, last)}
    was: Mapping[str, Any] = later.before(moves.key_of(offer), present)
    return OfferOnDay(
        offer=offer,
        name=OfferType(was["type"]).label.capitalize(),
        status=OfferStatus(was["status"]).label,
        first=date.fromisoformat(was["first"]),
        last=date.fromisoformat(was["last"]) if was["last"] else None,
        employer=was["employer"],
    )


def _status_at(offer: Offer, last: datetime) -> OfferStatus:
    """Return the state at that moment, read from the row's own timestamps."""
    for moment, status in (
        (offer.cancelled_at, OfferStatus.CANCELLED),
        (offer.ended_at, OfferStatus.ENDED),
        (offer.started_at, OfferStatus.STARTED),
    ):
        if moment is not None and moment <= last:
            return status
    return OfferStatus.GRANTED
