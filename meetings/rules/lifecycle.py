"""The states of a booked meeting, and the moves between them."""

from enum import StrEnum

from cases.rules.refusal import Refused


class MeetingStatus(StrEnum):
    BOOKED = "booked"
    HELD = "held"
    MISSED = "missed"
    CANCELLED = "cancelled"
    MOVED = "moved"


class Move(StrEnum):
    """REOPEN takes back a registered outcome that was wrong; it needs a reason."""

    HOLD = "hold"
    MISS = "miss"
    CANCEL = "cancel"
    MOVE = "move"
    REOPEN = "reopen"


MOVES = {
    (MeetingStatus.BOOKED, Move.HOLD): MeetingStatus.HELD,
    (MeetingStatus.BOOKED, Move.MISS): MeetingStatus.MISSED,
    (MeetingStatus.BOOKED, Move.CANCEL): MeetingStatus.CANCELLED,
    (MeetingStatus.BOOKED, Move.MOVE): MeetingStatus.MOVED,
    (MeetingStatus.HELD, Move.REOPEN): MeetingStatus.BOOKED,
    (MeetingStatus.MISSED, Move.REOPEN): MeetingStatus.BOOKED,
}

STATUS_NAMES = {
    MeetingStatus.BOOKED: "booket",
    MeetingStatus.HELD: "afholdt",
    MeetingStatus.MISSED: "udeblevet",
    MeetingStatus.CANCELLED: "aflyst",
    MeetingStatus.MOVED: "flyttet",
}

MOVE_NAMES = {
    Move.HOLD: "registreres som afholdt",
    Move.MISS: "registreres som udeblivelse",
    Move.CANCEL: "aflyses",
    Move.MOVE: "flyttes",
    Move.REOPEN: "åbnes igen",
}


class MoveNotAllowed(Refused, ValueError):
    """The meeting is in a state from which this move does not lead anywhere."""


def status_after(status: MeetingStatus, move: Move) -> MeetingStatus:
    """The state that a move leads to."""
    try:
        return MOVES[status, move]
    except KeyError:
        raise MoveNotAllowed(f"Samtalen er {STATUS_NAMES[status]} og kan derfor ikke {MOVE_NAMES[move]}.") from None
