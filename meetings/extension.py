"""What meetings adds to the cases beneath it."""

from cases.accounts.access import Permission
from cases.seam import ActAdminExtension, ContactCourse, Extension, LawExtension, WayBack, each
from meetings.booking import services as booking_services
from meetings.booking import ways_back as booking_ways_back
from meetings.case_page import closing_doubts as case_page_closing_doubts
from meetings.case_page import next_steps as case_page_next_steps
from meetings.due import still_wanted
from meetings.law import admin as law_admin
from meetings.law import checks as law_checks
from meetings.law import health as law_health
from meetings.law import notices as law_notices
from meetings.law import questions, run_pages, table_blocks
from meetings.law.runs import lifecycle as runs_lifecycle
from meetings.list_jobs import clearing as list_jobs_clearing
from meetings.list_jobs import leaving as list_jobs_leaving
from meetings.list_jobs import writing as list_jobs_writing
from meetings.models import ListJob, MonthPlan, WorklistEntry
from meetings.month_plan import clearing as month_plan_clearing
from meetings.no_shows import queries as no_shows_queries
from meetings.no_shows import services as no_shows_services
from meetings.planning import replan as planning_replan
from meetings.unattended import queries as unattended_queries
from meetings.unbooked import deadlines as unbooked_deadlines
from meetings.unbooked import importing as unbooked_importing

WORKER_CHANGED = (each(planning_replan.on_worker_changed), each(law_notices.on_worker_changed))
RECORDS_JOINED = (each(booking_services.on_citizen_changed), each(planning_replan.on_number_changed))

#: What it adds to the history, in words.
EVENT_NAMES = {
    "meetings.no_show_answered": "høring besvaret",
    "meetings.no_show_step": "skridt efter udeblivelse",
    "meetings.no_show_step_withdrawn": "skridt efter udeblivelse trukket tilbage",
    "meetings.attendance_demanded": "fremmøde krævet",
    "meetings.booked": "samtale booket",
    "meetings.cancelled": "samtale aflyst",
    "meetings.channel_chosen": "samtaleform valgt",
    "meetings.choice_withdrawn": "valg af samtaleform taget tilbage",
    "meetings.duty_kept": "mødepligt fastholdt",
    "meetings.exempted": "fritagelse registreret",
    "meetings.exemption_removed": "fritagelse fjernet",
    "meetings.fund_declined": "a-kassen ønsket ikke med",
    "meetings.fund_invited": "a-kassen ønsket med",
    "meetings.held": "samtale holdt",
    "meetings.link_given": "link til videomøde",
    "meetings.missed": "samtale ikke holdt",
    "meetings.moved": "samtale flyttet",
    "meetings.outcome_corrected": "udfald rettet",
    "meetings.planned": "samtalekrav planlagt",
    "meetings.written": "besked til borgeren",
    "meetings.requested": "samtale ønsket af borgeren",
}

EXTENSION = Extension(
    event_names=EVENT_NAMES,
    events={
        **dict.fromkeys(planning_replan.REPLANNED_BY, (planning_replan.on_cases_changed,)),
        **dict.fromkeys(("cases.assigned", "cases.received"), WORKER_CHANGED),
        "cases.receipt_undone": WORKER_CHANGED,
        "cases.reopened": (planning_replan.on_cases_changed, each(booking_ways_back.on_case_reopened)),
        "cases.persons_joined": RECORDS_JOINED,
        "cases.persons_separated": RECORDS_JOINED,
        "cases.number_changed": (each(planning_replan.on_number_changed),),
        "cases.party_changed": (each(booking_services.on_party_changed), each(no_shows_services.on_party_changed)),
        "cases.closed": (each(booking_services.on_case_closed),),
        "meetings.outcome_corrected": (each(no_shows_services.on_outcome_corrected),),
    },
    ways_back={
        "meetings.booked": WayBack(Permission.BOOK_MEETING, booking_ways_back.take_back_booking),
        "meetings.moved": WayBack(Permission.BOOK_MEETING, booking_ways_back.take_back_move),
        "meetings.cancelled": WayBack(Permission.BOOK_MEETING, booking_ways_back.take_back_cancellation),
        "meetings.written": WayBack(Permission.BOOK_MEETING, list_jobs_writing.take_back),
    },
    reminders=(still_wanted.SOURCE,),
    tiles=(no_shows_queries.tile_of, unattended_queries.tile_of),
    duties=(list_jobs_leaving.duties_of,),
    hand_over=list_jobs_leaving.hand_over,
    case_matters=(no_shows_queries.matter_of,),
    closing_doubts=(case_page_closing_doubts.closing_doubts,),
    of_one_party=(ListJob, MonthPlan, WorklistEntry),
    contact_course=ContactCourse(
        next_steps=case_page_next_steps.next_steps,
        handover_checks=case_page_next_steps.handover_checks,
        next_deadlines=unbooked_deadlines.next_deadlines,
        read_held=unbooked_importing.read_held,
        collisions=unbooked_importing.collisions,
        enter_held=unbooked_importing.enter_held,
        take_back_held=unbooked_importing.take_back_held,
    ),
    figures=(
        ("law_runs_running", "Re-plannings and trials under way", law_health.running),
        ("law_batches_failed", "Portions of them that failed and wait", law_health.failed_batches),
        ("list_jobs_running", "Joint actions under way", list_jobs_clearing.running),
        ("list_jobs_failed", "Joint actions under way of which a row has failed", list_jobs_clearing.failed),
        ("month_plans_running", "Plans that are computed or booked", month_plan_clearing.waiting),
        ("month_plans_failed", "Plans that could not be computed in the last day", month_plan_clearing.failed),
    ),
    clearing=(list_jobs_clearing.clear_old, month_plan_clearing.clear_old),
    law=LawExtension(
        parts=("meeting_rules",),
        problems=(law_checks.problems,),
        on_change=(runs_lifecycle.on_law_changed,),
        health=(law_health.tables, law_health.deadlines, law_health.unfinished_plans, law_health.unplanned_cases),
        waiting=(law_health.touched,),
        tables=table_blocks.Tables.of,
        questions=questions.QUESTIONS,
        act_admin=ActAdminExtension(
            draft_inlines=(law_admin.DraftTable,),
            published_inlines=(law_admin.PublishedTable,),
            panels=(run_pages.panel,),
            pages=run_pages.PAGES,
            buttons={"_copy_table": law_admin.copy_table},
            before_deleting=(runs_lifecycle.wait_for_workers,),
            tables=(law_admin.compare_tables,),
            selections={"varsler": law_admin.LEAD_TIMES},
        ),
    ),
)
