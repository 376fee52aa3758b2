"""Plans one case anew when something happens to it.

Over the second wall: what a party does changes what the other one has to do, and each has its list for itself.
"""

from datetime import datetime

from cases import wall
from cases.history import events as history_events
from cases.law.services import hold_law_still
from cases.models import Case, Event, User
from meetings.planning import stored as planning_stored
from meetings.planning.judgement import judgement_as_planned, judgement_of
from meetings.planning.law import Law, law_in_force, row_ids
from meetings.planning.writing import write

#: The events of a case that move its plan.
REPLANNED_BY = (
    "cases.opened",
    "cases.corrected",
    "cases.paused",
    "cases.pause_changed",
    "cases.pause_removed",
    "cases.hours_recorded",
    "cases.handed_over",
    "cases.handover_corrected",
    "cases.handover_withdrawn",
    "cases.reopened",
)


@wall.lifted()
def replan(*, case: Case, at: datetime, by: User | None = None, law: Law | None = None) -> list[str]:
    """Plan the case anew; the caller has locked it.

    Held and booked meetings are kept and matched with what the new plan demands; a requirement whose dates
    change is closed and written again, never altered. Returns one Danish sentence for each thing that changed.
    Raises what the rules raise on facts that cannot be (ValueError with a Danish sentence).
    """
    hold_law_still()
    law = law or law_in_force()
    (stored,) = planning_stored.read([case])
    judgement = judgement_of(facts=stored, course=planning_stored.course_of(case), law=law, acts=row_ids(law))
    write([judgement], at=at, is_looked_at_anew=True)
    changes = judgement.in_words()
    if changes:
        history_events.record(
            case=case, kind="meetings.planned", by=by, at=at, text="Planen er beregnet. " + " ".join(changes)
        )
    return changes


@wall.lifted()
def refresh(*, case: Case) -> None:
    """Match the case's meetings with its requirements, and write what each party has to do next."""
    (stored,) = planning_stored.read([case])
    judgement = judgement_as_planned(facts=stored, course=planning_stored.course_of(case))
    write([judgement], is_looked_at_anew=True)


def on_case_changed(event: Event) -> None:
    """A case was opened or its facts were corrected: plan it anew."""
    replan(case=_with_facts(event.case_id), at=event.at, by=event.by)


def on_number_changed(event: Event) -> None:
    """The citizen has another CPR number, and it may be of another birthday: plan an open case anew."""
    case = _with_facts(event.case_id)
    if case.is_open:
        replan(case=case, at=event.at, by=event.by)


def on_worker_changed(event: Event) -> None:
    """Another adviser or caseworker has the case: its place on the worklists follows."""
    refresh(case=_with_facts(event.case_id))


def _with_facts(case_id: int) -> Case:
    return Case.objects.with_parties().select_related("handover").get(pk=case_id)
