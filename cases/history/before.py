"""What a change overwrites is kept in its event as `before`, so that a day can be given back as it stood."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.models import BenefitHours, Case, Event, Pause


@dataclass(frozen=True)
class Later:
    """What happened to a case after a moment, oldest first."""

    events: Sequence[Event]

    def before(self, key: str, present: Any) -> Any:
        """What stood under the key at the moment: what the first later change of it overwrote, or what stands now."""
        for event in self.events:
            before = event.data.get("before", {})
            if key in before:
                return before[key]
        return present

    def lost(self, kinds: Collection[str]) -> list[Event]:
        """The later changes of these kinds that did not keep what they overwrote: older than this module."""
        return [event for event in self.events if event.kind in kinds and "before" not in event.data]


def pauses_kept(pauses: Iterable[Pause]) -> list[dict[str, Any]]:
    """The pauses as an event keeps them."""
    return [
        {
            "kind": pause.kind,
            "start": pause.period.start.isoformat(),
            "end": pause.period.end.isoformat() if pause.period.end else None,
            "recorded_at": pause.recorded_at.isoformat(),
        }
        for pause in pauses
    ]


def pauses_of(case: Case) -> dict[str, Any]:
    """The pauses in the database, for the event of a change that is about to be saved."""
    return {"pauses": pauses_kept(Pause.objects.filter(case=case))}


def hours_kept(hours: Iterable[BenefitHours]) -> list[str]:
    """The months with paid hours as an event keeps them."""
    return [one.month.isoformat() for one in hours]


def hours_of(case: Case) -> dict[str, Any]:
    """The months with paid hours in the database, for the event of a change that is about to be saved."""
    return {"hours": hours_kept(BenefitHours.objects.filter(case=case))}


def handed_over_on(case: Case, later: Later, last: datetime) -> date | None:
    """The day of the handover as it stood at the moment, which one that was corrected or withdrawn had otherwise."""
    handover = getattr(case, "handover", None)
    made = handover.handed_over_on if handover is not None and handover.handed_over_at <= last else None
    day = later.before("handed_over_on", made)
    return date.fromisoformat(day) if isinstance(day, str) else day
