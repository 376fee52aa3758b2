"""What a booking, a move or a cancellation makes us owe the citizen: rows in the transaction of the change."""

from enum import StrEnum


class ReminderKind(StrEnum):
    """The first five go to the citizen; the others to the one who has the case or holds the meeting."""

    INVITATION = "meetings.invitation"
    CORRECTION = "meetings.correction"
    CANCELLATION = "meetings.cancellation"
    MEETING_TOMORROW = "meetings.meeting_tomorrow"
    CHOICE_SET_ASIDE = "meetings.choice_set_aside"
    BOOK_BY = "meetings.book_by"
    DEADLINE_NEAR = "meetings.deadline_near"
    DEADLINE_PASSED = "meetings.deadline_passed"
    OUTCOME_MISSING = "meetings.outcome_missing"
    HANDOVER_NEAR = "meetings.handover_near"
    LAW_CHANGED = "meetings.law_changed"


KIND_LABELS = {
    ReminderKind.INVITATION: "indkaldelse",
    ReminderKind.CORRECTION: "ændret indkaldelse",
    ReminderKind.CANCELLATION: "aflysning",
    ReminderKind.MEETING_TOMORROW: "samtale i morgen",
    ReminderKind.CHOICE_SET_ASIDE: "valg af samtaleform tilsidesat",
    ReminderKind.BOOK_BY: "samtale skal bookes",
    ReminderKind.DEADLINE_NEAR: "frist nær",
    ReminderKind.DEADLINE_PASSED: "frist overskredet",
    ReminderKind.OUTCOME_MISSING: "udfald mangler",
    ReminderKind.HANDOVER_NEAR: "overgang nær",
    ReminderKind.LAW_CHANGED: "loven er ændret",
}

#: What tells the citizen of a meeting: of several about the same one the newest is enough.
TO_CITIZEN = (
    ReminderKind.INVITATION,
    ReminderKind.CORRECTION,
    ReminderKind.CANCELLATION,
    ReminderKind.MEETING_TOMORROW,
)
