from meetings.models.columns import KIND_LABELS
from meetings.models.exemptions import Exemption
from meetings.models.law import MeetingRule, MeetingRuleQuerySet
from meetings.models.meetings import (
    CANCEL_REASON_LABELS,
    CHOSEN_BY_LABELS,
    OUTCOME_LABELS,
    CancelReason,
    ChannelChoice,
    ChosenBy,
    Meeting,
    MeetingQuerySet,
    Outcome,
)
from meetings.models.requirements import (
    REQUIREMENT_STATE_LABELS,
    RequiredMeeting,
    RequiredMeetingQuerySet,
    RequirementState,
)
from meetings.models.worklist import WorklistEntry, WorklistEntryQuerySet

__all__ = [
    "CANCEL_REASON_LABELS",
    "CHOSEN_BY_LABELS",
    "CancelReason",
    "ChannelChoice",
    "ChosenBy",
    "Exemption",
    "KIND_LABELS",
    "Meeting",
    "MeetingQuerySet",
    "MeetingRule",
    "MeetingRuleQuerySet",
    "OUTCOME_LABELS",
    "Outcome",
    "REQUIREMENT_STATE_LABELS",
    "RequiredMeeting",
    "RequiredMeetingQuerySet",
    "RequirementState",
    "WorklistEntry",
    "WorklistEntryQuerySet",
]
