"""What is put on paper about a case: Min Plan, the decision of an aim, and the message that a letter goes with."""

from datetime import date, datetime

from django.template.loader import render_to_string

from cases.models import AimDecision, Case, Organisation, PlanVersion
from cases.reminders.letterhead import letter_from
from cases.reminders.messages import Letter, Message
from cases.rules.aim import Aim
from cases.rules.complaint import complaint_guidance
from cases.rules.explanation import from_data, law_only
from cases.rules.rule_book import RuleBook
from cases.rules.wording import day_text
from cases.ui.pdf import Part, Sheet, paragraphs, pdf


def plan_sheet(plan: PlanVersion, *, is_current: bool) -> Sheet:
    """The version on paper. Load its case with the parties, who saved it and for whom."""
    case, organisation = plan.case, plan.organisation
    rules = tuple(
        f"{step.text} ({step.legal_basis})" if step.legal_basis else step.text for step in from_data(plan.explanation)
    )
    note = "" if is_current else " Der er en nyere version."
    return letter_from(
        organisation,
        case,
        day=day_text(plan.saved_on),
        title=f"Min Plan, version {plan.number}",
        parts=(
            *(Part(name[:1].upper() + name[1:], paragraphs(text) or ("Ikke udfyldt.",)) for name, text in plan.texts),
            Part("Reglerne på dagen", rules),
        ),
        signed_by=f"Lavet den {day_text(plan.saved_on)} af {plan.saved_by}, {organisation}.{note}",
    )


def plan_file_name(plan: PlanVersion) -> str:
    """A name for the file: the case number, and nothing of the citizen."""
    return f"min-plan-{plan.case.label}-{plan.number}.pdf"


def aim_sheet(decision: AimDecision, *, book: RuleBook) -> Sheet:
    """The decision of aim, to the citizen. Load its case with the parties, and who decided."""
    case, day = decision.case, day_text(decision.decided_on)
    municipality = case.municipality
    result = f"{municipality} har besluttet, at din indsats rettes mod {decision.get_aim_display()}."
    rules = ((step.text, law_only(step.legal_basis)) for step in from_data(decision.explanation))
    return letter_from(
        municipality,
        case,
        day=day,
        title=f"Afgørelse: din indsats rettes mod {decision.get_aim_display()}",
        parts=(
            Part("Afgørelsen", (result,)),
            Part("Hovedhensyn", _considerations(decision)),
            Part("Reglerne", tuple(f"{text} ({law})" if law else text for text, law in rules)),
            Part("Sådan klager du", complaint_part(municipality, decided_on=decision.decided_on, book=book)),
        ),
        signed_by=f"Afgjort den {day} af {decision.decided_by}, {municipality}",
    )


def _considerations(decision: AimDecision) -> tuple[str, ...]:
    written = (*paragraphs(decision.assessment), *paragraphs(decision.reasons))
    if not written and decision.aim == Aim.EDUCATION:
        written = ("Kommunen har lagt vægt på, at en uddannelse er den bedste vej til job for dig.",)
    wish = (f"Dit eget ønske er {Aim(decision.wish).label}.",) if decision.wish else ()
    return (*written, *wish)


def complaint_part(municipality: Organisation, *, decided_on: date, book: RuleBook) -> tuple[str, ...]:
    """How to complain of the municipality's decision, and where to."""
    guidance = complaint_guidance(decided_on=decided_on, given_on=None, book=book).sentences
    where = f"Send klagen til {municipality}, {municipality.email}, eller ring {municipality.phone_text}."
    return (*guidance, where)


def with_letter(sheet: Sheet, *, key: str, case: Case, sender: Organisation, name: str, at: datetime) -> Message:
    """The letter for the closed mailbox; what is shown before it is opened tells no cause."""
    return Message(
        key=key,
        sender=sender,
        at=at,
        subject=f"Brev fra {sender}",
        text=render_to_string("emails/decision.txt", {"case": case, "organisation": sender}),
        letter=Letter(name=f"{name}.pdf", content=pdf(sheet)),
    )
