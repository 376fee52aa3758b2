"""What the pages of a case say about it at a glance; the contact course itself is told by the app above.

An upper app says what it knows through `tell_with`, and adds a block to the page of a case through `add_part`,
as it acts on events through `events.subscribe`: cases draws the page and knows nothing of what stands above it.
"""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from cases.accounts.access import Permission, has
from cases.extensions import NextStep, next_steps
from cases.models import Act, Case, User
from cases.rules.responsibility import SuggestedHandover, suggest_handover
from cases.templatetags.dkfds import dage_i_ord, dansk_dato


def suggested_handover(case: Case) -> SuggestedHandover | None:
    """The handover that the paid hours speak for."""
    hours = dict(case.benefit_hours.values_list("month", "hours"))
    return suggest_handover(hours, case.as_course(), Act.objects.rule_book()) if hours else None


def identity(case: Case, *, user: User, at: datetime) -> dict[str, Any]:
    """The identity bar of a case's page. Load citizen and parties first."""
    today = timezone.localtime(at).date()
    step = next_steps([case]).get(case.pk, NextStep())
    deadline = "ingen"
    if not case.is_open:
        deadline = "sagen er afsluttet"
    elif step.due_on:
        deadline = f"{dansk_dato(step.due_on)}, {dage_i_ord(step.due_on, today)}"
    return {
        "name": case.citizen.name,
        "masked_cpr": case.citizen.masked_cpr,
        "case_number": case.label,
        "holder": case.holder_on(today).name,
        "channel": step.channel,
        "next_deadline": deadline,
        "is_late": case.is_open and step.due_on is not None and step.due_on < today,
        "has_protected_address": case.citizen.has_protected_address,
        "interpreter": case.contact_of(user.organisation).interpreter_language if user.organisation else "",
        "show_cpr_url": reverse("cases:show_cpr", args=[case.public_id]) if has(user, Permission.SHOW_CPR) else "",
    }
