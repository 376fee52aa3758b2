"""Reads what stands in the database about cases, in a number of queries that does not grow with them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from psycopg.types.multirange import Multirange

from cases.models import BenefitHours, Case, Organisation, OrganisationKind, Pause
from cases.rules.facts import Course, ExemptionFact, Party
from cases.statements import IsOneOf, Parameter, Statement
from meetings.models import Exemption, Meeting, RequiredMeeting, RequirementState, WorklistEntry
from meetings.rules.contact_course import PlannedMeeting
from meetings.rules.kinds import MeetingKind
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.matching import MeetingFact
from meetings.rules.spans import COPENHAGEN

Key = tuple[str, str, int]


class Standing(NamedTuple):
    """What has become of a requirement: its state, the talk that fulfils it or will, and whether after the deadline."""

    state: str
    meeting: int | None
    is_late: bool


@dataclass(slots=True, eq=False)
class RequirementRow:
    """One required meeting, as stored or as planned; a new one gets its row when it is written.

    Thousands of them are held against each other in a run, so that they are no models.
    """

    row: int | None
    kind: str
    responsible: str
    number: int
    window_from: date
    window_to: date
    due_on: date
    act: int
    state: str
    #: The talk that fulfils it, or will when it is held, and whether after the deadline.
    meeting: int | None = None
    is_met_late: bool = False
    planned: PlannedMeeting | None = None

    @property
    def key(self) -> Key:
        return (self.kind, self.responsible, self.number)

    @property
    def is_open(self) -> bool:
        return self.state == RequirementState.OPEN

    @property
    def is_enforced(self) -> bool:
        return self.state != RequirementState.HISTORIC

    @property
    def standing(self) -> Standing:
        return Standing(self.state, self.meeting, self.is_met_late)

    def stands_as(self, standing: Standing) -> None:
        self.state, self.meeting, self.is_met_late = standing

    @property
    def party(self) -> Party:
        """The party that calls and registers: see RequiredMeeting."""
        return Party.FUND if self.responsible == Party.FUND else Party.MUNICIPALITY

    @property
    def title(self) -> str:
        return f"{self.number}. {MeetingKind(self.kind).label} ({Party(self.responsible).label})"


class MeetingRow(NamedTuple):
    """One talk, booked or over, as a plan is held against it."""

    pk: int
    case_id: int
    organisation_id: int
    kind_of_organisation: str
    adviser_id: int
    kind: str
    starts_at: datetime
    ends_at: datetime
    channel: str
    status: str

    @property
    def day(self) -> date:
        """The day of the meeting in Copenhagen."""
        return self.starts_at.astimezone(COPENHAGEN).date()

    def as_fact(self) -> MeetingFact:
        party = Party.FUND if self.kind_of_organisation == OrganisationKind.FUND else Party.MUNICIPALITY
        return MeetingFact(self.pk, MeetingKind(self.kind), party, self.day, MeetingStatus(self.status))


class Entry(NamedTuple):
    """What a worklist entry tells; with what the sweep wrote beside it."""

    organisation_id: int
    worker_id: int | None
    due_on: date | None
    requirement_id: int | None
    kind: str
    unbooked_due_on: date | None
    unbooked_from: date | None
    meeting_id: int | None
    meeting_ends_at: Any
    channel: str
    active_until: date | None
    held_from: date | None
    awaits_receipt: bool
    rests: Multirange[date]


@dataclass(frozen=True)
class Facts:
    """A case, and what is stored of its plan."""

    case: Case
    requirements: list[RequirementRow] = field(default_factory=list)
    meetings: list[MeetingRow] = field(default_factory=list)
    #: By organisation.
    entries: dict[int, Entry] = field(default_factory=dict)


_OF_HANDOVER = ("handover__case", "handover__handed_over_on", "handover__received_at")
_OF_REQUIREMENT = (
    *("pk", "kind", "responsible", "number", "window_from", "window_to", "due_on", "act_id", "state"),
    *("meeting_id", "is_met_late"),
)
_OF_MEETING = (
    *("pk", "case_id", "organisation_id", "organisation__kind", "adviser_id"),
    *("kind", "starts_at", "ends_at", "channel", "status"),
)


def _cases(_: None, *, keys: Parameter) -> QuerySet[Case]:
    columns = (field.name for field in Case._meta.concrete_fields)
    rows: QuerySet[Case] = Case.objects.filter(IsOneOf("pk", keys)).order_by("pk")
    return rows.select_related("citizen", "handover").only(*columns, "citizen__born_on", *_OF_HANDOVER)


def _list_of(model: type[Any]) -> Statement[Any]:
    return Statement(lambda _, *, cases: model._default_manager.filter(IsOneOf("case", cases)))


def _requirements(_: None, *, cases: Parameter) -> QuerySet[RequiredMeeting, Any]:
    return RequiredMeeting.objects.current().filter(IsOneOf("case", cases)).values_list("case_id", *_OF_REQUIREMENT)


def _meetings(_: None, *, cases: Parameter) -> QuerySet[Meeting, Any]:
    return Meeting.objects.filter(IsOneOf("case", cases)).values_list(*_OF_MEETING)


def _entries(_: None, *, cases: Parameter) -> QuerySet[WorklistEntry, Any]:
    rows = WorklistEntry.objects.filter(IsOneOf("case", cases)).order_by("pk")
    return rows.values_list("case_id", *Entry._fields)


# A run asks these of each of its batches, and whoever plans one case of that one.
_CASES = Statement(_cases)
#: What a case has many of, and the rules read.
_LISTS = {"pauses": _list_of(Pause), "exemptions": _list_of(Exemption), "benefit_hours": _list_of(BenefitHours)}
_REQUIREMENTS = Statement(_requirements)
_MEETINGS = Statement(_meetings)
_ENTRIES = Statement(_entries)


def cases_with_facts(ids: Collection[int], *, lock: bool = False) -> list[Case]:
    """The open cases among these with all that the rules read of them; locked, they are so in order."""
    if lock:
        # Locked first and read after: what somebody changed in between is read as it is now.
        cases = Case.objects.open().filter(IsOneOf("pk", ids)).order_by("pk")
        ids = list(cases.select_for_update().values_list("pk", flat=True))
    return [case for case in with_facts(ids) if case.is_open]


def with_facts(ids: Collection[int]) -> list[Case]:
    """These cases, open or closed, with all that the rules read of them; the caller has locked them."""
    found = _CASES.rows(None, keys=[*ids])
    read_lists(found)
    # The organisations are few, and each is read once.
    parties = Organisation.objects.in_bulk(
        {pk for case in found for pk in (case.fund_id, case.municipality_id) if pk is not None}
    )
    for case in found:
        case.municipality = parties[case.municipality_id]
        if case.fund_id is not None:
            case.fund = parties[case.fund_id]
    return found


def read_lists(cases: Sequence[Case]) -> None:
    """Read the pauses, exemptions and paid hours of these cases into them, so that `all()` of each asks nothing.

    prefetch_related does the same and makes a query object for every case and list, which costs more than the rest.
    Here they are plain lists: of such a case `all()` alone works, not what goes on from it as `filter` does.
    """
    lists: dict[int, dict[str, list[Any]]] = {case.pk: {name: [] for name in _LISTS} for case in cases}
    for name, rows in _LISTS.items():
        for row in rows.rows(None, cases=[*lists]):
            lists[row.case_id][name].append(row)
    for case in cases:
        vars(case).setdefault("_prefetched_objects_cache", {}).update(lists[case.pk])


def course_of(case: Case) -> Course:
    """The facts of the case as the rules read them."""
    return case.as_course(
        exemptions=(
            ExemptionFact(reason=exemption.reason, span=exemption.period, duty_kept=exemption.is_duty_kept)
            for exemption in case.exemptions.all()
        )
    )


def read(cases: Sequence[Case], *, with_entries: bool = True) -> list[Facts]:
    """What is stored of these cases' plans; the entries of the worklist are only needed by who writes."""
    found = {case.pk: Facts(case=case) for case in cases}
    for case, *columns in _REQUIREMENTS.rows(None, cases=[*found]):
        found[case].requirements.append(RequirementRow(*columns))
    for meeting in map(MeetingRow._make, _MEETINGS.rows(None, cases=[*found])):
        found[meeting.case_id].meetings.append(meeting)
    if with_entries:
        for case, *told in _ENTRIES.rows(None, cases=[*found]):
            entry = Entry(*told)
            found[case].entries[entry.organisation_id] = entry
    return list(found.values())
