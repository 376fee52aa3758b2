"""What is typed to join two records of one person: its shape only; the service asks the rules."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.models import Case, User
from cases.ui.forms import NO_HEALTH, PageForm, ReasonField, VersionedForm, choice_in

KEPT, OTHER = "kept", "other"
_NUMBER = re.compile(r"(?:s\s*-?\s*)?(\d{1,18})", re.IGNORECASE)


class OtherCaseForm(PageForm):
    """Which case is of the same person. It is posted, for somebody may type a CPR number in it."""

    # The address says it in Danish.
    sag = forms.CharField(label="Sagsnummer på den anden post", help_text="Fx S-1024", max_length=22)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_sag(self) -> Case:
        typed = _NUMBER.fullmatch(self.cleaned_data["sag"].strip())
        number = int(typed[1]) if typed else 0
        other = Case.objects.visible_to(self.user).with_parties().filter(number=number).first()
        if other is None:
            raise ValidationError("Ingen af jeres sager har det nummer. Skriv sagens nummer, fx S-1024.")
        return other


class JoinForm(VersionedForm):
    """Whose number, name and contact data are the right ones, where the two differ."""

    number = forms.ChoiceField(label="Hvilket CPR-nummer gælder nu?", widget=forms.RadioSelect)
    name = forms.ChoiceField(label="Hvilket navn er det rigtige?", widget=forms.RadioSelect)
    contact = forms.ChoiceField(
        label="Hvilke kontaktoplysninger er jeres nyeste?",
        widget=forms.RadioSelect,
        help_text="Det, den ene post ikke siger, tages fra den anden.",
    )
    reason = ReasonField(label="Hvor ved du det fra?", help_text=f"Fx borgerens sundhedskort. {NO_HEALTH}")

    def __init__(self, *args: Any, case: Case, other: Case, contacts: list[tuple[str, str]], **kwargs: Any) -> None:
        numbers = [one.citizen.number_in_words for one in (case, other)]
        is_real = case.citizen.is_replacement_number and not other.citizen.is_replacement_number
        super().__init__(*args, initial={"version": case.version, "number": OTHER if is_real else KEPT}, **kwargs)
        told = [", ".join(filter(None, texts)) for texts in zip(*contacts, strict=True)] if contacts else []
        for name, texts in (
            ("number", numbers),
            ("name", [case.citizen.name, other.citizen.name]),
            ("contact", told),
        ):
            if not texts or name == "name" and texts[0] == texts[1]:
                del self.fields[name]
                continue
            choice_in(self, name).choices = [
                (value, f"{text} (sag {one.label})")
                for value, text, one in zip((KEPT, OTHER), texts, (case, other), strict=True)
            ]
