"""Pauses as one cell of a file has them: read, and held against the course and each other."""

import re
from datetime import date
from itertools import pairwise

from cases.pauses.services import require_in_course
from cases.rules.facts import PauseFact, PauseKind
from cases.rules.period import Period
from cases.rules.refusal import Refused
from cases.rules.wording import day_text
from cases.ui.cells import named, parts
from cases.ui.fields import DateField

_KINDS = {kind.label: kind for kind in PauseKind}
_WRITTEN = re.compile(
    rf"(?P<kind>{'|'.join(_KINDS)})\s+(?:fra\s+)?(?:den\s+)?(?P<first>\S+)"
    r"(?:\s+(?:til(?:\s+og\s+med)?|-)\s+(?:den\s+)?(?P<last>\S+))?",
    re.IGNORECASE,
)
_EXAMPLE = (
    "Skriv grund, første og sidste dag, fx ferie 06-07-2026 til 24-07-2026; sygdom 03-08-2026 til 14-08-2026. "
    f"Grunden er {', '.join(_KINDS)}."
)


def read_pauses(text: str, *, registered_on: date) -> tuple[PauseFact, ...]:
    """The pauses that the text tells of, by their days. Raises Refused with one Danish sentence."""
    with named("pauser"):
        pauses = sorted(map(_written, parts(text)), key=_days)
        for pause in pauses:
            require_in_course(pause.span, registered_on=registered_on)
        for before, after in pairwise(pauses):
            if before.span.overlaps(after.span):
                raise Refused(f"Der er to pauser den {day_text(after.span.start)}. Ret dagene i en af dem.")
    return tuple(pauses)


def _days(pause: PauseFact) -> Period:
    return pause.span


def _written(text: str) -> PauseFact:
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise Refused(f"»{text}« kan ikke læses. {_EXAMPLE}")
    if found["last"] is None:
        raise Refused(
            f"»{text}« har ingen sidste dag. Skriv den dag, pausen ventes at slutte; den kan rettes på sagen bagefter."
        )
    first, last = (DateField().clean(found[name]) for name in ("first", "last"))
    return PauseFact(kind=_KINDS[found["kind"].lower()], span=Period.of_days_inclusive(first, last))
