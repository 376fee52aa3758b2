"""Everything that changes a referral: one function, one durable transaction each."""

from cases.rules.refusal import Incomplete
from referrals.services.referrals.change import (
    AlreadyPending,
    ContactNotAllowed,
    NotAdmissible,
    NotYours,
    StaleReferral,
)
from referrals.services.referrals.deciding import (
    Reasons,
    assess,
    contact,
    demanded_reasons,
    grant,
    mark_seen,
    own_days_of,
    reject,
    set_decision_limit,
    undo_decision,
)
from referrals.services.referrals.letters import BY_HAND, UNDO_WITHIN, owe_letters, tell_by_hand, told
from referrals.services.referrals.writing import Proposal, discard_draft, on_case_closed, send, withdraw, write_draft

__all__ = [
    "AlreadyPending",
    "BY_HAND",
    "ContactNotAllowed",
    "Incomplete",
    "NotAdmissible",
    "NotYours",
    "Proposal",
    "Reasons",
    "StaleReferral",
    "UNDO_WITHIN",
    "assess",
    "contact",
    "demanded_reasons",
    "discard_draft",
    "grant",
    "mark_seen",
    "on_case_closed",
    "owe_letters",
    "own_days_of",
    "reject",
    "send",
    "set_decision_limit",
    "tell_by_hand",
    "told",
    "undo_decision",
    "withdraw",
    "write_draft",
]
