"""The form by which a meeting is cancelled."""

from django import forms

from cases.ui.fields import PlainTextField
from cases.ui.forms import NO_HEALTH, PageForm
from meetings.models import CancelReason

#: What happens to the case cancels by itself.
_BY_ITSELF = (CancelReason.CASE_CLOSED, CancelReason.PARTY_CHANGED)


class CancelForm(PageForm):
    reason = forms.ChoiceField(
        label="Hvorfor aflyses samtalen?",
        widget=forms.RadioSelect,
        choices=CancelReason.options(reason for reason in CancelReason if reason not in _BY_ITSELF),
    )
    note = PlainTextField(
        label="Notat", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=NO_HEALTH
    )
