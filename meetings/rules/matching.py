"""Which meeting fulfils which requirement; what fulfils none is over the minimum, never an error."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date

from cases.rules.facts import Party
from cases.rules.wording import day_text
from meetings.rules.kinds import MeetingKind
from meetings.rules.lifecycle import MeetingStatus

Key = Hashable

#: A meeting in one of these states covers a requirement; those of the first choose first.
COUNTING = (MeetingStatus.HELD, MeetingStatus.BOOKED)


@dataclass(frozen=True)
class RequirementFact:
    """One requirement of the plan. In month one, meetings since the registration count too."""

    key: Key
    kind: MeetingKind
    responsible: Party
    number: int
    window_from: date
    window_to: date
    due_on: date
    is_month_one: bool


@dataclass(frozen=True)
class MeetingFact:
    """One booking: who holds it, and on which day."""

    key: Key
    kind: MeetingKind
    party: Party
    day: date
    status: MeetingStatus


def assign(
    *,
    requirements: Iterable[RequirementFact],
    meetings: Iterable[MeetingFact],
    handed_over_on: date | None = None,
) -> dict[Key, tuple[Key, bool]]:
    """Return, for each meeting that fulfils a requirement, which one it fulfils and whether it is late.

    A booked meeting is shown at the requirement that it will fulfil if it is held; held ones choose first.
    """
    free = sorted(requirements, key=lambda requirement: (requirement.window_to, requirement.number))
    matched: dict[Key, tuple[Key, bool]] = {}
    for status in COUNTING:
        for meeting in sorted((m for m in meetings if m.status == status), key=lambda m: m.day):
            requirement = _fulfilled(meeting, free, handed_over_on)
            if requirement is not None:
                free.remove(requirement)
                matched[meeting.key] = (requirement.key, meeting.day > requirement.due_on)
    return matched


def why_none(
    *, meeting: MeetingFact, requirements: Iterable[RequirementFact], handed_over_on: date | None = None
) -> str:
    """Why a meeting that `assign` gave no requirement fulfils none, in one Danish sentence."""
    meetings = f"{meeting.kind.plural} hos {meeting.party.label}"
    opens = [_opens(requirement, handed_over_on) for requirement in _own(meeting, requirements)]
    if not opens:
        return f"Loven kræver ingen {meetings} i dette forløb."
    if meeting.day < min(opens):
        return f"Loven kræver først {meetings} fra den {day_text(min(opens))}."
    return f"De {meetings}, som loven krævede til og med den dag, er dækket af andre samtaler."


def holds(party: Party, responsible: Party) -> bool:
    """Whether a party's meeting can fulfil the requirement: the municipality calls to those that both hold."""
    return party == responsible or (responsible == Party.BOTH and party == Party.MUNICIPALITY)


def _fulfilled(
    meeting: MeetingFact, free: list[RequirementFact], handed_over_on: date | None
) -> RequirementFact | None:
    own = _own(meeting, free)
    for requirement in own:
        if _opens(requirement, handed_over_on) <= meeting.day <= requirement.window_to:
            return requirement
    return next((requirement for requirement in own if requirement.window_to < meeting.day), None)


def _own(meeting: MeetingFact, requirements: Iterable[RequirementFact]) -> list[RequirementFact]:
    """Those that a meeting of this kind and party can fulfil."""
    return [one for one in requirements if one.kind == meeting.kind and holds(meeting.party, one.responsible)]


def _opens(requirement: RequirementFact, handed_over_on: date | None) -> date:
    if requirement.is_month_one:
        return date.min
    if requirement.responsible == Party.MUNICIPALITY and handed_over_on is not None:
        return min(requirement.window_from, handed_over_on)
    return requirement.window_from
