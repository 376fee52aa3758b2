"""What the meetings add to the administration of the acts: their table, the lead times, and what they move."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.validators import MaxValueValidator
from django.db.models import Max
from django.http import HttpRequest

from cases.law import services as law_services
from cases.law.admin.comparison import Side
from cases.law.admin.pages import Panel
from cases.law.admin.published import PublishedRows
from cases.law.admin.values import Selection
from cases.models import Act
from cases.request import user_of
from cases.rules.facts import Party
from cases.rules.wording import counted
from cases.ui.admin_site import ForAdministrators, InlineFormSet, ModelForm, TabularInline
from meetings.law.table_wording import TableInForce, table_on, tables_compared
from meetings.models import MeetingRule
from meetings.planning.law import Law, law_in_force
from meetings.rules import parameters

LEAD_TIMES = Selection(
    title="Varsler og påmindelser",
    about="De frister, vi selv har sat for påmindelser og for, hvad arbejdslisten kalder nært.",
    parameters=(
        parameters.DUE_SOON_DAYS,
        parameters.REMINDER_BOOK_BY_DAYS,
        parameters.REMINDER_DEADLINE_NEAR_DAYS,
        parameters.REMINDER_HANDOVER_DAYS,
        parameters.REMINDER_MEETING_HOURS,
        parameters.REMINDER_MEETING_MIN_HOURS,
        parameters.REMINDER_OUTCOME_DAYS,
    ),
)


#: More meetings or months than this in one row are a slip of the keys.
MOST = 60
MOST_DAYS = 366


class RowForm(ModelForm):
    """One row of the table, read from left to right as the agreement prints it."""

    class Meta:
        model = MeetingRule
        fields = (
            "responsible",
            "number",
            "kind",
            "from_month",
            "to_month",
            "due_days_after_registration",
            "legal_basis",
            "certainty",
        )
        error_messages = {
            "responsible": {"required": "Vælg, hvem der holder samtalerne."},
            "kind": {"required": "Vælg, hvilke samtaler."},
            **{
                name: {"required": "Skriv et tal.", "invalid": "Skriv et helt tal, fx 3."}
                for name in ("number", "from_month", "to_month")
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A draft may be saved before it is finished; what is missing stops it from becoming law.
        self.fields["legal_basis"].required = False
        for name in ("number", "from_month", "to_month"):
            self.fields[name].validators.append(MaxValueValidator(MOST, f"Skriv højst {MOST}."))
        days = self.fields["due_days_after_registration"]
        days.validators.append(MaxValueValidator(MOST_DAYS, f"Skriv højst {MOST_DAYS}."))
        for name in ("number", "from_month", "to_month", "due_days_after_registration"):
            # Of another kind the browser would throw away what was typed wrong.
            self.fields[name].widget = forms.TextInput(
                attrs={"inputmode": "numeric", "autocomplete": "off", "class": "number", "size": 3}
            )


class TableFormSet(InlineFormSet):
    """The table of a draft beside the one that holds without it."""

    def save_new(self, form: Any, commit: bool = True) -> Any:
        last = MeetingRule.objects.filter(act=self.instance).aggregate(last=Max("order"))["last"] or 0
        form.instance.order = last + 1
        return super().save_new(form, commit)

    def own(self) -> TableInForce | None:
        # As it is saved: the forms hold what was typed.
        rows = tuple(rule.as_fact() for rule in MeetingRule.objects.filter(act=self.instance).order_by("order"))
        return TableInForce(self.instance.as_fact(), rows) if rows else None

    def present(self) -> TableInForce | None:
        return table_on(self.instance.in_force_on, law_in_force(without=self.instance.slug))


class DraftTable(ForAdministrators, TabularInline):
    model = MeetingRule
    form = RowForm
    formset = TableFormSet
    template = "admin/cases/act/draft_table.html"
    extra = 2

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


def copy_table(request: HttpRequest, act: Act) -> None:
    """Begin the table of a draft with the one that holds on its day."""
    present = table_on(act.in_force_on, law_in_force(without=act.slug))
    if present is not None:
        source = Act.objects.get(slug=present.act.slug)
        law_services.fill_part(act_id=act.pk, part="meeting_rules", source=source, by=user_of(request))


def compare_tables(before: Side, after: Side) -> Panel:
    """The tables of two laws side by side."""
    laws = [(side.day, Law(book=side.book, table=MeetingRule.objects.table(side.book))) for side in (before, after)]
    old, new = (table_on(*one) for one in laws)
    context = {
        "before": before,
        "after": after,
        "lines": tables_compared(*laws),
        "old": old,
        "new": new,
        "is_same": old is not None and new is not None and old.rows == new.rows,
    }
    return Panel("admin/cases/act/tables.html", context)


class PublishedTable(PublishedRows):
    """The table as the agreement prints it: who holds how many of which meetings, and when."""

    model = MeetingRule
    verbose_name_plural = "Krav om samtaler"
    fields = readonly_fields = ("who", "what", "months", "first_due", "legal_basis", "certainty")

    @admin.display(description="hos")
    def who(self, rule: MeetingRule) -> str:
        return Party(rule.responsible).label.capitalize()

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
