"""The kinds of meetings and the ways to hold them, with their Danish names."""

from enum import StrEnum


class MeetingKind(StrEnum):
    CONTACT_INTERVIEW = "contact_interview"
    CV_INTERVIEW = "cv_interview"
    AVAILABILITY_INTERVIEW = "availability_interview"
    JOINT_INTERVIEW = "joint_interview"


# One, and many.
KIND_NAMES = {
    MeetingKind.CONTACT_INTERVIEW: ("jobsamtale", "jobsamtaler"),
    MeetingKind.CV_INTERVIEW: ("cv-samtale", "cv-samtaler"),
    MeetingKind.AVAILABILITY_INTERVIEW: ("rådighedssamtale", "rådighedssamtaler"),
    MeetingKind.JOINT_INTERVIEW: ("fællessamtale", "fællessamtaler"),
}


class Channel(StrEnum):
    """In the order in which they are offered."""

    ATTENDANCE = "attendance"
    TELEPHONE = "telephone"
    VIDEO = "video"


CHANNEL_NAMES = {
    Channel.ATTENDANCE: "personligt fremmøde",
    Channel.TELEPHONE: "telefon",
    Channel.VIDEO: "video",
}
