"""What is typed in Min Plan, in a decision of aim and about the municipality's documents: its shape only."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.models.municipal import FIRST_YEAR, LAST_YEAR
from cases.rules.aim import Aim
from cases.rules.municipal_duties import YearlyDuty
from cases.rules.my_plan import PlanParts
from cases.rules.plan_parts import PlanPart
from cases.ui.fields import DateField, PlainTextField
from cases.ui.forms import NO_HEALTH, PageForm, VersionedForm

#: As long as a part of a plan, or the grounds of a decision, can be.
LONGEST = 4000


def _long(label: str, *, help_text: str = "", rows: int = 4, **more: Any) -> PlainTextField:
    return PlainTextField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        **more,
    )


class PlanForm(VersionedForm):
    """The parts that the law asks for that day. A draft may lack any of them; what a version must have, is asked when
    it is published.
    """

    holds_the_case = True

    def __init__(self, *args: Any, asked: PlanParts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = (("", tuple(str(part) for part in asked.asked)),)
        for part in asked.asked:
            is_demanded = part in asked.required
            self.fields[str(part)] = _long(
                part.label.capitalize(),
                help_text=NO_HEALTH if is_demanded else f"Kun hvis det er aftalt; loven kræver det ikke. {NO_HEALTH}",
            )

    def parts_typed(self) -> dict[str, str]:
        return {str(part): self.cleaned_data[part] for part in PlanPart if part in self.fields}


class AimForm(VersionedForm):
    """A decision of aim; which grounds it must have, the law says of its day."""

    groups = (("", ("aim", "decided_on", "wish", "assessed_on", "assessment", "reasons")),)

    aim = forms.TypedChoiceField(
        label="Hvad rettes indsatsen mod?", choices=Aim.options(), coerce=Aim, widget=forms.RadioSelect
    )
    decided_on = DateField(label="Afgjort den")
    wish = forms.TypedChoiceField(
        label="Borgerens eget ønske",
        choices=Aim.options(),
        coerce=Aim,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    assessed_on = DateField(label="Vurderet den", required=False)
    assessment = _long("Kommunens vurdering", help_text=f"Hvad motiverer og afklarer den unge mest? {NO_HEALTH}")
    reasons = _long("Begrundelse", help_text=NO_HEALTH)


class DutyDayForm(PageForm):
    """The day on which the municipality's duties are looked at."""

    asks_about_far_days = False
    dag = DateField(label="Opgaver på dagen")


class DocumentForm(PageForm):
    """A document that the municipality has adopted."""

    # Old documents are laid in too, and of a day ahead the service says what is wrong.
    asks_about_far_days = False

    groups = (("", (("duty", "year"), "title", "adopted_on", "text", "link")),)

    duty = forms.TypedChoiceField(
        label="Hvad er det?",
        choices=YearlyDuty.options(),
        coerce=YearlyDuty,
        widget=forms.RadioSelect,
    )
    year = forms.IntegerField(
        label="For hvilket år?",
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text="Fx 2022",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-char-4"}),
        error_messages={
            "invalid": "Skriv året med fire tal, fx 2022.",
            "min_value": f"Skriv et år fra {FIRST_YEAR} og frem.",
            "max_value": "Skriv året med fire tal, fx 2022.",
        },
    )
    title = PlainTextField(label="Titel", max_length=200, help_text="Fx Beskæftigelsesplan 2022")
    adopted_on = DateField(label="Vedtaget den")
    text = PlainTextField(label="Dokumentets tekst", required=False, widget=forms.Textarea(attrs={"rows": 10}))
    # As text: a field for addresses may hold no other word, and this one keeps what was typed.
    link = forms.URLField(
        label="Eller et link til det",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        required=False,
        max_length=2000,
        assume_scheme="https",
        help_text="Fx https://kommune.example/plan-2022.pdf",
        error_messages={"invalid": "Skriv linket, som det står i browseren, fx https://kommune.example/plan.pdf."},
    )

    def clean(self) -> dict[str, Any]:
        adopted_on: date | None = self.cleaned_data.get("adopted_on")
        link = self.cleaned_data.get("link", "")
        if link and not link.startswith("https://"):
            self.add_error("link", ValidationError("Linket skal begynde med https://."))
        if adopted_on is not None and adopted_on.year < FIRST_YEAR - 1:
            self.add_error("adopted_on", f"Der fandtes ingen sådanne dokumenter i {adopted_on.year}. Ret datoen.")
        return self.cleaned_data
