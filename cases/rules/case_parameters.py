"""What the acts say about the case itself: who has the course, and which days count."""

from cases.rules.facts import PauseKind
from cases.rules.parameters import Anchor, declare, set_of_codes, set_of_numbers, whole_number, yes_no

TARGET_GROUPS = declare(
    "cases.target_groups",
    read=set_of_numbers,
    anchor=Anchor.COURSE_START,
    description="Målgrupper, der følger lovens tabel over samtaler",
)
FUND_RESPONSIBLE_MONTHS = declare(
    "cases.fund_responsible_months",
    read=whole_number,
    anchor=Anchor.COURSE_START,
    description="Antal måneder fra forløbets start, hvor a-kassen har ansvaret for kontaktforløbet",
)
HANDOVER_HOURS_FULL_TIME = declare(
    "cases.handover_hours_full_time",
    read=whole_number,
    anchor=Anchor.PAYOUT,
    description="Dagpengetimer, som summen ved en måneds udgang skal overstige før overgangen: fuldtidsforsikret",
    optional=True,
)
HANDOVER_HOURS_PART_TIME = declare(
    "cases.handover_hours_part_time",
    read=whole_number,
    anchor=Anchor.PAYOUT,
    description="Dagpengetimer, som summen ved en måneds udgang skal overstige før overgangen: deltidsforsikret",
    optional=True,
)
YOUNG_COURSE_BY_MUNICIPALITY = declare(
    "cases.young_course_by_municipality",
    read=yes_no,
    anchor=Anchor.COURSE_START,
    description="Unge uden uddannelse og hjemmeboende børn har hele kontaktforløbet i jobcentret",
)
YOUNG_AGE_LIMIT = declare(
    "cases.young_age_limit",
    read=whole_number,
    anchor=Anchor.COURSE_START,
    description="Alder i år, som man skal være under ved forløbets start for at være ung i den forstand",
)
CLOCK_STOPPING_PAUSES = declare(
    "cases.clock_stopping_pauses",
    read=set_of_codes(*PauseKind),
    anchor=Anchor.EVENT,
    event_is="pausens første dag",
    description="Slags pauser, der stopper tællingen af måneder",
)
SICKNESS_DAYS_BEFORE_PAUSE = declare(
    "cases.sickness_days_before_pause",
    read=whole_number,
    anchor=Anchor.EVENT,
    event_is="den første sygedag",
    description="Dage med sygdom, der stadig tæller som ledighed",
)
