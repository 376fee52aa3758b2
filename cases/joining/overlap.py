"""Whether two records can be one person's: nobody has two courses at once. A reading: nothing is saved."""

from itertools import product

from cases import wall
from cases.models import Case, Citizen, User
from cases.models.cases import CloseReason
from cases.rules.one_course import Spell, run_at_once


@wall.lifted()
def why_not(kept: Citizen, other: Citizen, *, by: User) -> str:
    """Why the two cannot be joined, told only of cases that the user sees; empty when they can."""
    if kept.pk == other.pk:
        return "Det er den samme borger allerede. Skriv nummeret på en sag for den anden post."
    pairs = [pair for pair in product(_courses(kept), _courses(other)) if run_at_once(*map(_spell, pair))]
    if not pairs:
        return ""
    seen = set(Case.objects.visible_to(by).filter(citizen__in=(kept, other)).values_list("pk", flat=True))
    told = next((pair for pair in pairs if {one.pk for one in pair} <= seen), None)
    if told is None:
        return (
            "De to borgere har sager hos andre, der løber samtidig, og en borger har ét forløb ad gangen. Spørg "
            "borgerens anden a-kasse eller jobcenter."
        )
    return (
        f"{_span(told[0])} og {_span(told[1])} løber samtidig, og en borger har ét forløb ad gangen. Afslut den, der "
        "er forkert, med grunden »oprettet ved en fejl«, og saml posterne bagefter. Er den afsluttet, så åbn den først."
    )


def _courses(citizen: Citizen) -> list[Case]:
    return list(citizen.cases.exclude(close_reason=CloseReason.MISTAKE).order_by("pk"))


def _spell(case: Case) -> Spell:
    return Spell(case.registered_on, case.closed_on)


def _span(case: Case) -> str:
    until = f"til {case.closed_on:%d-%m-%Y}" if case.closed_on else "og frem"
    return f"Sag {case.label} ({case.registered_on:%d-%m-%Y} {until})"
