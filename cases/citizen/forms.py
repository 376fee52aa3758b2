"""What is typed of a citizen: its shape only; the service asks the rules."""

from typing import Any

from django import forms

from cases.models.people import validate_name
from cases.ui.fields import PhoneField, PlainTextField
from cases.ui.forms import NameField, ReasonField, VersionedForm


class CitizenFields(forms.Form):
    name = NameField(label="Navn", max_length=120, validators=[validate_name])
    email = forms.EmailField(label="E-mail", required=False)
    phone = PhoneField(required=False)
    address = PlainTextField(label="Adresse", required=False, max_length=200)
    interpreter_language = PlainTextField(
        label="Tolkesprog", required=False, max_length=40, help_text="Fx arabisk. Lad feltet stå tomt uden tolk."
    )
    has_protected_address = forms.BooleanField(label="Beskyttet adresse", required=False)
    is_exempt_from_digital_post = forms.BooleanField(label="Fritaget for Digital Post", required=False)


CITIZEN_FIELDS = tuple(CitizenFields.base_fields)
CITIZEN_LAYOUT = (
    "name",
    ("email", "phone"),
    ("address", "interpreter_language"),
    "has_protected_address",
    "is_exempt_from_digital_post",
)


class CitizenForm(CitizenFields, VersionedForm):
    """What is shared of the citizen, and how the user's own organisation reaches him."""

    holds_the_case = True

    reason = ReasonField(label="Hvorfor fjernes adressebeskyttelsen?", required=False)

    def __init__(self, *args: Any, may_lift_protection: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        protection = self.fields["has_protected_address"]
        if not self.initial["has_protected_address"] or not may_lift_protection:
            del self.fields["reason"]
        if self.initial["has_protected_address"] and not may_lift_protection:
            protection.disabled = True
            protection.help_text = "Kun en teamleder kan fjerne beskyttelsen."
        reason = ("reason",) if "reason" in self.fields else ()
        at = CITIZEN_LAYOUT.index("has_protected_address") + 1
        self.groups = (("", (*CITIZEN_LAYOUT[:at], *reason, *CITIZEN_LAYOUT[at:])),)

    def clean(self) -> dict[str, Any]:
        is_kept = self.cleaned_data.get("has_protected_address")
        if "reason" in self.fields and not is_kept and not self.cleaned_data.get("reason"):
            self.add_error("reason", "Skriv, hvorfor adressebeskyttelsen skal fjernes.")
        return self.cleaned_data
