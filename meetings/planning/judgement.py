"""What the law makes of one case, held against what is stored: nothing is read here, and nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from psycopg.types.multirange import DateMultirange
from psycopg.types.range import DateRange

from cases.models import Case
from cases.rules.facts import Course, Party
from cases.rules.period import Period
from cases.rules.responsibility import municipality_from, without_what_decides_nothing
from meetings.models import RequirementState
from meetings.planning.law import Law
from meetings.planning.stored import Entry, Facts, Key, MeetingRow, RequirementRow, Standing
from meetings.rules.contact_course import PlannedMeeting, plan
from meetings.rules.exemption import resting_days
from meetings.rules.kinds import MeetingKind
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.matching import COUNTING, RequirementFact, assign


class RequirementChange(NamedTuple):
    """The required meeting that a new plan adds, takes away or writes anew, and what it was and is."""

    about: RequirementRow
    before: RequirementRow | None
    after: RequirementRow | None

    def __str__(self) -> str:
        """The change as one Danish sentence."""
        about, old, new = self
        if new is None:
            return f"Kravet om {about.title} senest {about.due_on:%d-%m-%Y} er faldet bort."
        if old is None:
            return f"Nyt krav: {new.title}, senest {new.due_on:%d-%m-%Y}."
        if old.due_on != new.due_on:
            return f"Fristen for {new.title} er flyttet fra {old.due_on:%d-%m-%Y} til {new.due_on:%d-%m-%Y}."
        return f"Kravet om {new.title} er ændret; fristen er stadig {new.due_on:%d-%m-%Y}."


@dataclass(frozen=True)
class Judgement:
    """How the rows of a case should be; what is stored so already is not written again."""

    facts: Facts
    municipality_from: date | None
    is_handover_moved: bool
    changes: list[RequirementChange]
    #: The requirements that stand, by deadline, and how each should.
    requirements: list[RequirementRow]
    standings: Mapping[Key, Standing]
    #: The days on which nobody is called.
    rests: tuple[Period, ...]

    @property
    def case(self) -> Case:
        return self.facts.case

    @property
    def restated(self) -> list[RequirementRow]:
        """The stored requirements of which something else has become."""
        return [one for one in self.requirements if one.row is not None and one.standing != self.standings[one.key]]

    @property
    def changes_plan(self) -> bool:
        """Whether there is anything to tell in the history of the case."""
        return bool(self.changes) or self.is_handover_moved

    @property
    def changes_anything(self) -> bool:
        return self.changes_plan or bool(self.restated)

    def is_open(self, one: RequirementRow) -> bool:
        """Whether the talk that it demands is yet to be held."""
        return self.standings[one.key].state == RequirementState.OPEN

    def in_words(self) -> list[str]:
        """One Danish sentence for each requirement that changes; a first plan is told in one."""
        first = self.changes[0].after if self.changes else None
        if not self.facts.requirements and first is not None:
            return [f"Loven kræver {len(self.changes)} samtaler, den første senest {first.due_on:%d-%m-%Y}."]
        return [str(change) for change in self.changes]

    def entries(self) -> list[Entry]:
        """What each party of an open case has to do next. Write the new requirements first: an entry names its own."""
        case = self.case
        if not case.is_open:
            return []
        begins = self.municipality_from
        entry = self._entry(Party.MUNICIPALITY, case.municipality_id, case.municipality_caseworker_id)
        entries = [entry._replace(held_from=begins, awaits_receipt=case.awaits_receipt)]
        if case.fund_id is not None:
            # Where the a-kasse never held the course, the meetings that the table gives it are still its own.
            passes_on = begins is not None and begins > case.placed_on
            entry = self._entry(Party.FUND, case.fund_id, case.fund_adviser_id)
            entries.append(entry._replace(active_until=begins if passes_on else None))
        return entries

    def _entry(self, party: Party, organisation_id: int, worker_id: int | None) -> Entry:
        missing = [one for one in self.requirements if one.party == party and self.is_open(one)]
        first = missing[0] if missing else None
        # What is open and has a talk has one that is booked.
        unbooked = next((one for one in missing if self.standings[one.key].meeting is None), None)
        own = [
            meeting
            for meeting in self.facts.meetings
            if meeting.organisation_id == organisation_id and meeting.status == MeetingStatus.BOOKED
        ]
        next_meeting = min(own, key=lambda meeting: meeting.starts_at, default=None)
        return Entry(
            organisation_id=organisation_id,
            worker_id=worker_id,
            due_on=first.due_on if first else None,
            requirement_id=first.row if first else None,
            kind=first.kind if first else "",
            unbooked_due_on=unbooked.due_on if unbooked else None,
            unbooked_from=unbooked.window_from if unbooked else None,
            meeting_id=next_meeting.pk if next_meeting else None,
            meeting_ends_at=next_meeting.ends_at if next_meeting else None,
            channel=next_meeting.channel if next_meeting else "",
            active_until=None,
            held_from=None,
            awaits_receipt=False,
            rests=DateMultirange([DateRange(span.start, span.end) for span in self.rests]),
        )


def judgement_of(*, facts: Facts, course: Course, law: Law, acts: Mapping[str, int]) -> Judgement:
    """Plan the case by the law, and match its meetings with the new plan; `acts` are the rows of the law's acts.

    Raises what the rules raise on facts that cannot be (ValueError with a Danish sentence).
    """
    planned, begins = _answers(without_what_decides_nothing(course, law.book), law)
    changes = _changes(facts.requirements, planned, acts)
    return _judged(facts=facts, course=course, begins=begins, changes=changes)


def judgement_as_planned(*, facts: Facts, course: Course) -> Judgement:
    """Match the meetings of the case with the plan it has."""
    return _judged(facts=facts, course=course, begins=facts.case.municipality_from, changes=[])


@lru_cache(maxsize=4096)
def _answers(course: Course, law: Law) -> tuple[tuple[PlannedMeeting, ...], date | None]:
    return plan(course=course, book=law.book, table=law.table).meetings, municipality_from(course, law.book).day


def _judged(*, facts: Facts, course: Course, begins: date | None, changes: list[RequirementChange]) -> Judgement:
    case, standing = facts.case, facts.requirements
    if changes:
        gone = {id(change.before) for change in changes}
        standing = [one for one in standing if id(one) not in gone]
        standing += [change.after for change in changes if change.after is not None]
    standing = sorted(standing, key=lambda one: (one.due_on, one.window_from, one.number))
    standings = _standings(case=case, requirements=standing, meetings=facts.meetings)
    for change in changes:
        if change.after is not None:
            change.after.stands_as(standings[change.after.key])
    return Judgement(
        facts=facts,
        municipality_from=begins,
        is_handover_moved=begins != case.municipality_from,
        changes=changes,
        requirements=standing,
        standings=standings,
        rests=resting_days(course),
    )


def _changes(
    stored: Sequence[RequirementRow], planned: Sequence[PlannedMeeting], acts: Mapping[str, int]
) -> list[RequirementChange]:
    current = {one.key: one for one in stored}
    changes = []
    for meeting in planned:
        one = current.pop((meeting.kind, meeting.responsible, meeting.number), None)
        if one is None or not _says_the_same(one, meeting, acts):
            after = _row_of(meeting, acts)
            changes.append(RequirementChange(after, before=one, after=after))
    return changes + [RequirementChange(one, before=one, after=None) for one in current.values()]


def _says_the_same(one: RequirementRow, meeting: PlannedMeeting, acts: Mapping[str, int]) -> bool:
    return (one.window_from, one.window_to, one.due_on, one.act, one.is_enforced) == (
        meeting.window_from,
        meeting.window_to,
        meeting.due_on,
        acts[meeting.act],
        meeting.is_enforced,
    )


def _row_of(meeting: PlannedMeeting, acts: Mapping[str, int]) -> RequirementRow:
    return RequirementRow(
        row=None,
        kind=str(meeting.kind),
        responsible=str(meeting.responsible),
        number=meeting.number,
        window_from=meeting.window_from,
        window_to=meeting.window_to,
        due_on=meeting.due_on,
        act=acts[meeting.act],
        state=RequirementState.OPEN if meeting.is_enforced else RequirementState.HISTORIC,
        planned=meeting,
    )


def _standings(
    *, case: Case, requirements: Sequence[RequirementRow], meetings: Sequence[MeetingRow]
) -> dict[Key, Standing]:
    found: dict[Key, Standing] = {
        one.key: Standing(RequirementState.OPEN if one.is_enforced else RequirementState.HISTORIC, None, False)
        for one in requirements
    }
    counting = [meeting.as_fact() for meeting in meetings if meeting.status in COUNTING]
    if not counting:
        return found
    matched: Mapping[Any, tuple[Any, bool]] = assign(
        requirements=[
            RequirementFact(
                key=one.key,
                kind=MeetingKind(one.kind),
                responsible=Party(one.responsible),
                number=one.number,
                window_from=one.window_from,
                window_to=one.window_to,
                due_on=one.due_on,
                is_month_one=one.window_from <= case.placed_on,
            )
            for one in requirements
        ],
        meetings=counting,
        handed_over_on=case.handed_over_on,
    )
    held = {meeting.key for meeting in counting if meeting.status == MeetingStatus.HELD}
    for meeting, (key, is_late) in matched.items():
        state = found[key].state
        if state == RequirementState.OPEN and meeting in held:
            state = RequirementState.FULFILLED
        found[key] = Standing(state, meeting, is_late)
    return found
