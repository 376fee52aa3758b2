from meetings.models.columns import KIND_LABELS
from meetings.models.exemptions import Exemption
from meetings.models.law import MeetingRule, MeetingRuleQuerySet
from meetings.models.law_runs import (
    CHANGE_KIND_LABELS,
    RUN_STATE_LABELS,
    ChangeKind,
    LawChange,
    LawRun,
    LawRunBatch,
    RunKind,
    RunState,
)
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
    "CHANGE_KIND_LABELS",
    "CHOSEN_BY_LABELS",
    "CancelReason",
    "ChangeKind",
    "ChannelChoice",
    "ChosenBy",
    "Exemption",
    "KIND_LABELS",
    "LawChange",
    "LawRun",
    "LawRunBatch",
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
    "RUN_STATE_LABELS",
    "RunKind",
    "RunState",
    "WorklistEntry",
    "WorklistEntryQuerySet",
]
