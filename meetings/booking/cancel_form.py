"""The form by which a meeting is cancelled."""

from django import forms

from cases.ui.fields import PlainTextField
from cases.ui.forms import NO_HEALTH, PageForm
from meetings.models import CancelReason


class CancelForm(PageForm):
    reason = forms.ChoiceField(
        label="Hvorfor aflyses samtalen?",
        widget=forms.RadioSelect,
        # That the case is closed cancels by itself.
        choices=CancelReason.options(reason for reason in CancelReason if reason != CancelReason.CASE_CLOSED),
    )
    note = PlainTextField(
        label="Notat", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=NO_HEALTH
    )
