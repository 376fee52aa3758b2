"""What cases itself adds to the pages of a case, beside what the apps above it do."""

from cases.accounts.access import Permission
from cases.closing import services as closing_services
from cases.corrections import services as corrections_services
from cases.erasure import services as erasure_services
from cases.handover import mending as handover_mending
from cases.handover import services as handover_services
from cases.models import CaseNote, CitizenContact, FormerParty, ImportRun, MunicipalDocument, StandardText
from cases.notes import queries as notes_queries
from cases.numbers import services as numbers_services
from cases.plans import aim_services
from cases.plans import presenters as plans_presenters
from cases.post import queries as post_queries
from cases.reminders import passing_on
from cases.seam import Extension, WayBack, each
from cases.ui.case_tabs import Tab

#: What it adds to the history, in words.
EVENT_NAMES = {
    "aims.decided": "mål afgjort",
    "cases.assigned": "sag tildelt",
    "cases.citizen_not_reached": "borger ikke nået",
    "cases.citizen_updated": "borgerens oplysninger rettet",
    "cases.closed": "sag afsluttet",
    "cases.corrected": "sag rettet",
    "cases.handed_over": "forløb overgivet",
    "cases.handover_corrected": "overgang rettet",
    "cases.handover_withdrawn": "overgang trukket tilbage",
    "cases.hours_recorded": "timer registreret",
    "cases.message_sent": "besked sendt",
    "cases.message_sent_again": "besked sendes igen",
    "cases.number_changed": "CPR-nummer skiftet",
    "cases.opened": "sag oprettet",
    "cases.party_changed": "skiftet kommune eller a-kasse",
    "cases.pause_changed": "pause rettet",
    "cases.pause_removed": "pause fjernet",
    "cases.paused": "pause registreret",
    "cases.persons_joined": "to poster samlet",
    "cases.persons_separated": "to poster skilt ad",
    "cases.placed_anew": "ny indplacering",
    "cases.posted_by_hand": "besked sendt med brev",
    "cases.receipt_undone": "modtagelse fortrudt",
    "cases.received": "forløb modtaget",
    "cases.reopened": "sag åbnet igen",
    "plans.published": "Min Plan offentliggjort",
}

EXTENSION = Extension(
    event_names=EVENT_NAMES,
    events={"cases.party_changed": (each(passing_on.on_party_changed),)},
    reminders=(aim_services.SOURCE, handover_mending.SOURCE),
    ways_back={
        "cases.assigned": WayBack(Permission.ASSIGN_CASE, corrections_services.take_back_assignment),
        "cases.closed": WayBack(Permission.EDIT_CASE, closing_services.take_back_closing, may_be_closed=True),
        "cases.number_changed": WayBack(Permission.EDIT_CASE, numbers_services.take_back_change, may_be_closed=True),
        "cases.received": WayBack(Permission.RECEIVE, handover_services.take_back_receipt),
    },
    tiles=(notes_queries.tile_of, post_queries.tile_of, erasure_services.tile_of),
    case_blocks={
        Tab.OVERVIEW: (notes_queries.part_of,),
        Tab.PLAN: (plans_presenters.plan_block, plans_presenters.aim_block),
        Tab.HISTORY: (post_queries.part_of,),
    },
    case_matters=(post_queries.matter_of,),
    of_one_party=(CaseNote, CitizenContact, FormerParty, ImportRun, MunicipalDocument, StandardText),
)
