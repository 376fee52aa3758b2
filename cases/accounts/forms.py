"""The forms of one's own log-in."""

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm

from cases.ui.fields import PlainTextField
from cases.ui.forms import PageForm


def password_field(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    """Hidden, open to password managers, and taken as it is typed."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, widget=widget, help_text=help_text)


class CodeForm(PageForm):
    """One code: of the app, or of the paper."""

    # By its name nobody keeps it for later: a code is a password that holds once.
    one_time_password = PlainTextField(
        label="Kode",
        max_length=60,
        help_text="De seks cifre, som appen viser nu, eller en af dine genopretningskoder.",
        error_messages={"required": "Skriv koden fra appen på din telefon, eller en genopretningskode."},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class AppForm(PageForm):
    """The first code of a new app."""

    one_time_password = PlainTextField(
        label="Kode fra appen",
        max_length=20,
        help_text="De seks cifre, som appen viser nu.",
        error_messages={"required": "Skriv de seks cifre, som appen viser."},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "input-char-11"}
        ),
    )


class KeyForm(PageForm):
    """The name of a new passkey, by which its owner knows it again."""

    name = PlainTextField(
        label="Navn",
        max_length=60,
        help_text="Så du kan kende den igen, fx »min telefon« eller »nøglen i skuffen«.",
        error_messages={"required": "Skriv, hvad adgangsnøglen skal hedde."},
    )


class ChosenPasswordForm(PageForm, SetPasswordForm):  # type: ignore[type-arg]  # takes its user only before the checker
    """One's own password, twice."""

    error_messages = {
        "password_mismatch": "De to adgangskoder er ikke ens. Skriv den igen i begge felter.",
    }

    new_password1 = password_field("Adgangskode", "new-password", "Mindst 12 tegn, fx fire ord uden sammenhæng.")
    new_password2 = password_field("Adgangskoden igen", "new-password")

    def validate_password_for_user(self, user: Any, password_field_name: str = "") -> None:
        """Say what is wrong with it where it was typed first."""
        super().validate_password_for_user(user, "new_password1")


class ProofForm(PageForm):
    """The password once more."""

    password = forms.CharField(
        label="Adgangskode",
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
        error_messages={"required": "Skriv din adgangskode."},
    )
