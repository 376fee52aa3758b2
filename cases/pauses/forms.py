"""What is typed about a pause or about hours: its shape only; the service asks the rules."""

from datetime import date
from typing import Any

from django import forms

from cases.rules.facts import PauseKind
from cases.rules.period import Period, add_months
from cases.rules.wording import MONTHS
from cases.ui.fields import DateField, PlainTextField
from cases.ui.forms import NO_HEALTH, VersionedForm, choice_in


class PauseForm(VersionedForm):
    holds_the_case = True
    groups = (("", ("kind", ("first", "last"), "source")),)

    kind = forms.ChoiceField(
        label="Hvad er grunden?",
        choices=PauseKind.options(),
        widget=forms.RadioSelect,
    )
    first = DateField(label="Første dag")
    last = DateField(label="Sidste dag", help_text="Dagen er med i pausen. Dag-måned-år, fx 01-12-2026")
    source = PlainTextField(
        label="Hvor ved du det fra?", max_length=80, help_text=f"Fx borgeren, Jobnet eller udbetalingen. {NO_HEALTH}"
    )

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last:
            if last < first:
                self.add_error("last", "Sidste dag ligger før første dag. Ret en af de to datoer.")
            else:
                self.cleaned_data["span"] = Period.of_days_inclusive(first, last)
        return self.cleaned_data


class HoursForm(VersionedForm):
    month = forms.TypedChoiceField(label="Måned", coerce=date.fromisoformat)
    hours = forms.DecimalField(
        label="Timer",
        required=False,
        localize=True,
        min_value=0,
        max_digits=6,
        decimal_places=2,
        help_text="Fx 160,33. Lad feltet stå tomt for at fjerne månedens timer.",
        widget=forms.TextInput(attrs={"class": "input-char-8", "inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": "Skriv timerne som et tal, fx 160,33.",
            "min_value": "Timer kan ikke være under 0.",
            "max_decimal_places": "Skriv højst to tal efter kommaet, fx 160,33.",
            "max_digits": "Så mange timer er der ikke på en måned. Fx 160,33.",
            "max_whole_digits": "Så mange timer er der ikke på en måned. Fx 160,33.",
        },
    )

    def __init__(self, *args: Any, since: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = []
        month = today.replace(day=1)
        while month >= since.replace(day=1):
            months.append((month.isoformat(), f"{MONTHS[month.month - 1]} {month.year}"))
            month = add_months(month, -1)
        choice_in(self, "month").choices = months
