"""How fast plans are made and stored."""

import statistics
from collections.abc import Iterator
from datetime import timedelta

from cases.models import Case
from cases.rules.facts import Course
from meetings.planning import judgement as planning_judgement
from meetings.planning import law as planning_law
from meetings.planning import stored as planning_stored
from meetings.planning.stored import Facts
from meetings.rules.contact_course import plan
from referrals.demo import country
from tests.bench.load import in_batches, vacuum
from tests.bench.measure import Bench, Line, median_of, seconds, seconds_of_copy

#: What plans are stored in. The links of talks and the handover's day, which are changed in rows that stand, are not
#: in the comparison.
PLANNED = (
    "meetings_explanation",
    "meetings_requiredmeeting",
    "meetings_worklistentry",
    "meetings_nextlook",
    "referrals_offerduty",
)


class Plans:
    """The first of all: the other lines stand on the plans that it stores."""

    def __init__(self) -> None:
        self.load_seconds = 0.0

    def store(self, bench: Bench) -> None:
        self.load_seconds = seconds(lambda: country.plan_all(at=bench.at))
        vacuum()

    def plan_load(self, bench: Bench) -> Iterator[Line]:
        other = seconds_of_copy(dict.fromkeys(PLANNED, "true"), constraints_first=False)
        rate = f"{bench.cases / self.load_seconds:,.0f} cases/s"
        yield Line("plan_load", self.load_seconds, "s", "COPY of the same rows, keys at the end", other, 1.5, note=rate)


def rates(bench: Bench) -> Iterator[Line]:
    """Plans as a run through the cases makes them, and one that nobody has asked for before, with its explanation."""
    law = planning_law.law_in_force()
    acts = planning_law.row_ids(law)
    per_second = []
    for ids in in_batches(Case.objects.order_by("?").values_list("pk", flat=True)[:20_000].iterator(), 4_000):
        facts = [
            (one, planning_stored.course_of(one.case))
            for one in planning_stored.read(planning_stored.cases_with_facts(ids))
        ]

        def judge_all(facts: list[tuple[Facts, Course]] = facts) -> None:
            for one, course in facts:
                planning_judgement.judgement_of(facts=one, course=course, law=law, acts=acts)

        per_second.append(len(facts) / seconds(judge_all))
    newest = max(act.in_force_on for act in law.book.acts)
    days = iter(newest + timedelta(days=number) for number in range(10_000))

    def plan_some() -> None:
        for _ in range(200):
            day = next(days)
            plan(course=Course(registered_on=day, placed_on=day), book=law.book, table=law.table)

    each = median_of(plan_some) / 200
    rate = statistics.median(per_second)
    yield Line("plan_rate", rate, "plans/s", "one plan after the other, none remembered", 1 / each, None)
