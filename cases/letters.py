"""What is put on paper about a case: Min Plan."""

from cases.models import PlanVersion
from cases.rules.danish import day_text
from cases.rules.explanation import from_data
from cases.sheet import Part, Sheet, paragraphs


def plan_sheet(plan: PlanVersion, *, is_current: bool) -> Sheet:
    """The version on paper. Load its case with the parties, who saved it and for whom."""
    case, organisation = plan.case, plan.organisation
    rules = tuple(
        f"{step.text} ({step.legal_basis})" if step.legal_basis else step.text for step in from_data(plan.explanation)
    )
    note = "" if is_current else " Der er en nyere version."
    return Sheet(
        sender=organisation.name,
        address=f"Telefon {organisation.phone_text}, {organisation.email}",
        receiver=case.citizen.name,
        reference=f"Sag {case.label}",
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
