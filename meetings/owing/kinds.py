"""The kinds of messages about meetings that are owed: their codes, and what each is called in Danish."""

from cases.rules.labelled import Labelled


class ReminderKind(Labelled):
    """The first eight go to the citizen; the others to the one who has the case or holds the meeting."""

    INVITATION = "meetings.invitation", "indkaldelse"
    CORRECTION = "meetings.correction", "ændret indkaldelse"
    CANCELLATION = "meetings.cancellation", "aflysning"
    MEETING_TOMORROW = "meetings.meeting_tomorrow", "samtale i morgen"
    CHOICE_SET_ASIDE = "meetings.choice_set_aside", "valg af samtaleform tilsidesat"
    NO_SHOW_HEARING = "meetings.no_show_hearing", "høring om udeblivelse"
    NO_SHOW_SUMMONS = "meetings.no_show_summons", "ny indkaldelse efter udeblivelse"
    WRITTEN = "meetings.written", "besked fra kontoret"
    NO_SHOW_NOTICE = "meetings.no_show_notice", "underretning om udeblivelse"
    BOOK_BY = "meetings.book_by", "samtale skal bookes"
    DEADLINE_NEAR = "meetings.deadline_near", "frist nær"
    DEADLINE_PASSED = "meetings.deadline_passed", "frist overskredet"
    OUTCOME_MISSING = "meetings.outcome_missing", "udfald mangler"
    HANDOVER_NEAR = "meetings.handover_near", "overgang nær"
    LAW_CHANGED = "meetings.law_changed", "loven er ændret"
    LIST_JOB = "meetings.list_job", "sager er fordelt"


#: What tells the citizen of a meeting: of several about the same one the newest is enough.
TO_CITIZEN = (
    ReminderKind.INVITATION,
    ReminderKind.CORRECTION,
    ReminderKind.CANCELLATION,
    ReminderKind.MEETING_TOMORROW,
)
