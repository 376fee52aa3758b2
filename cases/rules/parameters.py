"""What the acts say about the case itself: who has the course, which days count, Min Plan, the aim, complaints."""

from cases.rules.declaring import (
    Anchor,
    Subject,
    Unit,
    declare,
    set_of_codes,
    set_of_numbers,
    set_of_one_code,
    whole_number,
    yes_no,
)
from cases.rules.facts import Party, PauseKind
from cases.rules.plan_parts import PlanMeeting, PlanPart

PLAN_SAVED_DAY = "dagen, planen gemmes"
CHECK_DAY = "dagen, der spørges om"
ERASURE_DAY = "dagen, sletningen foreslås"
LOG_DAY = "dagen, loggen gennemgås"

# Who has the course, and which days count
TARGET_GROUPS = declare(
    "cases.target_groups",
    read=set_of_numbers,
    subject=Subject.HOLDER,
    anchor=Anchor.COURSE_START,
    description="Målgrupper, der følger lovens tabel over samtaler",
)
FUND_RESPONSIBLE_MONTHS = declare(
    "cases.fund_responsible_months",
    read=whole_number,
    subject=Subject.HOLDER,
    unit=Unit.MONTHS,
    anchor=Anchor.COURSE_START,
    description="Antal måneder fra forløbets start, hvor a-kassen har ansvaret for kontaktforløbet",
)
HANDOVER_HOURS_FULL_TIME = declare(
    "cases.handover_hours_full_time",
    read=whole_number,
    subject=Subject.HOLDER,
    unit=Unit.HOURS,
    anchor=Anchor.PAYOUT,
    description="Dagpengetimer, som summen ved en måneds udgang skal overstige før overgangen: fuldtidsforsikret",
    optional=True,
)
HANDOVER_HOURS_PART_TIME = declare(
    "cases.handover_hours_part_time",
    read=whole_number,
    subject=Subject.HOLDER,
    unit=Unit.HOURS,
    anchor=Anchor.PAYOUT,
    description="Dagpengetimer, som summen ved en måneds udgang skal overstige før overgangen: deltidsforsikret",
    optional=True,
)
YOUNG_COURSE_BY_MUNICIPALITY = declare(
    "cases.young_course_by_municipality",
    read=yes_no,
    subject=Subject.HOLDER,
    anchor=Anchor.COURSE_START,
    description="Unge uden uddannelse og hjemmeboende børn har hele kontaktforløbet i jobcentret",
)
YOUNG_AGE_LIMIT = declare(
    "cases.young_age_limit",
    read=whole_number,
    subject=Subject.HOLDER,
    unit=Unit.YEARS,
    anchor=Anchor.COURSE_START,
    description="Alder i år, som man skal være under ved forløbets start for at være ung i den forstand",
)
CLOCK_STOPPING_PAUSES = declare(
    "cases.clock_stopping_pauses",
    read=set_of_codes(*PauseKind),
    subject=Subject.COUNTING,
    event_is="pausens første dag",
    description="Slags pauser, der stopper tællingen af måneder",
)
SICKNESS_DAYS_BEFORE_PAUSE = declare(
    "cases.sickness_days_before_pause",
    read=whole_number,
    subject=Subject.COUNTING,
    unit=Unit.DAYS,
    event_is="den første sygedag",
    description="Dage med sygdom, der stadig tæller som ledighed",
)
UNBROKEN_PERIOD_GROUPS = declare(
    "cases.unbroken_period_groups",
    read=set_of_numbers,
    subject=Subject.COUNTING,
    event_is="pausens første dag",
    description="Målgrupper, hvis måneder regnes over en ubrudt periode på samme ydelse",
)
RESTART_AFTER_YEARS = declare(
    "cases.restart_after_years",
    read=whole_number,
    subject=Subject.COUNTING,
    unit=Unit.YEARS,
    event_is="dagen, borgeren kommer tilbage",
    description="År væk fra ydelsen, hvorefter et nyt forløb kan begynde uden ny indplacering",
)

# Min Plan
PLAN_FIRST_VERSION_BY = declare(
    "cases.plan_first_version_by",
    read=set_of_codes(Party.FUND, Party.MUNICIPALITY),
    subject=Subject.PLAN,
    anchor=Anchor.COURSE_START,
    description="Hvem der laver første version af Min Plan",
)
PLAN_FIRST_VERSION_AT = declare(
    "cases.plan_first_version_at",
    read=set_of_one_code(*PlanMeeting),
    subject=Subject.PLAN,
    anchor=Anchor.COURSE_START,
    description="Samtalen, hvor første version af Min Plan laves (den første af sin slags)",
)
PLAN_REQUIRED_ITEMS = declare(
    "cases.plan_required_items",
    read=set_of_codes(
        PlanPart.JOB_GOAL, PlanPart.EDUCATION_GOAL, PlanPart.JOB_SEARCH, PlanPart.OFFERS, PlanPart.OTHER_EFFORTS
    ),
    subject=Subject.PLAN,
    event_is=PLAN_SAVED_DAY,
    description="Dele, som Min Plan skal have",
)
PLAN_REQUIRES_STATUS = declare(
    "cases.plan_requires_status",
    read=yes_no,
    subject=Subject.PLAN,
    event_is=PLAN_SAVED_DAY,
    description="Min Plan skal have status på igangsatte og opfølgning på afsluttede indsatser",
)
PLAN_STABILISING_GROUPS = declare(
    "cases.plan_stabilising_groups",
    read=set_of_numbers,
    subject=Subject.PLAN,
    event_is=PLAN_SAVED_DAY,
    description="Målgrupper, hvis Min Plan også kan have stabiliserende aktiviteter",
)

# The municipality's yearly duties
EMPLOYMENT_PLAN_REQUIRED = declare(
    "cases.employment_plan_required",
    read=yes_no,
    subject=Subject.MUNICIPALITY,
    event_is=CHECK_DAY,
    description="Kommunalbestyrelsen skal vedtage en beskæftigelsesplan",
)
RESULT_AUDIT_REQUIRED = declare(
    "cases.result_audit_required",
    read=yes_no,
    subject=Subject.MUNICIPALITY,
    event_is=CHECK_DAY,
    description="Kommunen skal lave en resultatrevision",
)

# Education or job
AIM_GROUPS = declare(
    "cases.aim_groups",
    read=set_of_numbers,
    subject=Subject.AIM,
    anchor=Anchor.DECISION,
    description="Målgrupper, hvor kommunen træffer afgørelse om sigtet med indsatsen (uddannelsespålæg)",
)
JOB_FOCUS_ALLOWED = declare(
    "cases.job_focus_allowed",
    read=yes_no,
    subject=Subject.AIM,
    anchor=Anchor.DECISION,
    description="Kommunen kan rette indsatsen mod job i stedet for uddannelse",
)
JOB_FOCUS_GROUPS = declare(
    "cases.job_focus_groups",
    read=set_of_numbers,
    subject=Subject.AIM,
    anchor=Anchor.DECISION,
    description="Målgrupper, hvor indsatsen kan rettes mod job",
)
JOB_FOCUS_REASONS_REQUIRED = declare(
    "cases.job_focus_reasons_required",
    read=yes_no,
    subject=Subject.AIM,
    anchor=Anchor.DECISION,
    description="Rettes indsatsen mod job, skal vurdering, begrundelse og borgerens ønske stå i sagen",
)

# Complaints
COMPLAINT_WEEKS = declare(
    "cases.complaint_weeks",
    read=whole_number,
    subject=Subject.COMPLAINT,
    unit=Unit.WEEKS,
    anchor=Anchor.DECISION,
    description="Uger til at klage, fra afgørelsen er givet",
)
COMPLAINT_REASSESS_WORKDAYS = declare(
    "cases.complaint_reassess_workdays",
    read=whole_number,
    subject=Subject.COMPLAINT,
    unit=Unit.WORKDAYS,
    anchor=Anchor.DECISION,
    description="Arbejdsdage, som kommunen har til at vurdere en påklaget afgørelse om tilbud igen",
)

# Who reads what
FUND_ACCESS_DAYS = declare(
    "cases.fund_access_days",
    read=whole_number,
    subject=Subject.ACCESS,
    unit=Unit.DAYS,
    event_is="dagen, sagen læses",
    description="Dage, hvor en a-kasse eller et jobcenter stadig kan læse en sag efter at være ophørt som part",
)
RETENTION_YEARS_WITH_FUND = declare(
    "cases.retention_years_with_fund",
    read=whole_number,
    subject=Subject.ACCESS,
    unit=Unit.YEARS,
    event_is=ERASURE_DAY,
    description="År efter afslutningen, hvor en sag med a-kasse gemmes, før den kan foreslås slettet",
)
RETENTION_YEARS_WITHOUT_FUND = declare(
    "cases.retention_years_without_fund",
    read=whole_number,
    subject=Subject.ACCESS,
    unit=Unit.YEARS,
    event_is=ERASURE_DAY,
    description="År efter afslutningen, hvor en sag uden a-kasse gemmes, før den kan foreslås slettet",
)
ACCESS_LOG_YEARS = declare(
    "cases.access_log_years",
    read=whole_number,
    subject=Subject.ACCESS,
    unit=Unit.YEARS,
    event_is=LOG_DAY,
    description="År, hvor et opslag gemmes i loggen; dog mindst så længe som de sager, det viste",
)
SECURITY_LOG_YEARS = declare(
    "cases.security_log_years",
    read=whole_number,
    subject=Subject.ACCESS,
    unit=Unit.YEARS,
    event_is=LOG_DAY,
    description="År, hvor en sikkerhedshændelse gemmes i loggen",
)
