"""What is written after a missed talk: its shape only."""

from typing import Any

from django import forms

from cases.models import StandardText, User
from cases.rules.text_use import TextUse
from cases.ui.fields import DateField, PlainTextField, StandardTextField
from cases.ui.forms import NO_HEALTH, PageForm, ReasonField, VersionedForm
from meetings.no_shows.services import Step
from meetings.rules.no_shows import NoShowStepKind

_USES = {
    NoShowStepKind.HEARING: TextUse.HEARING,
    NoShowStepKind.NOTICE: TextUse.NOTICE,
    NoShowStepKind.SUMMONS: TextUse.SUMMONS,
}


class StepForm(PageForm):
    """The text of one step, begun with the office's own; in a hearing also the last day to answer.

    The law of ours has no number of days for it: somebody gives the citizen a day.
    """

    text = StandardTextField(
        use=TextUse.HEARING,
        label="Tekst",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=NO_HEALTH,
        error_messages={"required": "Skriv teksten, eller indsæt en standardtekst."},
    )
    answer_by = DateField(
        label="Svar senest den",
        help_text="Loven har intet fast antal dage. Giv borgeren rimelig tid til at svare.",
        error_messages={"required": "Skriv, hvornår borgeren senest skal svare."},
    )

    def __init__(self, data: Any = None, *, kind: NoShowStepKind, user: User) -> None:
        own = StandardText.objects.visible_to(user).in_use().filter(use=_USES[kind]).first()
        super().__init__(data, initial={"text": own.text if own else ""})
        self._kind = kind
        field: Any = self.fields["text"]
        field.use = _USES[kind]
        if kind is not NoShowStepKind.HEARING:
            del self.fields["answer_by"]

    def step(self) -> Step:
        """The step as typed, once the form is valid."""
        return Step(self._kind, self.cleaned_data["text"], self.cleaned_data.get("answer_by"))


class AnswerForm(VersionedForm):
    """What the citizen said to the hearing."""

    about = "Svaret"
    holds_the_case = True

    answer = PlainTextField(
        label="Hvad svarede borgeren?",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=f"Skriv også, hvis borgeren ikke har svaret. {NO_HEALTH}",
        error_messages={"required": "Skriv borgerens svar, eller at borgeren ikke har svaret."},
    )


class WithdrawForm(PageForm):
    reason = ReasonField(label="Hvorfor trækkes det tilbage?", help_text=NO_HEALTH)
