"""Every value of the law under its subject, and what it says in plain Danish."""

from collections.abc import Mapping, Sequence
from typing import Any

from cases.models.cases import TARGET_GROUP_LABELS
from cases.rules import case_parameters as case
from cases.rules.danish import counted, listed
from cases.rules.facts import EXEMPTION_NAMES, PARTY_NAMES, PAUSE_NAMES
from cases.rules.kinds import PLAN_MEETING_NAMES, PLAN_PART_NAMES
from cases.rules.parameters import ANCHOR_NAMES, Anchor, Parameter
from meetings.rules import parameters as meeting
from meetings.rules.kinds import CHANNEL_NAMES, KIND_NAMES
from referrals.rules import parameters as referral
from referrals.rules.lifecycle import RECIPIENT_NAMES
from referrals.rules.offers import OFFER_TYPE_NAMES

SUBJECTS: tuple[tuple[str, tuple[Parameter, ...]], ...] = (
    (
        "Hvem der har kontaktforløbet",
        (
            case.TARGET_GROUPS,
            case.FUND_RESPONSIBLE_MONTHS,
            case.HANDOVER_HOURS_FULL_TIME,
            case.HANDOVER_HOURS_PART_TIME,
            case.YOUNG_COURSE_BY_MUNICIPALITY,
            case.YOUNG_AGE_LIMIT,
        ),
    ),
    (
        "Samtaler",
        (
            meeting.BOOKABLE_KINDS,
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
        ),
    ),
    ("Tælling af måneder", (case.CLOCK_STOPPING_PAUSES, case.SICKNESS_DAYS_BEFORE_PAUSE)),
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
            case.PLAN_FIRST_VERSION_BY,
            case.PLAN_FIRST_VERSION_AT,
            case.PLAN_REQUIRED_ITEMS,
            case.PLAN_REQUIRES_STATUS,
            case.PLAN_STABILISING_GROUPS,
        ),
    ),
    ("Kommunens årlige pligter", (case.EMPLOYMENT_PLAN_REQUIRED, case.RESULT_AUDIT_REQUIRED)),
    (
        "Uddannelse eller job som sigte",
        (case.AIM_GROUPS, case.JOB_FOCUS_ALLOWED, case.JOB_FOCUS_GROUPS, case.JOB_FOCUS_REASONS_REQUIRED),
    ),
    ("Klage", (case.COMPLAINT_WEEKS, case.COMPLAINT_REASSESS_WORKDAYS)),
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

# A value in words

#: The same code has another name in another field: that of the first list which knows all that a parameter allows.
_CODE_LISTS: tuple[Mapping[str, str], ...] = (
    PLAN_MEETING_NAMES,
    {kind: one for kind, (one, _) in KIND_NAMES.items()},
    CHANNEL_NAMES,
    PARTY_NAMES,
    RECIPIENT_NAMES,
    PLAN_PART_NAMES,
    PAUSE_NAMES,
    EXEMPTION_NAMES,
    OFFER_TYPE_NAMES,
)

#: What a number counts, by the word in its key that says so.
_UNITS = {
    "months": ("måned", "måneder"),
    "weeks": ("uge", "uger"),
    "days": ("dag", "dage"),
    "workdays": ("arbejdsdag", "arbejdsdage"),
    "hours": ("time", "timer"),
    "limit": ("år", "år"),
    "percent": ("procent", "procent"),
    "meetings": ("jobsamtale", "jobsamtaler"),
}


def in_words(parameter: Parameter, value: Any) -> str:
    """A value as people say it: »3 måneder«, »a-kassen og jobcentret«, »ja«."""
    if value is None:
        return "ingen værdi"
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, int):
        return _number(parameter, value)
    if not value:
        return "ingen"
    if parameter.read.allowed:
        names = names_of(parameter.read.allowed)
        return listed(names[code] for code in parameter.read.allowed if code in value)
    return listed(
        TARGET_GROUP_LABELS.get(number, str(number)).replace(" - ", " (", 1) + ")" for number in sorted(value)
    )


def _number(parameter: Parameter, value: int) -> str:
    words = parameter.key.partition(".")[2].removeprefix("six_weeks_").split("_")
    if "month" in words:
        return f"måned {value}"
    unit = next((_UNITS[word] for word in words if word in _UNITS), None)
    return counted(value, *unit) if unit else str(value)


def names_of(codes: Sequence[str]) -> Mapping[str, str]:
    """The Danish names of the codes that a parameter allows."""
    return next((names for names in _CODE_LISTS if set(codes) <= set(names)), {code: code for code in codes})


def decided_by(parameter: Parameter) -> str:
    """The day of a case that decides which act gives the value."""
    return parameter.event_is if parameter.anchor == Anchor.EVENT else ANCHOR_NAMES[parameter.anchor]
