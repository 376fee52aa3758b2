"""What is typed to hand the course over or to receive it: its shape only; the service asks the rules."""

from django import forms

from cases.models.cases import HandoverSource
from cases.ui.fields import DateField, PlainTextField
from cases.ui.forms import NO_HEALTH, ReasonField, VersionedForm


class CorrectDayForm(VersionedForm):
    holds_the_case = True

    on = DateField(label="Jobcentret har forløbet fra og med")
    reason = ReasonField()


class HandOverForm(VersionedForm):
    on = DateField(label="Jobcentret har forløbet fra og med")
    hours = forms.DecimalField(
        label="Udbetalte timer i alt",
        required=False,
        localize=True,
        min_value=0,
        max_digits=7,
        decimal_places=2,
        help_text="Fx 412,50",
        widget=forms.TextInput(attrs={"class": "input-char-8", "inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": "Skriv timerne som et tal, fx 412,50."},
    )
    source = forms.ChoiceField(
        label="Hvor kommer datoen fra?",
        choices=HandoverSource.options(),
        widget=forms.RadioSelect,
    )
    note = PlainTextField(
        label="Besked til jobcentret",
        required=False,
        max_length=500,
        help_text=NO_HEALTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_confirmed = forms.BooleanField(label="Jeg har set listen igennem og overgiver forløbet til jobcentret")
