"""What is typed of a saved view: its shape only."""

from django import forms

from cases.ui.fields import PlainTextField
from cases.ui.forms import VersionedForm
from meetings.models.saved_views import SharedWith


class SavedViewForm(VersionedForm):
    about = "Visningen"
    holds_the_case = True

    name = PlainTextField(label="Visningens navn", max_length=40, help_text="Fx Mangler samtale i denne uge")
    shared_with = forms.ChoiceField(
        label="Hvem kan se visningen?", choices=SharedWith.options(), widget=forms.RadioSelect
    )
    is_start = forms.BooleanField(label="Vis den, når jeg åbner arbejdslisten", required=False)
