"""One standard text: its shape only."""

from django import forms

from cases.rules.text_use import TextUse
from cases.texts.services import WrittenText
from cases.ui.fields import PlainTextField
from cases.ui.forms import NO_HEALTH, PageForm, VersionedForm


class TextForm(PageForm):
    """What a text is for, what it is called, and the text."""

    use = forms.ChoiceField(label="Bruges til", widget=forms.RadioSelect, choices=TextUse.options())
    title = PlainTextField(label="Titel", max_length=100, help_text="Det, dine kolleger vælger efter.")
    text = PlainTextField(
        label="Tekst",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=f"Teksten kan rettes, hver gang den bruges. {NO_HEALTH}",
    )

    def written(self) -> WrittenText:
        """The text as typed, once the form is valid."""
        typed = self.cleaned_data
        return WrittenText(use=TextUse(typed["use"]), title=typed["title"], text=typed["text"])


class ChangeTextForm(TextForm, VersionedForm):
    """A text that colleagues may change meanwhile."""

    about = "Teksten"
    holds_the_case = True
