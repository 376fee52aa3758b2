"""What the law will demand next of courses that are not cases yet, after what was held in them."""

from collections.abc import Iterable

from cases.rules.facts import Course, Party
from cases.seam import Deadline, HeldBefore
from meetings.planning.law import Law, law_in_force
from meetings.rules.booking import as_requirement
from meetings.rules.contact_course import plan
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.matching import MeetingFact, assign


def next_deadlines(courses: Iterable[tuple[Course, HeldBefore, Party]]) -> list[Deadline | None]:
    """The next deadline of each, as its case will have it, by the law in force; nothing is saved."""
    law = law_in_force()
    return [_next(course, held, party, law) for course, held, party in courses]


def _next(course: Course, held: HeldBefore, party: Party, law: Law) -> Deadline | None:
    planned = plan(course=course, book=law.book, table=law.table).meetings
    matched = assign(
        requirements=[as_requirement(one, course.placed_on) for one in planned],
        meetings=[
            MeetingFact(key=place, kind=one.kind, party=party, day=one.span.day, status=MeetingStatus.HELD)
            for place, one in enumerate(held.meetings)
        ],
    )
    fulfilled = {one for one, _ in matched.values()}
    missing = (one for one in planned if one.is_enforced and one not in fulfilled)
    first = min(missing, key=lambda one: one.due_on, default=None)
    return Deadline(first.due_on, first.responsible) if first else None
