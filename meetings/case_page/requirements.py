"""One required meeting on a page: what has become of it, why its deadline is what it is, and how today would say it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from cases.accounts import access
from cases.accounts.access import Permission
from cases.models import Case, User
from cases.rules.explanation import Step, to_data
from cases.rules.facts import Party
from cases.rules.rule_book import RuleBook
from cases.rules.wording import day_text
from cases.rules.workdays import closed_day
from meetings.models import Meeting, RequiredMeeting, RequirementState
from meetings.rules.contact_course import PlannedMeeting


class Covering(Protocol):
    """A meeting that covers a requirement, now or on a day that has passed."""

    @property
    def is_late(self) -> bool: ...

    @property
    def ends_at(self) -> datetime: ...


@dataclass(frozen=True)
class ExplainedToday:
    """How the law and the rules of today would explain a deadline, where that is not how it was explained."""

    #: None where the law of today does not demand the meeting at all.
    due_on: date | None
    why: Mapping[str, Any] | None


@dataclass(frozen=True)
class RequirementOnPage:
    """One required meeting, what has become of it, and why its deadline is what it is."""

    row: RequiredMeeting
    state: str
    variant: str
    meeting: Meeting | None
    closed_day: str | None
    why: Mapping[str, Any]
    present: ExplainedToday | None
    may_be_booked: bool

    @property
    def is_open(self) -> bool:
        return self.row.state == RequirementState.OPEN

    @property
    def is_historic(self) -> bool:
        return self.row.state == RequirementState.HISTORIC

    @property
    def today_note(self) -> str:
        """Return in words what the law and the rules of today make of the deadline; empty where they say the same."""
        if self.present is None:
            return ""
        if self.present.due_on is None:
            return "Efter reglerne i dag er samtalen ikke et krav"
        if self.present.due_on != self.row.due_on:
            return f"Efter reglerne i dag ville fristen være {day_text(self.present.due_on)}"
        return "I dag ville forklaringen lyde anderledes"


def requirement_on_page(
    row: RequiredMeeting,
    case: Case,
    meetings: Sequence[Meeting],
    present: ExplainedToday | None,
    *,
    user: User,
    at: datetime,
    today: date,
    resting: Step | None,
) -> RequirementOnPage:
    meeting = next((m for m in meetings if m.pk == row.meeting_id), None)
    state, variant = state_of(
        row, meeting, state=row.state, is_open=case.is_open, at=at, today=today, is_resting=resting is not None
    )
    is_theirs = row.party is Party.FUND and case.municipality_from is not None and case.municipality_from <= today
    return RequirementOnPage(
        row=row,
        state=state,
        variant=variant,
        meeting=meeting,
        closed_day=closed_day(row.due_on) if row.state == RequirementState.OPEN else None,
        why=row.why,
        present=present,
        may_be_booked=(
            case.is_open
            and resting is None
            and row.state == RequirementState.OPEN
            and meeting is None
            and not is_theirs
            and user.organisation_id == (case.fund_id if row.party is Party.FUND else case.municipality_id)
            and access.has(user, Permission.BOOK_MEETING)
        ),
    )


def explained_today(
    rows: Sequence[RequiredMeeting], planned: Sequence[PlannedMeeting], book: RuleBook
) -> dict[int, ExplainedToday | None]:
    """For each requirement how its deadline would be explained today; None where it would read as it was frozen."""
    titles = {act.slug: act.title for act in book.acts}
    by_key = {(str(one.kind), str(one.responsible), one.number): one for one in planned}
    return {row.pk: _explained_today(row, by_key.get((row.kind, row.responsible, row.number)), titles) for row in rows}


def _explained_today(
    row: RequiredMeeting, planned: PlannedMeeting | None, titles: Mapping[str, str]
) -> ExplainedToday | None:
    if planned is None:
        return ExplainedToday(due_on=None, why=None)
    if (planned.due_on, planned.act, to_data(planned.why)) == (row.due_on, row.act.slug, row.steps):
        return None
    steps = [step.text for step in planned.why]
    return ExplainedToday(
        due_on=planned.due_on, why={"steps": steps, "act": titles[planned.act], "legal_basis": planned.legal_basis}
    )


def state_of(
    row: RequiredMeeting,
    meeting: Covering | None,
    *,
    state: str,
    is_open: bool,
    at: datetime,
    today: date,
    is_resting: bool,
) -> tuple[str, str]:
    """What has become of a requirement, in words and as the badge's colour."""
    if state == RequirementState.HISTORIC:
        return "Historisk", ""
    if state == RequirementState.FULFILLED:
        return ("Holdt for sent", "warning") if meeting is not None and meeting.is_late else ("Holdt", "success")
    if not is_open:
        return "Ikke holdt", ""
    if meeting is not None:
        if meeting.ends_at <= at:
            return "Mangler udfald", "warning"
        return ("Booket efter fristen", "warning") if meeting.is_late else ("Booket", "info")
    if is_resting:
        return "På pause", ""
    if row.due_on < today:
        return "Overskredet", "error"
    return ("Skal bookes", "warning") if row.window_from <= today else ("Ikke åbnet endnu", "")
