"""What the effort for a young person aims at, education or job: the municipality decides, and a decision stands."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from cases.models import Act, AimDecision, Case, User
from cases.rules.aim import AIM_NAMES, Aim, AimNotAllowed, check_aim, missing_grounds
from cases.rules.danish import day_text
from cases.rules.explanation import Explanation, to_data
from cases.rules.refusal import Incomplete, Refused, Stale
from cases.services import events
from cases.services.cases.change import lock


@dataclass(frozen=True)
class Grounds:
    """What a decision says, as it was written."""

    aim: Aim
    decided_on: date
    assessment: str = ""
    assessed_on: date | None = None
    reasons: str = ""
    wish: Aim | None = None


class AimRefused(Refused):
    """The decision cannot be made like this; the message names the rule."""


class StaleAim(Stale):
    """Another decision was made after the form was opened."""


@transaction.atomic(durable=True)
def decide(*, case_id: int, grounds: Grounds, number: int, by: User, at: datetime) -> AimDecision:
    """Decide the aim; it replaces the decision before it. `number` is the newest that the writer saw, 0 for none.

    The same decision once more changes nothing. Raises AimRefused, StaleAim, Incomplete, AlreadyClosed.
    """
    case = lock(case_id)
    latest = AimDecision.objects.for_case(case).first()
    if latest is not None and _grounds_of(latest) == grounds:
        return latest
    newest = latest.number if latest else 0
    if number != newest:
        raise StaleAim(
            "En anden har truffet en ny afgørelse, efter at du åbnede siden. Se den, og prøv igen.", newest=newest
        )
    why = _check(case, grounds, latest, by=by, today=timezone.localtime(at).date())
    written = {**asdict(grounds), "wish": grounds.wish or ""}
    decision = AimDecision.objects.create(
        case=case,
        number=latest.number + 1 if latest else 1,
        **written,
        decided_by=by,
        saved_at=at,
        explanation=to_data(why),
    )
    text = f"Afgørelse den {day_text(grounds.decided_on)}: indsatsen rettes mod {AIM_NAMES[grounds.aim]}."
    events.record(case=case, kind="aims.decided", by=by, at=at, text=text, number=decision.number)
    return decision


def _grounds_of(decision: AimDecision) -> Grounds:
    return Grounds(
        aim=Aim(decision.aim),
        decided_on=decision.decided_on,
        assessment=decision.assessment,
        assessed_on=decision.assessed_on,
        reasons=decision.reasons,
        wish=Aim(decision.wish) if decision.wish else None,
    )


def _check(case: Case, grounds: Grounds, latest: AimDecision | None, *, by: User, today: date) -> Explanation:
    day = grounds.decided_on
    if day > today:
        raise AimRefused(f"Afgørelsen kan ikke dateres efter i dag, den {day_text(today)}. Ret datoen.")
    if day < case.registered_on:
        raise AimRefused(
            f"Afgørelsen kan ikke ligge før tilmeldingen den {day_text(case.registered_on)}. Ret datoen, eller ret "
            "tilmeldingen."
        )
    if latest is not None and day < latest.decided_on:
        raise AimRefused(
            f"Der er allerede en nyere afgørelse, fra den {day_text(latest.decided_on)}. En ny kan ikke ligge før den."
        )
    assert by.organisation is not None
    book = Act.objects.rule_book()
    try:
        why = check_aim(
            aim=grounds.aim, party=by.organisation.party, target_group=case.target_group, decided_on=day, book=book
        )
    except AimNotAllowed as refused:
        raise AimRefused(str(refused)) from None
    missing = missing_grounds(**asdict(grounds), book=book)
    if missing:
        raise Incomplete(missing)
    return why
