"""The states of a booked meeting, and the moves between them."""

from cases.rules.labelled import Labelled
from cases.rules.refusal import Refused


class MeetingStatus(Labelled):
    BOOKED = "booked", "booket"
    HELD = "held", "afholdt"
    MISSED = "missed", "udeblevet"
    CANCELLED = "cancelled", "aflyst"
    MOVED = "moved", "flyttet"


class Move(Labelled):
    """REOPEN takes back a registered outcome that was wrong, WITHDRAW a meeting that never was; both need a reason."""

    HOLD = "hold", "registreres som afholdt"
    MISS = "miss", "registreres som udeblivelse"
    CANCEL = "cancel", "aflyses"
    MOVE = "move", "flyttes"
    REOPEN = "reopen", "åbnes igen"
    WITHDRAW = "withdraw", "trækkes tilbage"


MOVES = {
    (MeetingStatus.BOOKED, Move.HOLD): MeetingStatus.HELD,
    (MeetingStatus.BOOKED, Move.MISS): MeetingStatus.MISSED,
    (MeetingStatus.BOOKED, Move.CANCEL): MeetingStatus.CANCELLED,
    (MeetingStatus.BOOKED, Move.MOVE): MeetingStatus.MOVED,
    (MeetingStatus.HELD, Move.REOPEN): MeetingStatus.BOOKED,
    (MeetingStatus.MISSED, Move.REOPEN): MeetingStatus.BOOKED,
    (MeetingStatus.HELD, Move.WITHDRAW): MeetingStatus.CANCELLED,
    (MeetingStatus.MISSED, Move.WITHDRAW): MeetingStatus.CANCELLED,
}


class MoveNotAllowed(Refused, ValueError):
    """The meeting is in a state from which this move does not lead anywhere."""


def status_after(status: MeetingStatus, move: Move) -> MeetingStatus:
    """The state that a move leads to."""
    try:
        return MOVES[status, move]
    except KeyError:
        raise MoveNotAllowed(f"Samtalen er {status.label} og kan derfor ikke {move.label}.") from None
