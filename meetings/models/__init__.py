from meetings.models.calendar_links import BusyCalendar, BusyTime, CalendarFeed
from meetings.models.exemptions import Exemption
from meetings.models.law import MeetingRule, MeetingRuleQuerySet
from meetings.models.law_runs import ChangeKind, LawChange, LawLoad, LawRun, LawRunBatch, RunKind, RunState
from meetings.models.list_jobs import ListAction, ListJob, ListJobQuerySet, ListJobRow, ListJobRowState, ListJobState
from meetings.models.meetings import CancelReason, ChannelChoice, ChosenBy, FundWish, Meeting, MeetingQuerySet, Outcome
from meetings.models.month_plans import MonthPlan, MonthPlanQuerySet, PlanProposal, PlanScope, PlanState, ProposalState
from meetings.models.no_shows import NoShowStep, NoShowStepQuerySet
from meetings.models.requirements import Explanation, RequiredMeeting, RequiredMeetingQuerySet, RequirementState
from meetings.models.saved_views import SavedView, SavedViewQuerySet, SharedWith
from meetings.models.working_time import (
    AbsenceKind,
    ClosingDay,
    StaffAbsence,
    StaffAbsenceQuerySet,
    TalkCap,
    WorkingHours,
)
from meetings.models.worklist import NextLook, WorklistEntry, WorklistEntryQuerySet
from meetings.rules.no_shows import NoShowStepKind

__all__ = [
    "AbsenceKind",
    "BusyCalendar",
    "BusyTime",
    "CalendarFeed",
    "ClosingDay",
    "StaffAbsence",
    "StaffAbsenceQuerySet",
    "TalkCap",
    "WorkingHours",
    "NoShowStep",
    "NoShowStepKind",
    "NoShowStepQuerySet",
    "CancelReason",
    "ChangeKind",
    "ChannelChoice",
    "ChosenBy",
    "Exemption",
    "Explanation",
    "FundWish",
    "LawChange",
    "LawLoad",
    "LawRun",
    "LawRunBatch",
    "ListAction",
    "ListJob",
    "ListJobQuerySet",
    "ListJobRow",
    "ListJobRowState",
    "ListJobState",
    "Meeting",
    "MeetingQuerySet",
    "MeetingRule",
    "MeetingRuleQuerySet",
    "MonthPlan",
    "MonthPlanQuerySet",
    "NextLook",
    "Outcome",
    "PlanProposal",
    "PlanScope",
    "PlanState",
    "ProposalState",
    "RequiredMeeting",
    "RequiredMeetingQuerySet",
    "RequirementState",
    "RunKind",
    "RunState",
    "SavedView",
    "SavedViewQuerySet",
    "SharedWith",
    "WorklistEntry",
    "WorklistEntryQuerySet",
]
