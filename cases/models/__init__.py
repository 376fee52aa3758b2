from cases.models.cases import BenefitHours, Case, CaseStatus, Handover, Pause
from cases.models.events import AccessLog, Event, Purpose
from cases.models.imports import ImportRow, ImportRun
from cases.models.law import Act, ActValue
from cases.models.people import Citizen, Organisation, OrganisationKind, Role, Team, User
from cases.models.reminders import Reminder, ReminderState, SweepRun

__all__ = [
    "AccessLog",
    "Act",
    "ActValue",
    "BenefitHours",
    "Case",
    "CaseStatus",
    "Citizen",
    "Event",
    "Handover",
    "ImportRow",
    "ImportRun",
    "Organisation",
    "OrganisationKind",
    "Pause",
    "Purpose",
    "Reminder",
    "ReminderState",
    "Role",
    "SweepRun",
    "Team",
    "User",
]
