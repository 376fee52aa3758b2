"""What is typed to close a case: its shape only; the service asks the rules."""

from datetime import date
from typing import Any

from django import forms

from cases.models.cases import CloseReason
from cases.ui.fields import DateField
from cases.ui.forms import VersionedForm, WarningForm, not_ahead


class CloseForm(WarningForm, VersionedForm):
    confirm_label = "Afslut sagen alligevel"

    reason = forms.TypedChoiceField(
        label="Hvorfor afsluttes sagen?",
        choices=CloseReason.options(reason for reason in CloseReason if reason is not CloseReason.NEW_PLACEMENT),
        coerce=CloseReason,
        widget=forms.RadioSelect,
    )
    closed_on = DateField(label="Afsluttet den")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_closed_on(self) -> date:
        return not_ahead(self.cleaned_data["closed_on"], self.today)
