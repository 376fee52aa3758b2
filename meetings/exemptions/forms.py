"""What is typed about an exemption from meetings, with its document."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.rules.facts import ExemptionReason
from cases.rules.period import Period
from cases.ui.fields import DateField, PlainTextField
from cases.ui.forms import NO_HEALTH, VersionedForm, choice_in
from meetings.models import Exemption


class ExemptionForm(VersionedForm):
    """Why and for how long the citizen need not come."""

    about = "Borgerens fritagelser"

    reason = forms.ChoiceField(label="Grund")
    first_day = DateField(label="Fritaget fra")
    last_day = DateField(label="Til og med")
    starts_on = DateField(
        label="Begynder den",
        required=False,
        help_text="Kun når det, der fritager, først begynder senere, fx et job. Dag-måned-år.",
    )
    documented_on = DateField(label="Dokumenteret den")
    document = PlainTextField(
        label="Dokumentation", max_length=200, help_text=f"Hvad du har set, fx en ansættelseskontrakt. {NO_HEALTH}"
    )

    def __init__(self, data: Any = None, *, today: date, has_share: bool, version: int) -> None:
        super().__init__(data, initial={"version": version, "documented_on": today})
        self.today = today
        choice_in(self, "reason").choices = ExemptionReason.options(
            reason for reason in ExemptionReason if has_share or reason != ExemptionReason.CONCRETE_ASSESSMENT
        )

    def clean_documented_on(self) -> date:
        day: date = self.cleaned_data["documented_on"]
        if day > self.today:
            raise ValidationError("Dokumentationen kan ikke ligge efter i dag. Ret datoen.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "Den sidste dag kan ikke ligge før den første. Ret en af de to datoer.")
        elif first and last:
            cleaned["span"] = Period.of_days_inclusive(first, last)
        return cleaned

    def cleaned(self) -> dict[str, Any]:
        """What the service takes of it."""
        names = ("version", "reason", "span", "documented_on", "starts_on", "document")
        return {name: self.cleaned_data[name] for name in names}


def initial_of(exemption: Exemption) -> dict[str, Any]:
    """What the form would say of an exemption that there is."""
    return {
        "reason": exemption.reason,
        "first_day": exemption.period.start,
        "last_day": exemption.period.last_day,
        "documented_on": exemption.documented_on,
        "document": exemption.document,
    }
