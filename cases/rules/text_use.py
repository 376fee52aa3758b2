"""What a standard text of an office is written for: our own list, and no law."""

from cases.rules.labelled import Labelled


class TextUse(Labelled):
    NOTE = "note", "notat om en samtale"
    HEARING = "hearing", "høring af borgeren"
    NOTICE = "notice", "underretning af den anden myndighed"
    SUMMONS = "summons", "ny indkaldelse"
    MESSAGE = "message", "besked til borgeren"
    REJECTION = "rejection", "begrundelse for et afslag"
