"""The states of a referral and of an offer, the moves between them, and who makes each move."""

from enum import StrEnum

from cases.rules.facts import PARTY_NAMES, Party
from cases.rules.refusal import Refused


class MoveNotAllowed(Refused, ValueError):
    """From this state the move leads nowhere, or it is not this party's to make."""


class DecisionSent(MoveNotAllowed):
    """A decision that has reached somebody is not taken back."""


class Recipient(StrEnum):
    """Who must be told of a rejection."""

    CITIZEN = "citizen"
    FUND = "fund"


RECIPIENT_NAMES = {Recipient.CITIZEN: "borgeren", Recipient.FUND: "a-kassen"}


class ReferralStatus(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    SEEN = "seen"
    ASSESSED = "assessed"
    GRANTED = "granted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ReferralMove(StrEnum):
    """UNDO takes back a decision that nobody has been told of yet; it needs a reason."""

    SEND = "send"
    SEE = "see"
    ASSESS = "assess"
    GRANT = "grant"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    UNDO = "undo"


REFERRAL_MOVES = {
    (ReferralStatus.DRAFT, ReferralMove.SEND): ReferralStatus.SENT,
    (ReferralStatus.SENT, ReferralMove.SEE): ReferralStatus.SEEN,
    (ReferralStatus.SENT, ReferralMove.WITHDRAW): ReferralStatus.WITHDRAWN,
    (ReferralStatus.SEEN, ReferralMove.ASSESS): ReferralStatus.ASSESSED,
    (ReferralStatus.SEEN, ReferralMove.GRANT): ReferralStatus.GRANTED,
    (ReferralStatus.SEEN, ReferralMove.REJECT): ReferralStatus.REJECTED,
    (ReferralStatus.SEEN, ReferralMove.WITHDRAW): ReferralStatus.WITHDRAWN,
    (ReferralStatus.ASSESSED, ReferralMove.GRANT): ReferralStatus.GRANTED,
    (ReferralStatus.ASSESSED, ReferralMove.REJECT): ReferralStatus.REJECTED,
    (ReferralStatus.ASSESSED, ReferralMove.WITHDRAW): ReferralStatus.WITHDRAWN,
    (ReferralStatus.GRANTED, ReferralMove.UNDO): ReferralStatus.ASSESSED,
    (ReferralStatus.REJECTED, ReferralMove.UNDO): ReferralStatus.ASSESSED,
}

#: At the jobcenter, and not decided: of these there is one at a time for an offer.
PENDING = (ReferralStatus.SENT, ReferralStatus.SEEN, ReferralStatus.ASSESSED)
DECIDED = (ReferralStatus.GRANTED, ReferralStatus.REJECTED)

#: The jobcenter alone decides; the a-kasse may send, and think better of it.
REFERRAL_MOVED_BY = {
    ReferralMove.SEND: Party.FUND,
    ReferralMove.SEE: Party.MUNICIPALITY,
    ReferralMove.ASSESS: Party.MUNICIPALITY,
    ReferralMove.GRANT: Party.MUNICIPALITY,
    ReferralMove.REJECT: Party.MUNICIPALITY,
    ReferralMove.WITHDRAW: Party.FUND,
    ReferralMove.UNDO: Party.MUNICIPALITY,
}

REFERRAL_STATUS_NAMES = {
    ReferralStatus.DRAFT: "kladde",
    ReferralStatus.SENT: "sendt",
    ReferralStatus.SEEN: "set",
    ReferralStatus.ASSESSED: "vurderet",
    ReferralStatus.GRANTED: "bevilget",
    ReferralStatus.REJECTED: "afvist",
    ReferralStatus.WITHDRAWN: "trukket tilbage",
}

REFERRAL_MOVE_NAMES = {
    ReferralMove.SEND: "sendes",
    ReferralMove.SEE: "markeres som set",
    ReferralMove.ASSESS: "vurderes",
    ReferralMove.GRANT: "bevilges",
    ReferralMove.REJECT: "afvises",
    ReferralMove.WITHDRAW: "trækkes tilbage",
    ReferralMove.UNDO: "gøres om",
}


class OfferStatus(StrEnum):
    GRANTED = "granted"
    STARTED = "started"
    ENDED = "ended"
    CANCELLED = "cancelled"


class OfferMove(StrEnum):
    """UNDO takes back a start or an end that was registered wrongly; it needs a reason."""

    START = "start"
    END = "end"
    CANCEL = "cancel"
    UNDO = "undo"


#: All of them are the jobcenter's, in the a-kasse's months too.
OFFER_MOVES = {
    (OfferStatus.GRANTED, OfferMove.START): OfferStatus.STARTED,
    (OfferStatus.GRANTED, OfferMove.CANCEL): OfferStatus.CANCELLED,
    (OfferStatus.STARTED, OfferMove.END): OfferStatus.ENDED,
    (OfferStatus.STARTED, OfferMove.UNDO): OfferStatus.GRANTED,
    (OfferStatus.ENDED, OfferMove.UNDO): OfferStatus.STARTED,
}

OFFER_STATUS_NAMES = {
    OfferStatus.GRANTED: "bevilget",
    OfferStatus.STARTED: "i gang",
    OfferStatus.ENDED: "afsluttet",
    OfferStatus.CANCELLED: "aflyst",
}

OFFER_MOVE_NAMES = {
    OfferMove.START: "registreres som begyndt",
    OfferMove.END: "afsluttes",
    OfferMove.CANCEL: "aflyses",
    OfferMove.UNDO: "føres et skridt tilbage",
}


def referral_status_after(
    status: ReferralStatus, move: ReferralMove, *, by: Party, is_decision_sent: bool = False
) -> ReferralStatus:
    """The state that a party's move leads to."""
    mover = REFERRAL_MOVED_BY[move]
    if by != mover:
        raise MoveNotAllowed(f"Indstillingen kan kun {REFERRAL_MOVE_NAMES[move]} af {PARTY_NAMES[mover]}.")
    try:
        after = REFERRAL_MOVES[status, move]
    except KeyError:
        raise MoveNotAllowed(
            f"Indstillingen er {REFERRAL_STATUS_NAMES[status]} og kan derfor ikke {REFERRAL_MOVE_NAMES[move]}."
        ) from None
    if move == ReferralMove.UNDO and is_decision_sent:
        raise DecisionSent("Afgørelsen er sendt og kan derfor ikke gøres om. Træf i stedet en ny afgørelse.")
    return after


def offer_status_after(status: OfferStatus, move: OfferMove, *, by: Party) -> OfferStatus:
    """The state that a party's move leads to: only the jobcenter's leads anywhere."""
    if by != Party.MUNICIPALITY:
        raise MoveNotAllowed(
            f"Tilbud kan kun {OFFER_MOVE_NAMES[move]} af {PARTY_NAMES[Party.MUNICIPALITY]}, også i a-kassens måneder."
        )
    try:
        return OFFER_MOVES[status, move]
    except KeyError:
        raise MoveNotAllowed(
            f"Tilbuddet er {OFFER_STATUS_NAMES[status]} og kan derfor ikke {OFFER_MOVE_NAMES[move]}."
        ) from None
