"""What meetings adds to the cases beneath it."""

from cases.extensions import ContactCourse, Extension
from meetings.booking import services as booking_services
from meetings.case_page import next_steps as case_page_next_steps
from meetings.delivery import still_wanted
from meetings.law import changes as law_changes
from meetings.planning import replan as planning_replan

WORKER_CHANGED = (planning_replan.on_worker_changed, law_changes.on_worker_changed)

EXTENSION = Extension(
    events={
        **dict.fromkeys(planning_replan.REPLANNED_BY, (planning_replan.on_case_changed,)),
        **dict.fromkeys(("cases.assigned", "cases.received"), WORKER_CHANGED),
        "cases.closed": (booking_services.on_case_closed,),
    },
    reminders=(still_wanted.SOURCE,),
    contact_course=ContactCourse(
        next_steps=case_page_next_steps.next_steps,
        handover_checks=case_page_next_steps.handover_checks,
        first_deadlines=case_page_next_steps.first_deadlines,
    ),
)
