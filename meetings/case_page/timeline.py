"""The days of a case for its timeline: phases, talks, deadlines and rests. A reading: nothing is saved."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from cases.models import Case, Pause
from cases.rules.wording import counted
from cases.ui.case_tabs import Tab
from meetings.case_page.requirements import RequirementOnPage
from meetings.models import Exemption, Meeting
from meetings.rules.lifecycle import MeetingStatus

_SHOWN = (MeetingStatus.BOOKED, MeetingStatus.HELD, MeetingStatus.MISSED)


def timeline_of(
    case: Case, requirements: Sequence[RequirementOnPage], meetings: Sequence[Meeting], *, at: datetime, today: date
) -> dict[str, Any]:
    """What happened and is to happen, as the drawing takes it."""
    talks = Tab.TALKS.url_of(case.public_id)
    events: list[dict[str, Any]] = [{"date": case.registered_on, "label": "Tilmeldt", "kind": "past"}]
    if case.placed_on != case.registered_on:
        is_past = case.placed_on <= today
        events.append({"date": case.placed_on, "label": "Indplaceret", "kind": "past" if is_past else "next"})
    last = max([today, case.registered_on, *(one.row.window_to for one in requirements)])
    if case.closed_on:
        last = max([case.closed_on, *(meeting.day for meeting in meetings)])
        events.append({"date": case.closed_on, "label": "Afsluttet", "kind": "past"})
    events += _phases(case, last)
    events += [_meeting_mark(meeting, talks, at=at) for meeting in meetings if meeting.status in _SHOWN]
    if case.is_open:
        events += _deadline_marks(requirements, talks)
        events += _windows(requirements)
    handover = getattr(case, "handover", None)
    if handover:
        kind = "past" if handover.handed_over_on <= today else "next"
        events.append({"date": handover.handed_over_on, "label": "Overgang", "kind": kind, "party": "municipality"})
    for pause in case.pauses.all():
        events.append(_rest(pause, f"Pause: {pause.get_kind_display()}"))
    for exemption in case.exemptions.all():
        events.append(_rest(exemption, f"Fritaget: {exemption.get_reason_display()}"))
    return {"events": events, "start": case.registered_on, "end": last}


def _phases(case: Case, last: date) -> list[dict[str, Any]]:
    begins = case.municipality_from
    phases = []
    if case.fund is not None and (begins is None or begins > case.registered_on):
        phase = {"kind": "phase", "label": f"{case.fund} har forløbet", "date": case.registered_on, "party": "fund"}
        if begins is not None and begins < last:
            phase["end"] = begins
        phases.append(phase)
    if case.fund is None or begins is not None and begins <= last:
        start = max(begins or case.registered_on, case.registered_on)
        label = f"{case.municipality} har forløbet"
        phases.append({"kind": "phase", "label": label, "date": start, "party": "municipality"})
    return phases


def _meeting_mark(meeting: Meeting, talks: str, *, at: datetime) -> dict[str, Any]:
    label = meeting.get_kind_display().capitalize()
    kind = "past"
    if meeting.status == MeetingStatus.MISSED:
        label = f"{label}, udeblevet"
    elif meeting.status == MeetingStatus.BOOKED:
        kind = "unregistered" if meeting.ends_at <= at else "next"
    return {
        "date": meeting.day,
        "label": label,
        "kind": kind,
        "party": str(meeting.party),
        "url": f"{talks}#samtale-{meeting.public_id}",
    }


def _deadline_marks(requirements: Sequence[RequirementOnPage], talks: str) -> list[dict[str, Any]]:
    """One mark for each day, however many fall due on it."""
    marks: dict[tuple[date, str], list[RequirementOnPage]] = {}
    for requirement in requirements:
        if requirement.is_open:
            marks.setdefault((requirement.row.due_on, requirement.row.responsible), []).append(requirement)
    return [
        {
            "date": due_on,
            "label": f"Frist: {len(group)} samtaler" if len(group) > 1 else f"Frist: {group[0].row.number}. samtale",
            "kind": "deadline",
            "party": party,
            "url": f"{talks}#krav-{group[0].row.public_id}",
        }
        for (due_on, party), group in marks.items()
    ]


def _windows(requirements: Sequence[RequirementOnPage]) -> list[dict[str, Any]]:
    """The days in which the meetings that are still open may be held: one bar for each row of the law's table."""
    groups: dict[tuple[date, str], list[RequirementOnPage]] = {}
    for requirement in requirements:
        if requirement.is_open:
            groups.setdefault((requirement.row.window_to, requirement.row.responsible), []).append(requirement)
    return [
        {
            "date": min(one.row.window_from for one in group),
            "end": window_to + timedelta(days=1),
            "label": f"{counted(len(group), 'samtale', 'samtaler')} kan holdes",
            "kind": "window",
            "party": party,
        }
        for (window_to, party), group in groups.items()
    ]


def _rest(span: Pause | Exemption, label: str) -> dict[str, Any]:
    return {"date": span.period.start, "end": span.period.end, "label": label, "kind": "pause"}
