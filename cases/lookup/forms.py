"""What is typed to find a case."""

from django import forms

from cases.ui.forms import PageForm


class SearchForm(PageForm):
    LONGEST = 120

    q = forms.CharField(
        label="Navn, sagsnummer, CPR-nummer, fødselsdag, telefon eller e-mail",
        max_length=LONGEST,
        help_text="Fx Anne Test, S-100123, 010190-1234, 01-01-1990 eller 20 30 40 50",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Skriv et navn, et sagsnummer, et CPR-nummer, en fødselsdag eller en telefon."},
    )
