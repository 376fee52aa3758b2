"""Reads what stands in the database about cases, in a number of queries that does not grow with them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from cases.models import Case
from cases.rules.facts import Course, ExemptionFact
from meetings.models import Meeting, RequiredMeeting, WorklistEntry

#: What a plan is compared with; the frozen words of a row are long, and never compared.
_COMPARED = (
    "case",
    "act",
    "kind",
    "responsible",
    "number",
    "window_from",
    "window_to",
    "due_on",
    "state",
    "replaced_at",
)


@dataclass(frozen=True)
class Facts:
    """A case, and what is stored of its plan."""

    case: Case
    requirements: list[RequiredMeeting] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    entries: list[WorklistEntry] = field(default_factory=list)


def cases_with_facts(ids: Collection[int], *, lock: bool = False) -> list[Case]:
    """The open cases among these with all that the rules read of them; locked, they are so in order."""
    cases = Case.objects.open().filter(pk__in=ids).order_by("pk")
    if lock:
        # Locked first and read after: a row that somebody changed in between is read as it is now.
        ids = list(cases.select_for_update().values_list("pk", flat=True))
    return list(
        cases.filter(pk__in=ids)
        .select_related("citizen", "fund", "municipality", "handover")
        .defer("citizen__cpr_encrypted")
        .prefetch_related("pauses", "exemptions", "benefit_hours")
    )


def course_of(case: Case) -> Course:
    """The facts of the case as the rules read them."""
    return case.as_course(
        exemptions=(
            ExemptionFact(reason=exemption.reason, span=exemption.period, duty_kept=exemption.is_duty_kept)
            for exemption in case.exemptions.all()
        )
    )


def read(cases: Sequence[Case]) -> list[Facts]:
    """What is stored of these cases' plans. Load their parties and handovers first."""
    ids = [case.pk for case in cases]
    of_case = {"case__in": ids}
    requirements = _by_case(RequiredMeeting.objects.current().filter(**of_case).only(*_COMPARED))
    meetings = _by_case(Meeting.objects.filter(**of_case).select_related("organisation"))
    entries = _by_case(WorklistEntry.objects.filter(**of_case).order_by("pk"))
    return [
        Facts(case=case, requirements=requirements[case.pk], meetings=meetings[case.pk], entries=entries[case.pk])
        for case in cases
    ]


def _by_case(rows: Iterable) -> defaultdict[int, list]:
    found = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found
