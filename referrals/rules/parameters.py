"""What the acts say about referrals, offers, right and duty, and six weeks of job-oriented education."""

from cases.rules.declaring import Anchor, Subject, Unit, declare, set_of_codes, set_of_numbers, whole_number, yes_no
from referrals.rules.lifecycle import Recipient
from referrals.rules.offers import GRANTED_TYPES, OfferType

DAY_SENT = "dagen, indstillingen sendes"
OFFER_FIRST_DAY = "tilbuddets første dag"
EDUCATION_FIRST_DAY = "uddannelsens første dag"

# The referral
ENABLED = declare(
    "referrals.enabled",
    read=yes_no,
    subject=Subject.REFERRAL,
    event_is=DAY_SENT,
    description="A-kassen kan sende en indstilling om et tilbud til jobcentret",
)
OFFER_START_WITHIN_MONTHS = declare(
    "referrals.offer_start_within_months",
    read=whole_number,
    subject=Subject.REFERRAL,
    unit=Unit.MONTHS,
    event_is=DAY_SENT,
    description="Måneder fra forløbets start, inden for hvilke det indstillede tilbud skal begynde",
    optional=True,
)
CONTINUATION_DAYS = declare(
    "referrals.continuation_days",
    read=whole_number,
    subject=Subject.REFERRAL,
    unit=Unit.DAYS,
    event_is=DAY_SENT,
    description="Dage efter de måneder, hvor det indstillede tilbud stadig begynder i forlængelse af dem",
    optional=True,
)
JOINT_ASSESSMENT_REQUIRED = declare(
    "referrals.joint_assessment_required",
    read=yes_no,
    subject=Subject.REFERRAL,
    event_is=DAY_SENT,
    description="A-kassens og borgerens fælles vurdering og borgerens accept skal stå i indstillingen",
)
CITIZEN_CONTACT_ALLOWED = declare(
    "referrals.citizen_contact_allowed",
    read=yes_no,
    subject=Subject.REFERRAL,
    event_is="kontaktens dag",
    description="Jobcentret må kontakte borgeren om indstillingen i nødvendigt omfang",
)
DECISION_DAYS = declare(
    "referrals.decision_days",
    read=whole_number,
    subject=Subject.REFERRAL,
    unit=Unit.DAYS,
    event_is="dagen, indstillingen modtages",
    description="Dage fra modtagelsen, inden for hvilke jobcentret skal afgøre indstillingen",
    optional=True,
)
REASONS_REQUIRED_ON_REJECTION = declare(
    "referrals.reasons_required_on_rejection",
    read=yes_no,
    subject=Subject.REFERRAL,
    anchor=Anchor.DECISION,
    description="En afvisning kan ikke gemmes uden begrundelse",
)
REJECTION_RECIPIENTS = declare(
    "referrals.rejection_recipients",
    read=set_of_codes(*Recipient),
    subject=Subject.REFERRAL,
    anchor=Anchor.DECISION,
    description="Hvem der skal have den begrundede afvisning",
)

# The offers
GRANTS = {
    type_: declare(
        f"referrals.grants_{type_}",
        read=yes_no,
        subject=Subject.OFFERS,
        anchor=Anchor.EVENT,
        event_is=OFFER_FIRST_DAY,
        description=f"Jobcentret kan bevilge {type_.label}",
    )
    for type_ in GRANTED_TYPES
}

# Right and duty
COUNTING_OFFER_TYPES = declare(
    "referrals.counting_offer_types",
    read=set_of_codes(*OfferType),
    subject=Subject.RIGHT_AND_DUTY,
    event_is=OFFER_FIRST_DAY,
    description="Tilbudstyper, der tæller som ret- og pligttilbud",
)
OFFER_GROUPS = declare(
    "referrals.offer_groups",
    read=set_of_numbers,
    subject=Subject.RIGHT_AND_DUTY,
    anchor=Anchor.COURSE_START,
    description="Målgrupper med ret og pligt til tilbud",
)
OFFER_DEADLINE_MONTHS = declare(
    "referrals.offer_deadline_months",
    read=whole_number,
    subject=Subject.RIGHT_AND_DUTY,
    unit=Unit.MONTHS,
    anchor=Anchor.COURSE_START,
    description="Måneder fra forløbets start, inden for hvilke et tilbud, der tæller, skal være begyndt",
)
MIN_OFFER_WEEKS = declare(
    "referrals.min_offer_weeks",
    read=whole_number,
    subject=Subject.RIGHT_AND_DUTY,
    unit=Unit.WEEKS,
    event_is=OFFER_FIRST_DAY,
    description="Uger i træk, som et tilbud mindst skal vare for at tælle",
)
WAGE_SUBSIDY_GRACE_DAYS = declare(
    "referrals.wage_subsidy_grace_days",
    read=whole_number,
    subject=Subject.RIGHT_AND_DUTY,
    unit=Unit.DAYS,
    event_is=OFFER_FIRST_DAY,
    description="Dage efter fristen, hvor et løntilskud, der er bevilget inden fristen, senest skal begynde",
)
OFFER_AFTER_EXEMPTION_MONTHS = declare(
    "referrals.offer_after_exemption_months",
    read=whole_number,
    subject=Subject.RIGHT_AND_DUTY,
    unit=Unit.MONTHS,
    event_is="fritagelsens sidste dag",
    description="Måneder efter en fritagelse, der dækkede fristen, inden for hvilke tilbuddet skal begynde",
)

# Six weeks of job-oriented education
SIX_WEEKS_GROUPS = declare(
    "referrals.six_weeks_groups",
    read=set_of_numbers,
    subject=Subject.SIX_WEEKS,
    event_is=EDUCATION_FIRST_DAY,
    description="Målgrupper med ret til 6 ugers jobrettet uddannelse (målgruppe 9 kun på ledighedsydelse)",
)
SIX_WEEKS_MAX_WEEKS = declare(
    "referrals.six_weeks_max_weeks",
    read=whole_number,
    subject=Subject.SIX_WEEKS,
    unit=Unit.WEEKS,
    event_is=EDUCATION_FIRST_DAY,
    description="Uger, som den jobrettede uddannelse højst kan vare",
)
SIX_WEEKS_EARLIEST_WEEKS = declare(
    "referrals.six_weeks_earliest_weeks",
    read=whole_number,
    subject=Subject.SIX_WEEKS,
    unit=Unit.WEEKS,
    anchor=Anchor.COURSE_START,
    description="Ugers ledighed, før den jobrettede uddannelse kan begynde",
)
SIX_WEEKS_FINISH_MONTHS_UNDER_25 = declare(
    "referrals.six_weeks_finish_months_under_25",
    read=whole_number,
    subject=Subject.SIX_WEEKS,
    unit=Unit.MONTHS,
    anchor=Anchor.COURSE_START,
    description="Måneder, inden for hvilke den jobrettede uddannelse skal være slut: de unge",
)
SIX_WEEKS_FINISH_MONTHS_FROM_25 = declare(
    "referrals.six_weeks_finish_months_from_25",
    read=whole_number,
    subject=Subject.SIX_WEEKS,
    unit=Unit.MONTHS,
    anchor=Anchor.COURSE_START,
    description="Måneder, inden for hvilke den jobrettede uddannelse skal være slut: alle andre",
)
SIX_WEEKS_AGE_LIMIT = declare(
    "referrals.six_weeks_age_limit",
    read=whole_number,
    subject=Subject.SIX_WEEKS,
    unit=Unit.YEARS,
    anchor=Anchor.COURSE_START,
    description="Alder i år, som man skal være under ved forløbets start for at have de unges frist",
)
SIX_WEEKS_ALL_AGES_GROUPS = declare(
    "referrals.six_weeks_all_ages_groups",
    read=set_of_numbers,
    subject=Subject.SIX_WEEKS,
    anchor=Anchor.COURSE_START,
    description="Målgrupper, der har den lange frist for jobrettet uddannelse uanset alder",
)

# Our own lead times
REMINDER_WAITING_DAYS = declare(
    "referrals.reminder_waiting_days",
    read=whole_number,
    subject=Subject.LEAD_TIMES,
    unit=Unit.DAYS,
    event_is="dagen, indstillingen modtages",
    description="Dage fra modtagelsen, hvor jobcentret mindes om en indstilling, der ikke er afgjort",
)
REMINDER_NOT_SENT_DAYS = declare(
    "referrals.reminder_not_sent_days",
    read=whole_number,
    subject=Subject.LEAD_TIMES,
    unit=Unit.DAYS,
    event_is="afgørelsens dag",
    description="Dage fra afgørelsen, hvor jobcentret mindes om en afgørelse, der ikke er sendt",
)
OFFER_DUE_SOON_DAYS = declare(
    "referrals.offer_due_soon_days",
    read=whole_number,
    subject=Subject.LEAD_TIMES,
    unit=Unit.DAYS,
    event_is="dagen i dag",
    description="Dage frem i tiden, hvor et manglende tilbud vises som nært på jobcentrets arbejdsliste",
)
