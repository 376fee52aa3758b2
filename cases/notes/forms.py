"""What is typed of a note or a task: its shape only; the service asks the rest."""

from typing import Any

from django import forms

from cases.models import Organisation, User
from cases.ui.fields import DateField, PlainTextField
from cases.ui.forms import NO_HEALTH, ChosenOne, PageForm, row_in


class NoteForm(PageForm):
    text = PlainTextField(
        label="Hvad skal huskes?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Fx ring tilbage om kurset. Kun din egen organisation kan læse det. {NO_HEALTH}",
    )
    due_on = DateField(
        label="Dag", required=False, help_text="Med en dag bliver det en opgave, som står på arbejdslisten den dag."
    )
    worker = ChosenOne(User.objects.none(), label="Til", required=False, empty_label="Mig selv")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row_in(self, "worker").offer(organisation.users.filter(is_active=True))
