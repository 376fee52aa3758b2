"""Whatever an act says and wherever the courses are: the preview is the result, and taken back it was never there."""

from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.pauses import services as pauses_services
from cases.rules.facts import PauseKind
from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS
from cases.rules.period import Period
from meetings.law.runs import batches, load
from meetings.models import LawRun
from meetings.planning import from_scratch
from meetings.planning import law as planning_law
from meetings.planning import stored as planning_stored
from meetings.rules.contact_course import plan
from tests import factories
from tests.examples import asked
from tests.meetings.law.runs.acts import (
    EARLIER,
    draft_of,
    dues,
    moved,
    preview,
    publish,
    stored,
    sums,
    to_the_end,
    told,
    withdraw,
)
from tests.world import NOW, undone


@st.composite
def acts(draw):
    """Months with the a-kasse, meetings in them, and meetings with the jobcenter after, from some day to come."""
    months = draw(st.integers(1, 5))
    last = draw(st.integers(months + 1, 7))
    return {
        "in_force_on": NOW.date() + timedelta(days=draw(st.integers(1, 120))),
        "running_courses": draw(st.sampled_from(["move", "move", "keep"])),
        "values": {FUND_RESPONSIBLE_MONTHS.key: str(months)},
        "rows": [
            ("fund", draw(st.integers(1, 4)), 1, months, draw(st.sampled_from([None, 7, 14, 28]))),
            ("municipality", draw(st.integers(1, 3)), months + 1, last, None),
        ],
    }


@st.composite
def courses(draw):
    registered_on = date(2025, 10, 1) + timedelta(days=draw(st.integers(0, 210)))
    return {
        "registered_on": registered_on,
        "placed_on": registered_on + timedelta(days=draw(st.sampled_from([0, 0, 9]))),
        "is_young": draw(st.booleans()),
        "pause": draw(st.none() | st.tuples(st.integers(0, 60), st.integers(1, 40))),
        "booked": draw(st.none() | st.integers(1, 60)),
    }


def begin(course, office, index):
    born_on = date(2004, 1, 1) if course["is_young"] else date(1980, 1, 1)
    case = factories.case(
        office,
        at=EARLIER,
        registered_on=course["registered_on"],
        placed_on=course["placed_on"],
        citizen=factories.citizen_details(born_on=born_on),
        has_qualifying_education=False,
    )
    if course["pause"] is not None:
        after, days = course["pause"]
        first = NOW.date() + timedelta(days=after)
        pauses_services.add_pause(
            case_id=case.pk,
            kind=PauseKind.EMPLOYMENT,
            span=Period(first, first + timedelta(days=days)),
            source="borgeren",
            by=office.adviser,
            at=EARLIER,
        )
    if course["booked"] is not None:
        day = NOW.date() + timedelta(days=course["booked"])
        while day.weekday() > 4:
            day += timedelta(days=1)
        starts_at = datetime.combine(day, (NOW + timedelta(hours=index)).timetz())
        worker = office.caseworker if course["is_young"] else office.adviser
        factories.book(case, worker, starts_at, at=EARLIER)
    return case


@settings(max_examples=asked(12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(act=acts(), begun=st.lists(courses(), min_size=1, max_size=3))
def test_the_preview_is_the_result_and_a_withdrawal_gives_the_old_plan_back(office, author, act, begun):
    with undone():
        cases = [begin(course, office, index) for index, course in enumerate(begun)]
        as_it_was, before = stored(), [dues(case) for case in cases]
        draft = draft_of(author, **act)

        seen = preview(draft, author)
        assert stored() == as_it_was
        # Asked case by case, none changes that the run left out.
        alone = [case.pk for case in cases if batches.as_if(case=case, draft=draft, at=NOW, today=NOW.date())]
        assert alone == sorted(set(seen.changes.values_list("case", flat=True)))

        publish(draft, office)
        to_the_end()
        done = LawRun.objects.filter(kind="replan").first()
        assert (told(done) if done else []) == told(seen)
        assert sums(seen, "after") == load.standing(load.days_of(seen))
        assert list(from_scratch.differences()) == []
        law = planning_law.law_in_force()
        for case, was in zip(cases, before, strict=True):
            case.refresh_from_db()
            assert dues(case) == moved(was, seen.changes.filter(case=case))
            planned = plan(course=planning_stored.course_of(case), book=law.book, table=law.table).meetings
            assert dues(case) == {f"{one.kind}/{one.responsible}/{one.number}": one.due_on for one in planned}

        withdraw(draft, office)
        to_the_end()
        assert stored() == as_it_was
