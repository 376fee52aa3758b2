"""The kinds of meetings and the ways to hold them, with their Danish names."""

from cases.rules.labelled import Labelled


class MeetingKind(Labelled):
    CONTACT_INTERVIEW = "contact_interview", "jobsamtale", "jobsamtaler"
    CV_INTERVIEW = "cv_interview", "cv-samtale", "cv-samtaler"
    AVAILABILITY_INTERVIEW = "availability_interview", "rådighedssamtale", "rådighedssamtaler"
    JOINT_INTERVIEW = "joint_interview", "fællessamtale", "fællessamtaler"


class Channel(Labelled):
    """In the order in which they are offered."""

    ATTENDANCE = "attendance", "personligt fremmøde"
    TELEPHONE = "telephone", "telefon"
    VIDEO = "video", "video"
