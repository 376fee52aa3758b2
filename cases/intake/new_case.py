"""A case before it is one: all that is typed to open it, by a form or in the row of a file."""

from dataclasses import dataclass
from datetime import date

from cases.citizen.services import CitizenDetails
from cases.models import Case
from cases.rules.facts import Course, Insurance, PauseFact
from cases.seam import HeldBefore


@dataclass(frozen=True)
class CourseDetails:
    """What decides the course, as typed."""

    registered_on: date
    placed_on: date
    target_group: int = 1
    insurance: Insurance = Insurance.FULL_TIME
    has_qualifying_education: bool = True
    has_children_at_home: bool = False
    is_trial: bool = False


@dataclass(frozen=True)
class NewCase:
    """All that is needed to open a case."""

    citizen: CitizenDetails
    course: CourseDetails
    fund_id: int | None
    municipality_id: int
    worker_id: int | None = None
    # Why something that looks like a mistake is right.
    note: str = ""
    # That an earlier case was closed as the citizen died has been asked about.
    is_death_weighed: bool = False
    # The meetings that were held before the case came here.
    held: HeldBefore | None = None
    # The days on which the course stood still, or is to, as they are known when the case opens.
    pauses: tuple[PauseFact, ...] = ()
    # What the citizen did between the course that he left and this one: a kind of pause, OTHER or ANEW.
    meanwhile: str = ""


def course_of(new: NewCase) -> Course:
    """The course that the case would begin. Raises BadFacts."""
    return Course(**vars(new.course), born_on=new.citizen.number.born_on, pauses=new.pauses)


def described(new: NewCase) -> Case:
    """The case as it would be saved, with no citizen yet."""
    case = Case(fund_id=new.fund_id, municipality_id=new.municipality_id)
    describe(case, new.course)
    return case


def describe(case: Case, course: CourseDetails) -> None:
    """Let the case be of this course."""
    case.registered_on = course.registered_on
    case.placed_on = course.placed_on
    case.target_group = course.target_group
    case.insurance = str(course.insurance)
    case.has_qualifying_education = course.has_qualifying_education
    case.has_children_at_home = course.has_children_at_home
    case.is_trial = course.is_trial
