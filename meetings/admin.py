"""What the meetings add to the administration of the acts: their table, the lead times, and what they move."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cases import admin_law
from cases.admin_site import ForAdministrators
from cases.rules.danish import counted
from cases.rules.facts import PARTY_NAMES, Party
from meetings import admin_law_runs
from meetings.models import MeetingRule
from meetings.rules import parameters
from meetings.rules.kinds import CHANNEL_NAMES, KIND_NAMES

LEAD_TIMES = (
    parameters.DUE_SOON_DAYS,
    parameters.REMINDER_BOOK_BY_DAYS,
    parameters.REMINDER_DEADLINE_NEAR_DAYS,
    parameters.REMINDER_HANDOVER_DAYS,
    parameters.REMINDER_MEETING_HOURS,
    parameters.REMINDER_MEETING_MIN_HOURS,
    parameters.REMINDER_OUTCOME_DAYS,
)


class DraftTable(ForAdministrators, admin.StackedInline):
    model = MeetingRule
    extra = 1
    fields = (
        ("order", "kind", "responsible", "number"),
        ("from_month", "to_month", "due_days_after_registration"),
        ("legal_basis", "certainty"),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


class PublishedTable(admin_law.PublishedRows):
    """The table as the agreement prints it: who holds how many of which meetings, and when."""

    model = MeetingRule
    verbose_name_plural = "Krav om samtaler"
    fields = readonly_fields = ("who", "what", "months", "first_due", "legal_basis", "certainty")

    @admin.display(description="hos")
    def who(self, rule: MeetingRule) -> str:
        return PARTY_NAMES[Party(rule.responsible)].capitalize()

    @admin.display(description="samtaler")
    def what(self, rule: MeetingRule) -> str:
        return str(rule)

    @admin.display(description="i måned")
    def months(self, rule: MeetingRule) -> str:
        if rule.from_month == rule.to_month:
            return f"{rule.from_month}."
        return f"{rule.from_month}.-{rule.to_month}."

    @admin.display(description="den første senest")
    def first_due(self, rule: MeetingRule) -> str:
        days = rule.due_days_after_registration
        return "" if days is None else f"{counted(days, 'dag', 'dage')} efter tilmeldingen"


admin_law.ActAdmin.draft_inlines.append(DraftTable)
admin_law.ActAdmin.published_inlines.insert(0, PublishedTable)
admin_law.ActAdmin.panels.append(admin_law_runs.panel)
admin_law.ActAdmin.more_urls += admin_law_runs.PAGES
admin_law.CODE_NAMES.update({str(channel): name for channel, name in CHANNEL_NAMES.items()})
admin_law.CODE_NAMES.update({str(kind): one for kind, (one, _) in KIND_NAMES.items()})
admin_law.SELECTIONS["varsler"] = admin_law.Selection(
    title="Varsler og påmindelser",
    about="De frister, vi selv har sat for påmindelser og for, hvad arbejdslisten kalder nært.",
    parameters=LEAD_TIMES,
)
