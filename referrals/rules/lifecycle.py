"""The states of a referral and of an offer, the moves between them, and who makes each move."""

from cases.rules.facts import Party
from cases.rules.labelled import Labelled
from cases.rules.refusal import Refused


class MoveNotAllowed(Refused, ValueError):
    """From this state the move leads nowhere, or it is not this party's to make."""


class DecisionSent(MoveNotAllowed):
    """A decision that has reached somebody is not taken back."""


class Recipient(Labelled):
    """Who must be told of a rejection."""

    CITIZEN = "citizen", "borgeren"
    FUND = "fund", "a-kassen"


class ReferralStatus(Labelled):
    DRAFT = "draft", "kladde"
    SENT = "sent", "sendt"
    SEEN = "seen", "set"
    ASSESSED = "assessed", "vurderet"
    GRANTED = "granted", "bevilget"
    REJECTED = "rejected", "afvist"
    WITHDRAWN = "withdrawn", "trukket tilbage"


class ReferralMove(Labelled):
    """UNDO takes back a decision that nobody has been told of yet; it needs a reason."""

    SEND = "send", "sendes"
    SEE = "see", "markeres som set"
    ASSESS = "assess", "vurderes"
    GRANT = "grant", "bevilges"
    REJECT = "reject", "afvises"
    WITHDRAW = "withdraw", "trækkes tilbage"
    UNDO = "undo", "gøres om"


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


class OfferStatus(Labelled):
    GRANTED = "granted", "bevilget"
    STARTED = "started", "i gang"
    ENDED = "ended", "afsluttet"
    CANCELLED = "cancelled", "aflyst"


class OfferMove(Labelled):
    """UNDO takes back a start or an end that was registered wrongly; it needs a reason."""

    START = "start", "registreres som begyndt"
    END = "end", "afsluttes"
    CANCEL = "cancel", "aflyses"
    UNDO = "undo", "føres et skridt tilbage"


#: All of them are the jobcenter's, in the a-kasse's months too.
OFFER_MOVES = {
    (OfferStatus.GRANTED, OfferMove.START): OfferStatus.STARTED,
    (OfferStatus.GRANTED, OfferMove.CANCEL): OfferStatus.CANCELLED,
    (OfferStatus.STARTED, OfferMove.END): OfferStatus.ENDED,
    (OfferStatus.STARTED, OfferMove.UNDO): OfferStatus.GRANTED,
    (OfferStatus.ENDED, OfferMove.UNDO): OfferStatus.STARTED,
}


def referral_status_after(
    status: ReferralStatus, move: ReferralMove, *, by: Party, is_decision_sent: bool = False
) -> ReferralStatus:
    """The state that a party's move leads to."""
    mover = REFERRAL_MOVED_BY[move]
    if by != mover:
        raise MoveNotAllowed(f"Indstillingen kan kun {move.label} af {mover.label}.")
    try:
        after = REFERRAL_MOVES[status, move]
    except KeyError:
        raise MoveNotAllowed(f"Indstillingen er {status.label} og kan derfor ikke {move.label}.") from None
    if move == ReferralMove.UNDO and is_decision_sent:
        raise DecisionSent("Afgørelsen er sendt og kan derfor ikke gøres om. Træf i stedet en ny afgørelse.")
    return after


def offer_status_after(status: OfferStatus, move: OfferMove, *, by: Party) -> OfferStatus:
    """The state that a party's move leads to: only the jobcenter's leads anywhere."""
    if by != Party.MUNICIPALITY:
        raise MoveNotAllowed(f"Tilbud kan kun {move.label} af {Party.MUNICIPALITY.label}, også i a-kassens måneder.")
    try:
        return OFFER_MOVES[status, move]
    except KeyError:
        raise MoveNotAllowed(f"Tilbuddet er {status.label} og kan derfor ikke {move.label}.") from None
