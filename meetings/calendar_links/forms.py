"""The address of a calendar of one's own, as it is typed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.ui.fields import PlainTextField
from cases.ui.forms import PageForm
from meetings.calendar_links.fetching import NotFetched, require_https


class AddressForm(PageForm):
    address = PlainTextField(
        label="Adressen på din kalender",
        max_length=2000,
        help_text="En privat adresse, der ender på .ics, eller en CalDAV-adresse med brugernavn og adgangskode. "
        "Du finder den i din kalender under deling.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )
    username = PlainTextField(
        label="Brugernavn",
        required=False,
        max_length=200,
        help_text="Kun til CalDAV.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label="Adgangskode",
        required=False,
        max_length=200,
        strip=False,
        help_text="Kun til CalDAV. Brug en app-adgangskode, hvis din kalender kan lave en.",
        # Never put back into the page.
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_address(self) -> str:
        # Some calendars give the address under a name of their own.
        address: str = self.cleaned_data["address"].strip().replace("webcal://", "https://", 1)
        try:
            require_https(address)
        except NotFetched as refused:
            raise ValidationError(str(refused)) from None
        return address

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if ":" in username:
            raise ValidationError("Et brugernavn kan ikke indeholde kolon.")
        return username

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        names = ("username", "password")
        if {*names} <= typed.keys() and sum(bool(typed[name]) for name in names) == 1:
            lacking = next(name for name in names if not typed[name])
            self.add_error(lacking, "Skriv både brugernavn og adgangskode, eller ingen af dem.")
        return typed

    def login(self) -> str:
        """What the calendar is asked with: "user:password", or nothing."""
        username, password = self.cleaned_data["username"], self.cleaned_data["password"]
        return f"{username}:{password}" if username else ""
