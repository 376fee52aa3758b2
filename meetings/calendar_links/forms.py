"""The address of a calendar of one's own, as it is typed."""

from django import forms
from django.core.exceptions import ValidationError

from cases.ui.fields import PlainTextField
from cases.ui.forms import PageForm
from meetings.calendar_links.fetching import NotFetched, require_https


class AddressForm(PageForm):
    address = PlainTextField(
        label="Adressen på din kalender",
        max_length=2000,
        help_text="En privat adresse, der ender på .ics. Du finder den i din kalender under deling.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )

    def clean_address(self) -> str:
        # Some calendars give the address under a name of their own.
        address: str = self.cleaned_data["address"].strip().replace("webcal://", "https://", 1)
        try:
            require_https(address)
        except NotFetched as refused:
            raise ValidationError(str(refused)) from None
        return address
