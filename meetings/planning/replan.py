"""Plans cases anew when something happens to them.

Over the second wall: what a party does changes what the other one has to do, and each has its list for itself.
"""

from collections.abc import Sequence
from datetime import datetime

from cases import wall
from cases.history import events as history_events
from cases.law.services import hold_law_still
from cases.models import Case, Event, User
from meetings.planning import stored as planning_stored
from meetings.planning.judgement import Judgement, judgement_as_planned, judgement_of
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
def replan(*, cases: Sequence[Case], at: datetime, by: User | None = None, law: Law | None = None) -> list[Judgement]:
    """Plan the cases anew, at the cost of one; the caller has locked them.

    Held and booked meetings are kept and matched with what the new plan demands; a requirement whose dates
    change is closed and written again, never altered. The history of each case tells what changed.
    Returns what was made of each.
    Raises what the rules raise on facts that cannot be (ValueError with a Danish sentence).
    """
    hold_law_still()
    law = law or law_in_force()
    acts = row_ids(law)
    judgements = [
        judgement_of(facts=stored, course=planning_stored.course_of(stored.case), law=law, acts=acts)
        for stored in planning_stored.read(cases)
    ]
    write(judgements, at=at, is_looked_at_anew=True)
    history_events.record_all(
        [
            Event(case=one.case, kind="meetings.planned", by=by, at=at, text=" ".join(["Planen er beregnet.", *words]))
            for one in judgements
            if (words := one.in_words())
        ]
    )
    return judgements


@wall.lifted()
def refresh(*, case: Case) -> None:
    """Match the case's meetings with its requirements, and write what each party has to do next."""
    (stored,) = planning_stored.read([case])
    judgement = judgement_as_planned(facts=stored, course=planning_stored.course_of(case))
    write([judgement], is_looked_at_anew=True)


def on_cases_changed(events: Sequence[Event]) -> None:
    """Cases were opened or their facts were corrected: plan them anew."""
    cases = planning_stored.with_facts([event.case_id for event in events])
    replan(cases=cases, at=events[0].at, by=events[0].by)


def on_number_changed(event: Event) -> None:
    """The citizen has another CPR number, and it may be of another birthday: plan an open case anew."""
    cases = planning_stored.cases_with_facts([event.case_id])
    if cases:
        replan(cases=cases, at=event.at, by=event.by)


def on_worker_changed(event: Event) -> None:
    """Another adviser or caseworker has the case: its place on the worklists follows."""
    (case,) = planning_stored.with_facts([event.case_id])
    refresh(case=case)
