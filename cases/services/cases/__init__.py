"""Everything that changes a case: one function, one durable transaction each."""

from cases.rules.refusal import Refused
from cases.services.cases.change import (
    AlreadyClosed,
    CitizenHasOpenCase,
    HandoverRefused,
    NoRules,
    StaleForm,
    WrongParty,
)
from cases.services.cases.citizens import CONTACT_FIELDS, SHARED_FIELDS, CitizenDetails, ProtectionKept, update_citizen
from cases.services.cases.handover import hand_over, nothing_to_hand_over, receive
from cases.services.cases.pauses import add_pause, change_pause, hours_text, record_hours, remove_pause
from cases.services.cases.spell import (
    CourseDetails,
    NewCase,
    check_facts,
    close_case,
    close_one_of_many,
    course_of,
    open_case,
    open_one_of_many,
    place_anew,
)
from cases.services.cases.upkeep import assign, correct_course

__all__ = [
    "CONTACT_FIELDS",
    "SHARED_FIELDS",
    "AlreadyClosed",
    "CitizenDetails",
    "CitizenHasOpenCase",
    "CourseDetails",
    "HandoverRefused",
    "NewCase",
    "NoRules",
    "ProtectionKept",
    "Refused",
    "StaleForm",
    "WrongParty",
    "add_pause",
    "assign",
    "check_facts",
    "change_pause",
    "close_case",
    "close_one_of_many",
    "correct_course",
    "course_of",
    "hand_over",
    "hours_text",
    "nothing_to_hand_over",
    "open_case",
    "open_one_of_many",
    "place_anew",
    "receive",
    "record_hours",
    "remove_pause",
    "update_citizen",
]
