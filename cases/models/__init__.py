from cases.models.cases import BenefitHours, Case, CaseStatus, Handover, Pause
from cases.models.deputies import Deputy, DeputyQuerySet
from cases.models.doors import DoorCount
from cases.models.erasure import Erasure, ErasureRun, LegalHold, LogReseal
from cases.models.events import AccessLog, Event, Purpose
from cases.models.factors import AuthenticatorApp, Passkey, ProviderIdentity, RecoveryCode
from cases.models.former_parties import FormerParty
from cases.models.imports import ImportRow, ImportRun
from cases.models.joins import CitizenJoin
from cases.models.keys import KeyCheck
from cases.models.law import Act, ActValue, ActWithdrawal, LawReview
from cases.models.municipal import MunicipalDocument
from cases.models.notes import CaseNote
from cases.models.numbers import CitizenNumber
from cases.models.people import Citizen, CitizenContact, Organisation, OrganisationKind, Role, Team, User
from cases.models.plans import AimDecision, PlanDraft, PlanVersion
from cases.models.reminders import Dispatch, Reminder, ReminderState, SweepRun
from cases.models.seals import LogCheck, LogSeal
from cases.models.security import SecurityEvent, SecurityKind
from cases.models.texts import StandardText
from cases.models.unsaved import UnsavedForm

__all__ = [
    "AccessLog",
    "Act",
    "ActValue",
    "ActWithdrawal",
    "AimDecision",
    "AuthenticatorApp",
    "Deputy",
    "DeputyQuerySet",
    "BenefitHours",
    "Case",
    "CaseNote",
    "CaseStatus",
    "Citizen",
    "CitizenContact",
    "CitizenJoin",
    "CitizenNumber",
    "Dispatch",
    "Erasure",
    "ErasureRun",
    "Event",
    "FormerParty",
    "Handover",
    "ImportRow",
    "ImportRun",
    "DoorCount",
    "KeyCheck",
    "LawReview",
    "LegalHold",
    "LogCheck",
    "LogReseal",
    "LogSeal",
    "MunicipalDocument",
    "Organisation",
    "OrganisationKind",
    "Pause",
    "Passkey",
    "PlanDraft",
    "PlanVersion",
    "ProviderIdentity",
    "Purpose",
    "RecoveryCode",
    "Reminder",
    "ReminderState",
    "Role",
    "SecurityEvent",
    "SecurityKind",
    "StandardText",
    "SweepRun",
    "Team",
    "UnsavedForm",
    "User",
]
