"""What the pages of a case say of it at a glance: the identity bar, and the handover that its paid hours speak for."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from cases.accounts.access import Permission, has
from cases.links import link_to
from cases.models import Act, Case, User
from cases.rules.responsibility import SuggestedHandover, suggest_handover
from cases.rules.wording import day_text, days_left_text
from cases.seam import NextStep, next_steps


def suggested_handover(case: Case) -> SuggestedHandover | None:
    """The handover that the paid hours speak for."""
    hours = {one.month: one.hours for one in case.benefit_hours.all()}
    return suggest_handover(hours, case.as_course(), Act.objects.rule_book()) if hours else None


def identity(case: Case, *, user: User, at: datetime) -> dict[str, Any]:
    """The identity bar of a case's page. Load citizen and parties first."""
    today = timezone.localtime(at).date()
    step = next_steps([case]).get(case.pk, NextStep())
    contact = case.contact_of(user.organisation) if user.organisation else None
    deadline = "ingen"
    if not case.is_open:
        deadline = "sagen er afsluttet"
    elif step.due_on:
        deadline = f"{day_text(step.due_on)}, {days_left_text(step.due_on, today=today)}"
    return {
        "name": case.citizen.name,
        "masked_cpr": case.citizen.masked_cpr,
        "case_number": case.label,
        "holder": case.holder_on(today).name,
        "channel": step.channel,
        "next_deadline": deadline,
        "is_late": case.is_open and step.due_on is not None and step.due_on < today,
        "has_protected_address": case.citizen.has_protected_address,
        "phone": contact.phone_text if contact else "",
        "phone_url": contact.tel_url if contact else "",
        "email": contact.email if contact else "",
        "interpreter": contact.interpreter_language if contact else "",
        "show_cpr_url": link_to("cases:show_cpr", case.public_id) if has(user, Permission.SHOW_CPR) else "",
    }
