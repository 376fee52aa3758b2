"""What the acts say about meetings: how many, by whom, by which channel, and when nobody need come."""

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
from cases.rules.facts import ExemptionReason, Party
from meetings.rules.kinds import Channel, MeetingKind

MEETING_DAY = "samtalens dag"
DEADLINE_DAY = "fristens dag"


# The channel
IN_PERSON_MONTHS = declare(
    "meetings.in_person_months",
    read=whole_number,
    subject=Subject.CHANNEL,
    unit=Unit.MONTHS,
    event_is=MEETING_DAY,
    description="Antal måneder fra forløbets start, hvor samtaler kun holdes ved personligt fremmøde",
)
CITIZEN_CHOOSES_MONTHS = declare(
    "meetings.citizen_chooses_months",
    read=whole_number,
    subject=Subject.CHANNEL,
    unit=Unit.MONTHS,
    event_is=MEETING_DAY,
    description="Antal måneder fra forløbets start, hvor borgerens valg af samtaleform binder",
)
CHANNELS = declare(
    "meetings.channels",
    read=set_of_codes(*Channel),
    subject=Subject.CHANNEL,
    event_is=MEETING_DAY,
    description="Samtaleformer, der findes",
)
DEFAULT_CHANNEL = declare(
    "meetings.default_channel",
    read=set_of_one_code(*Channel),
    subject=Subject.CHANNEL,
    event_is=MEETING_DAY,
    description="Samtaleform, når borgeren ikke har valgt",
)
CHANNEL_CHOICE_NOTICE_DAYS = declare(
    "meetings.channel_choice_notice_days",
    read=whole_number,
    subject=Subject.CHANNEL,
    unit=Unit.DAYS,
    event_is=MEETING_DAY,
    description="Dage før samtalen, hvor valget af samtaleform senest skal være meddelt",
    optional=True,
)
ATTENDANCE_OVERRIDE_ALLOWED = declare(
    "meetings.attendance_override_allowed",
    read=yes_no,
    subject=Subject.CHANNEL,
    event_is=MEETING_DAY,
    description="Den, der holder samtalen, må kræve fremmøde imod borgerens valg med en skriftlig begrundelse",
)
FIRST_MEETING_IN_PERSON = declare(
    "meetings.first_meeting_in_person",
    read=yes_no,
    subject=Subject.CHANNEL,
    event_is=MEETING_DAY,
    description="Cv-samtalen og forløbets første jobsamtale holdes ved personligt fremmøde",
)
IN_PERSON_KINDS = declare(
    "meetings.in_person_kinds",
    read=set_of_codes(*MeetingKind),
    subject=Subject.CHANNEL,
    event_is=MEETING_DAY,
    description="Slags samtaler, som altid holdes ved fremmøde, når den første skal",
)
IN_PERSON_FIRST_OF_KINDS = declare(
    "meetings.in_person_first_of_kinds",
    read=set_of_codes(*MeetingKind),
    subject=Subject.CHANNEL,
    event_is=MEETING_DAY,
    description="Slags samtaler, hvis første i forløbet holdes ved fremmøde, når den første skal",
)

# Which meetings
BOOKABLE_KINDS = declare(
    "meetings.bookable_kinds",
    read=set_of_codes(*MeetingKind),
    subject=Subject.MEETINGS,
    anchor=Anchor.COURSE_START,
    description="Slags samtaler, der kan bookes",
)
KINDS_CALLED_BY_FUND = declare(
    "meetings.kinds_called_by_fund",
    read=set_of_codes(*MeetingKind),
    subject=Subject.MEETINGS,
    anchor=Anchor.COURSE_START,
    description="Slags samtaler, som a-kassen indkalder til, uanset hvem der har ansvaret for kontaktforløbet",
)
KINDS_CALLED_BY_MUNICIPALITY = declare(
    "meetings.kinds_called_by_municipality",
    read=set_of_codes(*MeetingKind),
    subject=Subject.MEETINGS,
    anchor=Anchor.COURSE_START,
    description="Slags samtaler, som jobcentret indkalder til, uanset hvem der har ansvaret for kontaktforløbet",
)
OLD_KINDS_ENFORCED = declare(
    "meetings.old_kinds_enforced",
    read=yes_no,
    subject=Subject.MEETINGS,
    event_is=DEADLINE_DAY,
    description="En cv-, rådigheds- eller fællessamtale, der ikke er holdt, er en overskredet frist (ellers historisk)",
)
JOINT_FUND_MAY_BE_DECLINED = declare(
    "meetings.joint_fund_may_be_declined",
    read=yes_no,
    subject=Subject.MEETINGS,
    event_is=MEETING_DAY,
    description="Borgeren kan sige nej til a-kassens deltagelse i en fællessamtale, som stadig tæller",
)
FUND_MAY_ATTEND_FIRST_MUNICIPALITY_MEETING = declare(
    "meetings.fund_may_attend_first_municipality_meeting",
    read=yes_no,
    subject=Subject.MEETINGS,
    event_is=MEETING_DAY,
    description="A-kassen kan deltage i den første samtale i jobcentret, hvis borgeren ønsker det",
)
SIX_WEEKS_GUIDANCE_BY = declare(
    "meetings.six_weeks_guidance_by",
    read=set_of_codes(Party.FUND, Party.MUNICIPALITY),
    subject=Subject.SIX_WEEKS,
    event_is="vejledningens dag",
    description="Hvem der skal vejlede om 6 ugers jobrettet uddannelse (jobcentret kun på borgerens spørgsmål)",
)
SIX_WEEKS_GUIDANCE_FUND_GROUPS = declare(
    "meetings.six_weeks_guidance_fund_groups",
    read=set_of_numbers,
    subject=Subject.SIX_WEEKS,
    event_is="vejledningens dag",
    description="Målgrupper, som a-kassen skal vejlede om 6 ugers jobrettet uddannelse",
)
REQUEST_RIGHT_AFTER_MONTHS = declare(
    "meetings.request_right_after_months",
    read=whole_number,
    subject=Subject.MEETINGS,
    unit=Unit.MONTHS,
    event_is="dagen, borgeren spørger",
    description="Måneder fra forløbets start, hvorefter der ikke er et fast antal, og borgeren har ret til en samtale",
)
LONG_TERM_JOINT_MONTH = declare(
    "meetings.long_term_joint_month",
    read=whole_number,
    subject=Subject.MEETINGS,
    unit=Unit.MONTH_NUMBER,
    event_is="dagen, der spørges om",
    description="Sidste måned for jobcentrets jobsamtale med a-kassen, medmindre borgeren siger nej til a-kassen",
)
YOUNG_MEETINGS = declare(
    "meetings.young_meetings",
    read=whole_number,
    subject=Subject.MEETINGS,
    unit=Unit.MEETINGS,
    anchor=Anchor.COURSE_START,
    description="Antal jobsamtaler i jobcentret for unge, der har hele kontaktforløbet dér",
    optional=True,
)
OTHER_GROUPS = declare(
    "meetings.other_groups",
    read=set_of_numbers,
    subject=Subject.MEETINGS,
    anchor=Anchor.COURSE_START,
    description="Målgrupper med deres eget antal samtaler (målgruppe 9 kun på ledighedsydelse)",
)
OTHER_GROUPS_MEETINGS = declare(
    "meetings.other_groups_meetings",
    read=whole_number,
    subject=Subject.MEETINGS,
    unit=Unit.MEETINGS,
    anchor=Anchor.COURSE_START,
    description="Antal jobsamtaler i jobcentret for målgrupper med deres eget antal",
)
OTHER_GROUPS_FIRST_DAYS = declare(
    "meetings.other_groups_first_days",
    read=whole_number,
    subject=Subject.MEETINGS,
    unit=Unit.DAYS,
    anchor=Anchor.COURSE_START,
    description="Dage fra første henvendelse til første samtale for målgrupperne med frist for den",
)
FIRST_CONTACT_GROUPS = declare(
    "meetings.first_contact_groups",
    read=set_of_numbers,
    subject=Subject.MEETINGS,
    anchor=Anchor.COURSE_START,
    description="Målgrupper, hvis første samtale har en frist, der regnes fra første henvendelse",
)

# When nobody need come
EXEMPT_START_WITHIN_WEEKS = declare(
    "meetings.exempt_start_within_weeks",
    read=whole_number,
    subject=Subject.EXEMPTION,
    unit=Unit.WEEKS,
    event_is="dokumentationens dag",
    description="Uger fra dokumentationen, inden for hvilke det, der fritager, skal begynde",
)
EXEMPT_START_REASONS = declare(
    "meetings.exempt_start_reasons",
    read=set_of_codes(*ExemptionReason),
    subject=Subject.EXEMPTION,
    event_is="dokumentationens dag",
    description="Hvad der fritager, når det snart begynder",
)
EXEMPT_ONGOING_REASONS = declare(
    "meetings.exempt_ongoing_reasons",
    read=set_of_codes(*ExemptionReason),
    subject=Subject.EXEMPTION,
    event_is="hver enkelt dag",
    description="Hvad der fritager, så længe det varer",
)
EDUCATION_NOT_EXEMPTING_GROUPS = declare(
    "meetings.education_not_exempting_groups",
    read=set_of_numbers,
    subject=Subject.EXEMPTION,
    event_is="dokumentationens dag",
    description="Målgrupper, som en uddannelse på fuld tid ikke fritager",
)
AFTER_EXEMPTION_MONTHS = declare(
    "meetings.after_exemption_months",
    read=whole_number,
    subject=Subject.EXEMPTION,
    unit=Unit.MONTHS,
    event_is="fritagelsens sidste dag",
    description="Måneder efter en fritagelse, inden for hvilke en udskudt samtale skal holdes",
)
EXEMPT_QUOTA_PERCENT = declare(
    "meetings.exempt_quota_percent",
    read=whole_number,
    subject=Subject.EXEMPTION,
    unit=Unit.PERCENT,
    event_is="fritagelsens første dag",
    description="Andel af en enheds borgere i procent, der kan fritages efter en konkret vurdering",
)
FIRST_MEETING_OUTSIDE_QUOTA = declare(
    "meetings.first_meeting_outside_quota",
    read=yes_no,
    subject=Subject.EXEMPTION,
    event_is=MEETING_DAY,
    description="Den første samtale holdes med alle, også dem, der er fritaget efter en konkret vurdering",
)

# Our own lead times
REMINDER_BOOK_BY_DAYS = declare(
    "meetings.reminder_book_by_days",
    read=whole_number,
    subject=Subject.LEAD_TIMES,
    unit=Unit.DAYS,
    event_is=DEADLINE_DAY,
    description="Dage før fristen, hvor rådgiveren mindes om, at samtalen skal bookes",
)
REMINDER_DEADLINE_NEAR_DAYS = declare(
    "meetings.reminder_deadline_near_days",
    read=whole_number,
    subject=Subject.LEAD_TIMES,
    unit=Unit.DAYS,
    event_is=DEADLINE_DAY,
    description="Dage før fristen, hvor rådgiveren mindes om, at den er nær",
)
REMINDER_MEETING_HOURS = declare(
    "meetings.reminder_meeting_hours",
    read=whole_number,
    subject=Subject.LEAD_TIMES,
    unit=Unit.HOURS,
    event_is=MEETING_DAY,
    description="Timer før samtalen, hvor borgeren mindes om den",
)
REMINDER_MEETING_MIN_HOURS = declare(
    "meetings.reminder_meeting_min_hours",
    read=whole_number,
    subject=Subject.LEAD_TIMES,
    unit=Unit.HOURS,
    event_is=MEETING_DAY,
    description="Timer før samtalen, hvor det er for sent at minde borgeren om den",
)
REMINDER_OUTCOME_DAYS = declare(
    "meetings.reminder_outcome_days",
    read=whole_number,
    subject=Subject.LEAD_TIMES,
    unit=Unit.DAYS,
    event_is=MEETING_DAY,
    description="Dage efter samtalen, hvor rådgiveren mindes om at registrere udfaldet",
)
REMINDER_HANDOVER_DAYS = declare(
    "meetings.reminder_handover_days",
    read=whole_number,
    subject=Subject.LEAD_TIMES,
    unit=Unit.DAYS,
    event_is="overgangens dag",
    description="Dage før overgangen til jobcentret, hvor parterne mindes om den",
)
DUE_SOON_DAYS = declare(
    "meetings.due_soon_days",
    read=whole_number,
    subject=Subject.LEAD_TIMES,
    unit=Unit.DAYS,
    event_is="dagen i dag",
    description="Dage frem i tiden, hvor en frist vises som nær på arbejdslisten",
)
