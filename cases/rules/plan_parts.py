"""The parts of Min Plan and the meetings it is made at, with their Danish names."""

from cases.rules.labelled import Labelled


class PlanPart(Labelled):
    """In the order in which a plan shows them."""

    JOB_GOAL = "job_goal", "jobmål"
    EDUCATION_GOAL = "education_goal", "job- og uddannelsesmål"
    JOB_SEARCH = "job_search", "aftaler om og krav til jobsøgning"
    OFFERS = "offers", "tilbud"
    OTHER_EFFORTS = "other_efforts", "andre aftalte indsatser"
    STABILISING = "stabilising_activities", "stabiliserende aktiviteter"
    STATUS = "begun_efforts_status", "status på igangsatte indsatser"
    FOLLOW_UP = "ended_efforts_follow_up", "opfølgning på afsluttede indsatser"


class PlanMeeting(Labelled):
    """The meetings at which an act may have the first version made, by the codes of their kinds."""

    CV_INTERVIEW = "cv_interview", "cv-samtalen"
    CONTACT_INTERVIEW = "contact_interview", "den første jobsamtale"
