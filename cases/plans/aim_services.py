"""What the effort for a young person aims at, education or job: the municipality decides, and a decision stands."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from cases.changing import lock
from cases.history import events as history_events
from cases.models import Act, AimDecision, Case, Reminder, User
from cases.plans.letters import aim_sheet, with_letter
from cases.reminders.messages import Message
from cases.reminders.owing import Send, Skip, Verdict, owe
from cases.rules.aim import Aim, AimNotAllowed, check_aim, missing_grounds
from cases.rules.explanation import Explanation, to_data
from cases.rules.refusal import Incomplete, Refused, Stale
from cases.rules.wording import day_text
from cases.seam import ReminderSource
from cases.ui.paper import require_paper

#: The letter of a decision is a message owed.
TO_CITIZEN = "cases.aim_to_citizen"


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
        newer = case.events.for_case(case).filter(kind="aims.decided")[: max(newest - number, 0)]
        text = "En anden har truffet en ny afgørelse, efter at du åbnede siden. Se den, og prøv igen."
        raise StaleAim(text, newest=newest, events=list(newer))
    why = _check(case, grounds, latest, by=by, today=timezone.localtime(at).date())
    written = {**asdict(grounds), "wish": grounds.wish or ""}
    decision = AimDecision(
        case=case,
        number=latest.number + 1 if latest else 1,
        **written,
        decided_by=by,
        saved_at=at,
        explanation=to_data(why),
    )
    require_paper(aim_sheet(decision, book=Act.objects.rule_book()))
    decision.save()
    owe(kind=TO_CITIZEN, case_id=case.pk, subject=decision.pk, version=decision.number, at=at)
    text = f"Afgørelse den {day_text(grounds.decided_on)}: indsatsen rettes mod {grounds.aim.label}."
    history_events.record(case=case, kind="aims.decided", by=by, at=at, text=text, number=decision.number)
    return decision


def verdicts(rows: Sequence[Reminder], at: datetime) -> dict[int, Verdict]:
    """For each row whether and how it is to be sent; a decision that is replaced is told of by the newer one."""
    return {row.pk: _judge(row, at=at) for row in rows}


def _judge(row: Reminder, *, at: datetime) -> Verdict:
    decisions = AimDecision.objects.select_related("decided_by", "case__citizen", "case__municipality")
    decision = decisions.filter(case=row.case_id).order_by("-number").first()
    if decision is None or decision.pk != row.subject:
        return Skip("Der er truffet en ny afgørelse.")
    return Send(about=(TO_CITIZEN, decision.pk), rank=0, content=partial(_message, decision, f"reminder-{row.pk}", at))


def _message(decision: AimDecision, key: str, at: datetime) -> Message:
    case = decision.case
    sheet = aim_sheet(decision, book=Act.objects.rule_book())
    name = f"afgoerelse-{case.label}-sigte-{decision.number}"
    return with_letter(sheet, key=key, case=case, sender=case.municipality, name=name, at=at)


SOURCE = ReminderSource(kinds={TO_CITIZEN: "afgørelse om sigte"}, record_due=lambda at: 0, verdicts=verdicts)


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
    book = Act.objects.rule_book()
    try:
        why = check_aim(
            aim=grounds.aim, party=by.workplace.party, target_group=case.target_group, decided_on=day, book=book
        )
    except AimNotAllowed as refused:
        raise AimRefused(str(refused)) from None
    missing = missing_grounds(**asdict(grounds), book=book)
    if missing:
        raise Incomplete(missing)
    return why
