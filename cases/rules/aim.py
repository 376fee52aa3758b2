"""What the effort for a young person aims at, education or job: the municipality's decision, and what it must hold."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Explanation, by
from cases.rules.facts import Party
from cases.rules.labelled import Labelled
from cases.rules.parameters import AIM_GROUPS, JOB_FOCUS_ALLOWED, JOB_FOCUS_GROUPS, JOB_FOCUS_REASONS_REQUIRED
from cases.rules.refusal import Missing, Refused
from cases.rules.rule_book import RuleBook
from cases.rules.wording import day_text, listed


class Aim(Labelled):
    EDUCATION = "education", "uddannelse"
    JOB = "job", "job"


class AimNotAllowed(Refused, ValueError):
    """The law gives this decision of aim to nobody, or not to this party, on that day."""


class Aims(NamedTuple):
    """The aims that a decision of that day may have; none outside the groups with an education order."""

    allowed: tuple[Aim, ...]
    why: Explanation


def aims_on(*, target_group: int, decided_on: date, book: RuleBook) -> Aims:
    """What the municipality may aim at for somebody in the target group."""
    dates = CaseDates(decision=decided_on)
    groups = book.in_force(AIM_GROUPS, dates)
    allowed = book.in_force(JOB_FOCUS_ALLOWED, dates)
    job_groups = book.in_force(JOB_FOCUS_GROUPS, dates)
    if target_group not in groups.value:
        text = (
            f"I målgruppe {target_group} træffes der ingen afgørelse om uddannelse eller job som sigte; det gør der i "
            f"målgruppe {listed(map(str, sorted(groups.value)))}."
        )
        return Aims((), (by(groups, text, decided_on),))
    if not allowed.value:
        text = f"Den {day_text(decided_on)} er uddannelse det eneste sigte: kun uddannelsespålægget findes."
        return Aims((Aim.EDUCATION,), (by(allowed, text, decided_on),))
    if target_group not in job_groups.value:
        text = f"I målgruppe {target_group} er uddannelse det eneste sigte."
        return Aims((Aim.EDUCATION,), (by(job_groups, text, decided_on),))
    text = (
        "Kommunen kan rette indsatsen mod job for den unge, som den vurderer bliver mere motiveret og afklaret af at "
        "komme ud på en virksomhed end af at begynde på en uddannelse."
    )
    return Aims((Aim.EDUCATION, Aim.JOB), (by(allowed, text, decided_on),))


def check_aim(*, aim: Aim, party: Party, target_group: int, decided_on: date, book: RuleBook) -> Explanation:
    """Why the decision may be made; raises AimNotAllowed otherwise."""
    if party != Party.MUNICIPALITY:
        raise AimNotAllowed("Kun kommunen træffer afgørelse om, hvad indsatsen rettes mod.")
    aims = aims_on(target_group=target_group, decided_on=decided_on, book=book)
    if aim not in aims.allowed:
        step = aims.why[-1]
        raise AimNotAllowed(f"Indsatsen kan ikke rettes mod {aim.label}. {step.text} ({step.legal_basis})")
    return aims.why


def missing_grounds(
    *,
    aim: Aim,
    decided_on: date,
    assessment: str,
    assessed_on: date | None,
    reasons: str,
    wish: Aim | None,
    book: RuleBook,
) -> tuple[Missing, ...]:
    """What a decision must hold and does not; the fields have the names of the arguments."""
    rule = book.in_force(JOB_FOCUS_REASONS_REQUIRED, CaseDates(decision=decided_on))
    if aim != Aim.JOB or not rule.value:
        return ()
    basis = f"({rule.legal_basis})"
    missing = []
    if not assessment.strip():
        text = f"Skriv kommunens vurdering: hvorfor en virksomhed motiverer og afklarer mere end en uddannelse {basis}."
        missing.append(Missing("assessment", text))
    if assessed_on is None:
        missing.append(Missing("assessed_on", f"Skriv dagen, hvor kommunen foretog vurderingen {basis}."))
    elif assessed_on > decided_on:
        text = (
            f"Vurderingen er dateret den {day_text(assessed_on)}, efter afgørelsen den {day_text(decided_on)}. Ret en "
            "af de to datoer."
        )
        missing.append(Missing("assessed_on", text))
    if not reasons.strip():
        missing.append(Missing("reasons", f"Begrund, hvorfor indsatsen rettes mod job {basis}."))
    if wish is None:
        missing.append(Missing("wish", f"Registrér borgerens eget ønske: uddannelse eller job {basis}."))
    return tuple(missing)
