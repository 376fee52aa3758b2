"""How cases are spread over several colleagues: evenly, and to whoever has time for the talks that are booked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from meetings.rules.availability import Availability
from meetings.rules.spans import Span


@dataclass
class Colleague:
    """Somebody who takes over cases: what is known of their time, and what they have been given."""

    key: int
    time: Availability
    #: The cases that the colleague has already, and whose talks stand in no way.
    own: Collection[int] = ()
    talks: list[Span] = field(default_factory=list)
    cases: int = 0

    def why_not(self, span: Span) -> str:
        """Why the colleague cannot hold a talk then; empty where nothing speaks against it."""
        if any(span.overlaps(other) for other in (*self.talks, *(talk.span for talk in self.time.talks))):
            return f"{self.time.name} er optaget."
        return " ".join(self.time.against(span))


class Given(NamedTuple):
    """Who gets a case, and why some of its talks cannot follow."""

    to: int
    stays: dict[Span, str]


def spread(talks: Mapping[int, Sequence[Span]], colleagues: Sequence[Colleague]) -> dict[int, Given]:
    """Whom each case goes to, by the booked talks of each.

    Nobody is given more than one case more than another. Who has a case keeps it where there is room, and then the
    cases with most talks choose first.
    """
    least, more = divmod(len(talks), len(colleagues))
    given: dict[int, Given] = {}
    kept = {case for colleague in colleagues for case in colleague.own}
    for case, spans in sorted(talks.items(), key=lambda one: (one[0] not in kept, -len(one[1]))):
        full = sum(colleague.cases > least for colleague in colleagues) >= more
        having_room = [one for one in colleagues if one.cases < least + (not full)]
        chosen = min(having_room, key=lambda one: (case not in one.own, _clashes(one, spans), one.cases))
        stays = {} if case in chosen.own else {span: why for span in spans if (why := chosen.why_not(span))}
        chosen.cases += 1
        chosen.talks += [span for span in spans if span not in stays]
        given[case] = Given(chosen.key, stays)
    return given


def _clashes(colleague: Colleague, spans: Sequence[Span]) -> int:
    return sum(bool(colleague.why_not(span)) for span in spans)
