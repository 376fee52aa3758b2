"""Everything that changes a meeting: one function, one durable transaction each."""

from cases.rules.refusal import Refused
from cases.services.cases import AlreadyClosed
from meetings.services.bookings import Booking, book, cancel, move
from meetings.services.change import (
    ChannelNotAllowed,
    NeedsConfirmation,
    NeedsReason,
    NotBookable,
    Occupied,
    OutcomeNotAllowed,
)
from meetings.services.channels import channel_of_all, channel_on, citizens_choice, default_place
from meetings.services.choices import choose_channel
from meetings.services.exemptions import end_exemption, exempt, keep_duty
from meetings.services.outcomes import correct_outcome, register
from meetings.services.presence import fund_participation, wish_fund_present

__all__ = [
    "AlreadyClosed",
    "Booking",
    "ChannelNotAllowed",
    "NeedsConfirmation",
    "NeedsReason",
    "NotBookable",
    "Occupied",
    "OutcomeNotAllowed",
    "Refused",
    "book",
    "cancel",
    "channel_of_all",
    "channel_on",
    "choose_channel",
    "citizens_choice",
    "correct_outcome",
    "default_place",
    "end_exemption",
    "exempt",
    "fund_participation",
    "keep_duty",
    "move",
    "register",
    "wish_fund_present",
]
