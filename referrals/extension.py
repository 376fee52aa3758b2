"""What referrals adds to the cases and the meetings beneath it."""

from cases.seam import Extension, LawExtension, each
from cases.ui.case_tabs import Tab
from referrals import closing, reminders
from referrals.law import health as law_health
from referrals.law import questions, what_moves
from referrals.offers import duty as offers_duty
from referrals.offers import moves as offers_moves
from referrals.offers import on_day as offers_on_day
from referrals.offers import presenters as offers_presenters
from referrals.offers import queries as offers_queries
from referrals.offers import six_weeks as offers_six_weeks
from referrals.referral import deciding as referral_deciding
from referrals.referral import queries as referral_queries
from referrals.referral import writing as referral_writing
from referrals.rules import consistency

#: What the deadline of right and duty rests on, and who has the case.
DUTY_FOLLOWS = (
    "cases.opened",
    "cases.corrected",
    "cases.party_changed",
    "cases.paused",
    "cases.pause_changed",
    "cases.pause_removed",
    "cases.receipt_undone",
    "cases.assigned",
    "cases.received",
    "meetings.exempted",
    "meetings.duty_kept",
    "meetings.exemption_removed",
)

#: What it adds to the history, in words.
EVENT_NAMES = {
    "referrals.assessed": "indstilling vurderet",
    "referrals.citizen_contacted": "borger kontaktet om indstilling",
    "referrals.decision_undone": "afgørelse gjort om",
    "referrals.granted": "indstilling imødekommet",
    "referrals.offer_cancelled": "tilbud aflyst",
    "referrals.offer_changed": "tilbud rettet",
    "referrals.offer_deadline_moved": "frist for tilbud flyttet",
    "referrals.offer_ended": "tilbud afsluttet",
    "referrals.offer_followed_up": "tilbud fulgt op",
    "referrals.offer_granted": "tilbud bevilget",
    "referrals.offer_judged": "tilbud vurderet efter ny lov",
    "referrals.offer_started": "tilbud begyndt",
    "referrals.offer_undone": "registrering af tilbud fortrudt",
    "referrals.rejected": "indstilling afvist",
    "referrals.seen": "indstilling set",
    "referrals.sent": "indstilling sendt",
    "referrals.stays_stopped": "kom ikke igen, da sagen blev åbnet",
    "referrals.told_by_hand": "afgørelse givet på anden måde",
    "referrals.withdrawn": "indstilling trukket tilbage",
}

EXTENSION = Extension(
    event_names=EVENT_NAMES,
    events={
        **dict.fromkeys(DUTY_FOLLOWS, (offers_duty.on_cases_changed,)),
        "cases.party_changed": (offers_duty.on_cases_changed, each(referral_deciding.on_party_changed)),
        "cases.closed": (each(referral_writing.on_case_closed), each(offers_moves.on_case_closed)),
        "cases.reopened": (offers_duty.on_cases_changed, each(closing.on_case_reopened)),
    },
    reminders=(reminders.SOURCE,),
    duties=(referral_queries.duties_of,),
    case_blocks={Tab.PLAN: (offers_presenters.part_of, offers_six_weeks.part_of, referral_queries.part_of)},
    case_matters=(referral_queries.matter_of,),
    closing_doubts=(closing.closing_doubts,),
    case_blocks_on_day=(offers_on_day.part_of,),
    tiles=(referral_queries.tile_of, offers_queries.tile_of),
    law=LawExtension(
        problems=(consistency.problems,),
        waiting=(law_health.touched,),
        consequences=(what_moves.of_offers,),
        touches=(what_moves.touches,),
        questions=questions.QUESTIONS,
    ),
)
