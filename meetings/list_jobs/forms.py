"""What is typed before rows of the worklist are moved together: its shape only; each row is judged afterwards."""

from typing import Any

from django import forms

from cases.models import Organisation, User
from cases.rules.text_use import TextUse
from cases.ui.fields import PlainTextField, StandardTextField
from cases.ui.forms import NO_HEALTH, ChosenSome, PageForm, field_in
from meetings.booking.cancel_form import CancelForm
from meetings.models import ListAction


class AssignForm(PageForm):
    """Which colleagues share the cases."""

    receivers = ChosenSome(
        User.objects.none(),
        label="Hvem skal have sagerne?",
        help_text="Vælger du flere, fordeles sagerne jævnt imellem dem.",
        error_messages={
            "required": "Vælg mindst én kollega.",
            "invalid_choice": "En af de valgte arbejder her ikke mere. Vælg igen.",
        },
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = organisation.users.filter(is_active=True).order_by("first_name", "last_name", "pk")
        field_in(self, "receivers", ChosenSome).offer(colleagues)

    def terms(self) -> dict[str, Any]:
        return {"receivers": [str(one.public_id) for one in self.cleaned_data["receivers"]]}


class CancelTalksForm(CancelForm):
    """Why the next booked talk of each case is cancelled."""

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "Hvorfor aflyses den næste samtale i hver sag?"

    def terms(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class MessageForm(PageForm):
    """One text to the citizen of each case."""

    title = PlainTextField(label="Emne", max_length=100)
    text = StandardTextField(
        use=TextUse.MESSAGE,
        label="Tekst",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=f"Borgerens navn sættes foran, og kontorets telefon og e-mail under. {NO_HEALTH}",
        error_messages={"required": "Skriv teksten, eller indsæt en standardtekst."},
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def terms(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


FORMS: dict[ListAction, Any] = {
    ListAction.ASSIGN: AssignForm,
    ListAction.CANCEL: CancelTalksForm,
    ListAction.MESSAGE: MessageForm,
}
