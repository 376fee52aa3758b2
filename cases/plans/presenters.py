"""Min Plan and the aim as they are read: on the page of a case, beside an older version, on paper."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from django.utils import timezone

from cases.accounts.access import Permission, has
from cases.models import Act, AimDecision, Case, PlanVersion, User
from cases.plans import services
from cases.rules.aim import aims_on
from cases.rules.plan_parts import PlanPart
from cases.seam import Part

_WORDS = re.compile(r"\s+|\S+")


@dataclass(frozen=True)
class Words:
    """Some words of a part: the same in both versions, added, or removed."""

    text: str
    change: str = ""


@dataclass(frozen=True)
class PartChange:
    """What became of one part from one version to another."""

    name: str
    state: str
    words: tuple[Words, ...]

    @property
    def is_changed(self) -> bool:
        return self.state != "uændret"


def changes(old: PlanVersion, new: PlanVersion) -> list[PartChange]:
    """Part by part, those that either version has."""
    found = []
    for part in PlanPart:
        if part not in old.parts and part not in new.parts:
            continue
        before, after = old.parts.get(part, ""), new.parts.get(part, "")
        state = "ændret"
        if before == after:
            state = "uændret"
        elif part not in old.parts:
            state = "ny del"
        elif part not in new.parts:
            state = "ikke med længere"
        found.append(PartChange(part.label, state, tuple(_words(before, after))))
    return found


def _words(before: str, after: str) -> Iterator[Words]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield Words("".join(old[i:j]))
            continue
        if j > i:
            yield Words("".join(old[i:j]), "fjernet")
        if m > k:
            yield Words("".join(new[k:m]), "tilføjet")


def plan_block(case: Case, user: User, at: datetime) -> Part:
    """Which plan there is, and the way to it."""
    return Part(
        template="cases/plans/plan_block.html",
        data={"case": case, "plan": services.current_plan(case), "may_write": case.is_open},
        is_aside=True,
    )


def aim_block(case: Case, user: User, at: datetime) -> Part | None:
    """What the effort aims at; nothing where no decision can be made, and none was."""
    decision = AimDecision.objects.for_case(case).first()
    may_decide = has(user, Permission.DECIDE_AIM)
    if decision is None:
        if not may_decide or not case.is_open:
            return None
        today = timezone.localtime(at).date()
        aims = aims_on(target_group=case.target_group, decided_on=today, book=Act.objects.rule_book())
        if not aims.allowed:
            return None
    data = {"case": case, "decision": decision, "may_decide": may_decide}
    return Part(template="cases/plans/aim_block.html", data=data, is_aside=True)
