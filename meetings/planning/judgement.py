"""What the law makes of one case, held against what is stored: nothing is read here, and nothing is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from cases.models import Case
from cases.rules import explanation
from cases.rules.facts import Course, Party
from cases.rules.responsibility import municipality_from
from meetings.models import Meeting, RequiredMeeting, RequirementState, WorklistEntry
from meetings.planning.facts import Facts
from meetings.planning.law import Law
from meetings.rules.contact_course import PlannedMeeting, plan
from meetings.rules.kinds import MeetingKind
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.matching import MeetingFact, RequirementFact, assign

Key = tuple[str, str, int]

#: What a worklist entry says; when it is looked at next is the sweep's.
_TOLD = (
    "organisation_id",
    "worker_id",
    "due_on",
    "requirement_id",
    "unbooked_due_on",
    "unbooked_from",
    "meeting_id",
    "meeting_ends_at",
    "active_until",
)


class RequirementChange(NamedTuple):
    """One required meeting that a new plan adds, takes away or writes anew."""

    before: RequiredMeeting | None
    after: RequiredMeeting | None

    def __str__(self) -> str:
        """The change as one Danish sentence."""
        old, new = self.before, self.after
        if old is None and new is not None:
            return f"Nyt krav: {new.title}, senest {new.due_on:%d-%m-%Y}."
        if old is not None and new is None:
            return f"Kravet om {old.title} senest {old.due_on:%d-%m-%Y} er faldet bort."
        assert old is not None
        assert new is not None
        if old.due_on != new.due_on:
            return f"Fristen for {new.title} er flyttet fra {old.due_on:%d-%m-%Y} til {new.due_on:%d-%m-%Y}."
        return f"Kravet om {new.title} er ændret; fristen er stadig {new.due_on:%d-%m-%Y}."


class Link(NamedTuple):
    """The requirement that a meeting fulfils, or will fulfil, and whether it is late for it."""

    requirement: RequiredMeeting | None
    is_late: bool


NO_LINK = Link(None, False)


@dataclass(frozen=True)
class Judgement:
    """How the rows of a case should be; what is stored so already is not written again."""

    facts: Facts
    municipality_from: date | None
    is_handover_moved: bool
    changes: list[RequirementChange]
    #: The requirements that stand, by deadline, the state of each, and the stored ones whose state changes.
    requirements: list[RequiredMeeting]
    states: Mapping[Key, str]
    restated: list[RequiredMeeting]
    #: What each meeting fulfils, by its row, and the meetings for which that changes.
    links: Mapping[int, Link]
    relinked: list[Meeting]
    entries: list[WorklistEntry]

    @property
    def case(self) -> Case:
        return self.facts.case

    @property
    def changes_plan(self) -> bool:
        """Whether there is anything to tell in the history of the case."""
        return bool(self.changes) or self.is_handover_moved

    @property
    def changes_anything(self) -> bool:
        return bool(self.changes_plan or self.relinked or self.restated)

    def entries_to_write(self, *, is_looked_at_anew: bool) -> list[WorklistEntry]:
        """Those that say something new; looked at anew, also those that the sweep has put off."""
        stored = {entry.organisation_id: entry for entry in self.facts.entries}
        return [
            entry
            for entry in self.entries
            if not _says_the_same_entry(stored.get(entry.organisation_id), entry)
            or (is_looked_at_anew and stored[entry.organisation_id].look_at is not None)
        ]

    def in_words(self) -> list[str]:
        """One Danish sentence for each requirement that changes; a first plan is told in one."""
        first = self.changes[0].after if self.changes else None
        if not self.facts.requirements and first is not None:
            return [f"Loven kræver {len(self.changes)} samtaler, den første senest {first.due_on:%d-%m-%Y}."]
        return [str(change) for change in self.changes]


def key_of(row: RequiredMeeting) -> Key:
    return (row.kind, row.responsible, row.number)


def judge(*, facts: Facts, course: Course, law: Law, acts: Mapping[str, int], at: datetime) -> Judgement:
    """Plan the case by the law, and match its meetings with the new plan; `acts` are the rows of the law's acts.

    Raises what the rules raise on facts that cannot be (ValueError with a Danish sentence).
    """
    planned = plan(course=course, book=law.book, table=law.table)
    return _judged(
        facts=facts,
        begins=municipality_from(course, law.book).day,
        changes=_changes(facts=facts, planned=planned.meetings, acts=acts, at=at),
    )


def judge_as_planned(*, facts: Facts) -> Judgement:
    """Match the meetings of the case with the plan it has."""
    return _judged(facts=facts, begins=facts.case.municipality_from, changes=[])


def _judged(*, facts: Facts, begins: date | None, changes: list[RequirementChange]) -> Judgement:
    case = facts.case
    gone = {id(change.before) for change in changes}
    standing = [row for row in facts.requirements if id(row) not in gone]
    standing += [change.after for change in changes if change.after is not None]
    standing.sort(key=lambda row: (row.due_on, row.window_from, row.number))
    links = _links(case=case, requirements=standing, meetings=facts.meetings)
    held = {
        key_of(row)
        for meeting in facts.meetings
        if meeting.status == MeetingStatus.HELD and (row := links.get(meeting.pk, NO_LINK).requirement) is not None
    }
    states = {key_of(row): _state(row, held) for row in standing}
    restated = [row for row in standing if row.state != states[key_of(row)]]
    for change in changes:
        if change.after is not None:
            change.after.state = states[key_of(change.after)]
    return Judgement(
        facts=facts,
        municipality_from=begins,
        is_handover_moved=begins != case.municipality_from,
        changes=changes,
        requirements=standing,
        states=states,
        restated=[row for row in restated if row.pk is not None],
        links=links,
        relinked=[meeting for meeting in facts.meetings if _is_relinked(meeting, links)],
        entries=list(_entries(facts=facts, begins=begins, requirements=standing, states=states, links=links)),
    )


def _changes(
    *, facts: Facts, planned: Sequence[PlannedMeeting], acts: Mapping[str, int], at: datetime
) -> list[RequirementChange]:
    current = {key_of(row): row for row in facts.requirements}
    changes = []
    for meeting in planned:
        row = current.pop((str(meeting.kind), str(meeting.responsible), meeting.number), None)
        if row is None or not _says_the_same(row, meeting, acts):
            changes.append(RequirementChange(row, _new_row(facts.case, meeting, acts, at)))
    return changes + [RequirementChange(row, None) for row in current.values()]


def _says_the_same(row: RequiredMeeting, meeting: PlannedMeeting, acts: Mapping[str, int]) -> bool:
    was_enforced = row.state != RequirementState.HISTORIC
    return (row.window_from, row.window_to, row.due_on, row.act_id, was_enforced) == (
        meeting.window_from,
        meeting.window_to,
        meeting.due_on,
        acts[meeting.act],
        meeting.is_enforced,
    )


def _new_row(case: Case, meeting: PlannedMeeting, acts: Mapping[str, int], at: datetime) -> RequiredMeeting:
    return RequiredMeeting(
        case=case,
        act_id=acts[meeting.act],
        kind=str(meeting.kind),
        responsible=str(meeting.responsible),
        number=meeting.number,
        window_from=meeting.window_from,
        window_to=meeting.window_to,
        due_on=meeting.due_on,
        legal_basis=meeting.legal_basis,
        explanation=explanation.to_data(meeting.why),
        state=RequirementState.OPEN if meeting.is_enforced else RequirementState.HISTORIC,
        planned_at=at,
    )


def _links(*, case: Case, requirements: Sequence[RequiredMeeting], meetings: Sequence[Meeting]) -> dict[int, Link]:
    if not meetings:
        return {}
    rows = {key_of(row): row for row in requirements}
    matched = assign(
        requirements=[
            RequirementFact(
                key=key,
                kind=MeetingKind(row.kind),
                responsible=Party(row.responsible),
                number=row.number,
                window_from=row.window_from,
                window_to=row.window_to,
                due_on=row.due_on,
                is_month_one=row.window_from <= case.placed_on,
            )
            for key, row in rows.items()
        ],
        meetings=[
            MeetingFact(
                key=meeting.pk,
                kind=MeetingKind(meeting.kind),
                party=meeting.party,
                day=meeting.day,
                status=MeetingStatus(meeting.status),
            )
            for meeting in meetings
        ],
        handed_over_on=case.handed_over_on,
    )
    return {meeting: Link(rows[key], is_late) for meeting, (key, is_late) in matched.items()}


def _is_relinked(meeting: Meeting, links: Mapping[int, Link]) -> bool:
    requirement, is_late = links.get(meeting.pk, NO_LINK)
    if requirement is None:
        return meeting.requirement_id is not None or meeting.is_late
    # A new row has no number yet, so that it is nobody's.
    return (meeting.requirement_id, meeting.is_late) != (requirement.pk, is_late)


def _state(row: RequiredMeeting, held: set[Key]) -> str:
    if row.state == RequirementState.HISTORIC:
        return row.state
    return RequirementState.FULFILLED if key_of(row) in held else RequirementState.OPEN


def _entries(
    *,
    facts: Facts,
    begins: date | None,
    requirements: Sequence[RequiredMeeting],
    states: Mapping[Key, str],
    links: Mapping[int, Link],
) -> Iterable[WorklistEntry]:
    """What each party of an open case has to do next."""
    case = facts.case
    if not case.is_open:
        return
    bookings = [meeting for meeting in facts.meetings if meeting.status == MeetingStatus.BOOKED]
    booked_for = {id(links[meeting.pk].requirement) for meeting in bookings if meeting.pk in links}
    parties = [(Party.MUNICIPALITY, case.municipality_id, case.municipality_caseworker_id, None)]
    if case.fund_id is not None:
        # Where the a-kasse never held the course, the meetings that the table gives it are still its own.
        passes_on = begins is not None and begins > case.placed_on
        parties.append((Party.FUND, case.fund_id, case.fund_adviser_id, begins if passes_on else None))
    for party, organisation_id, worker_id, active_until in parties:
        missing = [row for row in requirements if row.party == party and states[key_of(row)] == RequirementState.OPEN]
        unbooked = next((row for row in missing if id(row) not in booked_for), None)
        first = missing[0] if missing else None
        booked = [meeting for meeting in bookings if meeting.organisation_id == organisation_id]
        next_meeting = min(booked, key=lambda meeting: meeting.starts_at, default=None)
        yield WorklistEntry(
            case=case,
            organisation_id=organisation_id,
            worker_id=worker_id,
            due_on=first.due_on if first else None,
            requirement=first,
            unbooked_due_on=unbooked.due_on if unbooked else None,
            unbooked_from=unbooked.window_from if unbooked else None,
            meeting=next_meeting,
            meeting_ends_at=next_meeting.ends_at if next_meeting else None,
            active_until=active_until,
        )


def _says_the_same_entry(stored: WorklistEntry | None, wanted: WorklistEntry) -> bool:
    if stored is None:
        return False
    is_new_row = wanted.requirement is not None and wanted.requirement.pk is None
    return not is_new_row and all(getattr(stored, name) == getattr(wanted, name) for name in _TOLD)
