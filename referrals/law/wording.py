"""Every value of the law under its subject, and the Danish names of the codes that the upper apps declare."""

from cases.law.wording import decided_by, in_words, names_of
from cases.rules import parameters
from cases.rules.parameter import Parameter
from meetings.rules import parameters as meeting
from meetings.rules.kinds import CHANNEL_NAMES, KIND_NAMES
from referrals.rules import parameters as referral
from referrals.rules.lifecycle import RECIPIENT_NAMES
from referrals.rules.offers import OFFER_TYPE_NAMES

__all__ = ["CODE_NAMES", "SUBJECTS", "decided_by", "in_words", "names_of"]

SUBJECTS: tuple[tuple[str, tuple[Parameter, ...]], ...] = (
    (
        "Hvem der har kontaktforløbet",
        (
            parameters.TARGET_GROUPS,
            parameters.FUND_RESPONSIBLE_MONTHS,
            parameters.HANDOVER_HOURS_FULL_TIME,
            parameters.HANDOVER_HOURS_PART_TIME,
            parameters.YOUNG_COURSE_BY_MUNICIPALITY,
            parameters.YOUNG_AGE_LIMIT,
        ),
    ),
    (
        "Samtaler",
        (
            meeting.BOOKABLE_KINDS,
            meeting.KINDS_CALLED_BY_FUND,
            meeting.KINDS_CALLED_BY_MUNICIPALITY,
            meeting.OLD_KINDS_ENFORCED,
            meeting.JOINT_FUND_MAY_BE_DECLINED,
            meeting.FUND_MAY_ATTEND_FIRST_MUNICIPALITY_MEETING,
            meeting.REQUEST_RIGHT_AFTER_MONTHS,
            meeting.LONG_TERM_JOINT_MONTH,
            meeting.YOUNG_MEETINGS,
            meeting.OTHER_GROUPS,
            meeting.OTHER_GROUPS_MEETINGS,
            meeting.OTHER_GROUPS_FIRST_DAYS,
            meeting.FIRST_CONTACT_GROUPS,
        ),
    ),
    (
        "Samtaleform",
        (
            meeting.IN_PERSON_MONTHS,
            meeting.CITIZEN_CHOOSES_MONTHS,
            meeting.CHANNELS,
            meeting.DEFAULT_CHANNEL,
            meeting.CHANNEL_CHOICE_NOTICE_DAYS,
            meeting.ATTENDANCE_OVERRIDE_ALLOWED,
            meeting.FIRST_MEETING_IN_PERSON,
            meeting.IN_PERSON_KINDS,
            meeting.IN_PERSON_FIRST_OF_KINDS,
        ),
    ),
    (
        "Tælling af måneder",
        (parameters.CLOCK_STOPPING_PAUSES, parameters.SICKNESS_DAYS_BEFORE_PAUSE, parameters.UNBROKEN_PERIOD_GROUPS),
    ),
    (
        "Fritagelse for samtaler",
        (
            meeting.EXEMPT_START_WITHIN_WEEKS,
            meeting.EXEMPT_START_REASONS,
            meeting.EXEMPT_ONGOING_REASONS,
            meeting.EDUCATION_NOT_EXEMPTING_GROUPS,
            meeting.AFTER_EXEMPTION_MONTHS,
            meeting.EXEMPT_QUOTA_PERCENT,
            meeting.FIRST_MEETING_OUTSIDE_QUOTA,
        ),
    ),
    (
        "Indstilling fra a-kasse til jobcenter",
        (
            referral.ENABLED,
            referral.OFFER_START_WITHIN_MONTHS,
            referral.CONTINUATION_DAYS,
            referral.JOINT_ASSESSMENT_REQUIRED,
            referral.CITIZEN_CONTACT_ALLOWED,
            referral.DECISION_DAYS,
            referral.REASONS_REQUIRED_ON_REJECTION,
            referral.REJECTION_RECIPIENTS,
        ),
    ),
    (
        "Ret og pligt til tilbud",
        (
            referral.COUNTING_OFFER_TYPES,
            referral.OFFER_GROUPS,
            referral.OFFER_DEADLINE_MONTHS,
            referral.MIN_OFFER_WEEKS,
            referral.WAGE_SUBSIDY_GRACE_DAYS,
            referral.OFFER_AFTER_EXEMPTION_MONTHS,
        ),
    ),
    (
        "6 ugers jobrettet uddannelse",
        (
            meeting.SIX_WEEKS_GUIDANCE_BY,
            meeting.SIX_WEEKS_GUIDANCE_FUND_GROUPS,
            referral.SIX_WEEKS_GROUPS,
            referral.SIX_WEEKS_MAX_WEEKS,
            referral.SIX_WEEKS_EARLIEST_WEEKS,
            referral.SIX_WEEKS_FINISH_MONTHS_UNDER_25,
            referral.SIX_WEEKS_FINISH_MONTHS_FROM_25,
            referral.SIX_WEEKS_AGE_LIMIT,
            referral.SIX_WEEKS_ALL_AGES_GROUPS,
        ),
    ),
    (
        "Min Plan",
        (
            parameters.PLAN_FIRST_VERSION_BY,
            parameters.PLAN_FIRST_VERSION_AT,
            parameters.PLAN_REQUIRED_ITEMS,
            parameters.PLAN_REQUIRES_STATUS,
            parameters.PLAN_STABILISING_GROUPS,
        ),
    ),
    ("Kommunens årlige pligter", (parameters.EMPLOYMENT_PLAN_REQUIRED, parameters.RESULT_AUDIT_REQUIRED)),
    (
        "Uddannelse eller job som sigte",
        (
            parameters.AIM_GROUPS,
            parameters.JOB_FOCUS_ALLOWED,
            parameters.JOB_FOCUS_GROUPS,
            parameters.JOB_FOCUS_REASONS_REQUIRED,
        ),
    ),
    ("Klage", (parameters.COMPLAINT_WEEKS, parameters.COMPLAINT_REASSESS_WORKDAYS)),
    (
        "Varsler, som vi selv har sat",
        (
            meeting.REMINDER_BOOK_BY_DAYS,
            meeting.REMINDER_DEADLINE_NEAR_DAYS,
            meeting.REMINDER_MEETING_HOURS,
            meeting.REMINDER_MEETING_MIN_HOURS,
            meeting.REMINDER_OUTCOME_DAYS,
            meeting.REMINDER_HANDOVER_DAYS,
            meeting.DUE_SOON_DAYS,
            referral.REMINDER_WAITING_DAYS,
            referral.REMINDER_NOT_SENT_DAYS,
            referral.OFFER_DUE_SOON_DAYS,
        ),
    ),
)

CODE_NAMES = (
    {str(kind): one for kind, (one, _) in KIND_NAMES.items()},
    CHANNEL_NAMES,
    RECIPIENT_NAMES,
    OFFER_TYPE_NAMES,
)
