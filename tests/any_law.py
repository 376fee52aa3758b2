"""Any law and any course, for tests of what holds whatever an act says."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from cases.rules.declaring import Anchor, Parameter
from cases.rules.explanation import Step
from cases.rules.facts import Course, ExemptionFact, ExemptionReason, Party, PauseFact, PauseKind
from cases.rules.parameters import (
    CLOCK_STOPPING_PAUSES,
    FUND_RESPONSIBLE_MONTHS,
    SICKNESS_DAYS_BEFORE_PAUSE,
    TARGET_GROUPS,
    YOUNG_AGE_LIMIT,
    YOUNG_COURSE_BY_MUNICIPALITY,
)
from cases.rules.period import Period
from cases.rules.rule_book import Act, LegalValue, RuleBook
from meetings.rules.contact_course import MeetingTable, Plan, PlannedMeeting, TableRow
from meetings.rules.kinds import MeetingKind
from meetings.rules.parameters import AFTER_EXEMPTION_MONTHS, OLD_KINDS_ENFORCED, OTHER_GROUPS_MEETINGS, YOUNG_MEETINGS
from referrals.rules.parameters import OFFER_DEADLINE_MONTHS, OFFER_GROUPS
from tests.examples import asked
from tests.law import BOOK, TABLE

FIRST, LAST = date(2023, 3, 1), date(2025, 6, 30)
DAYS = st.dates(FIRST, LAST)
ONE_DAY = timedelta(days=1)

#: Whole laws take their time to make, the more so on a busy machine.
any_law = settings(max_examples=asked(30))


def _numbers(first: int, last: int) -> st.SearchStrategy[str]:
    return st.integers(first, last).map(str)


def _sets(*codes: str) -> st.SearchStrategy[str]:
    return st.sets(st.sampled_from(codes)).map(lambda chosen: ", ".join(sorted(chosen)))


TRUE_OR_FALSE = st.sampled_from(("true", "false"))
TEXTS: dict[Parameter, st.SearchStrategy[str]] = {
    FUND_RESPONSIBLE_MONTHS: _numbers(0, 7),
    TARGET_GROUPS: _sets("1", "2"),
    YOUNG_COURSE_BY_MUNICIPALITY: TRUE_OR_FALSE,
    YOUNG_AGE_LIMIT: _numbers(20, 30),
    YOUNG_MEETINGS: _numbers(1, 7),
    OTHER_GROUPS_MEETINGS: _numbers(1, 6),
    OFFER_GROUPS: _sets("1", "2"),
    OFFER_DEADLINE_MONTHS: _numbers(1, 12),
    CLOCK_STOPPING_PAUSES: _sets(*PauseKind),
    SICKNESS_DAYS_BEFORE_PAUSE: _numbers(0, 20),
    AFTER_EXEMPTION_MONTHS: _numbers(1, 3),
    OLD_KINDS_ENFORCED: TRUE_OR_FALSE,
}
AT_THE_START = {parameter: texts for parameter, texts in TEXTS.items() if parameter.anchor == Anchor.COURSE_START}

#: The acts of the first day as one, so that no two are of the same day.
FIRST = {key: value for act in BOOK.acts if act.letter in "afg" for key, value in act.values.items()}

#: The shipped law in which the rule for the young can be turned on by anybody, without the drafts.
BASE = RuleBook(
    [
        replace(act, values={**FIRST, YOUNG_MEETINGS.key: LegalValue("6", "§ 1")}) if act.letter == "a" else act
        for act in reversed(BOOK.acts)
        if act.letter not in "fg"
    ]
)


BASE_DAYS = {act.in_force_on for act in BASE.acts}
DAYS_OF_ACTS = DAYS | st.sampled_from(sorted(BASE_DAYS))


@st.composite
def acts(draw, *, texts=TEXTS, days=DAYS_OF_ACTS, moves=(False, True), slug="new") -> Act:
    chosen = draw(st.lists(st.sampled_from(list(texts)), unique_by=lambda parameter: parameter.key, max_size=3))
    day = draw(days)
    return Act(
        slug=slug,
        title=f"Loven {slug}",
        reference=f"Lov {slug}",
        in_force_on=day,
        published_at=None,
        values={parameter.key: LegalValue(draw(texts[parameter]), "§ 2") for parameter in chosen},
        moves_running_courses=draw(st.sampled_from(moves)),
    )


@st.composite
def rows(draw) -> tuple[TableRow, ...]:
    """The table of an act; none for an act that leaves the earlier one standing."""
    found = []
    for order in range(1, draw(st.integers(0, 3)) + 1):
        first = draw(st.integers(1, 6))
        found.append(
            TableRow(
                order=order,
                kind=draw(st.sampled_from(MeetingKind)),
                responsible=draw(st.sampled_from(Party)),
                number=draw(st.integers(1, 4)),
                from_month=first,
                to_month=draw(st.integers(first, 8)),
                due_days_after_registration=draw(st.none() | st.integers(0, 60)),
                legal_basis="§ 3",
            )
        )
    return tuple(found)


@st.composite
def laws(draw, *, most=2) -> tuple[list[Act], MeetingTable]:
    """Acts of different days on top of the shipped ones, and all the tables; `new` may have one too."""
    days = draw(st.lists(DAYS.filter(lambda day: day not in BASE_DAYS), unique=True, max_size=most))
    found = [draw(acts(days=st.just(day), slug=f"act-{n}")) for n, day in enumerate(days)]
    tables = {one.slug: draw(rows()) for one in found}
    return found, MeetingTable({**TABLE.rows_by_act, **tables, "new": draw(rows())})


@st.composite
def courses(draw) -> Course:
    placed_on = draw(DAYS)
    registered_on = placed_on - timedelta(days=draw(st.integers(0, 20)))
    ends = st.none() | st.integers(1, 60)
    spans = st.builds(
        lambda after, days: Period(
            placed_on + timedelta(after), None if days is None else placed_on + timedelta(after + days)
        ),
        st.integers(-10, 240),
        ends,
    )
    young = draw(st.booleans())
    return Course(
        registered_on=registered_on,
        placed_on=placed_on,
        target_group=draw(st.sampled_from((1, 1, 1, 2, 11))),
        born_on=date(2001, 6, 1) if young else None,
        has_qualifying_education=not young,
        has_children_at_home=not young,
        pauses=tuple(draw(st.lists(st.builds(PauseFact, st.sampled_from(PauseKind), spans), max_size=2))),
        exemptions=tuple(
            draw(st.lists(st.builds(ExemptionFact, st.sampled_from(ExemptionReason), spans, st.booleans()), max_size=2))
        ),
        has_hours=draw(st.booleans()),
        handed_over_on=draw(st.none() | st.integers(0, 240).map(lambda n: registered_on + timedelta(n))),
    )


@st.composite
def running(draw, *, texts=TEXTS, moves=(False, True)) -> tuple[Course, Act]:
    """A course, and an act whose day comes while it runs."""
    course = draw(courses())
    days = st.integers(1, 240).map(lambda n: course.placed_on + timedelta(n))
    return course, draw(acts(texts=texts, days=days, moves=moves))


def book_with(found: list[Act], *more: Act) -> RuleBook:
    return RuleBook([*reversed(BASE.acts), *found, *more])


def published(act: Act, *, at: datetime = datetime(2030, 1, 1, tzinfo=UTC)) -> Act:
    return replace(act, is_draft=False, published_at=at)


def without_notices(plan: Plan) -> tuple[object, ...]:
    """A plan as it reads without the notices of drafts."""

    def told(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(step for step in steps if "ikke bekræftet" not in step.text)

    meetings: list[PlannedMeeting] = [meeting._replace(why=told(meeting.why)) for meeting in plan.meetings]
    return (plan.act, plan.placed_on, meetings, told(plan.notes))
