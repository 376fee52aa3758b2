"""What of offers and recommendations stops with a case, said before it is closed and when it opens again."""

from datetime import date, datetime

from cases.history import events as history_events
from cases.models import Case, Event, User
from cases.seam import ClosingDoubts
from referrals.changing import name_of
from referrals.models import Offer
from referrals.rules.lifecycle import OfferStatus

#: What a closing does to offers and recommendations.
_STOPS = ("referrals.withdrawn", "referrals.offer_cancelled", "referrals.offer_ended")


def closing_doubts(case: Case, closed_on: date, user: User, at: datetime) -> ClosingDoubts:
    """The recommendations that nobody has decided, and the offers that have not ended: they stop with the case."""
    pending = case.referrals.pending().order_by("pk")
    offers = case.offers.filter(status__in=[OfferStatus.GRANTED, OfferStatus.STARTED]).order_by("pk")
    return ClosingDoubts(
        texts=[
            *(f"{name_of(referral)} falder bort, hvis sagen afsluttes. Den er ikke afgjort." for referral in pending),
            *(_stops(offer) for offer in offers),
        ]
    )


def _stops(offer: Offer) -> str:
    what = "er i gang og slutter" if offer.status == OfferStatus.STARTED else "er ikke begyndt og bliver aflyst"
    return f"Tilbuddet {offer} {what}, hvis sagen afsluttes."


def on_case_reopened(event: Event) -> None:
    """Record which offers and recommendations ended with the closing, so that somebody can enter them anew."""
    closing = event.case.events.filter(kind="cases.closed", pk__lt=event.pk).order_by("pk").last()
    if closing is None:
        return
    stopped = event.case.events.filter(kind__in=_STOPS, pk__gt=closing.pk, at=closing.at).order_by("pk")
    if texts := list(stopped.values_list("text", flat=True)):
        text = f"Det kom ikke igen med sagen: {' '.join(texts)} Registrér det på ny, hvis det stadig gælder."
        history_events.record(case=event.case, kind="referrals.stays_stopped", by=event.by, at=event.at, text=text)
