"""What is typed when a citizen's CPR number changes: its shape only; the service asks the rules."""

from datetime import date
from typing import Any

from django import forms

from cases.intake.forms import CprFields
from cases.models import Case
from cases.ui.fields import DateField
from cases.ui.forms import NO_HEALTH, ReasonField, VersionedForm, not_ahead

CHANGED, SLIP = "changed", "slip"


class NumberForm(CprFields, VersionedForm):
    """The new number, and whether the one before was ever the citizen's."""

    what = forms.ChoiceField(
        label="Hvad er der sket?",
        choices=[
            (CHANGED, "Borgeren har fået et nyt nummer, fx i stedet for et erstatningsnummer"),
            (SLIP, "Det nuværende nummer er tastet forkert"),
        ],
        widget=forms.RadioSelect,
    )
    on = DateField(label="Gælder fra", required=False, help_text="Skal skrives, når borgeren har fået et nyt nummer.")
    reason = ReasonField(
        label="Hvor ved du det fra?", help_text=f"Fx borgerens sundhedskort eller CPR-kontoret. {NO_HEALTH}"
    )

    #: A case of the one who has the number, if it may be told.
    other_case: Case | None = None

    field_order = ("cpr_number", "what", "on", "reason")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["cpr_number"].label = "Det rigtige CPR-nummer"

    def clean_on(self) -> date | None:
        day = self.cleaned_data["on"]
        return not_ahead(day, self.today) if day else None
