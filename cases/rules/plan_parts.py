"""The parts of Min Plan and the meetings it is made at, with their Danish names."""

from enum import StrEnum


class PlanPart(StrEnum):
    """In the order in which a plan shows them."""

    JOB_GOAL = "job_goal"
    EDUCATION_GOAL = "education_goal"
    JOB_SEARCH = "job_search"
    OFFERS = "offers"
    OTHER_EFFORTS = "other_efforts"
    STABILISING = "stabilising_activities"
    STATUS = "begun_efforts_status"
    FOLLOW_UP = "ended_efforts_follow_up"


PLAN_PART_NAMES = {
    PlanPart.JOB_GOAL: "jobmål",
    PlanPart.EDUCATION_GOAL: "job- og uddannelsesmål",
    PlanPart.JOB_SEARCH: "aftaler om og krav til jobsøgning",
    PlanPart.OFFERS: "tilbud",
    PlanPart.OTHER_EFFORTS: "andre aftalte indsatser",
    PlanPart.STABILISING: "stabiliserende aktiviteter",
    PlanPart.STATUS: "status på igangsatte indsatser",
    PlanPart.FOLLOW_UP: "opfølgning på afsluttede indsatser",
}


class PlanMeeting(StrEnum):
    """The meetings at which an act may have the first version made, by the codes of their kinds."""

    CV_INTERVIEW = "cv_interview"
    CONTACT_INTERVIEW = "contact_interview"


PLAN_MEETING_NAMES = {
    PlanMeeting.CV_INTERVIEW: "cv-samtalen",
    PlanMeeting.CONTACT_INTERVIEW: "den første jobsamtale",
}
