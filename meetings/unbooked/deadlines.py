"""What the law will demand next of courses that are not cases yet, after what was held in them."""

from collections.abc import Iterable, Sequence

from cases.extensions import Deadline, HeldBefore
from cases.rules.facts import Course, Party
from meetings.planning.law import Law, law_in_force
from meetings.rules.contact_course import PlannedMeeting, plan
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.matching import MeetingFact, RequirementFact, assign


def next_deadlines(courses: Iterable[tuple[Course, HeldBefore, Party]]) -> list[Deadline | None]:
    """The next deadline of each, as its case will have it, by the law in force; nothing is saved."""
    law = law_in_force()
    return [_next(course, held, party, law) for course, held, party in courses]


def _next(course: Course, held: HeldBefore, party: Party, law: Law) -> Deadline | None:
    planned = plan(course=course, book=law.book, table=law.table).meetings
    fulfilled = _fulfilled(course, planned, held, party)
    missing = (one for place, one in enumerate(planned) if one.is_enforced and place not in fulfilled)
    first = min(missing, key=lambda one: one.due_on, default=None)
    return Deadline(first.due_on, first.responsible) if first else None


def _fulfilled(course: Course, planned: Sequence[PlannedMeeting], held: HeldBefore, party: Party) -> set[object]:
    """The places in the plan of what the held meetings fulfil."""
    matched = assign(
        requirements=[
            RequirementFact(
                key=place,
                kind=one.kind,
                responsible=one.responsible,
                number=one.number,
                window_from=one.window_from,
                window_to=one.window_to,
                due_on=one.due_on,
                is_month_one=one.window_from <= course.placed_on,
            )
            for place, one in enumerate(planned)
        ],
        meetings=[
            MeetingFact(key=place, kind=one.kind, party=party, day=one.span.day, status=MeetingStatus.HELD)
            for place, one in enumerate(held.meetings)
        ],
    )
    return {place for place, _ in matched.values()}
