"""What is typed about a referral: its shape only. Whether it is lawful, the service asks the rules."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from cases.rules.refusal import Missing
from cases.rules.text_use import TextUse
from cases.ui.fields import DateField, PlainTextField, StandardTextField
from cases.ui.forms import NO_HEALTH, PageForm, VersionedForm
from referrals.models import Referral
from referrals.referral.deciding import Reasons
from referrals.referral.writing import Proposal
from referrals.rules.offers import OfferType

# The citizen asks for these alone; nobody recommends them.
_OWN_RIGHT = (OfferType.SIX_WEEKS_COURSE,)


def _long(label: str, *, help_text: str = "", rows: int = 5, max_length: int = 4000, **more: Any) -> PlainTextField:
    return PlainTextField(
        label=label,
        help_text=help_text,
        max_length=max_length,
        widget=forms.Textarea(attrs={"rows": rows}),
        **more,
    )


class DraftForm(VersionedForm):
    """A referral on its way; a draft may lack anything, and what it must hold is asked when it is sent."""

    holds_the_case = True
    groups = (
        ("Tilbuddet", ("offer_type", ("starts_on", "weeks"), "place", "proposal")),
        ("Aftalt med borgeren", ("joint_assessment", "citizen_agrees")),
    )

    offer_type = forms.ChoiceField(
        label="Hvilket tilbud foreslår I?",
        required=False,
        choices=[
            ("", "Vælg tilbud"),
            *OfferType.options(type_ for type_ in OfferType if type_ not in _OWN_RIGHT),
        ],
    )
    starts_on = DateField(label="Første dag", required=False)
    weeks = forms.IntegerField(
        label="Antal uger",
        required=False,
        min_value=1,
        max_value=104,
        help_text="Fx 4",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-char-4"}),
        error_messages={
            "invalid": "Skriv antallet af uger som et helt tal, fx 4.",
            "min_value": "Skriv mindst 1 uge.",
            "max_value": "Skriv højst 104 uger.",
        },
    )
    place = PlainTextField(label="Virksomhed eller sted, hvis I kender det", required=False, max_length=200)
    proposal = _long("Hvad skal borgeren lave, og hvad skal det føre til?", required=False, help_text=NO_HEALTH)
    joint_assessment = _long(
        "Hvad har I sammen vurderet?",
        required=False,
        help_text=f"Hvorfor vil borgeren have gavn af tilbuddet? {NO_HEALTH}",
    )
    citizen_agrees = forms.BooleanField(label="Borgeren er enig i indstillingen", required=False)

    def __init__(self, *args: Any, draft: Referral | None, **kwargs: Any) -> None:
        names = [name for name in self.base_fields if name != "version"]
        initial = {name: getattr(draft, name) for name in names} if draft else {}
        super().__init__(*args, initial={**initial, "version": draft.version if draft else 0}, **kwargs)
        for name in ("offer_type", "starts_on", "joint_assessment"):
            # No draft needs them, but what is sent does: not to be called voluntary.
            field: Any = self.fields[name]
            field.is_asked_later = True

    def proposal_typed(self) -> Proposal:
        """What was typed, as the service takes it."""
        return Proposal(**{name: self.cleaned_data[name] for name in Proposal.__dataclass_fields__})


_TO_THE_CITIZEN = f"Hvad har I lagt vægt på? Skriv til borgeren, i hele sætninger. {NO_HEALTH}"


class ReasonsForm(VersionedForm):
    """What a decision rests on; the sentences about what is missing come from the rules."""

    considerations = _long(
        "Hovedhensyn",
        required=False,
        help_text=_TO_THE_CITIZEN,
    )
    facts = _long("Oplysninger, der har haft betydning", required=False, rows=3, help_text=NO_HEALTH)
    legal_basis = _long("Regler, afgørelsen bygger på", required=False, rows=3, max_length=2000)

    def reasons(self) -> Reasons:
        return Reasons(**{name: self.cleaned_data.get(name, "") for name in Reasons.__dataclass_fields__})


class RejectForm(ReasonsForm):
    considerations = StandardTextField(
        use=TextUse.REJECTION,
        label="Hovedhensyn",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_TO_THE_CITIZEN,
    )
    party_consultation = _long(
        "Hvad har borgeren sagt til det?",
        required=False,
        rows=3,
        help_text="Eller hvorfor det ikke var nødvendigt at høre borgeren først.",
    )
    field_order = ("version", "considerations", "facts", "party_consultation", "legal_basis")

    def __init__(self, *args: Any, demanded: Iterable[Missing], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in demanded:
            self.fields[one.field].required = True
            self.fields[one.field].error_messages["required"] = one.text


class AssessForm(VersionedForm):
    holds_the_case = True

    assessment = _long(
        "Jobcentrets vurdering",
        help_text=f"Begge parter kan læse den. {NO_HEALTH}",
        error_messages={"required": "Skriv jeres vurdering af indstillingen."},
    )


class ContactForm(PageForm):
    contacted_on = DateField(label="Kontaktet den")
    purpose = PlainTextField(
        label="Hvad skulle kontakten bruges til?",
        max_length=300,
        help_text="Fx at få at vide, om borgeren kan begynde den 1. juni.",
        error_messages={"required": "Skriv, hvad kontakten blev brugt til."},
    )
    note = _long("Notat", required=False, help_text=NO_HEALTH)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"contacted_on": today}, **kwargs)


class ByHandForm(PageForm):
    how = PlainTextField(
        label="Hvordan og hvornår er brevet givet?",
        max_length=200,
        help_text="Fx: sendt med almindelig post den 4. maj.",
        error_messages={"required": "Skriv, hvordan og hvornår brevet er givet."},
    )


class LimitForm(VersionedForm):
    about = "Fristen"
    holds_the_case = True

    days = forms.IntegerField(
        label="Dage fra modtagelsen",
        required=False,
        min_value=1,
        max_value=365,
        help_text="Lad feltet stå tomt, hvis I ikke har en frist.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-char-4"}),
        error_messages={
            "invalid": "Skriv dagene som et helt tal, fx 14.",
            "min_value": "Skriv mindst 1 dag.",
            "max_value": "Skriv højst 365 dage.",
        },
    )
