"""A form field for each kind of value: its answer is the text that an act stores."""

from typing import Any

from django import forms

from cases.law.wording import group_name
from cases.models.cases import TARGET_GROUP_LABELS
from cases.rules.declaring import Parameter, Unit, UnreadableText, set_of_numbers, whole_number, yes_no

#: The answer that takes the value out of the draft.
NOT_SET = "not_set"


class SeveralField(forms.MultipleChoiceField):
    """Check boxes, kept as text with commas."""

    def __init__(self, parameter: Parameter, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, **kwargs)
        self.parameter = parameter

    def prepare_value(self, value: Any) -> Any:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        chosen = super().clean(value)
        # The check boxes hold only what can be read.
        return self.parameter.text_of(self.parameter.value_of(", ".join(chosen)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return sorted(self.prepare_value(initial) or []) != sorted(data or [])


class NumberField(forms.CharField):
    """A whole number as it was typed; whether it can be read, the parameter says."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "number", "size": 5})
        super().__init__(
            required=False,
            max_length=4,
            widget=widget,
            error_messages={"max_length": "Tallet er for stort: det har højst fire cifre."},
            **kwargs,
        )


def field_for(parameter: Parameter, stored: str) -> forms.Field:
    """The widget that fits the parameter's reader."""
    read = parameter.read
    if read is whole_number:
        return NumberField(label=_number_label(parameter), help_text=_number_help(parameter))
    if read is yes_no:
        choices = [("true", "Ja"), ("false", "Nej"), (NOT_SET, "Sættes ikke af denne lov")]
        return forms.ChoiceField(
            label="Svar",
            choices=choices,
            widget=forms.RadioSelect,
            error_messages={"required": "Vælg ja eller nej.", "invalid_choice": "Vælg ja eller nej."},
        )
    if read is set_of_numbers:
        return SeveralField(parameter, label="Målgrupper", choices=_groups(parameter, stored))
    choices = [(code, word.capitalize()) for code, word in read.names.items()]
    if _is_one_code(parameter):
        return forms.ChoiceField(
            label="Vælg én",
            choices=choices,
            widget=forms.RadioSelect,
            error_messages={"required": "Vælg en af mulighederne.", "invalid_choice": "Vælg en af mulighederne."},
        )
    return SeveralField(parameter, label="Vælg en eller flere", choices=choices)


def is_number(parameter: Parameter) -> bool:
    return parameter.read is whole_number


def _is_one_code(parameter: Parameter) -> bool:
    # A reader of exactly one code refuses to read none.
    try:
        parameter.read("")
    except UnreadableText:
        return True
    return False


def _number_label(parameter: Parameter) -> str:
    unit = parameter.unit
    if unit is Unit.MONTH_NUMBER:
        return "Måned nummer"
    if unit is None or unit in (Unit.PERCENT, Unit.YEARS):
        return unit.many.capitalize() if unit else "Tal"
    return f"Antal {unit.many}"


def _number_help(parameter: Parameter) -> str:
    return "Fra 0 til 100" if parameter.unit is Unit.PERCENT else "Et helt tal på 0 eller mere"


def _groups(parameter: Parameter, stored: str) -> list[tuple[str, str]]:
    try:
        more = set(parameter.value_of(stored)) - set(TARGET_GROUP_LABELS)
    except UnreadableText:
        more = set()
    return [(str(number), group_name(number)) for number in (*TARGET_GROUP_LABELS, *sorted(more))]
